"""The whole patient as parts painted in order, with what a case adds."""

from __future__ import annotations

from atsmviewer.phantom import bones, muscles, organs, outline
from atsmviewer.phantom.case import Tumour
from atsmviewer.phantom.joins import Inset, path
from atsmviewer.phantom.paint import Layer, Part, part
from atsmviewer.phantom.shapes import Ball, Rod

UNIFORM_MM = 36.0
"""Radius about a tumour in which PET sees plain muscle: the tumour and 6 sigma of the point spread."""


def man() -> tuple[Part, ...]:
    """A man of 1.75 m and 71 kg."""
    return (
        *_frame(1.0, 1.0, "fat"),
        part("prostate", Ball((0, -6, -16), (23, 17, 18)), 42, "organ"),
        *organs.pelvic(Ball((0, -24, 30), (41, 33, 32)), 0.0),
    )


def woman(tumour: Tumour) -> tuple[Part, ...]:
    """A woman of 1.66 m and 64 kg with a uterus; its cervix holds the tumour.

    The tissue about the tumour takes up as much as muscle does, so that the closed form holds.
    """
    about = Ball(tumour.centre_mm, (UNIFORM_MM,) * 3)
    return (
        *_frame(0.97, 1.15, "muscle"),
        *organs.pelvic(Ball((0, -52, 62), (36, 20, 24)), 6.0),
        part("uterus", Ball((0, -6, 74), (27, 25, 36)), 56, "muscle"),
        *(part("ligament", rod, 22, "muscle") for rod in _ligaments()),
        part("cervix", Ball(tumour.centre_mm, (26, 25, 30)), 54, "muscle"),
        Part("parametrium", about, (Layer(0.0, None, "muscle"),), rigid=True),
    )


def _ligaments() -> tuple[Rod, ...]:
    """What holds the cervix: to the pelvic walls and to the sacrum."""
    side = [path([(s * 14, 8, 22), (s * 40, 8, 20), (s * 64, 2, 14)], [13, 8, 6]) for s in (1.0, -1.0)]
    back = [path([(s * 12, 20, 26), (s * 26, 40, 34), (s * 30, 62, 44)], [8, 5, 4]) for s in (1.0, -1.0)]
    return tuple(rod for one in (*side, *back) for rod in one)


def mass(tumour: Tumour) -> tuple[Part, ...]:
    """What CT shows of a tumour, in its exact shape; its uptake is added in closed form."""
    whole = Ball(tumour.centre_mm, (tumour.radius_mm,) * 3)
    core = Ball(tumour.core_centre_mm, (tumour.core_radius_mm,) * 3)
    return (
        Part("tumour", whole, (Layer(0, 46, None), Layer(1.5, 36, None)), rigid=True),
        Part("core", core, (Layer(0, 22, None),), rigid=True),
    )


def _frame(slim: float, fat: float, pelvic_tissue: str) -> tuple[Part, ...]:
    """Everything that all patients have; see :func:`atsmviewer.phantom.outline.outline`."""
    skin = outline.outline(slim, fat)
    wall = outline.wall(slim, fat)
    return (
        *skin,
        *muscles.seams(skin[-1].solid),
        *muscles.wall_seams(wall),
        *organs.cavity(pelvic_tissue),
        *organs.chest(wall),
        *bones.ribs(Inset(wall, 7.0)),
        *organs.bowel(),
        *organs.upper_belly(wall),
        *muscles.psoas(),
        *bones.spine(),
        *bones.limbs(),
        *organs.vessels(),
    )
