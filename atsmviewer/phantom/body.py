"""The whole patient as parts painted in order, with room for what a case adds."""

from __future__ import annotations

from atsmviewer.phantom import bones, muscles, organs, outline
from atsmviewer.phantom.case import Tumour
from atsmviewer.phantom.joins import Inset
from atsmviewer.phantom.paint import Layer, Part, part
from atsmviewer.phantom.shapes import Ball


def man() -> tuple[Part, ...]:
    """A man of 1.75 m and 71 kg."""
    skin = outline.outline(1.0, 1.0)
    wall = outline.wall(1.0, 1.0)
    return (
        *skin,
        *muscles.seams(skin[-1].solid),
        *muscles.wall_seams(wall),
        *organs.cavity(),
        *organs.chest(wall),
        *bones.ribs(Inset(wall, 7.0)),
        *organs.bowel(),
        *organs.upper_belly(wall),
        *muscles.psoas(),
        *bones.spine(),
        *bones.limbs(),
        *organs.vessels(),
        part("prostate", Ball((0, -6, -16), (23, 17, 18)), 42, "organ"),
        *organs.pelvic(Ball((0, -24, 30), (41, 33, 32))),
    )


def mass(tumour: Tumour) -> tuple[Part, ...]:
    """What CT shows of a tumour, in its exact shape; its uptake is added in closed form."""
    whole = Ball(tumour.centre_mm, (tumour.radius_mm,) * 3)
    core = Ball(tumour.core_centre_mm, (tumour.core_radius_mm,) * 3)
    return (
        Part("tumour", whole, (Layer(0, 46, None), Layer(1.5, 36, None)), rigid=True),
        Part("core", core, (Layer(0, 22, None),), rigid=True),
    )
