"""Colour maps by their shown names, as tables of 256 colours, and the bar beside a picture."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from atsmviewer.model.errors import ReviewError
from atsmviewer.model.picture import ColourBar, Rgb
from atsmviewer.model.viewing import Window
from atsmviewer.render.theme import TOKENS

# name: (map of the cmap catalogue, position of the lowest value, position of the highest)
_MAPS: dict[str, tuple[str, float, float]] = {
    # from 0.06 so that low uptake stays distinct from the black of "nothing measured here"
    "inferno": ("bids:inferno", 0.06, 1.0),
    "cividis": ("cividis:cividis", 0.0, 1.0),
    "inverse grey": ("matlab:gray", 1.0, 0.0),
    "grey": ("matlab:gray", 0.0, 1.0),
    "hot metal": ("matlab:hot", 0.0, 1.0),
}
NAMES: tuple[str, ...] = tuple(_MAPS)
NOT_PERCEPTUAL = frozenset({"hot metal"})
"""Shown as "hot metal (classic, not perceptual)"."""


@lru_cache(maxsize=16)
def colour_table(name: str) -> Rgb:
    """The map as read-only (256, 3) RGB from the low to the high end of the window.

    Raises ReviewError("unknown_map") for a name that is not in NAMES.
    """
    if name not in _MAPS:
        raise ReviewError("unknown_map", f"There is no colour map {name!r}.", f"Choose {', '.join(NAMES)}.")
    from cmap import Colormap  # its catalogue is slow to import: not before a picture is made

    catalogue, low, high = _MAPS[name]
    colours = np.asarray(Colormap(catalogue)(np.linspace(low, high, 256)), np.float64)[:, :3]
    table: Rgb = np.rint(colours * 255).astype(np.uint8)
    table.setflags(write=False)
    return table


@lru_cache(maxsize=1)
def paper_table() -> Rgb:
    """The MIP's map, (256, 3): grey paper at 0 to black at the top, so that the picture does not glare."""
    paper = np.array([int(TOKENS["mip_paper"][i : i + 2], 16) for i in (1, 3, 5)])
    table: Rgb = np.rint(np.linspace(1.0, 0.0, 256)[:, None] * paper).astype(np.uint8)
    table.setflags(write=False)
    return table


def colour_bar(
    name: str, window: Window, unit: str, muscle_mean: float | None = None, level: float | None = None
) -> ColourBar:
    """The bar of a map: window and level in ``unit``; with a muscle mean it gains the T/M scale."""
    return ColourBar(colour_table(name), window[0], window[1], unit, muscle_mean, level)
