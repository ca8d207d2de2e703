"""Sessions and gestures for the decisions room's tests, written by hand and drawn by hypothesis."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import strategies as st

from atsmviewer.model.grid import Grid
from atsmviewer.model.roi import (
    OPERATIONS,
    RULES,
    Combined,
    Contour,
    Ellipsoid,
    ImportedMask,
    Isocontour,
    Prism,
    Roi,
    Role,
    Shape,
    sphere,
)
from atsmviewer.model.session import Alignment, Override, Protocol, Session
from atsmviewer.session import edits
from atsmviewer.session.journal import Journal

FRAME = "1.2.826.0.1.3680043.8.498.1"
Edit = Callable[[Session], Session]

numbers = st.floats(allow_nan=False, allow_infinity=False)
above_zero = st.floats(min_value=0, exclude_min=True, allow_infinity=False)
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
points = st.tuples(numbers, numbers, numbers)
radii = st.tuples(above_zero, above_zero, above_zero)
ellipsoids = st.builds(Ellipsoid, points, radii)
contours = st.builds(Contour, st.lists(points, min_size=3, max_size=4).map(tuple))
prisms = st.builds(Prism, st.lists(contours, max_size=2).map(tuple), points, above_zero)
grids = st.builds(Grid, st.just((2, 3, 4)), st.tuples(*[numbers] * 12), st.just(FRAME))
masks = st.builds(ImportedMask, grids, st.sets(st.integers(0, 23)).map(lambda some: tuple(sorted(some))))
simple: st.SearchStrategy[Shape] = ellipsoids | prisms | masks


def compound(parts: st.SearchStrategy[Shape]) -> st.SearchStrategy[Shape]:
    """Rules and booleans of shapes."""
    isocontours = st.builds(
        Isocontour,
        parts,
        st.sampled_from(RULES),
        numbers,
        words,
        st.integers(0, 99),
        words,
        st.none() | points,
    )
    booleans = st.builds(
        Combined, st.sampled_from(OPERATIONS), st.lists(parts, min_size=1, max_size=3).map(tuple)
    )
    return isocontours | booleans


shapes: st.SearchStrategy[Shape] = simple | compound(simple | compound(simple))
protocols = st.builds(
    Protocol,
    tm_threshold=st.floats(min_value=0.001, max_value=999.0),
    comparator=st.sampled_from([">", ">="]),
    mask_rule=st.sampled_from(["fraction", "centre"]),
    headline=st.sampled_from(["mean", "max"]),
    tumour_type=st.none() | words,
)
few = st.sampled_from(["a", "b", "c"])
overrides = st.builds(Override, few, few, words, words, words)
alignments = st.builds(Alignment, few, few, st.tuples(*[numbers] * 16), words, words)
rois = st.builds(
    Roi,
    few,
    words,
    st.sampled_from(Role),
    st.just(FRAME),
    shapes,
    st.none() | st.integers(0, 99),
    words,
    words,
)
sessions = st.builds(
    Session,
    st.just("case"),
    protocols,
    st.lists(rois, max_size=3, unique_by=lambda roi: roi.uid).map(tuple),
    st.lists(alignments, max_size=3, unique_by=lambda a: (a.from_uid, a.to_uid)).map(tuple),
    st.lists(overrides, max_size=3, unique_by=lambda o: (o.acquisition_uid, o.name)).map(tuple),
    words,
)


def place(shape: Shape, role: Role) -> Edit:
    """Draw one more region."""
    return lambda session: edits.add_roi(session, edits.new_roi(session, role, FRAME, shape))


def at(which: int, edit: Callable[[Session, Roi], Session]) -> Edit:
    """An edit of one of the ellipsoids there are, or none."""

    def act(session: Session) -> Session:
        there = [roi for roi in session.rois if isinstance(roi.shape, Ellipsoid)]
        return edit(session, there[which % len(there)]) if there else session

    return act


gestures: st.SearchStrategy[Edit] = st.one_of(
    st.builds(place, shapes, st.sampled_from(Role)),
    st.builds(lambda n, c: at(n, lambda s, r: edits.move_roi(s, r.uid, c)), st.integers(0, 9), points),
    st.builds(lambda n, c: at(n, lambda s, r: edits.resize_roi(s, r.uid, c)), st.integers(0, 9), radii),
    st.builds(lambda n: at(n, lambda s, r: edits.remove_roi(s, r.uid)), st.integers(0, 9)),
    st.builds(
        lambda n, role: at(n, lambda s, r: edits.set_role(s, r.uid, role)),
        st.integers(0, 9),
        st.sampled_from(Role),
    ),
    st.builds(lambda p: lambda s: edits.set_protocol(s, p), protocols),
    st.builds(lambda o: lambda s: edits.set_override(s, o), overrides),
    st.builds(lambda a, b: lambda s: edits.clear_override(s, a, b), few, few),
    st.builds(lambda a: lambda s: edits.set_alignment(s, a), alignments),
    st.builds(lambda text: lambda s: edits.set_remarks(s, text), words),
)


class Clock:
    """A clock that moves one second a look, in a zone of its own."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 1, 9, 0, tzinfo=timezone(timedelta(hours=5, minutes=30)))

    def __call__(self) -> datetime:
        self.time += timedelta(seconds=1)
        return self.time


@contextmanager
def journal_at(path: Path, case_key: str = "case") -> Iterator[Journal]:
    """A journal that is let go at the end."""
    journal = Journal.open(path, case_key, "R. Eader", Clock())
    try:
        yield journal
    finally:
        journal.close()


@contextmanager
def folder() -> Iterator[Path]:
    """A folder of its own for each example that hypothesis draws."""
    with TemporaryDirectory() as name:
        yield Path(name)


def drawn(steps: int = 6) -> list[Session]:
    """The states of a short reading: a tumour, a muscle, and moves of the tumour."""
    states = [place(sphere((1.0, 2.0, 3.0), 10.0), Role.TUMOUR)(Session("case"))]
    states.append(place(sphere((40.0, 2.0, 3.0), 12.5), Role.MUSCLE)(states[-1]))
    uid = states[0].rois[0].uid
    while len(states) < steps:
        states.append(edits.move_roi(states[-1], uid, (0.1 * len(states), 1 / 3, -7.0)))
    return states[:steps]


def written(path: Path, steps: int = 6) -> list[Session]:
    """A journal file with one line for each state of ``drawn``."""
    states = drawn(steps)
    with journal_at(path) as journal:
        for number, state in enumerate(states, 1):
            journal.commit(state, f"Step {number}")
    return states


def refused(code: str) -> str:
    """What a ReviewError of that code begins with, for ``match``."""
    return f"^{code}: "


def inside(where: Path) -> list[str]:
    """The names in a folder."""
    return sorted(path.name for path in where.iterdir())
