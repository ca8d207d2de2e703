"""The patient's outside: skin, fat under it, and the fascia that everything else lies within."""

from __future__ import annotations

from atsmviewer.phantom.joins import Both, Either, Mirrored, Shell, Side, Without
from atsmviewer.phantom.paint import Layer, Part, part
from atsmviewer.phantom.shapes import Ball, Solid, Tube

Knots = tuple[tuple[float, float, float, float, float], ...]

# z, centre x, centre y, half width, half depth: a man of 1.75 m. The origin lies midway between the
# femoral heads; the navel is near z = 140, the xiphoid near 370, the knee near -430.
_TRUNK: Knots = (
    (-106, 0, 2, 26, 30),
    (-96, 0, 3, 70, 62),
    (-78, 0, 5, 140, 92),
    (-40, 0, 7, 180, 108),
    (0, 0, 6, 179, 111),
    (60, 0, 3, 168, 106),
    (120, 0, -2, 155, 102),
    (180, 0, -5, 146, 100),
    (240, 0, -5, 148, 103),
    (300, 0, -4, 157, 108),
    (360, 0, -3, 165, 112),
    (420, 0, 0, 170, 112),
    (540, 0, 4, 172, 106),
)
# z, fat at the sides, in front, behind
_FAT = (
    (-106, 12, 10, 12),
    (-96, 14, 12, 20),
    (-78, 16, 14, 30),
    (-40, 17, 18, 32),
    (0, 18, 23, 30),
    (60, 19, 25, 24),
    (120, 21, 24, 17),
    (180, 19, 22, 13),
    (240, 15, 18, 11),
    (300, 12, 15, 10),
    (360, 10, 12, 9),
    (420, 9, 10, 9),
    (540, 9, 10, 9),
)
_THIGH: Knots = (
    (-440, 72, 4, 55, 60),
    (-340, 80, 5, 67, 73),
    (-260, 87, 6, 77, 86),
    (-180, 92, 7, 84, 96),
    (-90, 94, 8, 86, 99),
    (-20, 92, 8, 80, 92),
    (40, 86, 6, 60, 62),
)
_CORNER = 0.30


def outline(slim: float, fat: float) -> tuple[Part, ...]:
    """Skin with fat, and muscle up to the fascia; ``slim`` scales the waist, ``fat`` the fat."""
    trunk = _trunk(slim)
    inner_thigh = tuple(_under(knot, 10 * fat, 9 * fat, 12 * fat) for knot in _THIGH)
    buttock = Ball((76, 58, -28), (84, 62, 84))
    skin: Solid = Either((Tube(trunk, _CORNER), *_pair(Tube(_THIGH, 0.1)), *_pair(buttock)), 12.0)
    cleft = Ball((0, 140, -45), (5, 52, 85))
    gluteal = Ball((78, 50, -22), (76 - 12 * fat, 66 - 24 * fat, 80 - 16 * fat))
    muscle: Solid = Either((wall(slim, fat), *_pair(Tube(inner_thigh, 0.1)), *_pair(gluteal)), 6.0)
    return (
        Part("skin", Without(skin, cleft), (Layer(0, 15, "fat"), Layer(2.2, -102, "fat"))),
        part("muscle", muscle, 58, "muscle"),
    )


def wall(slim: float, fat: float) -> Tube:
    """The trunk's fascia alone, for what follows the wall inwards."""
    thick = [[t * fat for t in row[1:]] for row in _FAT]
    return Tube(tuple(_under(k, *t) for k, t in zip(_trunk(slim), thick, strict=True)), _CORNER)


def _trunk(slim: float) -> Knots:
    return tuple((z, x, y, a * _waist(z, slim), b * (1 + _waist(z, slim)) / 2) for z, x, y, a, b in _TRUNK)


def _waist(z: float, slim: float) -> float:
    """1 at the hips and below; ``slim`` from the waist up."""
    return 1.0 + (slim - 1.0) * min(max(z / 150.0, 0.0), 1.0)


def _under(
    knot: tuple[float, float, float, float, float], side: float, front: float, back: float
) -> tuple[float, float, float, float, float]:
    """A knot moved in by a thickness on each side."""
    z, x, y, a, b = knot
    return z, x, y + (front - back) / 2, a - side, b - (front + back) / 2


def _pair(solid: Solid) -> tuple[Solid, Solid]:
    return solid, Mirrored(solid)


def couch() -> Part:
    """A carbon cradle with foam inside, which only CT sees; it stays where the patient moves."""
    bowl = Tube(((-900, 0, -20, 300, 150), (900, 0, -20, 300, 150)))
    cradle = Both((Shell(bowl, 16), Side((0, 1, 0), 88)))
    return Part("couch", cradle, (Layer(0, 160, None), Layer(2.6, -930, None)), rigid=True)
