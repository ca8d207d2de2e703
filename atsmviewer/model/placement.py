"""What an alignment moved to a PET's patient space, and how far: as it is shown, printed and exported."""

from __future__ import annotations

from dataclasses import dataclass

from atsmviewer.model.grid import Vector
from atsmviewer.model.session import Alignment

DISPLAY_ONLY = "display alignment only; attenuation correction unchanged"
SHIFT, TURN = "alignment.shift/1", "alignment.turn/1"
REGIONS_ONLY = "moves regions, no voxel; attenuation correction unchanged"


@dataclass(frozen=True)
class Placement:
    """One alignment that pictures, HU or regions of one acquisition rest on.

    ``moved`` names what it moved ("CT", "MR", or regions), of which ``is_anatomy`` tells the kinds apart.
    ``shift_mm`` is how far it moves what now lies at the middle of the PET, LPS; ``turn_deg`` its rotation
    vector about x, y and z.
    """

    acquisition_uid: str
    moved: str
    is_anatomy: bool
    alignment: Alignment
    shift_mm: Vector
    turn_deg: Vector

    @property
    def movement(self) -> str:
        """The shift and the turn: "x 3.0 y -1.0 z 0.0 mm, turn x 0.0 y 0.0 z 2.0 degrees"."""
        return movement_words(self.shift_mm, self.turn_deg)

    @property
    def by(self) -> str:
        """Where the alignment comes from: "reader, by hand (A. Reader)"."""
        return f"{self.alignment.origin} ({self.alignment.who})"

    @property
    def remark(self) -> str:
        """What it does not change."""
        return DISPLAY_ONLY if self.is_anatomy else REGIONS_ONLY

    @property
    def words(self) -> str:
        """All of it in one line, for provenance."""
        way = f"from {self.alignment.from_uid} to {self.alignment.to_uid}"
        return f"{self.moved} moved {self.movement} ({way}) by {self.by}; {self.remark}"


def movement_words(shift_mm: Vector, turn_deg: Vector) -> str:
    """A shift at the middle of the PET and a rotation vector, to a tenth; never a minus before a zero."""
    shift, turn = (
        " ".join(f"{axis} {round(v, 1) + 0.0:.1f}" for axis, v in zip("xyz", three, strict=True))
        for three in (shift_mm, turn_deg)
    )
    return f"{shift} mm, turn {turn} degrees"
