"""Muscles told apart: thin planes of fat between neighbouring bellies, which only CT can see."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from atsmviewer.phantom.joins import Both, Inset, Mirrored, Shell, Side, Without, path
from atsmviewer.phantom.paint import Part, part
from atsmviewer.phantom.shapes import Array, Ball, Box, Points, Solid, Tube, looked_up, smooth

Belly = tuple[tuple[float, float, float, float], ...]
"""A muscle's middle line: knots of (z, x, y, reach); reach (mm) is how far it presses on neighbours."""

_GONE = -40.0
"""Reach of a muscle that has ended."""


@dataclass(frozen=True)
class Seams:
    """The planes between muscles: where the nearest two of the middle lines are equally near.

    A Voronoi diagram with additive weights in each axial plane; ``thick_mm`` is a seam's width.
    """

    bellies: tuple[Belly, ...]
    thick_mm: float

    @property
    def box_mm(self) -> Box:
        """Around every middle line, with room for the outermost bellies."""
        knots = np.array([knot[:3] for belly in self.bellies for knot in belly])
        z, x, y = knots.T
        low, high = (x.min() - 60, y.min() - 60), (x.max() + 60, y.max() + 60)
        return (*low, float(z.min())), (*high, float(z.max()))

    @cached_property
    def _tables(self) -> tuple[tuple[float, Array], ...]:
        return tuple((belly[0][0], smooth(belly)) for belly in self.bellies)

    def depth_mm(self, points: Points) -> Array:
        """Half of what the second nearest line is farther than the nearest, less than half the width."""
        x, y, z = points
        shape = np.broadcast_shapes(x.shape, y.shape, z.shape)
        first = np.full(shape, np.float32(1e3))
        second = first.copy()
        for start, table in self._tables:
            cx, cy, reach = looked_up(table, start, z)
            near = np.sqrt((x - cx) ** 2 + (y - cy) ** 2) - reach
            np.minimum(second, np.maximum(first, near), out=second)
            np.minimum(first, near, out=first)
        uneven = np.sin(x / np.float32(17) + z / np.float32(31)) * np.sin(
            y / np.float32(13) - z / np.float32(29)
        )
        width = np.float32(self.thick_mm) * (1 + np.float32(0.55) * uneven)
        return np.asarray((width - (second - first)) / 2, np.float32)


