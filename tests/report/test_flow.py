"""Words broken into lines that fit."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from atsmviewer.report.flow import paragraph
from atsmviewer.report.sheet import MEDIUM, Run, fit, fit_middle, width_of

TEXT = st.text(st.characters(codec="latin-1", exclude_categories=("Cc", "Zs")), min_size=1, max_size=60)


@given(st.lists(TEXT, min_size=1, max_size=30), st.integers(1, 4))
def test_no_line_is_wider_than_its_column(words: list[str], most: int) -> None:
    made = paragraph([Run(" ".join(words), 8.0), Run(" end", 8.0, MEDIUM)], 120.0, 10.0, most)
    assert 1 <= len(made.lines) <= most
    for line in made.lines:
        drawn = [*line[:-1], Run(line[-1].text.rstrip(), line[-1].size, line[-1].face)]
        assert sum(width_of(run) for run in drawn) <= 120.5


@given(st.lists(TEXT, min_size=1, max_size=20))
def test_nothing_is_lost_where_lines_are_free(words: list[str]) -> None:
    text = " ".join(words)
    made = paragraph([Run(text, 8.0)], 150.0, 10.0)
    kept = "".join(run.text for line in made.lines for run in line)
    assert kept.replace(" ", "") == text.replace(" ", "")


@given(TEXT, st.floats(12, 200))
def test_shortened_runs_fit(text: str, width: float) -> None:
    assert width_of(fit(Run(text), width)) <= width
    assert width_of(fit_middle(Run(text), width)) <= width


def test_a_name_keeps_its_end() -> None:
    shorter = fit_middle(Run("Metastasis in the left iliac chain 12"), 90).text
    assert "…" in shorter
    assert shorter.endswith("12")
