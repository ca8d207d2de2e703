"""Fills a small disk with a journal, makes room again, and says whether all changes got there."""

from __future__ import annotations

import sys
from pathlib import Path

from atsmviewer.model.errors import ReviewError
from atsmviewer.session import edits
from atsmviewer.session.journal import Journal, load


def main() -> None:
    """``filling.py folder``: the folder is a disk of 32 kB."""
    folder = Path(sys.argv[1])
    path, ballast = folder / "case.atsm.jsonl", folder / "ballast"
    ballast.write_bytes(b"0" * 16_384)
    journal = Journal.open(path, "case", "R. Eader")
    full = 0
    for step in range(60):
        try:
            journal.commit(edits.set_remarks(journal.session, f"step {step}"), "Remark")
        except ReviewError as error:
            full += error.code == "JOURNAL_NOT_WRITTEN"
    kept = load(path)[0]
    whole = kept.past == journal.history.past[: len(kept.past)] and len(kept.past) == 60 - full
    ballast.unlink()
    journal.undo()
    if full and whole and load(path)[0] == journal.history and journal.unwritten == 0:
        sys.stdout.write("full, then whole\n")
    journal.close()


if __name__ == "__main__":
    main()
