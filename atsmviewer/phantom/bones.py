"""The skeleton: spine, ribs, pelvis and femora, cortex outside and marrow within."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from atsmviewer.phantom.joins import Both, Inset, Mirrored, Shell, Side, path
from atsmviewer.phantom.paint import Layer, Part
from atsmviewer.phantom.shapes import Array, Ball, Box, Points, Rod, Solid, Tube, turn

_SPONGE = (Layer(0, 520, "bone"), Layer(2.2, 230, "marrow"))
"""Thin cortex over spongy bone."""
_THIN = (Layer(0, 480, "bone"), Layer(3.0, 250, "marrow"))
_SHAFT = (Layer(0, 900, "bone"), Layer(1.5, 1280, "bone"), Layer(6.5, -30, "marrow"))
_SPINE_Y = (
    (40, 50),
    (80, 38),
    (112, 30),
    (160, 25),
    (210, 28),
    (260, 38),
    (310, 47),
    (360, 53),
    (430, 55),
    (540, 48),
)
"""z and y of the vertebral bodies' middle line: lordosis below, kyphosis above."""
_LEVELS = (95, 130, 165, 200, 234, 266, 296, 324, 351, 377, 403, 428, 453, 478)
"""z of the middles of the vertebral bodies, L5 upwards."""


def spine() -> tuple[Part, ...]:
    """Vertebrae with arch and processes, discs, canal, sacrum and coccyx."""
    z, y = np.array(_SPINE_Y).T
    parts: list[Part] = []
    gaps = [*np.diff(_LEVELS), 25]
    for level, gap in zip(_LEVELS, gaps, strict=True):
        at = float(np.interp(level, z, y))
        parts += _vertebra(level, at, float(gap), large=level < 260)
    knots = [(a, float(np.interp(a, z, y)) + 25) for a in (60, 110, 160, 210, 260, 310, 360, 430, 540)]
    canal = path([(0, b, a) for a, b in knots], [8.5] * len(knots))
    sacrum = Tube(
        (
            (-46, 0, 70, 7, 4),
            (-15, 0, 77, 16, 7),
            (15, 0, 74, 32, 11),
            (45, 0, 63, 46, 15),
            (80, 0, 50, 50, 17),
            (90, 0, 47, 40, 14),
        )
    )
    parts.append(Part("sacrum", sacrum, _THIN))
    parts += [Part("canal", rod, (Layer(0, 22, "bone"), Layer(3.5, 36, "bone"))) for rod in canal]
    return tuple(parts)


def _vertebra(z: float, y: float, gap: float, large: bool) -> list[Part]:
    """A body with the disc above it, the arch around the canal, spinous and transverse processes."""
    wide, deep = (24.0, 17.0) if large else (18.0, 16.0)
    half = gap / 2 - (4.5 if large else 2.5)
    body = Tube(
        (
            (z - half, 0, y, wide + 1.5, deep + 1),
            (z, 0, y, wide - 1.5, deep - 1),
            (z + half, 0, y, wide + 1.5, deep + 1),
        ),
        0.2,
    )
    disc = Tube(((z + half - 1, 0, y, wide, deep), (z + gap - half + 1, 0, y - 0.5, wide, deep)), 0.2)
    back = 31.0 if large else 30.0
    tip = (0.0, y + back + 27, z - 12.0) if large else (0.0, y + back + 20, z - 22.0)
    parts = [Part("disc", disc, (Layer(0, 85, "organ"),)), Part("vertebra", body, _SPONGE)]
    parts.append(Part("spinous process", Rod((0, y + back + 3, z - 2), tip, 4.0, 3.2), _THIN))
    for side in (1.0, -1.0):
        arch = path(
            [(side * 14, y + 12, z + 4), (side * 15, y + 24, z + 2), (0, y + back + 6, z - 4)],
            [5.5, 5.5, 4.0],
        )
        parts += [Part("arch", rod, _THIN) for rod in arch]
        end = (side * 42, y + 26, z) if large else (side * 32, y + 34, z + 6)
        parts.append(Part("transverse process", Rod((side * 14, y + 23, z), end, 4.2, 3.0), _THIN))
    return parts


