"""PET facts of Enhanced and converted frames: what their own elements say, in the words of classic PET."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from pydicom.dataset import Dataset, FileDataset
from pydicom.uid import (
    LegacyConvertedEnhancedPETImageStorage,
)

from atsmviewer.dicom.load import load
from atsmviewer.dicom.write_enhanced import write_enhanced
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.volume import Unit
from tests.dicom.enhanced import (
    HEADER,
    SLOPES,
    Change,
    facts_in,
    found_in,
    frames,
    group_of,
    isotope,
    made,
    written,
)


def test_facts_are_those_of_the_header(tmp_path: Path) -> None:
    facts = facts_in(tmp_path)
    began = datetime(2024, 2, 29, 10, 0, 0, 500_000)
    assert (facts.units, facts.decay_correction) == ("BQML", "START")
    assert facts.decay_reference_datetime == datetime(2024, 2, 29, 10)
    assert facts.injected_activity_bq == 400.0e6
    assert facts.injection_datetime == datetime(2024, 2, 29, 9, 0, 0, 250_000)
    assert facts.half_life_s == 45723.6
    assert facts.positron_fraction == 0.1749
    assert facts.nuclide == "64Cu"
    assert facts.radiopharmaceutical_code == "422855001 SCT"
    assert (facts.weight_kg, facts.height_m, facts.sex) == (70.5, 1.7, "F")
    assert facts.corrected_image is not None
    assert set(facts.corrected_image) == {
        *("DECY", "ATTN", "SCAT", "DTIM", "CLN", "RAN", "RADL", "DCAL", "NORM"),
    }
    assert facts.inconsistent == ()
    assert facts.slopes == tuple(SLOPES)
    for k, one in enumerate(facts.slices):
        assert one.acquired == began + timedelta(seconds=k)
        assert one.duration_s == 300.0
        assert one.frame_reference_s == 150.0 + 0.5 + k
    assert facts.source("injected_activity_bq").startswith("(0018,1074) RadionuclideTotalDose, in MBq")
    assert facts.source("units") == "(0040,08ea) MeasurementUnitsCodeSequence Bq/ml"
    assert facts.source("decay_correction").startswith("(0018,9758) DecayCorrected YES")


@pytest.mark.parametrize(
    ("unit", "suv_type", "units", "kind"),
    [
        (Unit.SUV, None, "GML", "BW"),
        (Unit.SUV, "LBM", "GML", "LBM"),
        (Unit.SUV, "IBW", "GML", "IBW"),
        (Unit.SUV, "BSA", "CM2ML", "BSA"),
        (Unit.CM2ML, None, "CM2ML", "BSA"),
        (Unit.COUNTS, None, "CNTS", None),
    ],
)
def test_units_are_those_of_the_code(
    tmp_path: Path, unit: Unit, suv_type: str | None, units: str, kind: str | None
) -> None:
    facts = facts_in(tmp_path, unit=unit, SUVType=suv_type)
    assert (facts.units, facts.suv_type) == (units, kind)


def _code(value: str) -> Change:
    def change(one: FileDataset) -> None:
        for k in range(4):
            mapping = group_of(one, k, "RealWorldValueMappingSequence")
            mapping.MeasurementUnitsCodeSequence[0].CodeValue = value

    return change


@pytest.mark.parametrize(
    ("code", "units", "kind"),
    [
        ("{SUVbw}g/ml", "GML", "BW"),
        ("{SUVlbm(Janma)}g/ml", "GML", "LBMJANMA"),
        ("Bq/mL", "BQML", None),
        ("{propcounts}", "PROPCNTS", None),
        ("kBq/ml", None, None),
        ("g/ml", None, None),
    ],
)
def test_other_codes_are_the_same_unit_or_none(
    tmp_path: Path, code: str, units: str | None, kind: str | None
) -> None:
    facts = facts_in(tmp_path, _code(code))
    assert (facts.units, facts.suv_type) == (units, kind)


def _no_mapping(one: FileDataset) -> None:
    for group in one.PerFrameFunctionalGroupsSequence:
        del group.RealWorldValueMappingSequence


def _other_rescale(one: FileDataset) -> None:
    for k in range(4):
        transformation = group_of(one, k, "PixelValueTransformationSequence")
        transformation.RescaleSlope, transformation.RescaleType = "10", "BQML"


def test_the_mapping_leads_and_the_transformation_stands_in(tmp_path: Path) -> None:
    mapped = load(found_in(written(tmp_path / "a", _other_rescale).parent))
    facts = facts_in(tmp_path / "b", _other_rescale, _no_mapping)
    assert (facts.units, facts.slopes) == ("BQML", (10.0,) * 4)
    rescaled = load(found_in(tmp_path / "b"))
    ratio = rescaled.voxels[mapped.voxels > 0] / mapped.voxels[mapped.voxels > 0]
    assert {round(float(r), 3) for r in ratio} == {round(10 / s, 3) for s in SLOPES}


def test_a_classic_unit_beside_the_transformation_wins(tmp_path: Path) -> None:
    facts = facts_in(tmp_path, _other_rescale, _no_mapping, lambda one: setattr(one, "Units", "CNTS"))
    assert facts.units == "CNTS"
    assert facts.source("units") == "(0054,1001) Units"


def test_a_mapping_of_slope_zero_is_none(tmp_path: Path) -> None:
    def flat(one: FileDataset) -> None:
        for k in range(4):
            group_of(one, k, "RealWorldValueMappingSequence").RealWorldValueSlope = 0.0

    facts = facts_in(tmp_path, flat)
    assert (facts.units, facts.slopes) == (None, tuple(SLOPES))


def test_the_start_of_the_acquisition_is_not_the_start_of_a_frame(tmp_path: Path) -> None:
    def only_whole(one: FileDataset) -> None:
        for k in range(4):
            del group_of(one, k, "FrameContentSequence").FrameAcquisitionDateTime

    facts = facts_in(tmp_path, only_whole)
    assert [s.acquired for s in facts.slices] == [None] * 4


def test_a_transformation_without_a_unit_is_stored_units(tmp_path: Path) -> None:
    assert facts_in(tmp_path, _no_mapping).units is None
    assert load(found_in(tmp_path)).unit is Unit.STORED


def test_activity_is_preferred_to_suv(tmp_path: Path) -> None:
    def with_suv_first(one: FileDataset) -> None:
        for group in one.PerFrameFunctionalGroupsSequence:
            bq = group.RealWorldValueMappingSequence[0]
            suv = Dataset.from_json(bq.to_json())
            suv.RealWorldValueSlope = 1e-4
            suv.MeasurementUnitsCodeSequence[0].CodeValue = "g/ml{SUVbw}"
            group.RealWorldValueMappingSequence = [suv, bq]

    facts = facts_in(tmp_path, with_suv_first)
    assert (facts.units, facts.slopes) == ("BQML", tuple(SLOPES))


def test_values_outside_the_mapped_range_are_refused(tmp_path: Path) -> None:
    def narrow(one: FileDataset) -> None:
        group_of(one, 2, "RealWorldValueMappingSequence").RealWorldValueLastValueMapped = 100

    found = found_in(written(tmp_path, narrow).parent)
    with pytest.raises(ReviewError, match="PIXELS_UNMAPPED"):
        load(found)


def test_decay_that_was_not_corrected(tmp_path: Path) -> None:
    facts = facts_in(tmp_path, DecayCorrected="NO", DecayCorrectionDateTime=None)
    assert facts.decay_correction == "NONE"
    assert facts.corrected_image is not None
    assert "DECY" not in facts.corrected_image
    assert [s.acquired.second for s in facts.slices if s.acquired] == [0, 1, 2, 3]
    assert {s.frame_reference_s for s in facts.slices} == {None}


def test_contradicting_times_of_uncorrected_frames_are_none(tmp_path: Path) -> None:
    def beyond(one: FileDataset) -> None:
        group_of(one, 1, "FrameContentSequence").FrameReferenceDateTime = "20240229110000"

    facts = facts_in(tmp_path, beyond, DecayCorrected="NO", DecayCorrectionDateTime=None)
    assert [s.acquired is None for s in facts.slices] == [False, True, False, False]


def test_decay_correction_to_no_stated_time_is_unknown(tmp_path: Path) -> None:
    assert facts_in(tmp_path, DecayCorrectionDateTime=None).decay_correction is None


def test_contradicting_decay_corrections_are_inconsistent(tmp_path: Path) -> None:
    facts = facts_in(tmp_path, lambda one: setattr(one, "DecayCorrection", "NONE"))
    assert facts.inconsistent == ("decay_correction",)


def test_attenuation_is_corrected_uncorrected_or_not_spoken_of(tmp_path: Path) -> None:
    written(tmp_path / "a", AttenuationCorrected="NO")
    written(tmp_path / "b", AttenuationCorrected=None)
    uncorrected, silent = found_in(tmp_path / "a"), found_in(tmp_path / "b")
    assert uncorrected.series.attenuation_corrected is False
    assert silent.series.attenuation_corrected is None


def test_frames_that_differ_in_unit_are_inconsistent(tmp_path: Path) -> None:
    def change(one: FileDataset) -> None:
        mapping = group_of(one, 3, "RealWorldValueMappingSequence")
        mapping.MeasurementUnitsCodeSequence[0].CodeValue = "{counts}"

    assert facts_in(tmp_path, change).inconsistent == ("units",)


def test_times_stand_in_the_zone_of_the_data_set(tmp_path: Path) -> None:
    facts = facts_in(tmp_path, TimezoneOffsetFromUTC="+0200")
    zone = timezone(timedelta(hours=2))
    assert facts.decay_reference_datetime == datetime(2024, 2, 29, 10, tzinfo=zone)
    assert facts.slices[0].acquired == datetime(2024, 2, 29, 10, 0, 0, 500_000, zone)
    assert facts.slices[0].frame_reference_s == 150.0 + 0.5


def test_two_agents_are_not_chosen_between(tmp_path: Path) -> None:
    two = [*isotope(), *isotope(RadiopharmaceuticalAgentNumber=2, RadionuclideTotalDose=50.0)]
    facts = facts_in(tmp_path, RadiopharmaceuticalInformationSequence=two)
    assert facts.inconsistent == ("injected_activity_bq",)


def test_decay_factors_of_frames(tmp_path: Path) -> None:
    own = [{**one, "DecayFactor": 1.0 + k / 8} for k, one in enumerate(frames(4))]
    write_enhanced(tmp_path / "pet", made(), HEADER, own)
    facts = found_in(tmp_path).facts
    assert facts is not None
    assert [s.decay_factor for s in facts.slices] == [1.0, 1.125, 1.25, 1.375]


def _converted(one: FileDataset) -> None:
    """A legacy converted object: classic elements in the groups of unassigned attributes (PS3.3 A.72)."""
    one.SOPClassUID = one.file_meta.MediaStorageSOPClassUID = LegacyConvertedEnhancedPETImageStorage
    shared = Dataset()
    shared.Units, shared.DecayCorrection, shared.CorrectedImage = "BQML", "ADMIN", ["ATTN", "DECY"]
    shared.RadiopharmaceuticalInformationSequence = one.RadiopharmaceuticalInformationSequence
    shared.RadiopharmaceuticalInformationSequence[0].RadionuclideTotalDose = "4.0e8"
    for name in ("RadiopharmaceuticalInformationSequence", "DecayCorrectionDateTime", "DecayCorrected"):
        delattr(one, name)
    del one.AttenuationCorrected
    one.SharedFunctionalGroupsSequence[0].UnassignedSharedConvertedAttributesSequence = [shared]
    for k, group in enumerate(one.PerFrameFunctionalGroupsSequence):
        own = Dataset()
        own.AcquisitionDate, own.AcquisitionTime = "20240229", f"10{k:02d}00"
        own.ActualFrameDuration, own.FrameReferenceTime = 240000, f"{k * 1000}"
        group.UnassignedPerFrameConvertedAttributesSequence = [own]
        content = group.FrameContentSequence[0]
        del content.FrameAcquisitionDateTime, content.FrameReferenceDateTime
        del content.FrameAcquisitionDuration, group.RealWorldValueMappingSequence


def test_a_converted_object_keeps_the_words_of_classic_pet(tmp_path: Path) -> None:
    facts = facts_in(tmp_path, _converted)
    assert (facts.units, facts.decay_correction, facts.corrected_image) == ("BQML", "ADMIN", ("ATTN", "DECY"))
    assert facts.injected_activity_bq == 4.0e8
    assert [s.acquired for s in facts.slices] == [datetime(2024, 2, 29, 10, k) for k in range(4)]
    assert [s.duration_s for s in facts.slices] == [240.0] * 4
    assert [s.frame_reference_s for s in facts.slices] == [0.0, 1.0, 2.0, 3.0]
    assert load(found_in(tmp_path)).unit is Unit.BQML
