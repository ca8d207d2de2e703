"""The demonstration study on disk: SUV by hand from plain pydicom, truth by plain numpy, whole or not at all.

Validity is asked of dciodvfy and dcentvfy (Debian's dicom3tools); no message of theirs is allowed,
neither error nor warning.
"""

from __future__ import annotations

import json
import math
import shutil
import subprocess
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray

from atsmviewer.model.errors import ReviewError
from atsmviewer.phantom import cases
from atsmviewer.phantom.small import small_case
from atsmviewer.workflow import demo

HALF_LIFE_S = {"thigh-64cu": 45722.2, "cervix-60cu": 1422.0}
Array = NDArray[np.float64]


@dataclass
class Read:
    """A PET series as plain pydicom gives it: SUV by the formula on paper, and voxel centres in mm."""

    suv: Array
    at: Array


def read_pet(folder: Path) -> Read:
    """SUVbw = C W 1000 / (D 2^-(t / T)), t from the injection's full date and time to the series' start."""
    sets = sorted(
        (pydicom.dcmread(path) for path in folder.glob("*.dcm")), key=lambda d: d.ImagePositionPatient[2]
    )
    values, places = [], []
    for one in sets:
        item = one.RadiopharmaceuticalInformationSequence[0]
        injected = datetime.strptime(str(item.RadiopharmaceuticalStartDateTime), "%Y%m%d%H%M%S.%f")
        scanned = datetime.strptime(f"{one.SeriesDate}{one.SeriesTime}", "%Y%m%d%H%M%S.%f")
        waited = (scanned - injected).total_seconds()
        left = float(item.RadionuclideTotalDose) * 2 ** (-waited / float(item.RadionuclideHalfLife))
        values.append(one.pixel_array * float(one.RescaleSlope) * float(one.PatientWeight) * 1000 / left)
        x, y, z = (float(v) for v in one.ImagePositionPatient)
        rows, columns = np.mgrid[0 : one.Rows, 0 : one.Columns]
        down, along = (float(v) for v in one.PixelSpacing)
        places.append(np.stack([x + columns * along, y + rows * down, np.full(rows.shape, z)], axis=-1))
    return Read(np.asarray(values), np.asarray(places))


def within(read: Read, place: dict[str, Any], radius_mm: float | None = None) -> NDArray[np.bool_]:
    reach = place["radius_mm"] if radius_mm is None else radius_mm
    return np.asarray(np.linalg.norm(read.at - place["centre_mm"], axis=-1) <= reach)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two scans of the thigh on small grids."""
    return demo.write_case(small_case(scans=2), tmp_path_factory.mktemp("small") / "study")


def truth_of(folder: Path) -> Any:
    return json.loads((folder / demo.TRUTH).read_text("utf-8"))


def relative_error(truth: Any, acquisition: Any, ml: float) -> float:
    """Standard error of a mean over ``ml`` of muscle, from the noise's cov and correlation (R30)."""
    sigma = truth["fwhm_mm"] / (2 * math.sqrt(2 * math.log(2)))
    cell_ml = (4 * math.pi * sigma**2) ** 1.5 / 1000
    return float(acquisition["noise"]["cov"]) / math.sqrt(max(1.0, ml / cell_ml))


@pytest.mark.parametrize("k", [0, 1])
def test_suv_of_muscle_by_hand_an_hour_and_a_day_after_injection(small: Path, k: int) -> None:
    truth = truth_of(small)
    acquisition = truth["acquisitions"][k]
    read = read_pet(small / f"scan{k + 1}" / "PT")
    assert len(acquisition["muscles"]) == 2
    for place in acquisition["muscles"]:
        ml = 4 / 3 * math.pi * place["radius_mm"] ** 3 / 1000
        mean = read.suv[within(read, place)].mean()
        allowed = 4 * relative_error(truth, acquisition, ml)
        # a dropped date would read 3.7 times too little, which no noise could hide
        assert allowed < 0.25
        assert mean == pytest.approx(acquisition["suv"]["muscle"], rel=allowed)


@pytest.mark.parametrize("k", [0, 1])
def test_tumour_to_muscle_agrees_with_the_blurred_truth(small: Path, k: int) -> None:
    truth = truth_of(small)
    acquisition = truth["acquisitions"][k]
    read = read_pet(small / f"scan{k + 1}" / "PT")
    muscle = np.mean([read.suv[within(read, place)].mean() for place in acquisition["muscles"]])
    region = acquisition["regions"][2]
    assert region["radius_mm"] == 26.0
    inside = within(read, acquisition["tumour"], region["radius_mm"])
    measured = read.suv[inside].mean() / muscle
    noise = 4 * math.hypot(
        relative_error(truth, acquisition, region["volume_ml"]), relative_error(truth, acquisition, 2 * 9.2)
    )
    # whole voxels of (4, 6, 6) mm stand for the sphere: counted, they are this much off its volume
    edge = abs(inside.sum() * 0.144 / region["volume_ml"] - 1)
    assert edge < 0.06
    assert measured == pytest.approx(region["after_blur"]["tm_mean"], rel=noise + edge)


