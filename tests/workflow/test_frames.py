"""Dynamic and uneven series from files to numbers: each frame by the closed form of its header (R32, R36)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import FileDataset
from pydicom.uid import UID

from atsmviewer.model.assessment import Assessment, Depth, Measurement, Missing, Number
from atsmviewer.model.roi import Roi, Role, sphere
from atsmviewer.model.session import Protocol, Session
from atsmviewer.model.study import Study
from atsmviewer.model.volume import Unit
from atsmviewer.quant.assess import assess
from atsmviewer.quant.evidence import uptake_min
from atsmviewer.quant.statistics import STATISTICS
from atsmviewer.workflow.opening import open_case
from tests.dicom.dynamic import (
    BEGAN,
    INJECTED,
    INJECTED_BQ,
    SIX,
    WEIGHT_G,
    Change,
    decayed,
    dynamic,
    names,
    true_suv,
)
from tests.dicom.synthetic import FRAME, PET_SERIES, ct, pet, save

MIDDLE = (-7.75, -16.0, 104.5)
SPHERE = Roi("t", "Mass", Role.TUMOUR, FRAME, sphere(MIDDLE, 2.0))
MUSCLE = Roi("m", "Thigh", Role.MUSCLE, FRAME, sphere(MIDDLE, 2.0))


def _opened(slices: list[FileDataset], folder: Path) -> Study:
    save(slices, folder, names(len(slices)))
    return open_case(folder).study


def _value(number: Number) -> float:
    assert isinstance(number, Measurement), number
    return number.value


def _measured(study: Study, depth: Depth = Depth.FULL, suv: str = "bw") -> Assessment:
    return assess(study, Session("k", rois=(SPHERE, MUSCLE), protocol=Protocol(suv=suv)), depth)


@pytest.mark.parametrize("mode", ["START", "ADMIN", "NONE"])
def test_suv_of_each_frame_is_that_of_the_formula(tmp_path: Path, mode: str) -> None:
    found = _measured(_opened(dynamic(mode), tmp_path))
    assert len(found.frame_scales) == 5
    for number, part in enumerate(SIX):
        here = found.at(PET_SERIES, number)
        numbers = here.of_roi("t")
        assert numbers is not None
        assert (numbers.unit, found.scale(PET_SERIES, number).refused) == ("g/ml", None)
        assert _value(numbers["mean"]) == pytest.approx(true_suv(part), rel=2e-5)
        ratio = here.ratio_of("t", "mean")
        assert ratio is not None
        assert _value(ratio.number) == pytest.approx(1.0, rel=1e-9)


def test_undecayed_frames_are_brought_to_one_time_in_kbqml(tmp_path: Path) -> None:
    found = _measured(_opened(dynamic("NONE"), tmp_path), suv="kbqml")
    waited_s = (BEGAN - INJECTED).total_seconds()
    for number, part in enumerate(SIX):
        numbers = found.at(PET_SERIES, number).of_roi("t")
        assert numbers is not None
        assert numbers.unit == Unit.KBQML
        truth = part.at_injection_bqml * decayed(waited_s) / 1000
        assert _value(numbers["mean"]) == pytest.approx(truth, rel=2e-5)


def test_uptake_times_are_those_of_the_frame(tmp_path: Path) -> None:
    study = _opened(dynamic(), tmp_path)
    found = _measured(study)
    for number, part in enumerate(SIX):
        begun_s = (BEGAN - INJECTED).total_seconds() + part.start_s + part.duration_s / 2
        assert uptake_min(found.scale(PET_SERIES, number)) == pytest.approx((begun_s / 60, begun_s / 60))


def test_live_numbers_of_one_frame_are_those_of_all(tmp_path: Path) -> None:
    study = _opened(dynamic(), tmp_path)
    whole, alone = _measured(study), _measured(study.only(PET_SERIES, 3), Depth.LIVE)
    one, other = whole.at(PET_SERIES, 3).of_roi("t"), alone.at(PET_SERIES, 3).of_roi("t")
    assert one is not None
    assert other is not None
    assert [one[name] for name in STATISTICS] == [other[name] for name in STATISTICS]
    assert whole.scale(PET_SERIES, 3) == alone.scale(PET_SERIES, 3)


def test_a_refusal_in_one_frame_is_that_frames(tmp_path: Path) -> None:
    def no_weight(one: FileDataset, number: int, _place: int) -> None:
        if number == 2:
            one.PatientWeight = None

    found = _measured(_opened(dynamic(change=no_weight), tmp_path))
    refused = [found.scale(PET_SERIES, n).refused for n in range(6)]
    assert [r.code if r else None for r in refused] == [None, None, "WEIGHT_MISSING", None, None, None]


def test_a_gap_in_one_frame_withholds_its_numbers_alone(tmp_path: Path) -> None:
    slices = [s for k, s in enumerate(dynamic()) if k != 2 * 4 + 1]
    found = _measured(_opened(slices, tmp_path))
    for number in range(6):
        numbers = found.at(PET_SERIES, number).of_roi("t")
        assert numbers is not None
        assert isinstance(numbers["mean"], Missing if number == 2 else Measurement)


def test_a_series_time_written_after_the_scan_refuses_frames_alike(tmp_path: Path) -> None:
    """SeriesTime between two frames is no reference of any of them, though it precedes the later ones."""

    def rewritten(one: FileDataset, _number: int, _place: int) -> None:
        one.SeriesTime = f"{BEGAN + timedelta(seconds=400):%H%M%S}"

    found = _measured(_opened(dynamic(change=rewritten), tmp_path))
    times = {found.scale(PET_SERIES, n).reference_time for n in range(6)}
    assert len(times) == 1
    for number, part in enumerate(SIX):
        numbers = found.at(PET_SERIES, number).of_roi("t")
        assert numbers is not None
        assert _value(numbers["mean"]) == pytest.approx(true_suv(part), rel=1e-4)


def _injected(at: str, full: bool = True) -> Change:
    """The injection at a time of day on the day of the scan, by date and time or by time alone, of 18F."""

    def given(one: FileDataset, _number: int, _place: int) -> None:
        item = one.RadiopharmaceuticalInformationSequence[0]
        item.RadiopharmaceuticalStartTime, item.RadiopharmaceuticalStartDateTime = at, "20240229" + at
        if not full:
            del item.RadiopharmaceuticalStartDateTime, item.RadionuclideCodeSequence
            del item.RadiopharmaceuticalCodeSequence
            item.RadionuclideHalfLife, item.Radiopharmaceutical = "6586.2", "FDG"

    return given


def test_a_tracer_given_as_the_scan_began_gives_suv_and_is_told(tmp_path: Path) -> None:
    study = _opened(dynamic(change=_injected("100020")), tmp_path)
    found = assess(study, Session("k"))
    # decay-corrected to 10:00:00, when 20 s of decay were still to come
    factor = WEIGHT_G / (INJECTED_BQ / decayed(20.0))
    for number in range(6):
        scale = found.scale(PET_SERIES, number)
        assert scale.factor == pytest.approx(factor, rel=1e-9)
        (flag,) = (f for f in scale.flags if f.code == "INJ_IN_SCAN")
        assert "20 s after the scan began" in flag.what


def test_frames_that_ended_before_the_injection_have_no_suv(tmp_path: Path) -> None:
    found = assess(_opened(dynamic(change=_injected("100100")), tmp_path), Session("k"))
    refused = [found.scale(PET_SERIES, n).refused for n in range(6)]
    assert [r.code if r else None for r in refused] == ["UPTAKE_NEGATIVE", *[None] * 5]


def test_an_injection_late_in_the_scan_is_a_clock_that_is_wrong(tmp_path: Path) -> None:
    found = assess(_opened(dynamic(change=_injected("100501")), tmp_path), Session("k"))
    refused = [found.scale(PET_SERIES, n).refused for n in range(6)]
    assert {r.code for r in refused if r} == {"UPTAKE_NEGATIVE"}
    assert None not in refused


@pytest.mark.parametrize("seconds", [0, 20])
def test_a_time_of_day_as_the_scan_began_is_of_the_same_day(tmp_path: Path, seconds: int) -> None:
    slices = dynamic("ADMIN", change=_injected(f"1000{seconds:02d}", full=False))
    found = assess(_opened(slices, tmp_path), Session("k"))
    assert found.scale(PET_SERIES, 5).injection_time == BEGAN + timedelta(seconds=seconds)


def _uneven(slices: list[FileDataset]) -> list[FileDataset]:
    for one in slices[3:]:
        one.ImagePositionPatient[2] += 1.0
    return slices


def test_an_uneven_pet_is_shown_and_nothing_measured(tmp_path: Path) -> None:
    stored = np.repeat(np.arange(10, 15, dtype=np.int16), 12).reshape(5, 4, 3)
    study = _opened(_uneven(pet(stored=stored)), tmp_path)
    (acquisition,) = study.acquisitions
    assert acquisition.pet.irregular == "Slices lie 3.00 to 4.00 mm apart."
    volume = acquisition.frames[0].volume
    assert volume is not None
    # true places 0, 3, 6, 10, 13 mm on steps of 3 mm: 0, 3, 6, 9, 12
    assert volume.voxels[:, 0, 0].tolist() == [10, 11, 12, 13, 14]
    found = _measured(study)
    (tumour, _) = found.rois
    assert {n.code for n in tumour.numbers if isinstance(n, Missing)} == {"GEOMETRY_IRREGULAR"}
    assert not any(isinstance(n, Measurement) for n in tumour.numbers)
    withheld = [*(r.number for r in found.ratios), *(h.volume for h in found.hypoxic)]
    assert len(withheld) == 4  # mean, maximum and peak form; one volume
    assert {n.code for n in withheld if isinstance(n, Missing)} == {"GEOMETRY_IRREGULAR"}
    assert not any(isinstance(n, Measurement) for n in withheld)
    assert found.muscles == ()
    assert "GEOMETRY_IRREGULAR" in {m.code for m in found.missing}
    assert isinstance(found.hypoxic_total, Missing)
    assert found.hypoxic_total.code == "GEOMETRY_IRREGULAR"


def test_an_uneven_pet_repeats_the_slice_that_is_nearest(tmp_path: Path) -> None:
    """Places 0, 3, 6, 14, 17 mm on steps of 3 mm: 9 is nearest to 6, 12 and 15 to 14, 18 to 17."""
    slices = pet(stored=np.repeat(np.arange(10, 15, dtype=np.int16), 12).reshape(5, 4, 3))
    for one in slices[3:]:
        one.ImagePositionPatient[2] += 5.0
    study = _opened(slices, tmp_path)
    volume = study.acquisitions[0].frames[0].volume
    assert volume is not None
    assert volume.voxels[:, 0, 0].tolist() == [10, 11, 12, 12, 13, 13, 14]
    assert len(study.acquisitions[0].facts.slices) == 7


def test_an_uneven_frame_that_lacks_a_slice_is_set_aside(tmp_path: Path) -> None:
    slices = dynamic(slices=6)
    for one in slices:
        if one.ImagePositionPatient[2] > 111:
            one.ImagePositionPatient[2] += 1.0
    del slices[2 * 6 + 3]
    save(slices, tmp_path)
    case = open_case(tmp_path)
    assert len(case.study.acquisitions[0].frames) == 5
    assert {r.code for r in case.scan.rejected} == {"FRAMES_INCOMPLETE"}
    assert case.study.acquisitions[0].pet.irregular


def test_an_uneven_ct_withholds_hu_alone(tmp_path: Path) -> None:
    save(pet(), tmp_path / "pet")
    save(_uneven(ct()), tmp_path / "ct")
    study = open_case(tmp_path).study
    assert study.acquisitions[0].anatomy is not None
    numbers = _measured(study).of_roi("t")
    assert numbers is not None
    assert isinstance(numbers["mean"], Measurement)
    withheld = numbers["hu_mean"]
    assert isinstance(withheld, Missing)
    assert withheld.code == "GEOMETRY_IRREGULAR"


@pytest.mark.reference
def test_frames_with_the_header_of_a_real_dynamic_scan(reference_data: Path, tmp_path: Path) -> None:
    """A real Siemens slice, repeated at three places and a frame later: SUV by R4's formula, not refused."""
    path = reference_data / "09_dynamic_and_ecat" / "acrin_flt_dynamic_one_slice.dcm"
    for number in range(2):
        for place in range(3):
            one = pydicom.dcmread(path)
            one.SOPInstanceUID = one.file_meta.MediaStorageSOPInstanceUID = UID(f"1.2.3.{number}.{place}")
            one.ImagePositionPatient[2] -= 3 * place
            one.FrameReferenceTime = f"{float(one.FrameReferenceTime) + 180000 * number:.7f}"
            one.AcquisitionTime = ("113559.108962", "113859.108962")[number]
            one.save_as(tmp_path / f"{number}{place}")
    study = open_case(tmp_path).study
    (acquisition,) = study.acquisitions
    assert [f.duration_s for f in acquisition.frames] == [180.0, 180.0]
    found = assess(study, Session("k"))
    # decay-corrected to 11:19:59.109, given 11:19:59: 82.174 kg over 173.53 MBq
    factor = 82174 / (173529998.7793 * 2 ** (-0.109 / 6586.2))
    for number in range(2):
        scale = found.scale(acquisition.uid, number)
        assert scale.refused is None
        assert scale.factor == pytest.approx(factor, rel=1e-6)
