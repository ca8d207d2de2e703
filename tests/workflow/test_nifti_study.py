"""One study as DICOM and as NIfTI with a side-car gives the same numbers, however the files store it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from atsmviewer.model.assessment import Assessment, Depth, Measurement
from atsmviewer.model.roi import Role, sphere
from atsmviewer.model.session import Override, Session
from atsmviewer.model.study import Acquisition, Study
from atsmviewer.phantom.case import Case
from atsmviewer.phantom.small import small_case
from atsmviewer.quant.assess import assess
from atsmviewer.session import edits
from atsmviewer.workflow.demo import write_case
from atsmviewer.workflow.opening import open_case
from tests.dicom.nifti_made import Way, write_nifti, write_sidecar

REL = 1e-6
FLAT, FLAT_LPS = np.full((4, 4, 4), 5000.0) + np.arange(4.0), np.diag([4.0, 4.0, 4.0, 1.0])


@pytest.fixture(scope="module")
def made() -> Case:
    return small_case()


@pytest.fixture(scope="module")
def delivered(made: Case, tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The DICOM study."""
    return open_case(write_case(made, tmp_path_factory.mktemp("dicom") / "study")).study


def bids(made: Case, **changes: object) -> dict[str, object]:
    """The side-car of its PET as BIDS writes it, by the truth: times in s from the injection."""
    begins = (made.scans[0].start - made.injected_at).total_seconds()
    told: dict[str, object] = {
        "Modality": "PT",
        "Units": "Bq/mL",
        "TracerName": "Cu-ATSM",
        "TracerRadionuclide": "Cu64",
        "InjectedRadioactivity": made.injected_bq / 1e6,
        "InjectedRadioactivityUnits": "MBq",
        "ScanDate": f"{made.scans[0].start:%Y-%m-%d}",
        "TimeZero": f"{made.injected_at:%H:%M:%S}",
        "InjectionStart": 0,
        "ScanStart": begins,
        "FrameTimesStart": [begins],
        "FrameDuration": [600],
        "ImageDecayCorrected": True,
        "ImageDecayCorrectionTime": begins,
        "AttenuationCorrection": "CT-based",
        "ScatterCorrectionMethod": "model",
        "RandomsCorrectionMethod": "delayed window",
        "RadionuclideHalfLife": made.nuclide.half_life_s,
        "PatientWeight": made.person.weight_kg,
    }
    return {key: value for key, value in (told | changes).items() if value is not None}


def converted(delivered: Study, folder: Path, way: Way, suffix: str = ".nii") -> Path:
    """PET and CT of the DICOM study as NIfTI files."""
    one = delivered.acquisitions[0]
    pet, ct = one.frames[0].volume, one.anatomy_volume
    assert pet is not None
    assert ct is not None
    write_nifti(folder / f"sub-01_pet{suffix}", pet.voxels, pet.grid.matrix, way)
    write_nifti(folder / f"sub-01_ct{suffix}", ct.voxels, ct.grid.matrix, replace(way, dtype="<i2"))
    return folder


def drawn(study: Study, made: Case) -> Session:
    """A tumour and a muscle region in the study's own frame of reference."""
    session, scan = Session(study.key), made.scans[0]
    for role, at, radius in (
        (Role.TUMOUR, made.tumour.centre_mm, made.tumour.radius_mm),
        (Role.MUSCLE, made.muscles[0].centre_mm, 12.0),
    ):
        place = study.acquisitions[0].frame_of_reference_uid
        roi = edits.new_roi(session, role, place, sphere(scan.here(at), radius))
        session = edits.add_roi(session, roi)
    return session


def numbers(found: Assessment) -> dict[str, float]:
    told = {f"{r.kind} T/M": r.number for r in found.ratios}
    told |= {f"{k} {n.quantity}": n for k, r in enumerate(found.rois) for n in r.numbers}
    told |= {"hypoxic": found.hypoxic[0].volume, "hypoxic part": found.hypoxic[0].fraction}
    return {name: n.value for name, n in told.items() if isinstance(n, Measurement)}


