"""Owns the private folder in which the members of a zip lie while a case is open, and its being emptied.

Members are streamed one by one under numbers; no path is ever made from a member's name. Sizes are
counted while they are written, whatever the archive declares.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import tempfile
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO
from zipfile import ZipFile, ZipInfo

from atsmviewer.dicom.disk.central import BROKEN, REMEDY, shared_bytes, too_many
from atsmviewer.dicom.disk.leftbehind import LEFT, hold, sweep
from atsmviewer.dicom.disk.naming import shown
from atsmviewer.dicom.disk.pace import Paced, check
from atsmviewer.dicom.header.boundary import Rejected
from atsmviewer.dicom.header.tags import PARSER_ERRORS
from atsmviewer.model.errors import Refusal, ReviewError

MEMBER_LIMIT_BYTES = 4 << 30
"""The most that one member may grow to."""
ALL_LIMIT_BYTES = 32 << 30
"""The most that all members of an archive may grow to."""
RATIO_LIMIT, RATIO_FLOOR_BYTES = 200, 256 << 20
"""All members may grow to so many times the archive's own size; below the floor that is not asked."""
SPARE_BYTES = 512 << 20
"""What is left free on the disk."""
_STEP_BYTES = 1 << 20
_NUMBERED = re.compile(r"member-\d{6}")
_ENCRYPTED = Refusal("ARCHIVE_ENCRYPTED", "It is protected by a password.", REMEDY)
_UNKNOWN = Refusal("ARCHIVE_BROKEN", "It is compressed in a way that is not read.", REMEDY)


class Unpacked:
    """What the archives of one scan hold; the folder goes when this is let go, or the program ends."""

    def __init__(self) -> None:
        sweep()
        try:
            self.folder = Path(tempfile.mkdtemp(prefix=LEFT))  # 0700
        except OSError as error:
            raise _no_room(error.strerror).error() from error
        self._names: dict[str, str] = {}
        self.close = weakref.finalize(self, _emptied, self.folder, hold(self.folder))
        """Empty the folder now; files in it can no longer be read."""

    def unpack(self, archive: Path, told: Paced) -> tuple[list[Path], list[Rejected]] | Refusal:
        """The members of a zip as files, and the links among them; a Refusal where it is not read whole.

        ReviewError("CANCELLED").
        """
        before = len(self._names)
        try:
            with archive.open("rb") as opened:
                done = self._members(archive, opened, told)
        except OSError as error:
            done = _unreadable(error)
        if isinstance(done, Refusal):
            for name in list(self._names)[before:]:
                (self.folder / name).unlink(missing_ok=True)
                del self._names[name]
        return done

    def name(self, path: Path) -> str:
        """How a file is shown: "scan.zip › DICOM/IM1" where it is a member, else by its own name."""
        inside = path.parent == self.folder
        return self._names.get(path.name, path.name) if inside else shown(path)

    def told(self, text: str) -> str:
        """A sentence with the members in it by their own names."""
        return _NUMBERED.sub(lambda found: self._names.get(found[0], found[0]), text)

    def _members(
        self, archive: Path, opened: BinaryIO, told: Paced
    ) -> tuple[list[Path], list[Rejected]] | Refusal:
        size_bytes = os.fstat(opened.fileno()).st_size
        refused = too_many(opened, size_bytes)
        if refused is not None:
            return refused
        try:
            zipped = ZipFile(opened)
        except PARSER_ERRORS:
            return BROKEN
        with zipped:
            members = [one for one in zipped.infolist() if one.filename[-1:] != "/"]  # it may be empty
            refused = _encrypted(members) or shared_bytes(members, size_bytes)
            if refused is not None:
                return refused
            budget = _Budget(size_bytes, shutil.disk_usage(self.folder).free)
            files: list[Path] = []
            links: list[Rejected] = []
            for done, one in enumerate(members):
                told(done, len(members))
                path = self._numbered(shown(archive, one.filename or "without a name"))
                if stat.S_ISLNK(one.external_attr >> 16):
                    links.append(Rejected(path, "LINK_IGNORED", "It is a link to another file."))
                    continue
                refused = _written(zipped, one, path, budget)
                if refused is not None:
                    return refused
                files.append(path)
            return files, links

    def _numbered(self, name: str) -> Path:
        number = f"member-{len(self._names):06d}"
        self._names[number] = name
        return self.folder / number


class _Budget:
    """How much may still be written."""

    def __init__(self, archive_bytes: int, free_bytes: int) -> None:
        self._ratio_bytes = max(RATIO_FLOOR_BYTES, RATIO_LIMIT * archive_bytes)
        self._free_bytes = free_bytes - SPARE_BYTES
        self._written_bytes = 0

    def take(self, count_bytes: int, member_bytes: int) -> Refusal | None:
        """Count what is about to be written of a member that has ``member_bytes`` then; why not, or None."""
        self._written_bytes += count_bytes
        if self._written_bytes > self._free_bytes:
            return _no_room(f"{self._free_bytes >> 20} MB free")
        if member_bytes > MEMBER_LIMIT_BYTES or self._written_bytes > ALL_LIMIT_BYTES:
            limit = f"{MEMBER_LIMIT_BYTES >> 30} GB a file, {ALL_LIMIT_BYTES >> 30} GB in all"
            return Refusal("ARCHIVE_TOO_LARGE", f"It holds more than is unpacked ({limit}).", REMEDY)
        if self._written_bytes > self._ratio_bytes:
            what = f"It grows to more than {RATIO_LIMIT} times its size, as no images do."
            return Refusal("ARCHIVE_TOO_LARGE", what, REMEDY)
        return None


def _encrypted(members: list[ZipInfo]) -> Refusal | None:
    return _ENCRYPTED if any(one.flag_bits & 0x41 for one in members) else None


def _written(zipped: ZipFile, one: ZipInfo, path: Path, budget: _Budget) -> Refusal | None:
    """One member streamed into a file of its own."""
    written = 0
    try:
        with path.open("xb") as out:
            for part in _parts(zipped, one):
                if isinstance(part, Refusal):
                    return part
                written += len(part)
                refused = budget.take(len(part), written)
                if refused is not None:
                    return refused
                out.write(part)
    except OSError as error:
        return _no_room(error.strerror)
    return None


def _parts(zipped: ZipFile, one: ZipInfo) -> Iterator[bytes | Refusal]:
    """The bytes of a member, a step at a time; a Refusal ends them."""
    try:
        with zipped.open(one) as stream:
            while True:
                check()
                part = stream.read(_STEP_BYTES)
                if not part:
                    return
                yield part
    except ReviewError:
        raise
    except NotImplementedError:
        yield _UNKNOWN
    except OSError as error:  # a bzip2 stream that is damaged has no number of an error
        yield BROKEN if error.errno is None else _unreadable(error)
    except PARSER_ERRORS:
        yield BROKEN


def _unreadable(error: OSError) -> Refusal:
    what = f"The system does not let it be read: {error.strerror}."
    return Refusal("UNREADABLE", what, "Copy it to a disk of this computer and open it there.")


def _no_room(said: str | None) -> Refusal:
    what = f"There is no room to unpack it ({said})."
    return Refusal(
        "ARCHIVE_TOO_LARGE", what, "Make room in the temporary folder, or open its folder unpacked."
    )


def _emptied(folder: Path, held: int | None) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    if held is not None:
        os.close(held)
