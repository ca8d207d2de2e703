"""Chest and abdomen: lungs, heart, great vessels, liver, spleen, stomach, kidneys, bowel, bladder."""

from __future__ import annotations

import math

from atsmviewer.phantom.joins import Both, Either, Inset, Mirrored, Without, path
from atsmviewer.phantom.paint import Layer, Part, part
from atsmviewer.phantom.shapes import Ball, Solid, Tube, turn

_CAVITY = Tube(
    (
        (-36, 0, 6, 14, 18),
        (-10, 0, 2, 46, 46),
        (30, 0, -4, 60, 58),
        (70, 0, -16, 82, 58),
        (110, 0, -22, 108, 60),
        (180, 0, -24, 116, 58),
        (240, 0, -20, 120, 66),
        (300, 0, -12, 130, 78),
        (420, 0, -8, 140, 88),
    ),
    0.25,
)
"""What the muscles of the wall enclose below the diaphragm, filled with fat between the organs."""
_DOMES = Either(
    (Ball((-66, 0, 270), (92, 96, 122)), Ball((66, 0, 262), (88, 96, 118)), Ball((0, 0, 262), (80, 90, 108))),
    18.0,
)
"""The diaphragm: the abdomen ends below it."""


def chest(wall: Solid) -> tuple[Part, ...]:
    """Lungs with vessels, mediastinum, heart with its chambers, airways."""
    inside = Inset(wall, 19.0)
    high = Tube(((215, 0, 0, 190, 140), (560, 0, 0, 190, 140)))
    lungs = Without(Both((inside, high)), Inset(_DOMES, -4.0))
    middle = Tube(
        (
            (330, 4, 12, 30, 110),
            (380, 6, 8, 34, 110),
            (430, 4, 8, 28, 108),
            (500, 0, 8, 27, 104),
            (540, 0, 8, 30, 104),
        )
    )
    parts = [
        Part("pleura", lungs, (Layer(0, 20, "organ"), Layer(2.0, -858, "lung"))),
        part("mediastinum", Both((middle, Inset(wall, 17.0))), -70, "fat"),
    ]
    for start, turns in (((-30.0, 8.0, 440.0), 6), ((34.0, 8.0, 445.0), 6)):
        side = math.copysign(1.0, start[0])
        for k in range(turns):
            angle = math.radians(-75 + 150 * k / (turns - 1))
            end = (
                start[0] + side * 62 * math.cos(angle),
                8 + 62 * math.sin(angle),
                start[2] - 45 + 22 * (k % 3),
            )
            parts += [
                Part("lung vessel", rod, (Layer(0, -120, "lung"),)) for rod in path([start, end], [4.2, 1.2])
            ]
    tilt = turn((0.2, 0.4, 0.9), -38)
    parts += [
        part("pericardium", Ball((26, -34, 412), (66, 50, 56), tilt), -80, "fat"),
        part("heart", Ball((26, -33, 412), (61, 46, 52), tilt), 48, "heart"),
        part("left chamber", Ball((42, -36, 404), (34, 22, 30), tilt), 42, "blood"),
        part("right chamber", Ball((4, -42, 416), (34, 23, 32), tilt), 42, "blood"),
        part("atria", Ball((6, -4, 428), (38, 16, 24)), 42, "blood"),
        part("oesophagus", Tube(((330, 4, 26, 8, 6), (560, 4, 26, 8, 6))), 40, "organ"),
    ]
    return tuple(parts)


def vessels() -> tuple[Part, ...]:
    """Aorta and vena cava down to the femoral vessels."""
    aorta = path(
        [(18, 28, 540), (18, 30, 420), (12, 24, 330), (8, 6, 250), (6, -4, 140)], [12.5, 12, 11, 9.5, 8.5]
    )
    cava = path([(-18, -4, 395), (-22, 2, 330), (-20, 4, 240), (-18, 2, 140)], [14, 13, 11.5, 10.5])
    leg = path(
        [
            (6, -4, 140),
            (38, 6, 80),
            (62, -34, 30),
            (74, -78, -20),
            (70, -66, -90),
            (62, -30, -190),
            (66, 24, -340),
            (70, 36, -440),
        ],
        [6.5, 6, 5.5, 5, 5, 4.5, 4, 4],
    )
    vein = path(
        [
            (-2, 2, 138),
            (32, 16, 80),
            (52, -26, 30),
            (62, -72, -20),
            (62, -58, -90),
            (58, -20, -190),
            (60, 30, -340),
            (62, 42, -440),
        ],
        [8, 7.5, 7, 6.5, 6, 5.5, 5, 5],
    )
    sheath = [part("sheath", Inset(rod, -6.0), -90) for rod in leg[3:]]
    both = [*leg, *vein]
    return (
        *sheath,
        *(part("sheath", Mirrored(one.solid), -90) for one in sheath),
        *(part("vessel", rod, 46, "blood") for rod in (*aorta, *cava, *both)),
        *(part("vessel", Mirrored(rod), 46, "blood") for rod in both),
    )


