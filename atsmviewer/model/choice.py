"""Which series of a case is shown with which: what a reader may choose from, and what was chosen."""

from __future__ import annotations

from dataclasses import dataclass, replace

from atsmviewer.model.errors import ReviewError
from atsmviewer.model.session import Session
from atsmviewer.model.study import Acquisition, Anatomy, Series, Study

PARTNER = "anatomy"
"""Name of the override that gives a PET another CT or MR; its value is that series' UID, "" for none."""


@dataclass(frozen=True)
class Choice:
    """One series of a case as a reader chooses it.

    ``line`` is what it is known by ("PET AC WB, 267 slices, 64Cu-ATSM, 61 min p.i."), ``why`` why it is
    shown, offered or set aside. ``shown_with`` and ``offered_to`` are UIDs of PET series (its own for a
    PET that is shown); ``needs_alignment`` says that it lies in another frame of reference.
    """

    uid: str
    modality: str
    line: str
    why: str
    shown_with: tuple[str, ...] = ()
    offered_to: tuple[str, ...] = ()
    needs_alignment: bool = False


@dataclass(frozen=True)
class Aside:
    """Files that were set aside for one reason: a sentence, how many, and the name of one."""

    why: str
    count: int
    example: str


def series_name(series: Series) -> str:
    """A series by its description, led by its modality where the description does not say it."""
    kind = {"PT": "PET"}.get(series.modality, series.modality)
    name = series.description.strip()
    return name if kind in name.upper() else f"{kind} {name}".strip()


class NothingOpened(ReviewError):
    """A refusal of a whole case that also lists what was found, for the reader to see why."""

    def __init__(self, why: ReviewError, choices: tuple[Choice, ...], asides: tuple[Aside, ...]) -> None:
        super().__init__(why.code, why.what, why.remedy)
        self.choices = choices
        self.asides = asides


def partnered(study: Study, session: Session) -> Study:
    """The study with the CT or MR that the reader chose for each PET; the very same where none was.

    A chosen series that the case does not hold (any more) leaves its PET without one, and is named in
    ``anatomy_gone``: nothing takes its place unasked. One that is not loaded yet is shown with its volume
    None.
    """
    chosen = {o.acquisition_uid: o.value for o in session.overrides if o.name == PARTNER}
    if all(chosen.get(a.uid, _taken(a)) == _taken(a) for a in study.acquisitions):
        return study
    held = {one.series.uid: one for one in _held(study)}
    swapped = tuple(_with(a, chosen.get(a.uid), held) for a in study.acquisitions)
    shown = {a.anatomy.uid for a in swapped if a.anatomy is not None}
    others = tuple(one for uid, one in held.items() if uid not in shown)
    return replace(study, acquisitions=swapped, anatomies=others)


def _taken(acquisition: Acquisition) -> str:
    """The UID of what is shown with a PET, or would be were it there; "" for none."""
    return acquisition.anatomy_gone or ("" if acquisition.anatomy is None else acquisition.anatomy.uid)


def _held(study: Study) -> tuple[Anatomy, ...]:
    own = tuple(Anatomy(a.anatomy, a.anatomy_volume) for a in study.acquisitions if a.anatomy is not None)
    return (*own, *study.anatomies)


def _with(acquisition: Acquisition, uid: str | None, held: dict[str, Anatomy]) -> Acquisition:
    if uid is None or uid == _taken(acquisition):
        return acquisition
    one = held.get(uid)
    if one is None:
        return replace(acquisition, anatomy=None, anatomy_volume=None, anatomy_gone=uid)
    return replace(acquisition, anatomy=one.series, anatomy_volume=one.volume, anatomy_gone="")
