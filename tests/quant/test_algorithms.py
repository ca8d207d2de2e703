"""docs/algorithms.md lists exactly the ids that numbers carry, and every test that it names exists."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from atsmviewer.model.assessment import Assessment, Measurement
from atsmviewer.model.placement import SHIFT, TURN
from atsmviewer.model.roi import RULES, Isocontour, Role, sphere
from atsmviewer.model.session import SUV_KINDS
from atsmviewer.quant.assess import assess
from atsmviewer.quant.suv import suv_scale
from tests.quant.made import UID, ball, facts, grid, hounsfield_volume, roi, session, study, volume, with_ct

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "algorithms.md"
ROW = re.compile(r"^\| `([a-z0-9.]+/\d+)` \|(.*)\|(.*)\|(.*)\|(.*)\|$", re.M)


def air(mm: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.full(mm.shape[:-1], -1000.0)


def carried() -> set[str]:
    """The ids of every number and scale that can be given."""
    rois = [ball(Role.TUMOUR, (x, 0, 0), 12.0, str(x)) for x in (0, 10)]
    made = np.random.default_rng(0).gamma(4.0, 0.25, (30, 30, 60))
    scan = with_ct(
        study(volume(grid((30, 30, 60)), made)), hounsfield_volume(grid((60, 60, 120), (2.0, 2.0, 2.0)), air)
    )
    others = (Role.BRAIN, Role.BLOOD_POOL, Role.REFERENCE)
    rois += [ball(role, (80, 0, 0), 10.0) for role in others] + [ball(Role.MUSCLE, (-60, 0, 0), 15)]
    inside = sphere((80, 0, 0), 10.0)
    rules = (Isocontour(inside, rule, 1.0, UID, unit="g/ml" if rule == "absolute" else "") for rule in RULES)
    rois += [roi(Role.REFERENCE, shape, shape.rule) for shape in rules]
    found: Assessment = assess(scan, session(*rois))
    numbers = [n for r in found.rois for n in r.numbers] + [r.number for r in found.ratios]
    numbers += [n for h in found.hypoxic for n in (h.level, h.volume, h.fraction, h.largest, h.burden)]
    numbers += [found.hypoxic_total]
    numbers += [r.above for r in found.ratios if (r.kind, r.reference_role) == ("mean", Role.MUSCLE)]
    numbers += [n for m in found.muscles for n in (m.mean, m.volume, m.cov, m.hu, m.distance_mm)]
    assert all(isinstance(n, Measurement) for n in numbers)
    ids = {n.algorithm for n in numbers if isinstance(n, Measurement)}
    scales = [
        facts(),
        facts(units="CNTS", philips_suv_factor=1.0),
        facts(units="GML"),
        facts(units="GML", suv_type="LBM", height_m=1.75, sex="M"),
        facts(weight_kg=None),
        facts(units=None),
    ]
    kinds = {suv_scale(facts(height_m=1.75, sex="M"), kind=kind).algorithm for kind in SUV_KINDS}
    ids |= {SHIFT, TURN}  # of alignments, which are told beside the numbers
    return ids | kinds | {suv_scale(given).algorithm for given in scales}


def test_the_document_and_the_code_name_the_same_ids() -> None:
    listed = [row[0] for row in ROW.findall(DOCUMENT.read_text("utf-8"))]
    assert sorted(listed) == sorted(carried())


def test_every_row_is_whole_and_its_tests_exist() -> None:
    for name, *cells in ROW.findall(DOCUMENT.read_text("utf-8")):
        assert all(cell.strip() for cell in cells), name
        tests = re.findall(r"`(test_\w+\.py)`", cells[-1])
        assert tests, name
        assert all((Path(__file__).parent / test).is_file() for test in tests), name
