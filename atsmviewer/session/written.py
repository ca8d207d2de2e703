"""What of a journal is on the disk, and how the rest of it gets there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from atsmviewer.session import disk


@dataclass(frozen=True)
class Written:
    """How many good ``lines`` the file holds, in how many bytes, and the ``rest`` that was found after them.

    ``damaged``: the rest was once whole, so a copy is kept before it goes. ``newer``: not our schema.
    """

    lines: int = 0
    end: int = 0
    rest: bytes = b""
    damaged: bool = False
    newer: bool = False

    def put(self, path: Path, lines: Sequence[bytes]) -> Written:
        """Bring the file up to ``lines``, on the disk; OSError or ReviewError where it did not get there.

        The usual case is one append. A file that is new, damaged, or shorter than it was is written
        whole beside its place and renamed, so that no moment leaves less than there was.
        """
        after = Written(len(lines), sum(map(len, lines)))
        missing = b"".join(lines[self.lines :])
        if self.end and not self.damaged and disk.append(path, self.end, missing, self.rest):
            return after
        if not self.end and not self.damaged and disk.read(path):
            raise disk.changed(path)
        if path.exists() and (self.damaged or self.end):
            disk.keep_aside(path)
        disk.replace_file(path, b"".join(lines))
        return after
