"""The truth file: before the blur by sphere volumes, after it by brute force, movement and places."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from atsmviewer.phantom.cases import case, names
from atsmviewer.phantom.truth import region, tm_field, truth


def curve_of(part: Any) -> dict[float, float]:
    return {float(t): float(ml) for t, ml in part["curve"]}


def test_before_the_blur_there_are_three_uniform_parts() -> None:
    made = case("thigh-64cu")
    inside: Any = region(made, made.scans[0], 20.0)
    core, whole = 4 / 3 * math.pi * 1.2**3, 4 / 3 * math.pi * 2.0**3
    assert inside["volume_ml"] == pytest.approx(whole)
    curve = curve_of(inside["before_blur"])
    assert (curve[1.4], curve[1.9], curve[3.7], curve[3.8]) == pytest.approx((whole, core, core, 0.0))
    assert inside["before_blur"]["tm_mean"] == pytest.approx(1.9 + (3.8 - 1.9) * core / whole)


@pytest.mark.parametrize("radius", [20.0, 26.0])
def test_after_the_blur_is_what_counting_fine_voxels_gives(radius: float) -> None:
    made = case("thigh-64cu")
    scan, tumour = made.scans[1], made.tumour
    step = 0.4
    axis = np.arange(-radius + step / 2, radius, step)
    at = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1)
    r = np.linalg.norm(at, axis=-1)
    inside = r <= radius
    core = np.linalg.norm(at - np.subtract(tumour.core_centre_mm, tumour.centre_mm), axis=-1)
    tm = tm_field(made, scan, r[inside], core[inside])
    got: Any = region(made, scan, radius)["after_blur"]
    assert got["tm_mean"] == pytest.approx(tm.mean(), rel=2e-3)
    assert got["tm_max"] == pytest.approx(tm.max(), rel=1e-3)
    for threshold, ml in curve_of(got).items():
        # cubes of 0.4 mm miss a surface of less than 90 cm2 by far less than a tenth of their edge
        assert ml == pytest.approx(np.count_nonzero(tm > threshold) * step**3 / 1000, abs=0.3), threshold


def test_without_blur_both_truths_agree() -> None:
    made = replace(case("thigh-64cu"), fwhm_mm=0.05)
    inside: Any = region(made, made.scans[0], 23.0)
    assert inside["after_blur"]["tm_mean"] == pytest.approx(inside["before_blur"]["tm_mean"], rel=2e-3)
    sharp, true = curve_of(inside["after_blur"]), curve_of(inside["before_blur"])
    for threshold in (1.2, 1.4, 2.5, 3.5):
        assert sharp[threshold] == pytest.approx(true[threshold], rel=0.01)


def test_curves_only_fall() -> None:
    for name in names():
        for acquisition in truth(case(name))["acquisitions"]:  # type: ignore[attr-defined]
            for sphere in acquisition["regions"]:
                for kind in ("before_blur", "after_blur"):
                    volumes = [ml for _, ml in sphere[kind]["curve"]]
                    assert volumes == sorted(volumes, reverse=True)
                    assert volumes[0] <= sphere["volume_ml"] * (1 + 1e-9)


def test_the_movement_carries_places_from_the_first_scan_to_the_second() -> None:
    record: Any = json.loads(json.dumps(truth(case("thigh-64cu"))))
    first, second = record["acquisitions"]
    movement = record["movement"][0]
    assert movement["from_uid"] == first["frame_of_reference_uid"]
    assert movement["to_uid"] == second["frame_of_reference_uid"] != movement["from_uid"]
    matrix = np.reshape(movement["matrix"], (4, 4))
    assert matrix[:3, :3] @ matrix[:3, :3].T == pytest.approx(np.eye(3), abs=1e-12)
    assert math.degrees(math.acos((np.trace(matrix[:3, :3]) - 1) / 2)) == pytest.approx(4.0)
    for place in ("centre_mm", "core_centre_mm"):
        assert (matrix @ [*first["tumour"][place], 1])[:3] == pytest.approx(second["tumour"][place])
    here, there = first["tumour"]["centre_mm"], second["tumour"]["centre_mm"]
    assert np.subtract(there, here) == pytest.approx((6.0, -4.0, 9.0))


@pytest.mark.parametrize("name", names())
def test_the_core_lies_off_centre_and_inside(name: str) -> None:
    tumour = case(name).tumour
    apart = math.dist(tumour.centre_mm, tumour.core_centre_mm)
    assert 3 < apart < tumour.radius_mm - tumour.core_radius_mm
    assert 2 * tumour.radius_mm == pytest.approx(40)


def test_expected_volume_tends_to_the_curve_as_noise_goes() -> None:
    made = case("thigh-64cu")
    quiet = replace(made.scans[0], noise_cov=1e-4)
    inside: Any = region(made, quiet, 20.0)["after_blur"]
    for (threshold, ml), (_, expected, spread) in zip(
        inside["curve"], inside["curve_with_noise"], strict=True
    ):
        # the histogram's bins are 0.002 T/M wide, a few hundredths of a millimetre of a slope
        assert expected == pytest.approx(ml, abs=0.1), threshold
        assert spread < 0.4
    assert inside["tm_mean_sd"] < 1e-4


def test_the_mean_is_as_uncertain_as_its_noise_cells_say() -> None:
    made = case("thigh-64cu")
    inside: Any = region(made, made.scans[0], 20.0)["after_blur"]
    # 33.5 ml in cells of 0.737 ml (R30's default of 6 mm), noise of 7 % at T/M 1
    assert inside["tm_mean_sd"] == pytest.approx(
        0.07 * math.sqrt(inside["tm_mean"] * 0.737 / 33.51), rel=2e-3
    )
