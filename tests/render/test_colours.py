"""Maps, tokens and first windows by their written values."""

from __future__ import annotations

import itertools
import string

import numpy as np
import pytest

from atsmviewer.model.errors import ReviewError
from atsmviewer.model.roi import Role
from atsmviewer.render.maps import NAMES, colour_bar, colour_table, paper_table
from atsmviewer.render.theme import AVID_STYLE, TOKENS, role_style
from atsmviewer.render.windows import CT_WINDOWS, body_window, pet_window, tm_window


# CIE 1976 lightness from sRGB, IEC 61966-2-1 and ISO/CIE 11664-4
def lightness(rgb: np.ndarray) -> np.ndarray:
    c = rgb / 255.0
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    y = linear @ np.array([0.2126, 0.7152, 0.0722])
    return np.asarray(np.where(y > (6 / 29) ** 3, 116 * np.cbrt(y) - 16, y * (29 / 3) ** 3))


def test_five_maps() -> None:
    assert set(NAMES) == {"inferno", "cividis", "inverse grey", "grey", "hot metal"}
    for name in NAMES:
        assert colour_table(name).shape == (256, 3)
        assert colour_table(name).dtype == np.uint8


@pytest.mark.parametrize(
    ("name", "sign"), [("inferno", 1), ("cividis", 1), ("grey", 1), ("inverse grey", -1)]
)
def test_perceptual_maps_have_one_direction_of_lightness(name: str, sign: int) -> None:
    steps = sign * np.diff(lightness(colour_table(name).astype(np.float64)))
    assert steps.min() > -0.6  # rounding to eight bits
    assert abs(lightness(colour_table(name)[[0, -1]].astype(np.float64)) @ [-1, 1]) > 70


def test_ends_of_the_greys() -> None:
    assert colour_table("grey")[[0, 255]].tolist() == [[0] * 3, [255] * 3]
    assert colour_table("inverse grey")[[0, 255]].tolist() == [[255] * 3, [0] * 3]
    assert paper_table()[[0, 255]].tolist() == [[0xA3, 0xA7, 0xAB], [0] * 3]


def test_unknown_map_is_refused_with_the_choices() -> None:
    with pytest.raises(ReviewError) as refused:
        colour_table("rainbow")
    assert refused.value.code == "unknown_map"
    assert "cividis" in refused.value.remedy


def test_colour_bar_carries_both_scales() -> None:
    bar = colour_bar("inferno", (0.0, 3.0), "g/ml", 0.7, 1.4)
    assert (bar.low, bar.high, bar.unit, bar.muscle_mean, bar.level) == (0.0, 3.0, "g/ml", 0.7, 1.4)
    np.testing.assert_array_equal(bar.rgb, colour_table("inferno"))


def test_tokens_are_colours_and_serve_a_template() -> None:
    for name, colour in TOKENS.items():
        assert name.isidentifier()
        assert len(colour) == 7
        assert colour[0] == "#"
        assert set(colour[1:]) <= set(string.hexdigits)


def test_roles_by_the_written_table() -> None:
    assert role_style(Role.TUMOUR) == ("#56C7FF", ())
    assert role_style(Role.MUSCLE) == ("#F2E55C", (3.5, 2.0))  # 7-4 px of a 2 px line
    assert AVID_STYLE[0] == "#FFFFFF"
    assert AVID_STYLE[1] == pytest.approx((1.1, 1.3))  # dots 2.2-2.6 px


def test_colour_never_speaks_alone() -> None:
    dashes = [role_style(role)[1] for role in Role] + [AVID_STYLE[1]]
    assert all(a != b for a, b in itertools.combinations(dashes, 2))


@pytest.mark.parametrize(
    ("top", "is_suv", "expected"),
    [
        (2.0, True, 3.0),
        (3.2, True, 3.0),
        (4.0, True, 6.0),
        (12.34, True, 13.0),
        (2.0, False, 2.0),
        (4187.0, False, 4200.0),
        (0.0123, False, 0.013),
    ],
)
def test_first_pet_window(top: float, is_suv: bool, expected: float) -> None:
    values = np.full(1000, top, np.float32)
    values[0] = np.nan
    assert pet_window(values, is_suv) == pytest.approx((0.0, expected), rel=1e-4)


def test_without_suv_the_window_shows_muscle_beside_a_hot_liver() -> None:
    """A body of 1, a quarter of the field, with a liver of 12 in a fiftieth of it: 0 to 4, not 0 to 12."""
    values = np.zeros(10_000, np.float32)
    values[:2500], values[:50] = 1.0, 12.0
    values[-1] = np.nan
    for unit in (1.0, 5200.0):
        assert body_window(values * np.float32(unit)) == pytest.approx((0.0, 4 * unit), rel=0.05)
    assert body_window(np.full(1000, 4187.0, np.float32)) == pytest.approx((0.0, 4200.0))
    assert body_window(np.full(5, np.nan, np.float32)) == (0.0, 1.0)
    assert body_window(np.array([-3.0, -1.0, 0.0], np.float32)) == (0.0, 1.0)


def test_window_of_nothing_and_of_noise_below_zero() -> None:
    assert pet_window(np.full(5, np.nan, np.float32), True) == (0.0, 1.0)
    assert pet_window(np.full(5, -2.0, np.float32), False) == (0.0, 1.0)


def test_window_ignores_the_hottest_two_in_a_thousand() -> None:
    values = np.ones(10_000, np.float32)
    values[:15] = 500.0
    assert pet_window(values, True) == (0.0, 3.0)


def test_written_windows() -> None:
    assert CT_WINDOWS["lung"] == (-1350.0, 150.0)
    assert CT_WINDOWS["bone"] == (-450.0, 1050.0)
    assert tm_window(0.7) == pytest.approx((0.0, 3.5))
