"""From values to colours: two windows, one joint table, one look-up a pixel."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from atsmviewer.model.picture import Rgb
from atsmviewer.model.viewing import Viewing, Window
from atsmviewer.render.maps import colour_table

Values = NDArray[np.float32] | NDArray[np.int16]
Bytes = NDArray[np.uint8]
Rgb32 = NDArray[np.uint32]

CLEAR_BELOW = 0.15
"""Fraction of the PET window below which CT shows unchanged."""
FULL_FROM = 0.53
"""Fraction of the PET window from which the PET has the opacity ``blend``."""


@dataclass(frozen=True)
class Look:
    """How values become colours: windows in HU and in the shown PET unit, opacity, map."""

    ct_window: Window = (-140.0, 240.0)
    pet_window: Window = (0.0, 3.0)
    blend: float = 0.62
    colour_map: str = "inferno"

    @classmethod
    def of(cls, viewing: Viewing) -> Look:
        """The part of a Viewing that colours depend on."""
        return cls(viewing.ct_window, viewing.pet_window, viewing.blend, viewing.colour_map)


def opacity(fraction: NDArray[np.float64], blend: float) -> NDArray[np.float64]:
    """Opacity of the PET at a fraction of its window: 0, then a smooth step (3t² − 2t³), then ``blend``."""
    t = np.clip((fraction - CLEAR_BELOW) / (FULL_FROM - CLEAR_BELOW), 0.0, 1.0)
    return np.asarray(blend * t * t * (3.0 - 2.0 * t), np.float64)


def _pack(rgb: NDArray[np.float64]) -> Rgb32:
    """(..., 3) colours as 0xFFRRGGBB words, the layout of a 32-bit RGB image."""
    r, g, b = np.moveaxis(np.rint(rgb).astype(np.uint32), -1, 0)
    return np.asarray(np.uint32(0xFF000000) | (r << np.uint32(16)) | (g << np.uint32(8)) | b, np.uint32)


# PET bytes: 0 is "not measured", 1 to 255 span the window; CT bytes: 0 to 255 span the window.
_FRACTION = np.clip((np.arange(256) - 1) / 254.0, 0.0, 1.0)


@lru_cache(maxsize=8)
def joint_table(colour_map: str, blend: float) -> Rgb32:
    """65536 colours by ``ct byte << 8 | pet byte``: the whole fusion rule, computed once a look."""
    alpha = opacity(_FRACTION, blend)
    alpha[0] = 0.0
    hue = _hues(colour_map)
    grey = np.arange(256, dtype=np.float64)[:, None, None]
    return _pack(grey * (1.0 - alpha)[None, :, None] + (hue * alpha[:, None])[None]).reshape(-1)


@lru_cache(maxsize=8)
def _pet_table(colour_map: str) -> Rgb32:
    """256 opaque colours by PET byte; black where nothing was measured."""
    hue = _hues(colour_map)
    hue[0] = 0.0
    return _pack(hue)


@lru_cache(maxsize=1)
def _ct_table() -> Rgb32:
    return _pack(np.repeat(np.arange(256, dtype=np.float64)[:, None], 3, axis=1))


def _hues(colour_map: str) -> NDArray[np.float64]:
    """The map's colours at the 256 PET bytes, by interpolation in its table."""
    table = colour_table(colour_map).astype(np.float64)
    place = _FRACTION * 255.0
    return np.stack([np.interp(place, np.arange(256), table[:, c]) for c in range(3)], axis=1)


def to_bytes(values: Values, window: Window, first: int) -> Bytes:
    """Values as bytes: the window spans ``first`` to 255, beyond it clamps, NaN becomes 0."""
    low, high = window
    gain = (255 - first) / max(high - low, 1e-9)
    # subtracting first keeps a narrow window far from zero exact; the half rounds, as the cast cuts
    x = np.subtract(values, np.float32(low - (first + 0.5) / gain), dtype=np.float32)
    x *= np.float32(gain)
    # clip and a row of zeros run vectorised where maximum, minimum and fmax with a scalar take 3 x longer
    np.clip(x, first, 255.5, out=x)
    np.fmax(x, np.zeros(x.shape[-1], np.float32), out=x)  # only NaN is left for it
    return x.astype(np.uint8)


def fuse_rgb32(ct: Values | None, pet: NDArray[np.float32] | None, look: Look) -> Rgb32:
    """Fused plane as (rows, columns) 0xFFRRGGBB words, for a 32-bit RGB image without a copy.

    Planes are (rows, columns) on one raster, CT in HU and PET in the shown unit. Where PET is NaN
    the CT shows; where CT is NaN it is black; without CT the PET is opaque; without PET the CT is grey.
    """
    if ct is None and pet is None:
        raise ValueError("fuse needs a CT or a PET plane")
    if ct is None:
        assert pet is not None
        return np.take(_pet_table(look.colour_map), to_bytes(pet, look.pet_window, 1))
    if pet is None:
        return np.take(_ct_table(), to_bytes(ct, look.ct_window, 0))
    joint = to_bytes(ct, look.ct_window, 0).astype(np.uint16)
    joint <<= 8
    joint |= to_bytes(pet, look.pet_window, 1)
    # every uint16 is in the table; "clip" only spares the check
    return np.take(joint_table(look.colour_map, look.blend), joint, mode="clip")


def to_rgb(words: Rgb32) -> Rgb:
    """0xFFRRGGBB words as contiguous (rows, columns, 3) RGB bytes."""
    parts = [(words >> np.uint32(shift)) & np.uint32(0xFF) for shift in (16, 8, 0)]
    return np.stack(parts, axis=-1).astype(np.uint8)


def fuse(ct: Values | None, pet: NDArray[np.float32] | None, look: Look) -> Rgb:
    """The same as ``fuse_rgb32``, as contiguous (rows, columns, 3) RGB bytes."""
    return to_rgb(fuse_rgb32(ct, pet, look))
