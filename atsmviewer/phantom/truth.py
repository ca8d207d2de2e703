"""The closed-form truth of a case, before and after the blur, as plain values for truth.json."""

from __future__ import annotations

from atsmviewer.phantom.case import Ball, Case, Scan
from atsmviewer.phantom.identity import uid_of


def truth(case: Case) -> dict[str, object]:
    """Everything that was put in, per acquisition."""
    return {
        "schema": "atsmviewer.truth/1",
        "case": case.name,
        "acquisitions": [_acquisition(case, scan) for scan in case.scans],
    }


def _acquisition(case: Case, scan: Scan) -> dict[str, object]:
    tumour = case.tumour
    return {
        "name": scan.name,
        "frame_of_reference_uid": scan.pet.frame_of_reference_uid,
        "pet_series_uid": uid_of(case.name, scan.name, "PT"),
        "ct_series_uid": uid_of(case.name, scan.name, "CT"),
        "tumour": {
            "centre_mm": scan.here(tumour.centre_mm),
            "radius_mm": tumour.radius_mm,
            "core_centre_mm": scan.here(tumour.core_centre_mm),
            "core_radius_mm": tumour.core_radius_mm,
        },
        "muscles": [_ball(scan, ball) for ball in case.muscles],
        "suv": dict(scan.suv),
        "organs": [_ball(scan, ball) for ball in case.organs],
    }


def _ball(scan: Scan, ball: Ball) -> dict[str, object]:
    return {"name": ball.name, "centre_mm": scan.here(ball.centre_mm), "radius_mm": ball.radius_mm}
