"""The tracer gate: who may be called Cu-ATSM (R25)."""

from __future__ import annotations

import pytest

from atsmviewer.quant.suv import suv_scale
from tests.quant.made import copper, entered


@pytest.mark.parametrize(
    "code", ["126700 DCM", "126701 DCM", "126702 DCM", "C-B07DB SRT", "C-B07DB 99SDM", "422855001 SCT"]
)
def test_a_code_of_cu_atsm_opens_the_gate(code: str) -> None:
    scale = suv_scale(copper(radiopharmaceutical=None, radiopharmaceutical_code=code))
    assert scale.tracer_is_cu_atsm
    assert scale.tracer == "⁶⁴Cu-ATSM"


@pytest.mark.parametrize("text", ["Cu-ATSM", "64Cu ATSM", "^64^Cu-atsm", "Diacetyl-bis... (ATSM)"])
def test_so_does_the_text(text: str) -> None:
    assert suv_scale(copper(radiopharmaceutical=text)).tracer_is_cu_atsm


@pytest.mark.parametrize("text", ["64CuCl2", "64Cu-DOTATATE", "64Cu-PTSM", "Copper", None])
def test_the_isotope_alone_never_does(text: str | None) -> None:
    scale = suv_scale(copper(radiopharmaceutical=text))
    assert not scale.tracer_is_cu_atsm
    assert (scale.tracer, scale.nuclide) == (text or "", "64Cu")


def test_the_reader_may_confirm_and_is_named() -> None:
    scale = suv_scale(copper(radiopharmaceutical=None), [entered("tracer_confirmed", "Cu-ATSM")])
    assert scale.tracer_is_cu_atsm
    assert "A. Reader" in scale.flags[0].what


@pytest.mark.parametrize("name", ["radiopharmaceutical", "radiopharmaceutical_code", "tracer_nuclide"])
def test_slices_of_different_tracers_close_the_gate_and_withhold_nothing_else(name: str) -> None:
    given = copper(radiopharmaceutical="Cu-ATSM", inconsistent=(name,))
    scale = suv_scale(given)
    assert (scale.tracer_is_cu_atsm, scale.is_suv, scale.ratio_refused) == (False, True, None)
    assert "TRACER_DIFFERS" in {flag.code for flag in scale.flags}
    confirmed = suv_scale(given, [entered("tracer_confirmed", "Cu-ATSM")])
    assert confirmed.tracer_is_cu_atsm
    assert "TRACER_DIFFERS" not in {flag.code for flag in confirmed.flags}