# The left side, from the knee to the iliac crest. Middle lines after the usual axial atlases of the
# thigh; numbers are this phantom's own.
_LEG: tuple[Belly, ...] = (
    # rectus femoris
    ((-440, 82, -48, 6), (-180, 88, -58, 12), (-60, 100, -72, 4), (20, 106, -70, -4), (130, 110, -70, _GONE)),
    # vastus lateralis
    (
        (-440, 112, -18, 8),
        (-180, 142, -14, 14),
        (-70, 152, -16, 4),
        (0, 150, -20, _GONE),
        (130, 150, -20, _GONE),
    ),
    # vastus intermedius, about the femur
    ((-440, 92, -22, 4), (-180, 112, -26, 8), (-70, 124, -22, 2), (0, 122, -22, -20), (130, 122, -22, _GONE)),
    # vastus medialis
    (
        (-440, 52, -22, 12),
        (-260, 66, -34, 6),
        (-160, 82, -24, -6),
        (-60, 90, -24, _GONE),
        (130, 90, -24, _GONE),
    ),
    # sartorius, from the inner knee to the outer hip
    (
        (-440, 32, 18, -4),
        (-260, 44, -30, -4),
        (-160, 56, -58, -5),
        (-40, 90, -84, -6),
        (60, 118, -66, -6),
        (130, 124, -60, _GONE),
    ),
    # adductor longus
    (
        (-440, 50, 10, _GONE),
        (-260, 52, 0, -10),
        (-160, 50, -18, 2),
        (-70, 36, -42, 2),
        (0, 30, -50, _GONE),
        (130, 30, -50, _GONE),
    ),
    # gracilis
    ((-440, 26, 26, -6), (-180, 24, 8, -3), (-70, 18, -10, -4), (0, 14, -20, _GONE), (130, 14, -20, _GONE)),
    # adductor magnus
    (
        (-440, 56, 16, _GONE),
        (-300, 66, 22, -2),
        (-180, 70, 30, 10),
        (-70, 56, 16, 8),
        (0, 50, 12, _GONE),
        (130, 50, 12, _GONE),
    ),
    # semimembranosus
    ((-440, 46, 46, 6), (-260, 54, 58, 6), (-160, 66, 76, -4), (-60, 74, 64, _GONE), (130, 74, 64, _GONE)),
    # semitendinosus
    (
        (-440, 58, 60, -4),
        (-260, 80, 68, 2),
        (-150, 92, 78, 2),
        (-60, 84, 66, -14),
        (0, 80, 60, _GONE),
        (130, 80, 60, _GONE),
    ),
    # biceps femoris
    (
        (-440, 98, 46, 6),
        (-260, 108, 54, 6),
        (-150, 116, 62, 2),
        (-60, 96, 60, -16),
        (0, 90, 60, _GONE),
        (130, 90, 60, _GONE),
    ),
    # gluteus maximus
    (
        (-440, 150, 50, _GONE),
        (-200, 150, 50, -38),
        (-110, 140, 52, -2),
        (-40, 118, 72, 16),
        (40, 96, 84, 12),
        (130, 70, 84, -4),
    ),
    # gluteus medius
    ((-440, 150, 0, _GONE), (-60, 150, 10, -20), (0, 148, 18, 2), (60, 138, 18, 10), (130, 132, 4, 8)),
    # tensor fasciae latae
    (
        (-440, 160, -30, _GONE),
        (-120, 156, -40, -18),
        (0, 148, -48, -2),
        (60, 140, -42, -6),
        (130, 140, -40, _GONE),
    ),
    # iliopsoas
    ((-440, 95, -20, _GONE), (-100, 102, -22, -18), (0, 88, -42, 8), (60, 84, -24, 10), (130, 92, -10, 10)),
    # pectineus and obturators
    (
        (-440, 60, -40, _GONE),
        (-110, 64, -38, -14),
        (-20, 56, -42, 4),
        (40, 56, -10, 0),
        (130, 56, -10, _GONE),
    ),
)


def seams(envelope: Solid) -> tuple[Part, ...]:
    """Fat planes of both legs and hips within the muscles' envelope."""
    leg = Without(Seams(_LEG, 2.1), Ball((0, -20, 95), (52, 85, 105)))
    left = Both((leg, Inset(envelope, 1.0), Side((1, 0, 0), 3)))
    right = Both((Mirrored(leg), Inset(envelope, 1.0), Side((-1, 0, 0), 3)))
    return part("seams", left, -85), part("seams", right, -85)


def wall_seams(wall: Tube) -> tuple[Part, ...]:
    """Planes between the three flat muscles of the flank, and the one between the recti."""
    flank = [
        Both((Shell(Inset(wall, depth), 1.3), Side((0, -1, 0), -34), Side((0, 0, 1), 118)))
        for depth in (6, 12)
    ]
    side = [Both((one, Side((0, 0, -1), -290))) for one in flank]
    return (
        *(part("flank", Both((one, Side((sign, 0, 0), 62))), -80) for one in side for sign in (1, -1)),
        *(
            part("linea alba", rod, -60)
            for rod in path(((0, -72, 60), (0, -74, 160), (0, -80, 300)), (2, 2, 2))
        ),
    )


def psoas() -> tuple[Part, ...]:
    """Psoas beside the lumbar spine and back muscles behind it."""
    left = Tube(
        (
            (40, 74, -18, 20, 20),
            (90, 60, 4, 23, 24),
            (140, 48, 20, 21, 22),
            (200, 36, 26, 14, 16),
            (240, 28, 28, 8, 8),
        )
    )
    back = Tube(
        (
            (20, 20, 84, 14, 8),
            (70, 30, 76, 28, 15),
            (130, 38, 66, 34, 22),
            (200, 38, 64, 32, 20),
            (280, 30, 72, 26, 13),
            (440, 24, 80, 20, 9),
        )
    )
    edge = Both((Shell(back, 1.6), Side((0, -1, 0), -200)))
    return (
        part("psoas", left, 58, "muscle"),
        part("psoas", Mirrored(left), 58, "muscle"),
        part("erector", edge, -70),
        part("erector", Mirrored(edge), -70),
    )