def measured(study: Study, made: Case, *entries: tuple[str, str]) -> dict[str, float]:
    session = drawn(study, made)
    uid = study.acquisitions[0].uid
    given = tuple(Override(uid, name, value, "A. Reader", "record") for name, value in entries)
    return numbers(assess(study, replace(session, overrides=given), Depth.FULL))


def opened(folder: Path) -> tuple[Study, Acquisition]:
    study = open_case(folder).study
    (acquisition,) = study.acquisitions
    return study, acquisition


WAYS = {
    "as DICOM": Way(),
    "RAS": Way(backwards=(0, 1)),
    "left-handed": Way(backwards=(0,)),
    "feet first": Way(backwards=(2,)),
    "sagittal": Way(axes=(0, 2, 1)),
    "doubles, big-endian, NIfTI-2": Way(dtype=">f8", version=2),
    "qform only": Way(codes=(0, 1)),
    "aligned": Way(codes=(2, 1)),
}


@pytest.mark.parametrize("name", WAYS)
def test_the_same_study_gives_the_same_numbers(
    name: str, made: Case, delivered: Study, tmp_path: Path
) -> None:
    folder = converted(delivered, tmp_path, WAYS[name])
    write_sidecar(folder / "sub-01_pet.nii", **bids(made))
    study, acquisition = opened(folder)
    assert study.patient.id == "sub-01"
    assert acquisition.anatomy is not None
    expected = measured(delivered, made)
    assert {"mean T/M", "hypoxic", "0 mean", "0 hu_mean"} <= set(expected)
    found = measured(study, made)
    for k in (0, 1):  # a mesh cuts each cell into triangles by the order of its axes
        assert found.pop(f"{k} mesh_ml") == pytest.approx(expected.pop(f"{k} mesh_ml"), rel=1e-3)
    assert found == pytest.approx(expected, rel=REL)


@pytest.mark.parametrize(("unit", "per_bq"), [("kBq/mL", 1e-3), ("BQML", 1.0)])
def test_units_are_brought_to_bq_per_ml(
    unit: str, per_bq: float, made: Case, delivered: Study, tmp_path: Path
) -> None:
    pet = delivered.acquisitions[0].frames[0].volume
    assert pet is not None
    image = write_nifti(tmp_path / "a.nii.gz", pet.voxels.astype(np.float64) * per_bq, pet.grid.matrix)
    write_sidecar(image, **bids(made, Units=unit))
    study, _ = opened(tmp_path)
    found, expected = measured(study, made), measured(delivered, made)
    assert {k: v for k, v in found.items() if "hu" not in k} == pytest.approx(
        {k: v for k, v in expected.items() if "hu" not in k}, rel=REL
    )


def test_an_image_without_side_car_gives_t_m_and_is_completed_by_the_reader(
    made: Case, delivered: Study, tmp_path: Path
) -> None:
    study, acquisition = opened(converted(delivered, tmp_path, Way()))
    bare = measured(study, made)
    expected = measured(delivered, made)
    assert bare["mean T/M"] == pytest.approx(expected["mean T/M"], rel=REL)
    scale = assess(study, drawn(study, made), Depth.FULL).scale(acquisition.uid)
    assert scale.refused is not None
    assert scale.refused.code == "UNITS_UNKNOWN"
    entries = (
        ("units", "BQML"),
        ("attenuation_corrected", "yes"),
        ("decay_correction", "START"),
        ("scan_datetime", made.scans[0].start.isoformat()),
        ("injection_datetime", made.injected_at.isoformat()),
        ("injected_activity_bq", repr(made.injected_bq)),
        ("half_life_s", repr(made.nuclide.half_life_s)),
        ("weight_kg", repr(made.person.weight_kg)),
        ("nuclide", "64Cu"),
    )
    assert measured(study, made, *entries) == pytest.approx(expected, rel=REL)
    for lacking in range(8):
        given = [one for k, one in enumerate(entries) if k != lacking]
        overrides = tuple(Override(acquisition.uid, *one, "A. Reader", "record") for one in given)
        session = replace(drawn(study, made), overrides=overrides)
        found = assess(study, session, Depth.FULL).scale(acquisition.uid)
        # the half-life alone may be missing: it follows from the nuclide that was entered
        assert found.is_suv == (entries[lacking][0] == "half_life_s"), entries[lacking]


