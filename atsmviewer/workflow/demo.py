"""The demonstration study on disk: made once, whole or not at all, kept in the user's cache."""

from __future__ import annotations

import json
import shutil
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
from atsmviewer.phantom.truth import truth

Progress = Callable[[int, int], None]
"""Called with (files written, files)."""

VERSION = 3
"""Of what is made; a study of another version is made anew."""
TRUTH = "truth.json"


def cases() -> tuple[str, ...]:
    """The names of the demonstration cases, the default first."""
    return phantom.names()


def write_demo(case: str = "thigh-64cu", out: Path | None = None, progress: Progress | None = None) -> Path:
    """The folder of a demonstration study; made where it is not yet there whole.

    The default folder is ``demo/<case>`` in the user's cache. It is made beside its place and then
    renamed, so a half-made one is never found. ReviewError("CASE_UNKNOWN"), or ("FOLDER_NOT_EMPTY")
    where ``out`` holds something else.
    """
    made = phantom.case(case)
    folder = user_cache_path("atsmviewer", appauthor=False) / "demo" / case if out is None else out
    if _whole(folder, case):
        return folder
    if out is not None and out.exists() and any(out.iterdir()) and not (out / TRUTH).is_file():
        raise ReviewError(
            "FOLDER_NOT_EMPTY", f"{out.name} holds something else.", "Choose an empty or a new folder."
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as beside:
        new = Path(beside) / "study"
        write_case(made, new, progress)
        if folder.exists():
            shutil.rmtree(folder)
        new.rename(folder)
    return folder


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


def _whole(folder: Path, case: str) -> bool:
    """Whether a study of this version and case lies there with all its files."""
    try:
        record = json.loads((folder / TRUTH).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    if not isinstance(record, dict) or (record.get("version"), record.get("case")) != (VERSION, case):
        return False
    return sum(1 for _ in folder.rglob("*.dcm")) == record.get("files")
