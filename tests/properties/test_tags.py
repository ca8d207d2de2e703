"""Each element taken out, blanked and zeroed in turn: right, flagged, refused; never silently else (P17)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.oracle.scanner import MODES, pattern
from tests.properties.bench import SCOPES, SETUPS, Bench, Change, Verdict

SUV_READS = (
    "Units",
    "DecayCorrection",
    "CorrectedImage",
    "PatientWeight",
    "RadiopharmaceuticalInformationSequence",
    "RadionuclideTotalDose",
    "RadionuclideHalfLife",
    "RadionuclideCodeSequence",
    "RadiopharmaceuticalStartTime",
    "RadiopharmaceuticalStartDateTime",
    "SeriesDate",
    "SeriesTime",
    "AcquisitionDate",
    "AcquisitionTime",
    "ActualFrameDuration",
    "FrameReferenceTime",
    "RescaleSlope",
    "RescaleIntercept",
    "(0071,1022)",
    "(0009,100d)",
    "(0009,103b)",
    "(7053,1000)",
    "(7053,1009)",
    "(7053,0010)",
)
EVERY_DAY = (
    "plain, 64Cu, START",
    "plain, 62Cu, NONE, two beds",
    "GE, 18F, START",
    "Philips, counts, 18F, START",
)


CLOCKS = (
    "AcquisitionDate",
    "AcquisitionTime",
    "ActualFrameDuration",
    "RadiopharmaceuticalInformationSequence",
)


def told(bench: Bench, changes: list[Change]) -> None:
    """No change of those makes a silent difference."""
    verdicts = ((change, bench.judged(change)) for change in changes)
    silent = [f"{change}: {verdict.how}" for change, verdict in verdicts if verdict.kind == "silent"]
    assert not silent, "\n".join(silent)


@pytest.mark.parametrize("name", EVERY_DAY)
def test_what_suv_reads_is_never_silently_missed(name: str, tmp_path: Path) -> None:
    """Every fourth change, another fourth for each scan."""
    bench = Bench(SETUPS[name], tmp_path)
    told(bench, list(bench.changes(SUV_READS))[EVERY_DAY.index(name) :: 4])


def changed(name: str, folder: Path, element: str, act: str, scope: str) -> Verdict:
    """The verdict of one change."""
    bench = Bench(SETUPS[name], folder)
    (asked,) = (c for c in bench.changes((element,)) if (c.name, c.act, c.scope) == (element, act, scope))
    return bench.judged(asked)


@pytest.mark.parametrize("name", ["plain, 62Cu, NONE, two beds", "Siemens, 64Cu, NONE, two beds"])
def test_an_acquisition_time_zeroed_throughout_is_doubted(name: str, tmp_path: Path) -> None:
    assert changed(name, tmp_path, "AcquisitionTime", "zero", "all").kind != "silent"


@pytest.mark.parametrize("name", ["plain, 64Cu, NONE, one bed", "Siemens, 64Cu, NONE, two beds"])
def test_an_acquisition_time_zeroed_in_one_slice_is_doubted(name: str, tmp_path: Path) -> None:
    assert changed(name, tmp_path, "AcquisitionTime", "zero", "middle").kind != "silent"


@pytest.mark.parametrize("element", CLOCKS)
@pytest.mark.parametrize("name", ["plain, 62Cu, NONE, two beds", "Siemens, 64Cu, NONE, two beds"])
def test_values_of_undecayed_beds_are_doubted(name: str, element: str, tmp_path: Path) -> None:
    assert changed(name, tmp_path, element, "delete", "all").kind != "silent"


@pytest.mark.parametrize("name", ["GE, 18F, START", "GE, 64Cu, START"])
def test_a_duration_that_one_ge_slice_lacks_is_no_crash(name: str, tmp_path: Path) -> None:
    assert changed(name, tmp_path, "ActualFrameDuration", "delete", "middle").kind != "silent"


@pytest.mark.parametrize("mode", MODES)
def test_a_lost_file_is_never_silently_missed(mode: str, tmp_path: Path) -> None:
    """Each slice taken out of the folder in turn: of 62Cu in two beds, so that every time counts."""
    tall = replace(SETUPS["plain, 62Cu, NONE, two beds"], mode=mode, words=pattern((12, 14, 14)))
    bench = Bench(tall, tmp_path)
    for path, content in zip(bench.files, bench.bytes, strict=True):
        path.unlink()
        verdict = bench.verdict()
        path.write_bytes(content)
        assert verdict.kind != "silent", f"{path.name}: {verdict.how}"


@pytest.mark.parametrize("mode", MODES)
def test_a_file_twice_changes_nothing(mode: str, tmp_path: Path) -> None:
    bench = Bench(replace(SETUPS["plain, 62Cu, NONE, two beds"], mode=mode), tmp_path)
    for k in (0, 4):
        (tmp_path / "again").write_bytes(bench.bytes[k])
        assert bench.verdict().kind == "correct"


@pytest.mark.campaign
@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("name", SETUPS)
def test_no_element_is_silently_missed(name: str, scope: str, tmp_path: Path) -> None:
    """Every fifth change, another fifth for each scan; docs/tagfuzz.py makes all of them."""
    bench = Bench(SETUPS[name], tmp_path)
    told(bench, [c for c in bench.changes() if c.scope == scope][list(SETUPS).index(name) % 5 :: 5])


def test_the_bench_sees_a_silent_difference(tmp_path: Path) -> None:
    """A weight that is another's is neither flagged nor refused: the judge must call it silent."""
    bench = Bench(SETUPS["plain, 64Cu, START"], tmp_path)
    for k, header in enumerate(bench.headers):
        header.PatientWeight = "65"
        bench.save(k, header)
    assert bench.verdict().kind == "silent"
