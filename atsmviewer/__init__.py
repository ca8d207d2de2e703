"""atsmviewer reads and measures Cu-ATSM hypoxia PET/CT; the nouns are in ``atsmviewer.model``.

For scripts, the same numbers as the window and the command line::

    import atsmviewer

    study = atsmviewer.open_study("case/")
    session, stamp = atsmviewer.load_session("case.session")
    assessment = atsmviewer.assess(study, session)
    for ratio in assessment.ratios:
        print(ratio.tumour, ratio.kind, ratio.number)
    atsmviewer.write_report(study, session, "out/", stamp=stamp)

Everything that is bad input raises ``atsmviewer.model.errors.ReviewError`` with a code and a remedy.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from atsmviewer.model.version import __version__

if TYPE_CHECKING:  # importing the package imports nothing heavy; each function imports what it needs
    from atsmviewer.model.assessment import Assessment
    from atsmviewer.model.session import Session, Stamp
    from atsmviewer.model.study import Study

__all__ = ["__version__", "assess", "load_session", "open_study", "write_report"]


def open_study(path: str | Path) -> Study:
    """The case at a path, with its voxels: PET paired with its CT; ReviewError where it cannot be read."""
    from atsmviewer.workflow.opening import open_case

    return open_case(Path(path)).study


def load_session(path: str | Path) -> tuple[Session, Stamp | None]:
    """What the reader decided, from a session file, and who made its last change and when."""
    from atsmviewer.session.journal import load

    history, stamp, _ = load(Path(path))
    return history.present.session, stamp


def assess(study: Study, session: Session) -> Assessment:
    """Every number of a session, or why it is missing, at full depth."""
    from atsmviewer.quant.assess import assess as derive

    return derive(study, session)


def write_report(
    study: Study,
    session: Session,
    out: str | Path,
    formats: Sequence[str] = ("pdf", "csv", "json"),
    stamp: Stamp | None = None,
) -> tuple[Path, ...]:
    """The report of a session in a folder; who and when come from ``stamp``: same session, same bytes."""
    from atsmviewer.workflow.reporting import make_report

    return make_report(study, session, stamp, Path(out), formats)
