"""Every line of an assessment says of which PET it is, where a case has several."""

from __future__ import annotations

from pathlib import Path

import pytest

from atsmviewer.cli.run import DONE, run
from tests.dicom.dynamic import dynamic
from tests.dicom.synthetic import PET_SERIES, pet, save
from tests.workflow.test_choices import LATE_SERIES, named

WORDS = ("--sphere", "Mass", "-8.5", "-16", "106", "3", "--tumour", "Mass")


def no_window(*_: object) -> int:
    raise AssertionError("no window was asked for")


def lines(capsys: pytest.CaptureFixture[str], folder: Path, *words: str) -> list[str]:
    assert run(["assess", str(folder), *WORDS, *words], no_window) == DONE
    return capsys.readouterr().out.splitlines()


def two(folder: Path, first: str, second: str) -> Path:
    save(named(pet(), PET_SERIES, SeriesDescription=first, NumberOfSlices=7), folder / "a")
    late = named(pet(), LATE_SERIES, SeriesDescription=second, SeriesTime="120000", AcquisitionTime="120000")
    for one in late:
        one.NumberOfSlices = 9
    save(late, folder / "b")
    return folder


def test_two_pets_are_told_apart_by_their_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = lines(capsys, two(tmp_path, "PET 1 h", "PET 3 h"))
    assert [line.partition(" (")[0] for line in said if "(tumour)" in line] == [
        "PET 1 h: Mass",
        "PET 3 h: Mass",
    ]
    flags = [line for line in said if "flag SLICES" in line]
    assert [line.partition(": ")[::2] for line in flags] == [
        (name, f"flag SLICES_MISSING: Only 5 of {there} slices were found.")
        for name, there in (("PET 1 h", 7), ("PET 3 h", 9))
    ]


def test_two_of_one_name_are_told_apart_by_their_times(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = lines(capsys, two(tmp_path, "PET AC", "PET AC"))
    assert [line.partition(": ")[0] for line in said if "(tumour)" in line] == [
        "PET AC, 29 Feb 2024 10:00",
        "PET AC, 29 Feb 2024 12:00",
    ]


def test_one_pet_needs_no_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save(pet(), tmp_path)
    assert any(line.startswith("Mass (tumour)") for line in lines(capsys, tmp_path))


def test_frames_are_counted_from_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save(dynamic(), tmp_path)
    said = [line.partition(": ")[0] for line in lines(capsys, tmp_path) if "(tumour)" in line]
    assert said == [f"frame {k + 1}" for k in range(6)]
