"""Key pictures, outlines, letters and colour bar as they land on the page."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from atsmviewer.model.picture import Outline, ticks
from tests.report import made_up
from tests.report.paper import made, painted, text_of


def centre(mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    return np.asarray(np.argwhere(mask).mean(axis=0), np.float64)


def test_an_outline_lies_on_the_pixels_it_is_around() -> None:
    """A green pixel and a magenta ring about its centre have one centre on paper."""
    x, y, size = 13, 7, 40
    rgb = np.zeros((size, size, 3), np.uint8)
    rgb[y, x] = (0, 255, 0)
    turn = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    ring = Outline(np.stack([x + 4 * np.cos(turn), y + 4 * np.sin(turn)], -1), "#FF00FF")
    (one,) = made_up.pictures()[:1]
    page = painted(made(pictures=[replace(one, rgb=rgb, outlines=(ring,), bar=None)])).astype(int)
    green = (page[..., 1] > 200) & (page[..., 0] < 80) & (page[..., 2] < 80)
    magenta = (page[..., 0] > 200) & (page[..., 1] < 80) & (page[..., 2] > 200)
    radius_px = np.sqrt(magenta.sum() / np.pi) + 1
    pixel = np.sqrt(green.sum())
    assert pixel > 4
    assert radius_px > 2
    assert np.abs(centre(green) - centre(magenta)).max() < 0.2 * pixel


def test_outlines_that_reach_beyond_the_picture_are_clipped() -> None:
    wide = Outline(np.array([[-900.0, 10.0], [900.0, 10.0]]), "#FF00FF", closed=False)
    (one,) = made_up.pictures()[:1]
    page = painted(made(pictures=[replace(one, outlines=(wide,), bar=None)])).astype(int)
    magenta = (page[..., 0] > 200) & (page[..., 1] < 80) & (page[..., 2] > 200)
    assert magenta.any()
    assert not magenta[:, : 34 * 4].any()
    assert not magenta[:, -34 * 4 :].any()


def test_letters_scale_and_caption_are_text() -> None:
    (one,) = made_up.pictures()[:1]
    text = text_of(made(pictures=[replace(one, letters=("H", "F", "V", "D"), mm_per_px=0.25)]))
    assert "30 mm" in text
    assert "Axial, z −812.0 mm, PET over CT" in text
    for letter in "HFVD":
        assert f" {letter} " in text


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0, 3, [0, 1, 2, 3]), (1, 5, [1, 2, 3, 4, 5]), (0, 0.3, [0, 0.1, 0.2, 0.3]), (5, 5, [])],
)
def test_ticks_are_round(low: float, high: float, expected: list[float]) -> None:
    assert ticks(low, high, 4) == pytest.approx(expected)
