"""Exact oracles through the front door: what went into the files comes out (O1-O3, O7, O11, O15, O22)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from atsmviewer.model.assessment import Depth
from atsmviewer.workflow.opening import open_case
from tests.oracle import bodies, scanner, suv
from tests.oracle.scanner import MODES, STYLES, Setup, ds
from tests.properties.door import measure, scanned, through
from tests.properties.often import examples

DROS = ("DRO_0_0", "DRO_1_0", "DRO_2_0", "DRO_2_4", "DRO_3_1", "DRO_3_2", "DRO_4_1", "DRO_5_0")
HEADERS = {
    "SIEMENS": "SIEMENS",
    "GE_MEDICAL_AND_BQML": "GE MEDICAL SYSTEMS",
    "PHILIPS_BQML": "Philips",
    "PHILIPS_CNTS_AND_BQML_SUV": "Philips",
}
ONE = np.full((6, 10, 10), 1000, np.int16)


@examples(15, 100)
@given(
    st.sampled_from(STYLES),
    st.sampled_from(MODES),
    st.floats(40, 150),
    st.floats(1e7, 2e9),
    st.integers(1, 4 * 86400),
)
def test_o1_a_uniform_cylinder_reads_one(
    style: str, mode: str, weight: float, dose: float, elapsed_s: int
) -> None:
    """G1: weight, activity and delay drawn; up to five half-lives of 64Cu for as long as SUV is given."""
    started = Setup.injected + timedelta(seconds=min(elapsed_s, 2.6 * 86400))
    setup = Setup(style, mode, words=ONE, weight_kg=weight, dose_bq=dose, started=started)
    found = scanned(setup)
    for quantity in ("mean", "min", "max", "median"):
        assert found[f"tumour/{quantity}"] == pytest.approx(1.0, rel=1e-6)


def test_64cu_after_24_and_a_half_hours_is_one_through_the_files() -> None:
    """G4."""
    late = replace(Setup(), words=ONE, started=Setup.injected + timedelta(hours=24.5))
    assert scanned(late)["tumour/mean"] == pytest.approx(1.0, rel=1e-6)


@pytest.mark.reference
@pytest.mark.parametrize("name", DROS)
def test_o2_every_voxel_of_a_reference_object_is_the_oracles(reference_data: Path, name: str) -> None:
    folder = reference_data / "02_suv_dro_oncoray" / name / "PT"
    image = suv.suvbw(suv.pet_headers(folder.iterdir()))
    assert isinstance(image, suv.Image)
    case = open_case(folder).study
    (pet,) = case.acquisitions
    volume = pet.frames[0].volume
    assert volume is not None
    scale = measure(case).assessment.scale(pet.uid)
    assert scale.refused is None
    shown = volume.voxels.astype(np.float64) * np.array(scale.slice_factors)[:, None, None]
    assert np.abs(shown - image.values).max() < 4.0 * 1e-6
    assert image.values.max() == pytest.approx(4.0, abs=0.005)


@pytest.mark.reference
@pytest.mark.parametrize("name", HEADERS)
def test_o3_real_headers_as_files_give_the_published_factor(reference_data: Path, name: str) -> None:
    """Every element of the published header is written to files; oracle and product read them."""
    path = reference_data / "05_suv_headers_calculate_suv" / f"{name}-instances.json"
    cases = json.loads((reference_data / "reference_values.json").read_text("utf-8"))["cases"]
    (case,) = (c for c in cases if c["id"] == f"calculate_suv_{name}")
    given_headers = json.loads(path.read_text("utf-8"))
    files = scanner.headers(Setup(words=ONE[: len(given_headers)], nuclide="18F", style="PLAIN"))
    for one, header in zip(files, given_headers, strict=True):
        published(one, header)
        one.Manufacturer = HEADERS[name]
    expected = case["expected"]["suvbw_factor"]
    image = suv.suvbw(files)
    assert isinstance(image, suv.Image)
    assert image.factors == pytest.approx(expected, rel=1e-6)
    found = through(files)
    assert found.refusal == ""
    factors = found.assessment.scales[0][1].slice_factors
    assert factors == pytest.approx([expected] * len(files), rel=1e-6)


def published(one: Dataset, header: dict[str, Any]) -> None:
    """A header with the elements of a published one, and none that it does not have."""
    item = one.RadiopharmaceuticalInformationSequence[0]
    del item.RadiopharmaceuticalStartDateTime, one.DecayFactor, one.PatientSize
    for keyword, value in header.items():
        inner = keyword.startswith(("Radionuclide", "Radiopharmaceutical"))
        if keyword != "PhilipsPETPrivateGroup":
            text = ds(value) if isinstance(value, float) else value
            setattr(item if inner else one, keyword, text)
    private = header["PhilipsPETPrivateGroup"]
    if private:
        block = one.private_block(0x7053, suv.PHILIPS, create=True)
        block.add_new(0x00, "DS", private["SUVScaleFactor"].strip())
        block.add_new(0x09, "DS", private["ActivityConcentrationScaleFactor"].strip())


MASSES = {"lbmjanma": "LBMJANMA", "lbmjames128": "LBMJAMES128", "lbm": "LBM", "ibw": "IBW"}


@pytest.mark.parametrize("kind", MASSES)
@pytest.mark.parametrize("sex", ["M", "F"])
@pytest.mark.parametrize("units", ["BQML", "GML"])
def test_o7_o22_lean_and_ideal_kinds_are_suvbw_by_the_ratio_of_masses(
    kind: str, sex: str, units: str
) -> None:
    setup = Setup(units=units, sex=sex, weight_kg=70.0, height_m=1.75)
    plain, other = scanned(setup), scanned(setup, suv=kind)
    mass = bodies.MASS[MASSES[kind]](70.0, 175.0, sex)
    for quantity in ("mean", "max", "p10", "sd"):
        expected = plain[f"tumour/{quantity}"] * mass / 70.0
        assert other[f"tumour/{quantity}"] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("units", ["BQML", "GML"])
def test_o7_surface_and_injected_part(units: str) -> None:
    """SUVbsa = SUVbw BSA 10 / W; %ID/ml = SUVbw 100 / (1000 W); %ID/g the same at 1 g/ml (R17)."""
    setup = Setup(units=units, weight_kg=70.0, height_m=1.75)
    mean = scanned(setup)["tumour/mean"]
    surface = mean * bodies.body_surface_m2(70.0, 175.0) * 1e4 / 70e3
    value, unit = scanned(setup, suv="bsa").values["tumour/mean"]
    assert unit == "cm²/ml"
    assert value == pytest.approx(surface, rel=1e-9)
    for kind in ("idml", "idg"):
        assert scanned(setup, suv=kind)["tumour/mean"] == pytest.approx(mean * 100 / 70e3, rel=1e-9)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("rule", ["fraction", "centre"])
def test_o11_a_constant_image_is_that_constant_in_every_way(mode: str, rule: str) -> None:
    """One slope for all slices and one bed: not a bit of difference between voxels."""
    setup = Setup(mode=mode, words=ONE, beds=1, slope_spread=0)
    found = scanned(setup, Depth.FULL, mask_rule=rule)
    names = ("mean", "min", "max", "median", "p10", "p90", "peak_1ml", "peak_local", "peak_global")
    values = [found[f"tumour/{name}"] for name in names]
    assert values == pytest.approx([values[0]] * len(names), rel=1e-9)
    assert found["tumour/sd"] == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("style", STYLES)
def test_o15_hot_over_background_is_four(style: str) -> None:
    """G3: a slab of 4.00 on 1.00, the tumour deep in the one and the muscle in the other."""
    words: NDArray[np.int16] = np.full((8, 14, 14), 1000, np.int16)
    words[:, :, :7] = 4000
    found = scanned(Setup(style=style, words=words))
    for kind in ("mean", "max"):
        assert found[f"tumour/tm_{kind}"] == pytest.approx(4.0, rel=1e-6)
    assert found["tumour/hf"] == pytest.approx(1.0, rel=1e-9)
    assert found["tumour/hv"] == pytest.approx(found["tumour/volume_ml"], rel=1e-9)
