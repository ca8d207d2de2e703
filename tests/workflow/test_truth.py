"""The demonstration measured by the whole program against its closed-form truth, blur and noise allowed for.

No tolerance is tuned. Noise: three standard deviations, of the mean of a region with independent cells
of (4 pi sigma^2)^(3/2) (R30), or as truth.json gives them. Voxels: a voxel cut by the surface of a region
carries the value of its centre, which lies h/12 further out on average than its part inside, so a mean
over a sphere of radius R reads lower by (3/R) g h^2/12, g the mean gradient through the surface.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from atsmviewer.model.assessment import Assessment, Depth, Measurement
from atsmviewer.model.roi import Roi, Role, sphere
from atsmviewer.model.session import Session
from atsmviewer.quant.assess import assess
from atsmviewer.workflow.demo import write_demo
from atsmviewer.workflow.demoreading import tumour_and_muscles
from atsmviewer.workflow.opening import Case, open_case

Scan = dict[str, Any]
FWHM_TO_SIGMA = 1 / (2 * math.sqrt(2 * math.log(2)))
SIGMAS = 3.0
HALF_LIFE_64CU_S = 45722.2


class Demo:
    """The study, its truth, and its assessment with a region in every organ."""

    def __init__(self, folder: Path) -> None:
        truth = json.loads((folder / "truth.json").read_text("utf-8"))
        self.scans: list[Scan] = [{**a, "fwhm_mm": truth["fwhm_mm"]} for a in truth["acquisitions"]]
        self.case: Case = open_case(folder)
        rois = []
        for scan in self.scans:
            frame = scan["frame_of_reference_uid"]
            for k, (role, shape) in enumerate(tumour_and_muscles(scan)):
                rois.append(Roi(f"{scan['name']}-{k}", f"{role} {k}", role, frame, shape))
            for organ in scan["organs"]:
                shape = sphere(tuple(organ["centre_mm"]), organ["radius_mm"])
                name = f"{scan['name']}-{organ['name']}"
                rois.append(Roi(name, organ["name"], Role.REFERENCE, frame, shape))
        session = Session(self.case.study.key, rois=tuple(rois))
        self.assessment: Assessment = assess(self.case.study, session, Depth.FULL)

    def measured(self, uid: str, quantity: str) -> float:
        numbers = self.assessment.of_roi(uid)
        assert numbers is not None
        number = numbers[quantity]
        assert isinstance(number, Measurement)
        return number.value


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return Demo(write_demo(out=tmp_path_factory.mktemp("truth") / "study"))


def blurred(r: float, radius: float, sigma: float) -> float:
    """A uniform unit ball behind a Gaussian: its value at a distance from its centre."""
    s = sigma * math.sqrt(2)
    edge = math.exp(-(((radius - r) / s) ** 2)) - math.exp(-(((radius + r) / s) ** 2))
    return 0.5 * (math.erf((radius - r) / s) + math.erf((radius + r) / s)) - sigma * edge / (
        r * math.sqrt(2 * math.pi)
    )


def surface_gradient(scan: Scan) -> float:
    """Mean fall of T/M per mm, outwards through the tumour's surface, by central differences."""
    tumour = scan["tumour"]
    sigma = scan["fwhm_mm"] * FWHM_TO_SIGMA
    centre, core = np.array(tumour["centre_mm"]), np.array(tumour["core_centre_mm"])
    rim, more = tumour["tm_rim"] - 1.0, tumour["tm_core"] - tumour["tm_rim"]

    def field(at: np.ndarray[Any, np.dtype[np.float64]]) -> float:
        outer, inner = float(np.linalg.norm(at - centre)), float(np.linalg.norm(at - core))
        wide = blurred(outer, tumour["radius_mm"], sigma)
        return float(rim * wide + more * blurred(inner, tumour["core_radius_mm"], sigma))

    directions = np.random.default_rng(0).normal(size=(2000, 3))
    directions /= np.linalg.norm(directions, axis=1)[:, None]
    radius = tumour["radius_mm"]
    falls = [field(centre + (radius - 0.5) * d) - field(centre + (radius + 0.5) * d) for d in directions]
    return float(np.mean(falls))


