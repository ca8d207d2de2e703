"""The formula behind an id is that of the list of algorithms, with its signs explained."""

from __future__ import annotations

from atsmviewer.quant.formula import formula_of


def test_the_formula_of_a_number_comes_with_its_unit_source_and_signs() -> None:
    found = formula_of("roi.mean/1")
    assert found is not None
    assert (found.text, found.unit) == ("Σwx / Σw", "shown unit")
    assert found.source.startswith("R21")
    assert [sign for sign, _ in found.symbols] == ["w", "x"]


def test_half_lives_and_half_weights_are_not_confused() -> None:
    half_life, voxels = formula_of("suv.bw/1"), formula_of("roi.voxels/1")
    assert half_life is not None
    assert voxels is not None
    assert ("T½", "half-life") in half_life.symbols
    assert [sign for sign, _ in voxels.symbols] == ["w"]


def test_an_id_that_nobody_listed_has_no_formula() -> None:
    assert formula_of("made.up/9") is None
