"""Regions in the record carry the geometry that was drawn."""

from __future__ import annotations

from atsmviewer.model.roi import Isocontour, Roi, Role, sphere
from atsmviewer.report.regions import region_entry


def test_a_sphere_can_be_drawn_again_from_its_record() -> None:
    said = region_entry(Roi("1", "Mass", Role.TUMOUR, "1.2", sphere((74.0, 44.0, -180.0), 20.0), 1))
    shape = said["shape"]
    assert isinstance(shape, dict)
    assert shape["centre_mm"] == [74.0, 44.0, -180.0]
    assert shape["radii_mm"] == [20.0, 20.0, 20.0]
    assert (said["name"], said["role"]) == ("Mass", "tumour")


def test_a_rule_names_its_scan_level_and_bound() -> None:
    rule = Isocontour(sphere((0.0, 0.0, 0.0), 30.0), "percent_max", 41.0, "1.3", seed_mm=(1.0, 2.0, 3.0))
    shape = region_entry(Roi("1", "Mass", Role.TUMOUR, "1.2", rule))["shape"]
    assert isinstance(shape, dict)
    assert (shape["rule"], shape["level"], shape["acquisition_uid"]) == ("percent_max", 41.0, "1.3")
    assert shape["seed_mm"] == [1.0, 2.0, 3.0]
    assert shape["inside"]["radii_mm"] == [30.0, 30.0, 30.0]
