"""PET facts: what a header says, each with its tag, and nothing it does not say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path

import pytest
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from atsmviewer.dicom.header.facts import pet_facts
from atsmviewer.dicom.scan import scan
from atsmviewer.model.facts import PetFacts, SliceTime
from tests.dicom.synthetic import pet, save

Change = Callable[[Dataset], None]


def _tracer(dataset: Dataset) -> Dataset:
    item = dataset.RadiopharmaceuticalInformationSequence[0]
    assert isinstance(item, Dataset)
    return item


def _private(
    dataset: Dataset, group: int, creator: str, offset: int, vr: str, value: object, at: int
) -> None:
    """A private element in the block ``at``, for creators may sit in any block (PS3.5 7.8.1)."""
    dataset.add_new(Tag(group, at), "LO", creator)
    dataset.add_new(Tag(group, at * 256 + offset), vr, value)


def test_facts_of_a_whole_header() -> None:
    facts = pet_facts(pet(slopes=[1.5, 2.0, 2.5, 3.0, 3.5]))
    assert facts.units == "BQML"
    assert facts.decay_correction == "START"
    assert facts.corrected_image == ("NORM", "DTIM", "ATTN", "SCAT", "DECY", "RAN")
    assert facts.weight_kg == 70.5
    assert facts.sex == "F"
    assert facts.injected_activity_bq == 4.0e8
    assert facts.half_life_s == 45723.6
    assert facts.nuclide == "64Cu"
    assert facts.radiopharmaceutical == "Cu-64 ATSM"
    assert facts.radiopharmaceutical_code == "422855001 SCT"
    assert facts.injection_datetime == datetime(2024, 2, 29, 9, 0, 0, 250_000)
    assert facts.injection_time == time(9)
    assert facts.series_datetime == datetime(2024, 2, 29, 10)
    assert facts.slopes == (1.5, 2.0, 2.5, 3.0, 3.5)
    assert facts.intercepts == (0.0,) * 5
    assert facts.slices[2] == SliceTime(datetime(2024, 2, 29, 10, 0, 2, 500_000), 300.0, 150.0)
    assert facts.inconsistent == ()
    assert facts.source("weight_kg") == "(0010,1030) PatientWeight"
    assert facts.source("injected_activity_bq") == "(0018,1074) RadionuclideTotalDose"
    assert facts.source("height_m") == "not in the header"


def test_no_headers_say_nothing() -> None:
    assert pet_facts([]) == PetFacts()


@pytest.mark.parametrize("value", ["", "0", "0.0", "-3", "nan", "inf", "1e999", "7,5", "heavy", None])
def test_numbers_that_are_none_stay_missing(value: str | None) -> None:
    slices = pet()
    for one in slices:
        one.add_new("PatientWeight", "LO", value)
        _tracer(one).add_new("RadionuclideTotalDose", "LO", value)
        _tracer(one).add_new("RadionuclideHalfLife", "LO", value)
    facts = pet_facts(slices)
    assert facts.weight_kg is None
    # Below zero an activity is handed on as it stands: R7 refuses it as what it is.
    assert facts.injected_activity_bq == (-3.0 if value == "-3" else None)
    assert facts.half_life_s is None
    assert facts.inconsistent == ()


def test_every_fact_may_be_absent() -> None:
    facts = pet_facts([Dataset(), Dataset()])
    assert facts == PetFacts(slices=(SliceTime(None, None, None),) * 2)


def test_a_frame_reference_time_of_zero_is_a_time() -> None:
    slices = pet()
    slices[0].FrameReferenceTime = "0"
    assert pet_facts(slices).slices[0].frame_reference_s == 0.0


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("units", lambda d: setattr(d, "Units", "CNTS")),
        ("decay_correction", lambda d: setattr(d, "DecayCorrection", "ADMIN")),
        ("corrected_image", lambda d: setattr(d, "CorrectedImage", ["DECY"])),
        ("weight_kg", lambda d: setattr(d, "PatientWeight", "71")),
        ("weight_kg", lambda d: delattr(d, "PatientWeight")),
        ("injected_activity_bq", lambda d: setattr(_tracer(d), "RadionuclideTotalDose", "4.1e8")),
        ("half_life_s", lambda d: setattr(_tracer(d), "RadionuclideHalfLife", "6588")),
        ("injection_datetime", lambda d: setattr(_tracer(d), "RadiopharmaceuticalStartDateTime", "2024")),
        ("series_datetime", lambda d: setattr(d, "SeriesTime", "100001")),
    ],
)
@pytest.mark.parametrize("at", [0, 3])
def test_a_fact_that_differs_in_one_slice_is_named(name: str, change: Change, at: int) -> None:
    slices = pet()
    change(slices[at])
    assert pet_facts(slices).inconsistent == (name,)


def test_the_order_of_corrections_is_no_difference() -> None:
    slices = pet()
    slices[1].CorrectedImage = list(reversed(slices[1].CorrectedImage))
    assert pet_facts(slices).inconsistent == ()


def test_two_injections_make_the_activity_ambiguous() -> None:
    slices = pet()
    slices[0].RadiopharmaceuticalInformationSequence.append(Dataset())
    assert pet_facts(slices).inconsistent == ("injected_activity_bq",)


@pytest.mark.parametrize("at", [0x10, 0x42, 0xFF])
def test_private_elements_are_found_by_their_creator(at: int) -> None:
    one = pet()[0]
    _private(one, 0x7053, "Philips PET Private Group", 0x00, "DS", "0.000551", at)
    one.add_new(Tag(0x7053, at * 256 + 0x09), "DS", "1.602563")
    _private(one, 0x0009, "GEMS_PETD_01", 0x0D, "DT", "20240229100001.00", at)
    _private(one, 0x0071, "SIEMENS MED PT", 0x22, "UN", b"20240229100002.000000 ", at)
    facts = pet_facts([one])
    assert facts.philips_suv_factor == 0.000551
    assert facts.philips_activity_factor == 1.602563
    assert facts.ge_scan_datetime == datetime(2024, 2, 29, 10, 0, 1)
    assert facts.decay_reference_datetime == datetime(2024, 2, 29, 10, 0, 2)
    assert facts.source("decay_reference_datetime") == "(0071,xx22) SIEMENS MED PT"


def test_private_elements_of_another_creator_are_not_read() -> None:
    one = pet()[0]
    _private(one, 0x7053, "Somebody else", 0x00, "DS", "0.5", 0x10)
    assert pet_facts([one]).philips_suv_factor is None


def test_philips_factors_without_a_creator_are_in_the_first_block_and_only_of_philips() -> None:
    (one, *_) = pet()
    one.Manufacturer = "Philips Medical Systems"
    one.add_new(Tag(0x7053, 0x1000), "DS", "0.0005")
    one.add_new(Tag(0x7053, 0x1009), "DS", "1.5")
    facts = pet_facts([one])
    assert (facts.philips_suv_factor, facts.philips_activity_factor) == (0.0005, 1.5)
    assert facts.source("philips_suv_factor") == "(7053,1000), a group without private creator"
    one.Manufacturer = "SIEMENS"
    assert pet_facts([one]).philips_suv_factor is None
    one.Manufacturer = "PHILIPS"
    one.add_new(Tag(0x7053, 0x20), "LO", "Somebody else")
    assert pet_facts([one]).philips_suv_factor is None


def test_decay_factors_positron_fraction_and_study_date() -> None:
    slices = pet()
    for k, one in enumerate(slices):
        one.DecayFactor, one.StudyDate = f"1.0{k}", "20240228"
        _tracer(one).RadionuclidePositronFraction = "0.9673"
    facts = pet_facts(slices)
    assert [s.decay_factor for s in facts.slices] == [1.0, 1.01, 1.02, 1.03, 1.04]
    assert facts.positron_fraction == 0.9673
    assert facts.source("positron_fraction") == "(0018,1076) RadionuclidePositronFraction"
    assert facts.study_date == date(2024, 2, 28)


def test_the_species_is_described_or_coded() -> None:
    (one, *_) = pet()
    assert pet_facts([one]).species is None
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "447612001", "SCT", "Mus musculus"
    one.PatientSpeciesCodeSequence = [code]
    assert pet_facts([one]).species == "mus musculus"
    one.PatientSpeciesDescription = "Homo sapiens"
    assert pet_facts([one]).species is None
    one.PatientSpeciesDescription = "Rattus Norvegicus"
    assert pet_facts([one]).species == "rattus norvegicus"
    assert pet_facts([one]).source("species") == "(0010,2201) PatientSpeciesDescription"


def test_the_size_of_the_image_is_measured_on_its_grid(tmp_path: Path) -> None:
    save(pet(spacing=(0.5, 0.4), step=(0.0, 0.0, 0.8)), tmp_path)
    facts = scan(tmp_path).found[0].facts
    assert facts is not None
    assert facts.field_of_view_mm == pytest.approx(4 * 0.5)
    assert facts.voxel_mm == pytest.approx(0.4)


def test_a_philips_factor_of_zero_is_missing() -> None:
    one = pet()[0]
    _private(one, 0x7053, "Philips PET Private Group", 0x00, "DS", "0", 0x10)
    assert pet_facts([one]).philips_suv_factor is None


def test_the_standard_decay_time_wins_over_the_private_one() -> None:
    one = pet()[0]
    _private(one, 0x0071, "SIEMENS MED PT", 0x22, "UN", b"20240229100002.000000 ", 0x10)
    one.DecayCorrectionDateTime = "20240229100003"
    facts = pet_facts([one])
    assert facts.decay_reference_datetime == datetime(2024, 2, 29, 10, 0, 3)
    assert facts.source("decay_reference_datetime") == "(0018,9701) DecayCorrectionDateTime"


def test_a_ge_administration_time_stands_in_for_an_absent_one() -> None:
    one = pet()[0]
    _private(one, 0x0009, "GEMS_PETD_01", 0x3B, "DT", "20240228090000.00", 0x10)
    assert pet_facts([one]).injection_datetime == datetime(2024, 2, 29, 9, 0, 0, 250_000)
    del _tracer(one).RadiopharmaceuticalStartDateTime
    facts = pet_facts([one])
    assert facts.injection_datetime == datetime(2024, 2, 28, 9)
    assert facts.source("injection_datetime") == "(0009,xx3b) GEMS_PETD_01"


def test_the_zone_of_the_data_set_applies_to_dates_with_times() -> None:
    one = pet()[0]
    one.TimezoneOffsetFromUTC = "-0330"
    zone = timezone(-timedelta(hours=3, minutes=30))
    facts = pet_facts([one])
    assert facts.series_datetime == datetime(2024, 2, 29, 10, tzinfo=zone)
    assert facts.slices[0].acquired == datetime(2024, 2, 29, 10, 0, 0, 500_000, tzinfo=zone)
    assert facts.injection_datetime == datetime(2024, 2, 29, 9, 0, 0, 250_000, tzinfo=zone)


def test_the_nuclide_falls_back_to_words_and_to_the_tracers_code() -> None:
    one = pet()[0]
    del _tracer(one).RadionuclideCodeSequence
    facts = pet_facts([one])
    assert facts.nuclide == "64Cu"
    assert facts.source("nuclide") == "(0054,0304) RadiopharmaceuticalCodeSequence"
    del _tracer(one).RadiopharmaceuticalCodeSequence
    assert pet_facts([one]).source("nuclide") == "(0018,0031) Radiopharmaceutical"
    _tracer(one).Radiopharmaceutical = "ATSM"
    assert pet_facts([one]).nuclide is None


def test_a_code_that_contradicts_its_meaning_does_not_name_the_nuclide() -> None:
    """Reference object DRO_5_0 writes 66Ga's code with 68Ga's meaning; its tracer's text decides."""
    one = pet()[0]
    code = _tracer(one).RadionuclideCodeSequence[0]
    code.CodeValue, code.CodeMeaning = "C-131A1", "^68^Gallium"
    del _tracer(one).RadiopharmaceuticalCodeSequence
    _tracer(one).Radiopharmaceutical = "Ga68-PSMA"
    facts = pet_facts([one])
    assert facts.nuclide == "68Ga"
    assert "contradict" in facts.source("nuclide")
    _tracer(one).Radiopharmaceutical = "PSMA"
    assert pet_facts([one]).nuclide is None


def test_a_tracer_of_another_nuclide_than_its_code_is_told() -> None:
    """R16: 64Cu-ATSM scanned on an 18F protocol."""
    one = pet()[0]
    code = _tracer(one).RadionuclideCodeSequence[0]
    code.CodeValue, code.CodeMeaning = "C-111A1", "^18^Fluorine"
    facts = pet_facts([one])
    assert (facts.nuclide, facts.tracer_nuclide) == ("18F", "64Cu")


def test_a_name_is_read_in_its_own_character_set(tmp_path: Path) -> None:
    slices = pet()
    for one in slices:
        one.SpecificCharacterSet = "ISO_IR 192"
        one.PatientName = "Müller^Zoë"
    save(slices, tmp_path)
    (found,) = scan(tmp_path).found
    assert found.patient.name == "Müller^Zoë"
