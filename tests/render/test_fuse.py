"""Blend numbers by formula: windows, opacity, absent values."""

from __future__ import annotations

import numpy as np
import pytest
from cmap import Colormap
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from atsmviewer.model.viewing import Viewing
from atsmviewer.render.fuse import Look, fuse, fuse_rgb32, opacity, to_bytes

LOOK = Look((-140.0, 240.0), (0.0, 3.0), 0.62, "inferno")


def one(ct: float | None, pet: float | None, look: Look = LOOK) -> tuple[int, int, int]:
    planes = [None if v is None else np.full((1, 1), v, np.float32) for v in (ct, pet)]
    r, g, b = fuse(planes[0], planes[1], look)[0, 0]
    return int(r), int(g), int(b)


def inferno(place: float) -> NDArray[np.float64]:
    return np.asarray(Colormap("inferno")(np.array([place])), np.float64)[0, :3]


def expected(ct_hu: float, pet_suv: float, blend: float = 0.62) -> NDArray[np.float64]:
    """The written rule: inferno from 0.06 to 1, opacity 0 to 15 %, smooth step to blend at 53 %."""
    fraction = min(max(pet_suv / 3.0, 0.0), 1.0)
    t = min(max((fraction - 0.15) / (0.53 - 0.15), 0.0), 1.0)
    alpha = blend * t * t * (3 - 2 * t)
    grey = 255 * min(max((ct_hu + 140) / 380, 0.0), 1.0)
    hue = 255 * inferno(0.06 + 0.94 * fraction)
    return np.asarray((1 - alpha) * grey + alpha * hue)


@pytest.mark.parametrize("ct", [-500.0, -140.0, 0.0, 50.0, 239.0, 900.0])
@pytest.mark.parametrize("pet", [-1.0, 0.0, 0.44, 0.46, 1.0, 1.59, 2.0, 3.0, 12.0])
def test_fused_colour_by_formula(ct: float, pet: float) -> None:
    # eight bits a window: half a step of grey, and of a map that climbs up to 3 levels a step
    np.testing.assert_allclose(one(ct, pet), expected(ct, pet), atol=3.0)


def test_opacity_at_its_corners() -> None:
    fractions = np.array([0.0, 0.15, 0.245, 0.34, 0.53, 1.0])
    assert opacity(fractions, 0.62) == pytest.approx([0, 0, 0.62 * 5 / 32, 0.31, 0.62, 0.62])


def test_low_uptake_leaves_ct_untouched() -> None:
    ct = np.linspace(-140, 240, 256, dtype=np.float32)[None]
    np.testing.assert_array_equal(fuse(ct, np.full_like(ct, 0.44), LOOK), fuse(ct, None, LOOK))


def test_absent_pet_is_clear_and_absent_ct_is_black() -> None:
    assert one(50.0, np.nan) == one(50.0, None)
    assert one(np.nan, None) == (0, 0, 0)
    assert one(np.nan, np.nan) == (0, 0, 0)
    np.testing.assert_allclose(one(np.nan, 3.0), 0.62 * 255 * inferno(1.0), atol=1.5)


def test_pet_alone_is_opaque() -> None:
    assert one(None, 3.0) == tuple(np.rint(255 * inferno(1.0)).astype(int))
    assert one(None, 0.0) == tuple(np.rint(255 * inferno(0.06)).astype(int))
    assert one(None, np.nan) == (0, 0, 0)
    inverse = Look(pet_window=(0.0, 3.0), colour_map="inverse grey")
    assert one(None, 0.0, inverse) == (255, 255, 255)
    assert one(None, np.nan, inverse) == (0, 0, 0)


def test_ct_alone_is_grey_over_its_window() -> None:
    assert one(-140.0, None) == (0, 0, 0)
    assert one(240.0, None) == (255, 255, 255)
    assert one(50.0, None) == (128, 128, 128)


def test_int16_and_float_ct_agree() -> None:
    ct = np.arange(-300, 400, dtype=np.int16)[None]
    np.testing.assert_array_equal(fuse(ct, None, LOOK), fuse(ct.astype(np.float32), None, LOOK))


def test_words_are_opaque_rgb_and_contiguous() -> None:
    ct, pet = np.full((2, 3), 50, np.float32), np.full((2, 3), 2.5, np.float32)
    words, rgb = fuse_rgb32(ct, pet, LOOK), fuse(ct, pet, LOOK)
    r, g, b = (int(v) for v in rgb[0, 0])
    assert int(words[0, 0]) == 0xFF000000 | r << 16 | g << 8 | b
    assert rgb.shape == (2, 3, 3)
    assert rgb.dtype == np.uint8
    assert rgb.flags.c_contiguous
    assert words.dtype == np.uint32
    assert words.flags.c_contiguous


@given(st.floats(-1e6, 1e6), st.floats(-1000, 1000), st.floats(0.01, 1000), st.sampled_from([0, 1]))
def test_bytes_stay_in_range(value: float, low: float, width: float, first: int) -> None:
    byte = int(to_bytes(np.array([value], np.float32), (low, low + width), first)[0])
    exact = first + (255 - first) * (float(np.float32(value)) - low) / width
    rounding = 4 * np.finfo(np.float32).eps * (abs(value) + abs(low) + width) * 255 / width
    assert abs(byte - min(max(exact, first), 255)) <= 0.5 + rounding
    assert byte >= first


def test_infinite_and_absent_values_clamp() -> None:
    values = np.array([-np.inf, np.inf, np.nan], np.float32)
    assert to_bytes(values, (0.0, 1.0), 1).tolist() == [1, 255, 0]


def test_closed_window_does_not_divide_by_zero() -> None:
    assert to_bytes(np.array([0.0, 2.0], np.float32), (1.0, 1.0), 0).tolist() == [0, 255]


def test_nothing_to_fuse_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="CT or a PET"):
        fuse(None, None, LOOK)


def test_look_is_the_colour_part_of_viewing() -> None:
    viewing = Viewing("1", (0, 0, 0), (-10, 20), (1, 2), 0.4, "cividis")
    assert Look.of(viewing) == Look((-10, 20), (1, 2), 0.4, "cividis")