def region(scan: Scan) -> dict[str, Any]:
    """The truth inside the tumour's own sphere, after blur."""
    made: dict[str, Any] = scan["regions"][0]["after_blur"]
    return made


@pytest.mark.parametrize("which", [0, 1])
def test_tm_is_the_blurred_truth(demo: Demo, which: int) -> None:
    scan = demo.scans[which]
    ratio = demo.assessment.ratio_of(f"{scan['name']}-0", "mean")
    assert ratio is not None
    assert isinstance(ratio.number, Measurement)
    h = max(demo.case.study.acquisitions[which].pet.grid.spacing_mm)
    truth = region(scan)
    expected = truth["tm_mean"] - 3 / scan["tumour"]["radius_mm"] * surface_gradient(scan) * h**2 / 12
    assert ratio.number.value == pytest.approx(expected, abs=SIGMAS * truth["tm_mean_sd"])


@pytest.mark.parametrize("which", [0, 1])
def test_the_hypoxic_volume_is_the_blurred_truth(demo: Demo, which: int) -> None:
    """From T/M 1.6 on, where the level lies inside the region and its own surface plays no part."""
    scan = demo.scans[which]
    found = demo.assessment.hypoxic_of(f"{scan['name']}-0")
    assert found is not None
    measured = {round(at, 1): ml for at, ml in found.curve}
    checked = 0
    for threshold, expected, sd in region(scan)["curve_with_noise"]:
        if 1.6 <= threshold <= 5.0:
            voxel_ml = demo.case.study.acquisitions[which].pet.grid.voxel_ml
            key = round(threshold, 1)
            assert measured[key] == pytest.approx(expected, abs=SIGMAS * sd + voxel_ml), threshold
            checked += 1
    assert checked > 20


@pytest.mark.parametrize("which", [0, 1])
def test_every_organ_has_its_suv(demo: Demo, which: int) -> None:
    scan = demo.scans[which]
    noise, muscle = scan["noise"], scan["suv"]["muscle"]
    cell_mm3 = (4 * math.pi * (noise["kernel_fwhm_mm"] * FWHM_TO_SIGMA) ** 2) ** 1.5
    places = [(f"{scan['name']}-{o['name']}", o["name"], o["radius_mm"]) for o in scan["organs"]]
    places += [(f"{scan['name']}-{1 + k}", "muscle", m["radius_mm"]) for k, m in enumerate(scan["muscles"])]
    assert len(places) >= 3
    for uid, organ, radius in places:
        suv = scan["suv"][organ]
        voxel_sd = noise["cov"] * muscle * math.sqrt(suv / muscle)
        cells = max(1.0, 4 / 3 * math.pi * radius**3 / cell_mm3)
        assert demo.measured(uid, "mean") == pytest.approx(suv, abs=SIGMAS * voxel_sd / math.sqrt(cells)), (
            organ
        )


def test_the_late_factor_counts_the_whole_day(demo: Demo) -> None:
    early, late = (demo.assessment.scale(scan["pet_series_uid"]) for scan in demo.scans)
    assert early.factor is not None
    assert late.factor is not None
    assert early.injection_time == late.injection_time
    assert early.reference_time is not None
    assert late.reference_time is not None
    apart_s = (late.reference_time - early.reference_time).total_seconds()
    assert apart_s > 20 * 3600
    assert late.factor / early.factor == pytest.approx(2 ** (apart_s / HALF_LIFE_64CU_S), rel=1e-9)


def test_the_second_scan_is_displaced_as_the_truth_says(demo: Demo) -> None:
    first, second = (np.array(scan["tumour"]["centre_mm"]) for scan in demo.scans)
    assert float(np.linalg.norm(second - first)) == pytest.approx(math.sqrt(6**2 + 4**2 + 9**2), abs=0.1)
    assert len({scan["frame_of_reference_uid"] for scan in demo.scans}) == 2
