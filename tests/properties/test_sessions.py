"""A session saved and loaded gives every number bit for bit (P16)."""

from __future__ import annotations

import tempfile
from functools import lru_cache
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from atsmviewer.model.assessment import Depth
from atsmviewer.model.roi import (
    Combined,
    Contour,
    Ellipsoid,
    ImportedMask,
    Isocontour,
    Prism,
    Roi,
    Role,
    Shape,
)
from atsmviewer.model.session import Override, Protocol, Session
from atsmviewer.model.study import Study
from atsmviewer.quant.assess import assess
from atsmviewer.session.journal import Journal, load
from tests.oracle import scanner
from tests.oracle.scanner import ROOT, Setup
from tests.properties.door import MUSCLE, opened
from tests.properties.often import examples

points = st.tuples(st.floats(-25, 25), st.floats(-25, 25), st.floats(104, 124))
radii = st.tuples(*[st.floats(2, 12)] * 3)
ellipsoids = st.builds(Ellipsoid, points, radii)


@lru_cache(maxsize=1)
def scan() -> Study:
    return opened(scanner.headers(Setup()))


@st.composite
def prisms(draw: st.DrawFn) -> Prism:
    """Triangles, each in its plane."""
    corners = st.lists(st.tuples(st.floats(-25, 25), st.floats(-25, 25)), min_size=3, max_size=5)
    heights = draw(st.lists(st.floats(104, 124), min_size=1, max_size=3))
    contours = tuple(Contour(tuple((x, y, z) for x, y in draw(corners))) for z in heights)
    return Prism(contours, (0.0, 0.0, 1.0), draw(st.floats(1, 5)))


@st.composite
def masks(draw: st.DrawFn) -> ImportedMask:
    grid = scan().acquisitions[0].pet.grid
    voxels = draw(st.sets(st.integers(0, 8 * 14 * 14 - 1), min_size=1, max_size=40))
    return ImportedMask(grid, tuple(sorted(voxels)))


@st.composite
def isocontours(draw: st.DrawFn) -> Isocontour:
    rule = draw(st.sampled_from(["absolute", "percent_max", "percent_peak", "background"]))
    return Isocontour(draw(ellipsoids), rule, draw(st.floats(0.5, 60)), f"{ROOT}.2", 0, "g/ml")


simple: st.SearchStrategy[Shape] = ellipsoids | prisms() | masks()
shapes = (
    simple
    | isocontours()
    | st.builds(
        Combined,
        st.sampled_from(["union", "intersection", "difference"]),
        st.lists(simple, min_size=2, max_size=3).map(tuple),
    )
)
protocols = st.builds(
    Protocol,
    tm_threshold=st.floats(0.1, 9),
    comparator=st.sampled_from([">", ">="]),
    mask_rule=st.sampled_from(["fraction", "centre"]),
    suv=st.sampled_from(["bw", "lbmjanma", "bsa", "kbqml"]),
    resolution_mm=st.floats(1, 9),
)
overrides = st.builds(
    Override,
    st.just(f"{ROOT}.2"),
    st.just("weight_kg"),
    st.floats(20, 150).map(str),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=9),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=9),
)


@examples(25, 400)
@given(st.lists(shapes, min_size=1, max_size=3), points, protocols, st.none() | overrides)
def test_p16_saved_and_loaded_every_number_is_the_same_bit_for_bit(
    drawn: list[Shape], centre: tuple[float, float, float], protocol: Protocol, entry: Override | None
) -> None:
    study = scan()
    space = study.acquisitions[0].frame_of_reference_uid
    tumours = [Roi(f"t{k}", f"T{k}", Role.TUMOUR, space, shape) for k, shape in enumerate(drawn)]
    muscle = Roi("m", "M", Role.MUSCLE, space, Ellipsoid(centre, (MUSCLE[1],) * 3))
    session = Session(study.key, protocol, (*tumours, muscle), (), (entry,) if entry else ())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "case.atsm.jsonl"
        journal = Journal.open(path, study.key, "A. Reader")
        journal.commit(session, "all")
        journal.close()
        history, _, _ = load(path)
    again = history.present.session
    assert repr(assess(study, again, Depth.LIVE)) == repr(assess(study, session, Depth.LIVE))
