"""What a row of the cut-off table says, in words: never without source, n, isotope, endpoint and caution."""

from __future__ import annotations

from dataclasses import replace

import pytest

from atsmviewer.model.evidence import Evidence
from atsmviewer.report.literature import CHOOSE, EXPLORATORY, cut_words, row_words, said_words, summary
from tests.report import made_whole


@pytest.mark.parametrize(
    ("metric", "kind", "cut", "comparator", "words"),
    [
        ("tm", None, 3.5, ">", "T/M > 3.5"),
        ("tm", "mean", 3.0, ">=", "T/M mean ≥ 3"),
        ("tm", None, 4.4, "<=", "T/M ≤ 4.4"),
        ("suv", "max", 5.0, "", "SUVmax 5"),
        ("tb", None, 1.8, "", "T/B 1.8"),
        ("suv", "max", None, "", "SUVmax, no cut given"),
    ],
)
def test_a_cut_is_written_as_its_source_gives_it(
    metric: str, kind: str | None, cut: float | None, comparator: str, words: str
) -> None:
    row = replace(made_whole.ROW, metric=metric, kind=kind, cut=cut, comparator=comparator)
    assert cut_words(row) == words


def test_a_row_prints_isotope_tumour_n_and_endpoint() -> None:
    assert row_words(made_whole.ROW) == "T/M > 3.5, ⁶⁰Cu, cervix, n = 38, survival."
    assert "n not given" in row_words(replace(made_whole.ROW, n=None))


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (made_whole.evidence("above", ()), "2.46 is above the cut."),
        (made_whole.evidence("below", ()), "2.46 is below the cut."),
        (made_whole.evidence("straddles", ()), "2.46 straddles the cut: its noise interval holds it."),
        (made_whole.evidence(), "Context only: its window is unknown."),
        (made_whole.evidence(why=("the row is of 60Cu, this",)), "Context only: the row is of ⁶⁰Cu, this."),
    ],
)
def test_a_verdict_or_why_there_is_none(one: Evidence, words: str) -> None:
    assert said_words(one) == words


@pytest.mark.parametrize("verdict", ["above", "context"])
def test_every_use_prints_the_source_and_the_caution(verdict: str) -> None:
    words = summary((made_whole.evidence(verdict),), "cervix")
    for part in (EXPLORATORY, "Author 2008", "n = 38", "⁶⁰Cu", "survival"):
        assert part in words
    assert ("is above the cut" in words) == (verdict == "above")
    assert ("Not applied" in words) == (verdict == "context")


def test_without_a_tumour_type_it_is_asked_for_and_of_an_unlisted_one_nothing_is_said() -> None:
    assert summary((made_whole.evidence(),), None) == CHOOSE
    assert summary((made_whole.evidence(),), "another tumour").startswith("No published cut-off")
