"""Text can be read: contrast of every token pair that carries words (WCAG 2.1 relative luminance)."""

from __future__ import annotations

import pytest

from atsmviewer.render.theme import TOKENS


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (v / 12.92 if v <= 0.03928 else ((v + 0.055) / 1.055) ** 2.4 for v in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a: str, b: str) -> float:
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("ground", ["bg0", "bg1", "bg2"])
@pytest.mark.parametrize("ink", ["t1", "t2", "t3"])
def test_words_stand_out(ink: str, ground: str) -> None:
    assert contrast(TOKENS[ink], TOKENS[ground]) >= 4.8


@pytest.mark.parametrize("edge", ["input", "focus"])
def test_edges_of_fields_stand_out(edge: str) -> None:
    assert contrast(TOKENS[edge], TOKENS["bg2"]) >= 3.0


@pytest.mark.parametrize(
    ("ink", "ground"), [("#FFD79A", "#2A2112"), ("#FFB5AB", "#2E1614"), (TOKENS["ok"], "#12271E")]
)
def test_lights_have_readable_words(ink: str, ground: str) -> None:
    assert contrast(ink, ground) >= 4.8