def test_suv_follows_the_formula_from_a_side_car_of_our_own_keys(made: Case, tmp_path: Path) -> None:
    image = write_nifti(tmp_path / "pet.nii", FLAT, FLAT_LPS)
    write_sidecar(
        image,
        units="BQML",
        decay_correction="START",
        attenuation_corrected=True,
        weight_kg=70,
        injected_activity_bq=370e6,
        half_life_s=45722.2,
        scan_datetime="2026-03-10T11:00:00",
        injection_datetime="2026-03-10T10:00:00",
    )
    study, acquisition = opened(tmp_path)
    scale = assess(study, Session(study.key), Depth.FULL).scale(acquisition.uid)
    assert scale.factor == pytest.approx(70e3 / (370e6 * 2 ** (-3600 / 45722.2)), rel=1e-12)


def test_a_session_finds_its_case_after_the_files_were_renamed(
    made: Case, delivered: Study, tmp_path: Path
) -> None:
    first, one = opened(converted(delivered, tmp_path / "a", Way()))
    folder = converted(delivered, tmp_path / "b", Way(), ".nii.gz")
    (folder / "sub-01_pet.nii.gz").rename(folder / "sub-01_ses-2_pet.nii.gz")
    second, other = opened(folder)
    assert (first.key, one.uid) == (second.key, other.uid)
    assert one.frame_of_reference_uid == other.frame_of_reference_uid


def test_an_undecayed_image_without_a_date_takes_it_from_the_reader(made: Case, tmp_path: Path) -> None:
    image = write_nifti(tmp_path / "x_pet.nii", FLAT, FLAT_LPS)
    write_sidecar(
        image,
        **bids(made, ScanDate=None, ImageDecayCorrected=False, ImageDecayCorrectionTime=None),
    )
    study, acquisition = opened(tmp_path)
    session = Session(study.key)
    entries = {
        "scan_datetime": made.scans[0].start.isoformat(),
        "injection_datetime": made.injected_at.isoformat(),
    }
    given = tuple(Override(acquisition.uid, name, value, "r", "w") for name, value in entries.items())
    scale = assess(study, replace(session, overrides=given), Depth.FULL).scale(acquisition.uid)
    rate = np.log(2) / made.nuclide.half_life_s
    span = (made.scans[0].start - made.injected_at) / timedelta(seconds=1)
    expected = made.person.weight_kg * 1e3 / made.injected_bq
    expected *= np.exp(rate * span) * rate * 600 / -np.expm1(-rate * 600)
    assert scale.factor == pytest.approx(expected, rel=1e-9)


def test_the_side_car_of_the_manual_is_enough_for_suv(tmp_path: Path) -> None:
    manual = (Path(__file__).parents[2] / "docs" / "reading.md").read_text("utf-8")
    example = manual.partition("## NIfTI")[2].partition("```json")[2].partition("```")[0]
    write_sidecar(write_nifti(tmp_path / "x_pet.nii", FLAT, FLAT_LPS), **json.loads(example))
    study, acquisition = opened(tmp_path)
    scale = assess(study, Session(study.key), Depth.FULL).scale(acquisition.uid)
    # R17, R18: 388.8 MBq of 64Cu (12.7006 h) in 71 kg, pixels corrected to 3680 s after the injection
    assert scale.factor == pytest.approx(71e3 / (388.8e6 * 2 ** (-3680 / 45722.2)), rel=1e-12)
    assert "HALF_LIFE_FROM_NUCLIDE" in {flag.code for flag in scale.flags}


def test_start_and_injection_together_are_no_contradiction(made: Case, tmp_path: Path) -> None:
    """A scan that begins with the injection is corrected to both; DICOM's word for it is kept."""
    image = write_nifti(tmp_path / "x_pet.nii", np.stack([FLAT, FLAT + 1], axis=-1), FLAT_LPS)
    times = {"ScanStart": 0, "FrameTimesStart": [0, 60], "FrameDuration": [60, 600]}
    write_sidecar(image, **bids(made, **times, ImageDecayCorrectionTime=0, DecayCorrection="START"))
    _, acquisition = opened(tmp_path)
    assert acquisition.facts.decay_correction == "START"
