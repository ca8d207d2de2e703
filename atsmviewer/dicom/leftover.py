"""Owns the files that became no series: grouped by reason for the reader, strangers told by their bytes."""

from __future__ import annotations

from codecs import getincrementaldecoder
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from atsmviewer.dicom.disk.pace import check
from atsmviewer.dicom.found import Scan
from atsmviewer.dicom.header.boundary import Rejected
from atsmviewer.model.choice import Aside

_LOOKED_AT = 5_000
"""How many strangers are opened to see what they are; the rest is counted as "other files"."""
_HEAD_BYTES = 512
_MARKS: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"\xff\xd8\xff", "JPEG picture", "JPEG pictures"),
    (0, b"\x89PNG\r\n", "PNG picture", "PNG pictures"),
    (0, b"GIF8", "GIF picture", "GIF pictures"),
    (0, b"II*\0", "TIFF picture", "TIFF pictures"),
    (0, b"MM\0*", "TIFF picture", "TIFF pictures"),
    (4, b"ftyp", "film or HEIC picture", "films or HEIC pictures"),
    (0, b"%PDF", "PDF", "PDFs"),
    (0, b"PK\x03\x04", "zip archive or office document", "zip archives or office documents"),
    (0, b"\xd0\xcf\x11\xe0", "office document", "office documents"),
    (0, b"7z\xbc\xaf", "7z archive", "7z archives"),
    (0, b"Rar!", "rar archive", "rar archives"),
    (0, b"\x1f\x8b", "gzip file", "gzip files"),
    (257, b"ustar", "tar archive", "tar archives"),
    (344, b"n+1\0", "NIfTI image", "NIfTI images"),
    (0, b"NRRD", "NRRD image", "NRRD images"),
    (0, b"\x7fELF", "program", "programs"),
    (0, b"MZ", "program", "programs"),
)
"""Where a mark stands, the mark, and what such a file is called, one and several."""
_TEXT, _EMPTY, _OTHER = ("text", "texts"), ("empty file", "empty files"), ("other file", "other files")


def left_over(scan: Scan) -> tuple[Aside, ...]:
    """What was set aside, a group a reason, the largest first; strangers as one group with their kinds."""
    groups: dict[str, list[Path]] = defaultdict(list)
    for one in scan.rejected:
        groups[_reason(one)].append(one.path)
    if _STRANGE in groups:
        strangers = groups.pop(_STRANGE)
        groups[f"{_STRANGE}: {kinds(strangers)}."] = strangers
    if scan.regions:
        groups["Regions of another program; they are read by the terminal's assess --rois."] += scan.regions
    ordered = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
    return tuple(Aside(why, len(files), _name(files[0])) for why, files in ordered)


_STRANGE = "No DICOM"


def _reason(one: Rejected) -> str:
    return _STRANGE if one.code == "NOT_DICOM" else one.what


def _name(path: Path) -> str:
    """A file's own name; bytes that are no text are shown as such, never passed on."""
    return path.name.encode("utf-8", "backslashreplace").decode("utf-8")


def counted_strangers(scan: Scan) -> str:
    """The files that are no DICOM, in words: "212 files that are no DICOM: 200 JPEG pictures, 12 texts"."""
    strangers = [one.path for one in scan.rejected if one.code == "NOT_DICOM"]
    if not strangers:
        return ""
    if len(strangers) == 1:
        return f"1 file that is no DICOM: {kinds(strangers)}"
    return f"{len(strangers)} files that are no DICOM: {kinds(strangers)}"


def counted_refusals(scan: Scan, most: int = 3) -> str:
    """The other files set aside, in words: "3 files: It is a secondary capture."; the largest groups."""
    groups = [g for g in left_over(scan) if not g.why.startswith(_STRANGE)][:most]
    return "; ".join(f"{g.count} file{'s' if g.count > 1 else ''}: {_first(g.why)}" for g in groups)


def _first(sentences: str) -> str:
    """The first of some sentences, without its full stop."""
    return sentences.partition(". ")[0].rstrip(".")


def kinds(files: Sequence[Path]) -> str:
    """Files counted by what their first bytes say they are, most first: "200 JPEG pictures, 12 texts"."""
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for file in files[:_LOOKED_AT]:
        check()
        counts[_kind(file)] += 1
    if len(files) > _LOOKED_AT:
        counts[_OTHER] += len(files) - _LOOKED_AT
    ordered = sorted(counts.items(), key=lambda kind: (-kind[1], kind[0]))
    return ", ".join(f"{count} {names[count > 1]}" for names, count in ordered)


def _kind(file: Path) -> tuple[str, str]:
    try:
        with file.open("rb") as opened:
            head = opened.read(_HEAD_BYTES)
    except OSError:
        return _OTHER
    if not head:
        return _EMPTY
    for at, mark, one, several in _MARKS:
        if head[at : at + len(mark)] == mark:
            return one, several
    try:
        text = getincrementaldecoder("utf-8")().decode(head)  # a letter cut at the end is no fault
    except UnicodeDecodeError:
        return _OTHER
    return _OTHER if "\0" in text else _TEXT
