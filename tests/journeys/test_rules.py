"""A session whose tumour is a threshold and whose muscle is two spheres: opened, drawn, moved, reported."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPointF

from atsmviewer.model.assessment import Measurement
from atsmviewer.model.roi import Combined, ImportedMask, Isocontour, Role, sphere
from atsmviewer.model.session import Session
from atsmviewer.session.edits import add_roi, move_roi, new_roi
from atsmviewer.workflow.reporting import make_report
from tests.journeys.desk import Desk, first_scan, muscles_of, tumour_of


def ruled(desk: Desk, scan: dict[str, Any]) -> Session:
    """The session of the window with both regions."""
    document = desk.window.document
    assert document.acquisition is not None
    frame, uid = document.acquisition.frame_of_reference_uid, document.acquisition.uid
    hot = Isocontour(sphere(tumour_of(scan), 35.0), "percent_max", 50.0, uid)
    sides = Combined("union", tuple(sphere(at, 12.0) for at in muscles_of(scan)))
    session = document.session
    for role, shape in ((Role.TUMOUR, hot), (Role.MUSCLE, sides)):
        session = add_roi(session, new_roi(session, role, frame, shape))
    return session


def test_a_rule_is_drawn_where_its_voxels_are_and_follows_when_it_moves(
    desk: Desk, demo_folder: Path, truth: dict[str, Any]
) -> None:
    desk.open(demo_folder)
    document, scan = desk.window.document, first_scan(truth)
    desk.go_to(tumour_of(scan))
    document.commit(ruled(desk, scan), "Place")
    desk.settle()
    tumour, muscle = document.session.rois
    numbers = document.here.of_roi(tumour.uid)
    assert numbers is not None
    assert isinstance(numbers.derived, ImportedMask)
    assert isinstance(numbers["iso_level"], Measurement)
    layer = desk.window.page.axial.layer
    (drawn,) = (d for d in layer.drawn if d.roi.uid == tumour.uid)
    assert drawn.shape is numbers.derived
    hottest = desk.window.page.axial.uv(tumour_of(scan))
    assert drawn.path.boundingRect().width() < 60  # narrower than the sphere of 70 mm that it lies in
    assert drawn.path.boundingRect().contains(QPointF(*hottest))
    assert [d.shape for d in layer.drawn if d.roi.uid == muscle.uid] in ([], [muscle.shape])
    x, y, z = tumour_of(scan)
    document.preview(move_roi(document.session, tumour.uid, (x + 38.0, y, z)))
    moved = document.here.of_roi(tumour.uid)
    assert moved is not None
    assert moved.derived != numbers.derived
    (after,) = (d for d in layer.drawn if d.roi.uid == tumour.uid)
    assert after.shape is moved.derived


def test_its_report_says_its_level_and_refuses_a_circular_fraction(
    desk: Desk, demo_folder: Path, truth: dict[str, Any], tmp_path: Path
) -> None:
    desk.open(demo_folder)
    document = desk.window.document
    document.commit(ruled(desk, first_scan(truth)), "Place")
    desk.settle()
    before = document.session
    assert document.study is not None
    make_report(document.study, before, document.stamp, tmp_path)
    written = json.loads((tmp_path / "assessment.json").read_bytes())
    assert "iso_level" in json.dumps(written)
    (hypoxic,) = document.here.hypoxic
    assert isinstance(hypoxic.volume, Measurement)
    assert not isinstance(hypoxic.fraction, Measurement)
    assert hypoxic.within_pet_contour
    desk.window.close()
    again = Desk(desk.qtbot)
    again.open(demo_folder)
    assert again.window.document.session == before
    again.window.close()
