"""The colours and strokes of the product, one table that palette, style sheet, pens and paper draw from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from atsmviewer.model.roi import Role

TOKENS: Mapping[str, str] = MappingProxyType(
    {
        "void": "#000000",
        "bg0": "#07090B",
        "bg1": "#101317",
        "bg2": "#161A20",
        "bg3": "#1F262E",
        "line": "#272E37",
        "line2": "#3A4552",
        "input": "#6B7785",
        "t1": "#E8ECF0",
        "t2": "#B3BDC7",
        "t3": "#8894A1",
        "off": "#4A535D",
        "accent": "#4C9BE8",
        "primary": "#2A74C2",
        "focus": "#9FC9F2",
        "ok": "#4CC38A",
        "warn": "#FFB454",
        "bad": "#FF7A6B",
        "ok_ground": "#12271E",
        "warn_ground": "#2A2112",
        "bad_ground": "#3A1815",
        "tumour": "#56C7FF",
        "muscle": "#F2E55C",
        "avid": "#FFFFFF",
        "blood_pool": "#E58AB8",
        "brain": "#7FE0B0",
        "other": "#C9B8F5",
        "letter": "#F2D98B",
        "mip_paper": "#A3A7AB",
        "scan_a": "#7FD4FF",
        "scan_b": "#FFB454",
        "paper_ink": "#12171C",
        "paper_grey": "#4A545E",
        "paper_blue": "#1B4F86",
        "paper_amber": "#9A5B00",
    }
)
"""Name to "#RRGGBB"; the names serve a ``string.Template`` style sheet as they are."""

LINE_PX = 2.0
"""Width of every outline in logical pixels."""


@dataclass(frozen=True)
class Halo:
    """The dark rim under an outline: colour, opacity, and how much wider than the line."""

    colour: str = "#000000"
    opacity: float = 0.55
    wider_px: float = 2.5


@dataclass(frozen=True)
class Hatch:
    """The filling of the avid volume; smaller than ``least_px`` on screen the outline stands alone."""

    colour: str = "#FFFFFF"
    opacity: float = 0.30
    pitch_px: float = 9.0
    angle_deg: float = 45.0
    least_px: float = 60.0


HALO = Halo()
HATCH = Hatch()


def _dash(*lengths_px: float) -> tuple[float, ...]:
    """On and off lengths in line widths, which is what pens and Outline want."""
    return tuple(length / LINE_PX for length in lengths_px)


AVID_STYLE: tuple[str, tuple[float, ...]] = (TOKENS["avid"], _dash(2.2, 2.6))

BROUGHT_DASH = _dash(12, 3, 3, 3, 3, 3)
"""Dash of a region that an alignment brought from another scan: no role has it."""

# Colour never speaks alone: no two roles share a pattern, so each is told apart without colour vision.
_STYLES: Mapping[Role, tuple[str, tuple[float, ...]]] = MappingProxyType(
    {
        Role.TUMOUR: (TOKENS["tumour"], ()),
        Role.MUSCLE: (TOKENS["muscle"], _dash(7, 4)),
        Role.BLOOD_POOL: (TOKENS["blood_pool"], _dash(2, 4)),
        Role.BRAIN: (TOKENS["brain"], _dash(9, 4, 2, 4)),
        Role.REFERENCE: (TOKENS["other"], _dash(14, 5)),
        Role.PHYSIOLOGIC: (TOKENS["t3"], _dash(4, 3)),
        Role.NECROSIS: (TOKENS["t2"], _dash(9, 3, 2, 3, 2, 3)),
        Role.NONE: (TOKENS["t3"], _dash(3, 7)),
    }
)


def role_style(role: Role) -> tuple[str, tuple[float, ...]]:
    """(colour, dash) of a role's outline; dash in line widths of ``LINE_PX``, empty for solid."""
    return _STYLES[role]
