"""The patient as parts painted in order."""

from __future__ import annotations

from atsmviewer.phantom.case import Tumour
from atsmviewer.phantom.joins import Either, Inset, mirrored
from atsmviewer.phantom.paint import Part
from atsmviewer.phantom.shapes import Ball, Rod, Solid, Tube

TRUNK = Tube(
    (
        (-105, 0, 8, 150, 70),
        (-85, 0, 8, 172, 98),
        (-40, 0, 8, 180, 112),
        (0, 0, 6, 178, 113),
        (60, 0, 4, 168, 108),
        (120, 0, 0, 154, 101),
        (180, 0, -2, 143, 97),
        (240, 0, -2, 147, 101),
        (300, 0, -2, 157, 107),
        (360, 0, -2, 165, 111),
        (420, 0, 0, 170, 111),
        (520, 0, 4, 172, 106),
    ),
    0.35,
)
THIGH = Tube(
    (
        (-430, 74, 4, 56, 62),
        (-340, 80, 4, 66, 72),
        (-260, 86, 5, 76, 84),
        (-180, 91, 6, 84, 95),
        (-90, 93, 8, 87, 98),
        (-20, 90, 8, 80, 90),
        (40, 85, 6, 60, 60),
    ),
    0.15,
)


def other_side(tube: Tube) -> Tube:
    """The tube on the right of the body."""
    return Tube(tuple((z, -x, y, a, b) for z, x, y, a, b in tube.knots), tube.corner)


def body(tumour: Tumour) -> tuple[Part, ...]:
    """Every part of the patient."""
    skin: Solid = Either((TRUNK, THIGH, other_side(THIGH)), 14.0)
    parts = [
        Part("skin", skin, 20, "fat"),
        Part("fat", Inset(skin, 2.5), -100, "fat"),
        Part("muscle", Inset(skin, 14), 55, "muscle"),
        Part("cavity", Inset(Tube(TRUNK.knots[2:], 0.35), 32), -90, "fat"),
        Part("liver", Ball((-62, -12, 330), (80, 72, 85)), 105, "liver"),
        Part("kidney", Ball((-62, 45, 225), (26, 24, 55)), 70, "kidney"),
        Part("kidney", Ball((62, 45, 235), (26, 24, 55)), 70, "kidney"),
        Part("lung", Ball((-85, 5, 440), (60, 75, 130)), -850, "lung"),
        Part("lung", Ball((85, 5, 440), (60, 75, 130)), -850, "lung"),
        Part("heart", Ball((30, -30, 415), (52, 45, 48)), 42, "blood"),
        Part("bladder", Ball((0, -35, 30), (40, 34, 34)), 8, "bladder"),
        Part("spine", Rod((0, 55, 40), (0, 50, 520), 22, 20), 220, "marrow"),
        Part("liver", Ball((-62, -12, 330), (80, 72, 85)), 105, "liver"),
    ]
    for flip in (lambda p: p, mirrored):
        shaft = Rod(flip((122.0, -2.0, -60.0)), flip((82.0, 0.0, -430.0)), 15, 14)
        parts.append(Part("femur", shaft, 1100, "bone"))
        parts.append(Part("marrow", Inset(shaft, 6), -20, "marrow"))
        neck = Rod(flip((122.0, -2.0, -55.0)), flip((88.0, 0.0, 0.0)), 17, 23)
        parts.append(Part("femur", neck, 350, "bone"))
    parts.append(Part("tumour", Ball(tumour.centre_mm, (tumour.radius_mm,) * 3), 38))
    parts.append(Part("core", Ball(tumour.core_centre_mm, (tumour.core_radius_mm,) * 3), 24))
    return tuple(parts)