@dataclass(frozen=True)
class Slanted:
    """Bands that repeat along z and climb from front to back, as ribs do."""

    first_mm: float
    pitch_mm: float
    half_mm: float
    climb: float
    low: tuple[float, float, float]
    high: tuple[float, float, float]

    @property
    def box_mm(self) -> Box:
        """As stated."""
        return self.low, self.high

    def depth_mm(self, points: Points) -> Array:
        """Half the band's height less the distance to its middle."""
        along = points[2] - np.float32(self.climb) * points[1] - np.float32(self.first_mm)
        pitch = np.float32(self.pitch_mm)
        return np.asarray(
            np.float32(self.half_mm) - np.abs(along - pitch * np.rint(along / pitch)), np.float32
        )


def ribs(chest: Solid) -> tuple[Part, ...]:
    """Ribs in the wall of the chest above the costal margin, and the breastbone."""
    bands = Slanted(262.0, 27.5, 6.0, 0.42, (-180, -125, 205), (180, 125, 560))
    arch = Side((0.0, 0.62, 0.785), 205.0)
    cage = Both((Shell(chest, 8.0), bands, arch, Side((0, 1, 0), -88)))
    breastbone = Ball((0, -96, 452), (19, 7, 82))
    return (
        Part("ribs", cage, (Layer(0, 420, "bone"), Layer(2.2, 190, "marrow"))),
        Part("breastbone", breastbone, _THIN),
    )


def _hip() -> tuple[Part, ...]:
    """The left hip bone, with the joint space around the femoral head left open."""
    bowl = Tube(
        (
            (8, 0, -30, 92, 84),
            (35, 0, -34, 104, 96),
            (65, 0, -38, 118, 106),
            (100, 0, -40, 131, 112),
            (140, 0, -38, 139, 112),
        )
    )
    wing = Both(
        (Shell(bowl, 10.0), Side((0, 1, 0), -42), Side((1, 0, 0), 42), Ball((98, 8, 48), (58, 74, 82)))
    )
    block = Ball((90, 4, 12), (30, 33, 34))
    rami = [
        *path([(78, -24, 10), (40, -50, -4), (9, -60, -16)], [11, 8, 9]),
        *path([(9, -58, -24), (30, -30, -56), (54, 16, -74)], [8, 6, 10]),
        *path([(84, 26, 0), (70, 34, -40), (56, 26, -74)], [17, 15, 13]),
    ]
    return (
        Part("wing", wing, _THIN),
        Part("acetabulum", block, _THIN),
        *(Part("ramus", rod, _THIN) for rod in rami),
        Part("joint", Ball((90, 0, 0), (27, 27, 27)), (Layer(0, 70, "bone"),)),
        Part("joint fat", Rod((90, 0, 0), (120, -2, -30), 24, 22), (Layer(0, 45, "muscle"),)),
    )


def _femur() -> tuple[Part, ...]:
    """The left femur; its head turns in the hip's joint space."""
    shaft = path(
        [(125, 0, -52), (119, -5, -110), (112, -7, -180), (100, -5, -300), (88, 0, -440)],
        [17, 14.5, 13.5, 14, 20],
    )
    return (
        Part("trochanter", Ball((134, 6, -24), (17, 20, 24), turn((0, 0, 1), 15)), _SPONGE),
        Part("lesser trochanter", Ball((108, 16, -64), (10, 9, 13)), _SPONGE),
        Part(
            "neck",
            Rod((92, 0, -2), (126, 0, -40), 14, 17),
            (Layer(0, 700, "bone"), Layer(3.5, 260, "marrow")),
        ),
        Part(
            "head", Ball((90, 0, 0), (23.5, 23.5, 23.5)), (Layer(0, 560, "bone"), Layer(2.2, 310, "marrow"))
        ),
        *(Part("shaft", rod, _SHAFT) for rod in shaft),
        *(Part("canal", Inset(rod, 6.5), (Layer(0, -30, "marrow"),)) for rod in shaft),
    )


def limbs() -> tuple[Part, ...]:
    """Hip bones and femora of both sides."""
    left = (*_hip(), *_femur())
    return (*left, *(Part(p.name, Mirrored(p.solid), p.layers) for p in left))
