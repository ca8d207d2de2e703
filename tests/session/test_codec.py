"""The file's words give every noun back bit for bit, and refuse what is not theirs."""

from __future__ import annotations

import dataclasses
import hashlib
from dataclasses import replace
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from atsmviewer.model.errors import ReviewError
from atsmviewer.model.roi import Combined, Isocontour, Role, sphere
from atsmviewer.model.session import Protocol, Session
from atsmviewer.session import codec, wire
from atsmviewer.session.chain import begin, extend
from atsmviewer.session.changes import difference
from tests.session.made import FRAME, place, refused, sessions

SESSION = place(sphere((0.1, -0.0, 5e-324), 1e300), Role.TUMOUR)(Session("case", Protocol(1.4)))
BALL = {"kind": "ellipsoid", "centre_mm": [0.0] * 3, "radii_mm": [1.0] * 3, "axes": [0.0] * 9}
MASK = {"kind": "mask", "shape": [1, 1, 4], "affine": [1.0] * 12, "frame_of_reference_uid": FRAME}


ISO: dict[str, Any] = {
    "kind": "isocontour",
    "inside": BALL,
    "rule": "percent_max",
    "level": 41.0,
    "acquisition_uid": "1.2",
    "frame": 0,
    "unit": "",
    "seed_mm": None,
}
BOTH: dict[str, Any] = {"kind": "combined", "operation": "union", "parts": [BALL, ISO]}


def nested(depth: int) -> dict[str, Any]:
    """A shape that is ``depth`` deep."""
    return BALL if depth == 1 else {**BOTH, "parts": [nested(depth - 1)]}


def words(**changes: Any) -> dict[str, Any]:
    """The JSON tree of SESSION, with its first roi changed."""
    tree: dict[str, Any] = msgspec.json.decode(codec.state_bytes(SESSION))
    tree["rois"][0].update(changes)
    return tree


def read(tree: object) -> Session:
    return codec.read_session(codec.decode(msgspec.json.encode(tree), wire.Session))


@given(sessions)
def test_every_session_comes_back_bit_for_bit(session: Session) -> None:
    raw = codec.state_bytes(session)
    back = codec.read_session(codec.decode(raw, wire.Session))
    assert repr(back) == repr(session)  # repr tells -0.0 from 0.0 and is exact for floats
    assert codec.state_bytes(back) == raw


def test_the_canonical_form_is_the_documented_one() -> None:
    raw = (
        b'{"case_key":"case","protocol":{"tm_threshold":1.4,"comparator":">","mask_rule":"fraction",'
        b'"headline":"mean","suv":"bw","tumour_type":null},"rois":[],"alignments":[],"overrides":[],'
        b'"remarks":""}'
    )
    empty = Session("case", Protocol(1.4, ">", "fraction", "mean", "bw", None))
    assert codec.state_bytes(empty) == raw
    assert codec.state_hash(empty) == hashlib.sha256(raw).hexdigest()


@pytest.mark.parametrize("noun", [wire.Roi, wire.Protocol, wire.Alignment, wire.Override, wire.Session])
def test_the_file_has_a_word_for_every_field(noun: type[msgspec.Struct]) -> None:
    from atsmviewer.model import roi, session

    model = getattr(session, noun.__name__, None) or getattr(roi, noun.__name__)
    assert [f.name for f in dataclasses.fields(model)] == list(noun.__struct_fields__)


def test_rules_and_booleans_are_written_whole() -> None:
    session = read(words(shape=BOTH))
    assert msgspec.json.decode(codec.state_bytes(session))["rois"][0]["shape"] == BOTH
    inside = sphere((0.0, 0.0, 0.0), 1.0)
    assert session.rois[0].shape == Combined(
        "union",
        (
            replace(inside, axes=(0.0,) * 9),
            Isocontour(replace(inside, axes=(0.0,) * 9), "percent_max", 41.0, "1.2"),
        ),
    )


