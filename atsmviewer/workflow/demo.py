"""The demonstration study on disk: made once, whole or not at all, kept in the user's cache."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path

from platformdirs import user_cache_path

from atsmviewer.dicom.write import write_series
from atsmviewer.model.errors import ReviewError
from atsmviewer.phantom import cases as phantom
from atsmviewer.phantom.case import Case
from atsmviewer.phantom.headers import series_header, slice_headers
from atsmviewer.phantom.images import ct_volume, pet_volume
from atsmviewer.phantom.truth import SCHEMA, truth

Progress = Callable[[int, int], None]
"""Called with (files written, files)."""

VERSION = 6
"""Of what is made; a study of another version is made anew."""
TRUTH = "truth.json"


def cases() -> tuple[str, ...]:
    """The names of the demonstration cases, the default first."""
    return phantom.names()


def write_demo(case: str = "thigh-64cu", out: Path | None = None, progress: Progress | None = None) -> Path:
    """The folder of a demonstration study; made where it is not yet there whole.

    The default folder is ``demo/<case>`` in the user's cache. It is made beside its place and then
    renamed, so a half-made one is never found.

    Raises
    ------
    ReviewError
        "CASE_UNKNOWN", "FOLDER_NOT_EMPTY" where ``out`` holds something else, or "DEMO_NOT_WRITTEN".
    """
    made = phantom.case(case)
    folder = user_cache_path("atsmviewer", appauthor=False) / "demo" / case if out is None else out
    if _whole(folder, case):
        return folder
    if _of_others(folder):
        raise ReviewError(
            "FOLDER_NOT_EMPTY", f"{folder.name} holds something else.", "Choose an empty or a new folder."
        )
    try:
        _make_beside(made, folder, progress)
    except OSError as error:
        if _whole(folder, case):  # another run put it there first
            return folder
        raise ReviewError(
            "DEMO_NOT_WRITTEN",
            f"The demonstration study was not written: {error.strerror or error}.",
            "Free about 100 MB, or choose another folder with --out.",
        ) from error
    return folder


def _make_beside(case: Case, folder: Path, progress: Progress | None) -> None:
    """Make a study in a hidden folder beside its place, then put it there in one step."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as beside:
        new = write_case(case, Path(beside) / "study", progress)
        if folder.exists():
            folder.rename(Path(beside) / "old")
        new.rename(folder)


def write_case(case: Case, folder: Path, progress: Progress | None = None) -> Path:
    """Write every series of a case below ``folder``, and its truth."""
    total = sum(scan.pet.shape[0] + scan.ct.shape[0] for scan in case.scans)
    done = 0

    def one_more() -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, total)

    for number, scan in enumerate(case.scans, 1):
        for modality, make in (("CT", ct_volume), ("PT", pet_volume)):
            place = folder / f"scan{number}" / modality
            header, slices = series_header(case, scan, modality), slice_headers(case, scan, modality)
            write_series(place, make(case, scan), header, slices, one_more)
    record = {**truth(case), "version": VERSION, "files": total}
    (folder / TRUTH).write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return folder


def _of_others(folder: Path) -> bool:
    """Whether something lies there that this module did not make, which must not be replaced."""
    if not folder.exists():
        return False
    if not folder.is_dir():
        return True
    files = [path for path in folder.rglob("*") if not path.is_dir()]
    strange = [path for path in files if path.suffix != ".dcm" and path != folder / TRUTH]
    return bool(strange) or (bool(files) and _record(folder) is None)


def _record(folder: Path) -> dict[str, object] | None:
    """The truth file of a demonstration study; None where there is none or it is another's."""
    try:
        record = json.loads((folder / TRUTH).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) and record.get("schema") == SCHEMA else None


def _whole(folder: Path, case: str) -> bool:
    """Whether a study of this version and case lies there with all its files."""
    record = _record(folder)
    if record is None or (record.get("version"), record.get("case")) != (VERSION, case):
        return False
    return sum(1 for _ in folder.rglob("*.dcm")) == record.get("files")