def test_the_truth_names_what_is_in_the_files(small: Path) -> None:
    truth = truth_of(small)
    for k, acquisition in enumerate(truth["acquisitions"], 1):
        for modality, uid in (("PT", "pet_series_uid"), ("CT", "ct_series_uid")):
            one = pydicom.dcmread(
                next((small / f"scan{k}" / modality).glob("*.dcm")), stop_before_pixels=True
            )
            assert one.SeriesInstanceUID == acquisition[uid]
            assert one.FrameOfReferenceUID == acquisition["frame_of_reference_uid"]
            assert one.PatientID == "DEMO-001"
            assert "simulated" in one.ImageComments
    assert truth["files"] == len(list(small.rglob("*.dcm")))
    assert truth["half_life_s"] == HALF_LIFE_S[truth["case"]]


def test_twice_the_same_bytes(small: Path, tmp_path: Path) -> None:
    again = demo.write_case(small_case(scans=2), tmp_path / "again")
    paths = [path.relative_to(small) for path in sorted(small.rglob("*")) if path.is_file()]
    assert paths == [path.relative_to(again) for path in sorted(again.rglob("*")) if path.is_file()]
    for path in paths:
        assert (small / path).read_bytes() == (again / path).read_bytes(), path


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Every case replaced by its tiny relative, and a cache of this test's own."""
    monkeypatch.setattr(cases, "case", lambda name: small_case(name))
    monkeypatch.setattr(demo, "user_cache_path", lambda *_, **__: tmp_path / "cache")
    return tmp_path


def test_a_whole_study_is_used_again_and_a_broken_one_made_anew(tiny: Path) -> None:
    told: list[tuple[int, int]] = []
    folder = demo.write_demo(progress=lambda done, total: told.append((done, total)))
    assert folder == tiny / "cache" / "demo" / "thigh-64cu"
    assert told == [(k + 1, 48) for k in range(48)]
    before = (folder / demo.TRUTH).stat().st_mtime_ns
    assert demo.write_demo() == folder
    assert (folder / demo.TRUTH).stat().st_mtime_ns == before

    next(folder.rglob("*.dcm")).unlink()
    assert demo.write_demo() == folder
    assert len(list(folder.rglob("*.dcm"))) == 48

    record = truth_of(folder)
    (folder / demo.TRUTH).write_text(json.dumps({**record, "version": -1}), "utf-8")
    demo.write_demo()
    assert truth_of(folder) == record


def test_a_study_cut_short_leaves_nothing_behind(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(demo, "truth", full)
    with pytest.raises(ReviewError, match="DEMO_NOT_WRITTEN"):
        demo.write_demo()
    assert list((tiny / "cache" / "demo").iterdir()) == []


def test_someone_elses_folder_is_left_alone(tiny: Path) -> None:
    (tiny / "mine").mkdir()
    (tiny / "mine" / "thesis.txt").write_text("two years", "utf-8")
    with pytest.raises(ReviewError, match="FOLDER_NOT_EMPTY"):
        demo.write_demo(out=tiny / "mine")
    assert (tiny / "mine" / "thesis.txt").read_text("utf-8") == "two years"
    demo.write_demo(out=tiny / "study")
    (tiny / "study" / "notes.txt").write_text("mine", "utf-8")
    (tiny / "study" / "scan1" / "CT" / "CT0001.dcm").unlink()
    with pytest.raises(ReviewError, match="FOLDER_NOT_EMPTY"):
        demo.write_demo(out=tiny / "study")
    (tiny / "empty").mkdir()
    assert demo.write_demo("cervix-60cu", tiny / "empty") == tiny / "empty"
    assert truth_of(tiny / "empty")["nuclide"] == "60Cu"


def test_case_names() -> None:
    assert demo.cases() == ("thigh-64cu", "cervix-60cu")
    with pytest.raises(ReviewError, match="CASE_UNKNOWN"):
        demo.write_demo("head-62cu")


def complaints(files: list[Path], tmp_path: Path) -> list[str]:
    """What dciodvfy says of each file beyond the object's name, and dcentvfy of all together."""
    assert shutil.which("dciodvfy"), "install dicom3tools"
    said = []
    for path in files:
        ran = subprocess.run(["dciodvfy", str(path)], capture_output=True, text=True, check=False)
        lines = (ran.stdout + ran.stderr).splitlines()
        said += [f"{path.name}: {line}" for line in lines if line.strip() not in ("", "PETImage", "CTImage")]
    listed = tmp_path / "files.txt"
    listed.write_text("\n".join(map(str, files)) + "\n", "utf-8")
    ran = subprocess.run(["dcentvfy", "-f", str(listed)], capture_output=True, text=True, check=False)
    return said + (ran.stdout + ran.stderr).splitlines()


@pytest.mark.debian
def test_a_few_slices_of_every_series_are_valid_dicom(small: Path, tmp_path: Path) -> None:
    files = [
        path
        for k in (1, 2)
        for kind in ("CT", "PT")
        for path in sorted((small / f"scan{k}" / kind).iterdir())[::8]
    ]
    assert len(files) == 12
    assert complaints(files, tmp_path) == []


@pytest.mark.debian
@pytest.mark.campaign
@pytest.mark.parametrize("case", demo.cases())
def test_every_slice_of_every_case_is_valid_dicom(case: str, tmp_path: Path) -> None:
    folder = demo.write_demo(case, tmp_path / "study")
    assert complaints(sorted(folder.rglob("*.dcm")), tmp_path) == []
