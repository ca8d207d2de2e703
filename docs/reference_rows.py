"""What every folder of the reference data should open to, written by hand from the sources of each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Pet:
    """A PET of so many slices, what is shown with it, and the right reasons for no SUV (none: given)."""

    slices: int
    partner: str = ""
    no_suv: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """A folder: its PETs, largest first, or the right reasons for refusing it; files of regions beside.

    ``factor`` is an expected SUV factor (g/ml per Bq/ml) where a source states one, ``asides`` codes that
    must be among those of the files set aside.
    """

    folder: str
    pets: tuple[Pet, ...] = ()
    refused: tuple[str, ...] = ()
    regions: int = 0
    asides: tuple[str, ...] = ()
    factor: float | None = None


NO_PET = ("NO_PET",)
DROS = ("DRO_0_0", "DRO_1_0", "DRO_2_0", "DRO_2_4", "DRO_3_1", "DRO_3_2", "DRO_4_1", "DRO_5_0")
UNCORRECTED = ("NOT_CORRECTED", "UNITS_NOT_QUANTITATIVE")


def rows() -> tuple[Row, ...]:
    """Every folder that holds a file."""
    return (
        # A phantom of 5 x 4 x 4 voxels without a word about what it is; its mask is 0 and 1.
        Row("01_ibsi_digital_phantom", (Pet(4, no_suv=("UNITS_UNKNOWN",)),), regions=1),
        *_objects(),
        *_sarcoma(),
        *_pairs(),
        # Headers as JSON, no pixels.
        Row("05_suv_headers_calculate_suv", refused=NO_PET),
        # One CT slice in many encodings, an ultrasound, a report.
        Row("06_transfer_syntaxes_ct", refused=NO_PET),
        # "Load and show; SUV refused: no Units, weight, dose, half-life, times."
        Row("07_nema_phantom_pet_without_suv_tags", (Pet(89, no_suv=("UNITS_UNKNOWN",)),)),
        Row("07_nema_phantom_pet_without_suv_tags/pet_recon_1", (Pet(89, no_suv=("UNITS_UNKNOWN",)),)),
        *_derived(),
        # One slice of a dynamic series, and files that are no DICOM.
        Row("09_dynamic_and_ecat", refused=NO_PET),
        # CT and MR of a mouse, atlases; no PET.
        Row("11_mouse_ct_mri_atlas", refused=NO_PET),
        *_session(),
    )


def _objects() -> list[Row]:
    """Eight objects of one made-up patient in one frame of reference; SUV can be computed in every one."""
    one = (Pet(20),)
    found = [Row("02_suv_dro_oncoray", (Pet(20),) * len(DROS), regions=2 * len(DROS))]
    for name in DROS:
        folder = f"02_suv_dro_oncoray/{name}"
        found += [Row(folder, one, regions=2), Row(f"{folder}/PT", one)]
        found += [Row(f"{folder}/{sub}", refused=NO_PET, regions=1) for sub in ("RS", "mask")]
    return found


def _sarcoma() -> list[Row]:
    """The same PET twice, whole in Bq/ml and cropped in SUV, and a cropped CT in the same space."""
    top, factor = "03_sts001_petct_raw_demo", 0.0002429029766
    both = (Pet(267, "CT of 59"), Pet(59, "CT of 59"))
    return [
        Row(top, both, regions=5, factor=factor),
        Row(f"{top}/CT_crop", refused=NO_PET),
        Row(f"{top}/PET_crop_GML", (Pet(59),)),
        Row(f"{top}/PET_wholebody_BQML", (Pet(267),), factor=factor),
        *(Row(f"{top}/RTSTRUCT_on_{on}", refused=NO_PET) for on in ("CT_crop", "PET_crop", "PET_wholebody")),
        Row(f"{top}/nifti", refused=NO_PET),
    ]


def _pairs() -> list[Row]:
    """Two patients, each a PET in SUV with its CT, an RT Structure Set and a mask on either."""
    top = "04_sts_petct_pairs_GML"
    found = [Row(top, refused=("TWO_PATIENTS",))]
    for name, slices in (("STS_003", 51), ("STS_034", 55)):
        case = f"{top}/{name}"
        found += [
            Row(case, (Pet(slices, f"CT of {slices}"),), regions=4),
            Row(f"{case}/CT", refused=NO_PET),
            Row(f"{case}/CT/image", refused=NO_PET),
            Row(f"{case}/CT/rtstruct", refused=NO_PET),
            Row(f"{case}/PET", (Pet(slices),), regions=2),
            Row(f"{case}/PET/image", (Pet(slices),)),
            Row(f"{case}/PET/rtstruct", refused=NO_PET),
        ]
    return found


def _derived() -> list[Row]:
    """Segmentations, a value map, a report and small CTs of three patients; no PET."""
    top = "08_seg_rwvm_sr_dcmqi"
    inside = (
        *(f"ct_23x38x3/{name}" for name in ("image", "multiframe", "nrrd", "screenshots", "seg")),
        *("liver_ct_3slice", "liver_ct_3slice_seg", "qin_headneck_0003", "ct_23x38x3"),
    )
    found = [Row(top, refused=("NO_PET", "TWO_PATIENTS"))]
    return found + [Row(f"{top}/{name}", refused=NO_PET) for name in sorted(inside)]


def _session() -> list[Row]:
    """68Ge in Bq/ml: 75 kg x 1000 / 85.74 MBq, 2077 s later of 23410100 s; with the CT made for correction.

    The uncorrected PET is in PROPCPS and without ATTN: both are reasons. Statistics are secondary
    captures, the topogram is a localiser.
    """
    top, factor = "12_vision_quadra_petct_session_headers", 75e3 / 85.74e6 * 2 ** (2077 / 23410100)
    asides = ("LOCALISER", "SECONDARY_CAPTURE")
    both = (Pet(12, "CT of 12 (AC)"), Pet(12, "CT of 12 (AC)", UNCORRECTED))
    return [
        Row(top, both, asides=asides, factor=factor),
        Row(f"{top}/ct.ac", refused=NO_PET),
        Row(f"{top}/ct.wholebody", refused=NO_PET),
        Row(f"{top}/pet.statistics", refused=NO_PET),
        Row(f"{top}/pet.topogram", refused=NO_PET),
        Row(f"{top}/pet.uncorrected", (Pet(12, no_suv=UNCORRECTED),)),
        Row(f"{top}/pet.wholebody", (Pet(12),), factor=factor),
    ]
