"""Files that are whole or not there."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from atsmviewer.model.assessment import Depth
from atsmviewer.model.errors import ReviewError
from atsmviewer.report.write import write_report
from tests.report import made_up

NAMES = ("atsmviewer-report.pdf", "measurements.csv", "assessment.json")


def write(out: Path, formats: tuple[str, ...] = ("pdf", "csv", "json")) -> tuple[Path, ...]:
    case = made_up.study(name="../../etc/passwd", patient_id="../x")
    return write_report(
        out, case, made_up.session(), made_up.assessment(), made_up.pictures(), made_up.STAMP, formats
    )


def test_three_files_under_fixed_names_and_nothing_else(tmp_path: Path) -> None:
    out = tmp_path / "new" / "folder"
    assert write(out) == tuple(out / name for name in NAMES)
    assert sorted(p.name for p in out.iterdir()) == sorted(NAMES)
    assert (out / NAMES[0]).read_bytes().startswith(b"%PDF-")
    assert json.loads((out / NAMES[2]).read_bytes())["schema"] == "atsmviewer.assess/1"


def test_writing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    first = [p.read_bytes() for p in write(tmp_path)]
    assert [p.read_bytes() for p in write(tmp_path)] == first


def test_only_what_was_asked_for(tmp_path: Path) -> None:
    assert [p.name for p in write(tmp_path, ("csv",))] == ["measurements.csv"]
    assert len(list(tmp_path.iterdir())) == 1


def test_a_live_assessment_is_not_written(tmp_path: Path) -> None:
    live = replace(made_up.assessment(), depth=Depth.LIVE)
    with pytest.raises(ReviewError, match="NOT_READY"):
        write_report(tmp_path, made_up.study(), made_up.session(), live, (), None)
    assert not list(tmp_path.iterdir())


def test_an_unknown_format_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(ReviewError, match="FORMAT_UNKNOWN"):
        write(tmp_path, ("csv", "docx"))
    assert not list(tmp_path.iterdir())


def test_a_folder_in_the_place_of_a_file_leaves_every_old_file(tmp_path: Path) -> None:
    (tmp_path / NAMES[2]).mkdir()
    (tmp_path / NAMES[0]).write_bytes(b"old page")
    with pytest.raises(ReviewError, match="EXPORT_NOT_WRITTEN"):
        write(tmp_path)
    assert (tmp_path / NAMES[0]).read_bytes() == b"old page"
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted((NAMES[0], NAMES[2]))


def test_a_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("not a folder")
    with pytest.raises(ReviewError, match="EXPORT_NOT_WRITTEN"):
        write(tmp_path / "out")


_CHILD = """
import resource, signal, sys
from pathlib import Path
from tests.report.test_write import write
from atsmviewer.model.errors import ReviewError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    write(Path(sys.argv[1]))
except ReviewError as error:
    sys.stdout.write(error.code)
"""


def test_a_full_target_leaves_every_old_file(tmp_path: Path) -> None:
    for name in NAMES:
        (tmp_path / name).write_bytes(b"old")
    child = subprocess.run(
        [sys.executable, "-c", _CHILD, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert child.stdout == "EXPORT_NOT_WRITTEN"
    assert [(tmp_path / name).read_bytes() for name in NAMES] == [b"old"] * 3
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(NAMES)