def test_shapes_nest_eight_deep_and_no_deeper_shape_is_kept() -> None:
    assert read(words(shape=nested(8))) == read(words(shape=nested(8)))
    shape = read(words(shape=nested(8))).rois[0].shape
    history = begin(SESSION, "R", "now")
    deeper = place(Combined("union", (shape,)), Role.TUMOUR)(SESSION)
    with pytest.raises(ReviewError, match=refused("CHANGE_NOT_KEPT")):
        extend(history, difference(SESSION, deeper), "Place", "R", "now")


def test_a_numpy_scalar_is_kept_as_the_number_it_is() -> None:
    session = place(sphere((1.0, 2.0, 3.0), np.float64(0.1)), Role.TUMOUR)(Session("case"))
    back = codec.read_session(codec.decode(codec.state_bytes(session), wire.Session))
    assert back == session
    assert {type(radius) for radius in vars(back.rois[0].shape)["radii_mm"]} == {float}


@pytest.mark.parametrize(
    "tree",
    [
        words(colour="red"),
        words(name=5),
        words(name="x" * 1_001),
        words(role="lesion"),
        words(lesion="1"),
        words(shape=None),
        words(shape={"kind": "cube", "side_mm": 1.0}),
        words(shape={"kind": "ellipsoid", "centre_mm": [0.0, 0.0], "radii_mm": [1.0] * 3, "axes": [0.0] * 9}),
        words(shape={"kind": "ellipsoid", "centre_mm": [0.0] * 3, "radii_mm": [0.0] * 3, "axes": [0.0] * 9}),
        words(shape={"kind": "ellipsoid", "centre_mm": [0.0] * 3, "radii_mm": [1.0] * 3, "axes": [0.0] * 8}),
        words(shape={"kind": "ellipsoid", "centre_mm": [None] * 3, "radii_mm": [1.0] * 3, "axes": [0.0] * 9}),
        words(shape={**MASK, "voxels": [0, 4]}),
        words(shape={**MASK, "voxels": [2, 1]}),
        words(shape={**MASK, "voxels": [1, 1]}),
        words(shape={**MASK, "voxels": [-1]}),
        words(shape={**MASK, "voxels": [0.5]}),
        words(shape={**MASK, "shape": [0, 1, 4], "voxels": []}),
        words(shape={**ISO, "rule": "otsu"}),
        words(shape={**ISO, "level": "41"}),
        words(shape={**ISO, "frame": -1}),
        words(shape={**ISO, "seed_mm": [0.0, 0.0]}),
        words(shape={**ISO, "inside": None}),
        words(shape={k: v for k, v in ISO.items() if k != "acquisition_uid"}),
        words(shape={**BOTH, "operation": "xor"}),
        words(shape={**BOTH, "parts": []}),
        words(shape={**BOTH, "parts": [BALL] * 101}),
        words(shape=nested(9)),
        words(shape={**ISO, "inside": nested(8)}),
        {**words(), "protocol": {**words()["protocol"], "comparator": "=="}},
        {**words(), "protocol": {**words()["protocol"], "tm_threshold": -1.0}},
        {**words(), "protocol": {}},
        {**words(), "remarks": "x" * 200_001},
        {**words(), "case_key": ""},
        {**words(), "extra": 1},
        [],
        None,
    ],
)
def test_what_is_not_a_session_is_refused(tree: object) -> None:
    with pytest.raises(ReviewError, match=refused("SESSION_UNREADABLE")):
        read(tree)


@pytest.mark.parametrize(
    "raw", [b"", b"\x00", b"{", b'{"case_key":' + b"[" * 100_000, b'{"case_key":"\xff"}', b"NaN"]
)
def test_hostile_bytes_are_refused(raw: bytes) -> None:
    with pytest.raises(ReviewError, match=refused("SESSION_UNREADABLE")):
        codec.decode(raw, wire.Session)


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    for kind in (wire.Header, wire.Line):
        with pytest.raises(ReviewError, match=refused("SESSION_UNREADABLE")):
            codec.decode(raw, kind)
