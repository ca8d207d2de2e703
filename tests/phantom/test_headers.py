"""Header values: clocks of the beds, decay evidence, codes, and changes made for a test."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any

import pytest

from atsmviewer.model.errors import ReviewError
from atsmviewer.phantom.cases import case, names
from atsmviewer.phantom.headers import series_header, slice_headers
from atsmviewer.phantom.small import small_case


@pytest.mark.parametrize("name", names())
def test_every_slice_leads_back_to_the_same_reference_time(name: str) -> None:
    """R6, candidate 4: acquisition time + mean-activity time - FrameReferenceTime is the series' start."""
    made = case(name)
    for scan in made.scans:
        header: Any = series_header(made, scan, "PT")
        duration = header["ActualFrameDuration"] / 1000
        tau = made.nuclide.mean_activity_s(duration)
        began = set()
        for one in slice_headers(made, scan, "PT"):
            text = f"{one['AcquisitionDate']}{one['AcquisitionTime']}"
            acquired = datetime.strptime(text, "%Y%m%d%H%M%S.%f")
            reference_s = float(str(one["FrameReferenceTime"])) / 1000
            began.add(acquired)
            assert acquired + timedelta(seconds=tau - reference_s) == pytest.approx(
                scan.start, abs=timedelta(milliseconds=1)
            )
            decay = math.exp(math.log(2) * reference_s / made.nuclide.half_life_s)
            assert one["DecayFactor"] == pytest.approx(decay)
        assert min(began) == scan.start
        assert len(began) == scan.pet.shape[0] // scan.beds.slices


def test_two_time_points_are_two_studies_of_one_injection() -> None:
    made = case("thigh-64cu")
    first, second = ((series_header(made, s, "PT"), series_header(made, s, "CT")) for s in made.scans)
    for pet, ct in (first, second):
        assert pet["StudyInstanceUID"] == ct["StudyInstanceUID"]
        assert pet["FrameOfReferenceUID"] == ct["FrameOfReferenceUID"]
        assert pet["SeriesInstanceUID"] != ct["SeriesInstanceUID"]
    assert first[0]["StudyInstanceUID"] != second[0]["StudyInstanceUID"]
    assert first[0]["FrameOfReferenceUID"] != second[0]["FrameOfReferenceUID"]
    assert first[0]["PatientID"] == second[0]["PatientID"]
    tracer = "RadiopharmaceuticalInformationSequence"
    assert first[0][tracer] == second[0][tracer]


def test_changes_reach_both_levels_and_none_takes_away() -> None:
    made = small_case(PatientWeight=None, RadionuclideTotalDose=5.0, Units="GML", FrameReferenceTime=None)
    header: Any = series_header(made, made.scans[0], "PT")
    item = header["RadiopharmaceuticalInformationSequence"][0]
    assert "PatientWeight" not in header
    assert item["RadionuclideTotalDose"] == 5.0
    assert header["Units"] == "GML"
    assert "FrameReferenceTime" not in header
    assert "FrameReferenceTime" not in slice_headers(made, made.scans[0], "PT")[0]
    assert "PatientWeight" in series_header(made, made.scans[0], "CT")


def test_an_unknown_case_is_refused() -> None:
    with pytest.raises(ReviewError, match="CASE_UNKNOWN"):
        case("knee-18f")