def cavity(pelvic_tissue: str) -> tuple[Part, ...]:
    """The space of belly and pelvis, fat in CT until organs fill it; PET sees ``pelvic_tissue`` below."""
    pelvis = Both((_CAVITY, Ball((0, 0, 20), (150, 120, 165))))
    return (
        part("pelvis", pelvis, -98, pelvic_tissue),
        part("belly", Both((_CAVITY, _DOMES)), -98, "fat"),
    )


def upper_belly(wall: Solid) -> tuple[Part, ...]:
    """Liver, spleen, stomach, kidneys, pancreas, below the diaphragm."""
    under = Both((_DOMES, Inset(wall, 21.0)))
    liver = Either(
        (
            Ball((-74, 0, 306), (84, 84, 86)),
            Ball((-20, -36, 338), (80, 46, 46), turn((0, 1, 0), 14)),
            Ball((-92, 8, 262), (46, 56, 56)),
        ),
        14.0,
    )
    kidney = Ball((64, 32, 222), (27, 25, 56), turn((0.35, -0.75, 0), 12))
    hilum = Ball((48, 22, 222), (15, 13, 24))
    spleen = Ball((104, 34, 318), (28, 46, 52), turn((0, 0, 1), 24))
    stomach = Either((Ball((62, -22, 334), (44, 44, 50)), Ball((26, -48, 288), (50, 26, 26))), 16.0)
    return (
        part("liver", Both((liver, under)), 108, "liver"),
        part("gall bladder", Ball((-48, -52, 272), (15, 15, 30), turn((1, 0, 0), 20)), 8, "organ"),
        part("portal vein", path([(-10, -2, 290), (-62, -4, 318)], [7, 6])[0], 60, "liver"),
        part("spleen", Both((spleen, under)), 62, "spleen"),
        part("stomach", Both((stomach, under)), 42, "stomach"),
        part("gas", Ball((60, -46, 342), (26, 14, 26)), -880, "gas"),
        part("pancreas", path([(-26, -22, 250), (58, 8, 276)], [14, 9])[0], 44, "organ"),
        part("bed", Ball((-62, 26, 222), (38, 34, 70)), -100, "fat"),
        part("bed", Ball((62, 26, 222), (38, 34, 70)), -100, "fat"),
        *(_kidney(kidney, hilum)),
        *(Part(p.name, Mirrored(p.solid), p.layers) for p in _kidney(kidney, hilum)),
    )


def _kidney(kidney: Ball, hilum: Ball) -> tuple[Part, ...]:
    return (
        Part("kidney", kidney, (Layer(0, 68, "kidney"), Layer(13, 50, "kidney"))),
        part("hilum", hilum, -60, "organ"),
        part("adrenal", path([(42, 24, 278), (54, 34, 286)], [4, 3])[0], 34, "organ"),
    )


def bowel() -> tuple[Part, ...]:
    """Colon with gas and stool around loops of small bowel that follow a closed formula."""
    colon = path(
        [
            (-98, -4, 96),
            (-102, 4, 150),
            (-96, -2, 214),
            (-78, -52, 236),
            (0, -68, 204),
            (76, -48, 244),
            (102, 6, 262),
            (104, 12, 180),
            (98, 0, 110),
            (60, -24, 84),
            (24, 12, 84),
            (0, 34, 62),
        ],
        [24, 23, 21, 20, 19, 19, 18, 16, 15, 14, 14, 13],
    )
    parts = [Part("colon", rod, (Layer(0, 42, "bowel"), Layer(3.5, 12, "bowel"))) for rod in colon]
    spots = (
        (-80, -58, 240, 15),
        (-20, -72, 212, 13),
        (30, -66, 220, 12),
        (-98, -16, 165, 14),
        (98, -6, 150, 9),
    )
    parts += [part("gas", Ball((x, y, z), (r * 1.6, r * 0.7, r)), -860, "gas") for x, y, z, r in spots]
    line = [
        (
            72 * math.sin(1.9 * t),
            -38 + 24 * math.sin(2.7 * t + 1.0),
            84 + 150 * (0.5 + 0.5 * math.sin(0.37 * t + 2.0)),
        )
        for t in (0.36 * k for k in range(96))
    ]
    loops = path(line, [12.5] * len(line))
    return (*(Part("loop", rod, (Layer(0, 44, "bowel"), Layer(4.0, 24, "bowel"))) for rod in loops), *parts)


def pelvic(bladder: Solid, back_mm: float) -> tuple[Part, ...]:
    """Bladder, and rectum before the sacrum, moved back by so much."""
    line = ((36.0, 64.0), (54.0, 30.0), (52.0, -10.0), (44.0, -44.0))
    rectum = path([(0.0, y + back_mm, z) for y, z in line], [13, 15 - back_mm / 3, 14 - back_mm / 3, 9])
    return (
        Part("bladder", bladder, (Layer(0, 40, "bladder"), Layer(3.0, 6, "bladder"))),
        *(Part("rectum", rod, (Layer(0, 45, "organ"), Layer(4.0, 10, "organ"))) for rod in rectum),
        part("gas", Ball((2, 50 + back_mm, 30), (7, 5, 12)), -800, "gas"),
    )
