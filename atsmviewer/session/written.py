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
        ours = b"".join(lines)
        after = Written(len(lines), len(ours))
        if self.end and not self.damaged:
            missing = b"".join(lines[self.lines :])
            if disk.append(path, self.end, missing, self.rest):
                return after
        found = disk.read(path) or b""
        if not ours.startswith(found):  # else an earlier try got that far before it was refused
            if not self.end and not self.damaged:
                raise disk.changed(path)
            disk.keep_aside(path)
        disk.replace_file(path, ours)
        return after
