"""The session file's vocabulary: every line and value as typed JSON, with its caps; read this to read a file.

A field that a later version adds is left out of the JSON while it has its neutral value, so that the
hashes of older files stand; a kind of shape that it adds stands in new lines only, which an older
version refuses as it refuses any line it cannot read; anything else needs a new schema number.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

SCHEMA = "atsmviewer.session/1"
LARGEST_FILE_BYTES = 512 * 1024 * 1024
LARGEST_LINE_BYTES = 128 * 1024 * 1024
DEEPEST_SHAPE = 8
"""How deep shapes of shapes may nest; a shape that holds no other is 1 deep."""

Uid = Annotated[str, Meta(min_length=1, max_length=200)]
Word = Annotated[str, Meta(max_length=1_000)]
Text = Annotated[str, Meta(max_length=200_000)]
Count = Annotated[int, Meta(ge=0, lt=2**53)]
Positive = Annotated[float, Meta(gt=0)]
Point = tuple[float, float, float]
Nine = Annotated[tuple[float, ...], Meta(min_length=9, max_length=9)]
Twelve = Annotated[tuple[float, ...], Meta(min_length=12, max_length=12)]
Sixteen = Annotated[tuple[float, ...], Meta(min_length=16, max_length=16)]
Hash = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class Wired(Struct, frozen=True, forbid_unknown_fields=True):
    """A value in the file; a key that is not known is refused."""


class Ellipsoid(Wired, frozen=True, tag_field="kind", tag="ellipsoid"):
    """Centre and radii in LPS mm."""

    centre_mm: Point
    radii_mm: tuple[Positive, Positive, Positive]
    axes: Nine


class Prism(Wired, frozen=True, tag_field="kind", tag="prism"):
    """Closed planar contours, each a list of LPS points in mm."""

    contours_mm: Annotated[tuple[tuple[Point, ...], ...], Meta(max_length=20_000)]
    normal: Point
    thickness_mm: Positive


class Mask(Wired, frozen=True, tag_field="kind", tag="mask"):
    """A grid (slice, row, column; affine to LPS mm) and the ascending flat indices of its voxels."""

    shape: tuple[Count, Count, Count]
    affine: Twelve
    frame_of_reference_uid: Word
    voxels: Annotated[tuple[Count, ...], Meta(max_length=20_000_000)]


class Isocontour(Wired, frozen=True, tag_field="kind", tag="isocontour"):
    """A threshold rule inside a shape, on one frame of one PET; ``seed_mm`` in LPS mm, or null."""

    inside: Shape
    rule: Literal["absolute", "percent_max", "percent_peak", "background"]
    level: float
    acquisition_uid: Word
    frame: Count
    unit: Word
    seed_mm: Point | None


class Combined(Wired, frozen=True, tag_field="kind", tag="combined"):
    """A boolean of shapes; a difference is the first without all others."""

    operation: Literal["union", "intersection", "difference"]
    parts: Annotated[tuple[Shape, ...], Meta(min_length=1, max_length=100)]


Shape = Ellipsoid | Prism | Mask | Isocontour | Combined


class Roi(Wired, frozen=True):
    """A roi; ``shape`` is null where it replaces a roi whose shape stays."""

    uid: Uid
    name: Word
    role: Word
    frame_of_reference_uid: Word
    shape: Shape | None
    lesion: int | None
    site: Word
    laterality: Word


class Protocol(Wired, frozen=True, omit_defaults=True):
    """Every choice that changes a number, written in full: a default is never looked up later."""

    tm_threshold: float
    comparator: Word
    mask_rule: Word
    headline: Word
    suv: Word
    tumour_type: Word | None
    species: Word = "human"
    resolution_mm: float = 6.0


class Alignment(Wired, frozen=True):
    """4 x 4 matrix, row by row."""

    from_uid: Word
    to_uid: Word
    matrix: Sixteen
    origin: Word
    who: Word


class Override(Wired, frozen=True):
    """A header fact by the reader."""

    acquisition_uid: Word
    name: Word
    value: Word
    who: Word
    why: Word


class Session(Wired, frozen=True):
    """A whole Session: the first state of a journal, and what the state hash is taken of."""

    case_key: Uid
    protocol: Protocol
    rois: Annotated[tuple[Roi, ...], Meta(max_length=10_000)]
    alignments: Annotated[tuple[Alignment, ...], Meta(max_length=1_000)]
    overrides: Annotated[tuple[Override, ...], Meta(max_length=10_000)]
    remarks: Text


class RoiAdd(Wired, frozen=True, tag_field="op", tag="roi.add"):
    """A roi drawn; ``at`` is its place in the drawing order."""

    roi: Roi
    at: Count


class RoiReplace(Wired, frozen=True, tag_field="op", tag="roi.replace"):
    """A roi changed, in its place."""

    roi: Roi


class RoiRemove(Wired, frozen=True, tag_field="op", tag="roi.remove"):
    """A roi removed."""

    uid: Uid


class ProtocolSet(Wired, frozen=True, tag_field="op", tag="protocol"):
    """Another protocol."""

    protocol: Protocol


class OverrideSet(Wired, frozen=True, tag_field="op", tag="override"):
    """A header fact supplied; replaces that of the same acquisition and name."""

    override: Override
    at: Count


class OverrideClear(Wired, frozen=True, tag_field="op", tag="override.clear"):
    """A header fact as in the header again."""

    acquisition_uid: Word
    name: Word


class AlignmentSet(Wired, frozen=True, tag_field="op", tag="alignment"):
    """An alignment; replaces that of the same two frames of reference."""

    alignment: Alignment
    at: Count


class AlignmentClear(Wired, frozen=True, tag_field="op", tag="alignment.clear"):
    """An alignment taken away."""

    from_uid: Word
    to_uid: Word


class Remarks(Wired, frozen=True, tag_field="op", tag="remarks"):
    """The remarks, whole."""

    remarks: Text


class Undo(Wired, frozen=True, tag_field="op", tag="undo"):
    """One step back; alone in its line."""


class Redo(Wired, frozen=True, tag_field="op", tag="redo"):
    """One step on again; alone in its line."""


Change = (
    RoiAdd
    | RoiReplace
    | RoiRemove
    | ProtocolSet
    | OverrideSet
    | OverrideClear
    | AlignmentSet
    | AlignmentClear
    | Remarks
    | Undo
    | Redo
)


class Header(Wired, frozen=True):
    """The first line: whose session, since when, and the state all changes start from."""

    schema: Annotated[str, Meta(pattern="^atsmviewer[.]session/1$")]
    created: Word
    who: Word
    start: Session


class Line(Wired, frozen=True):
    """One gesture: what changed, who, when, the hash of the state that results, and of the line before."""

    n: Count
    label: Word
    who: Word
    when: Word
    changes: Annotated[tuple[Change, ...], Meta(min_length=1, max_length=30_000)]
    state: Hash
    prev: Hash
