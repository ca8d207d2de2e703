"""The geometry of the regions as it was drawn, so that a number can be measured again elsewhere."""

from __future__ import annotations

from atsmviewer.model.roi import Combined, Ellipsoid, ImportedMask, Isocontour, Prism, Roi, Shape
from atsmviewer.report.values import Record


def region_entry(roi: Roi) -> Record:
    """Name, role and shape of one region in LPS mm; of a mask and of contours only their size."""
    return {
        "uid": roi.uid,
        "name": roi.name,
        "role": str(roi.role),
        "lesion": roi.lesion,
        "site": roi.site,
        "laterality": roi.laterality,
        "frame_of_reference_uid": roi.frame_of_reference_uid,
        "shape": _shape(roi.shape),
    }


def _shape(shape: Shape) -> Record:
    match shape:
        case Ellipsoid():
            return {
                "kind": "ellipsoid",
                "centre_mm": list(shape.centre_mm),
                "radii_mm": list(shape.radii_mm),
                "axes": list(shape.axes),
            }
        case Prism():
            return {
                "kind": "prism",
                "normal": list(shape.normal),
                "thickness_mm": shape.thickness_mm,
                "contours": len(shape.contours),
            }
        case ImportedMask():
            return {"kind": "mask", "voxels": len(shape.voxels), "grid_shape": list(shape.grid.shape)}
        case Isocontour():
            return {
                "kind": "isocontour",
                "inside": _shape(shape.inside),
                "rule": shape.rule,
                "level": shape.level,
                "unit": shape.unit,
                "acquisition_uid": shape.acquisition_uid,
                "frame": shape.frame,
                "seed_mm": None if shape.seed_mm is None else list(shape.seed_mm),
            }
        case Combined():
            parts = [_shape(part) for part in shape.parts]
            return {"kind": "combined", "operation": shape.operation, "parts": parts}
