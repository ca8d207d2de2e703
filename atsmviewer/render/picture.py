"""Key pictures for paper: fused planes around a tumour and an anterior projection, outlines included."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from atsmviewer.model.assessment import Assessment, HypoxicVolume, Measurement
from atsmviewer.model.grid import Vector, vector
from atsmviewer.model.picture import ColourBar, Outline, Picture
from atsmviewer.model.roi import Roi, Role
from atsmviewer.model.session import Session
from atsmviewer.model.study import Acquisition, Study
from atsmviewer.model.viewing import Window
from atsmviewer.model.volume import Unit, Volume
from atsmviewer.render.fuse import Look, fuse, to_bytes
from atsmviewer.render.hottest import hottest_in
from atsmviewer.render.inside import bounds_mm, drawn_as, px_box
from atsmviewer.render.lerp import Plane32, resize
from atsmviewer.render.maps import colour_bar, paper_table
from atsmviewer.render.mip import mip
from atsmviewer.render.outline import Polyline, outlines
from atsmviewer.render.overlay import avid
from atsmviewer.render.raster import Plane, Raster, field_raster, letters, position_label
from atsmviewer.render.sample import sample
from atsmviewer.render.theme import AVID_STYLE, BROUGHT_DASH, TOKENS, role_style
from atsmviewer.render.windows import CT_WINDOWS, pet_window

_PICTURE_PX = 480
_LEAST_FIELD_MM = 160.0
_FIELD_OF_TUMOUR = 2.2
_LEAST_MIP_ROWS = 640


@dataclass(frozen=True, eq=False)
class _Scene:
    """What all pictures of one reading share."""

    pet: Volume
    ct: Volume | None
    ct_kind: str
    factors: tuple[float, ...]
    unit: Unit
    is_suv: bool
    label: str
    """The kind of value before its unit: "SUVbw"; empty where the unit says it all."""
    rois: tuple[Roi, ...]
    hypoxic: HypoxicVolume | None
    muscle_mean: float | None
    comparator: str
    focus_mm: Vector
    middle_mm: Vector
    field_mm: float
    tumour: Roi | None
    brought: Mapping[str, str]

    @property
    def level(self) -> float | None:
        """The hypoxic level in the shown unit, where there is one."""
        number = self.hypoxic.level if self.hypoxic else None
        return number.value if isinstance(number, Measurement) else None


def key_pictures(
    study: Study,
    session: Session,
    assessment: Assessment,
    acquisition_uid: str,
    tumour_uid: str | None = None,
    brought: Mapping[str, str] | None = None,
) -> tuple[Picture, ...]:
    """Axial, coronal, sagittal and MIP of one acquisition, through the hottest place of a tumour.

    Without ``tumour_uid`` the largest tumour is shown, without a tumour the whole PET. Empty where
    the PET is not loaded. Outlines may reach beyond the picture; whoever draws them clips. Anatomy and
    rois are taken where they lie: alignments are followed before, and ``brought`` says by a roi's uid
    where it comes from ("from scan B").
    """
    scene = _scene(study.acquisition(acquisition_uid), session, assessment, tumour_uid)
    if scene is None:
        return ()
    scene = replace(scene, brought=brought or {})
    rasters = {plane: _plane_raster(scene, plane) for plane in Plane}
    values = {plane: sample(scene.pet, raster, scene.factors) for plane, raster in rasters.items()}
    near = [_near_tumour(scene, rasters[plane], values[plane]).ravel() for plane in Plane]
    window = pet_window(np.concatenate(near), scene.is_suv)
    bar = colour_bar(Look().colour_map, window, scene.unit, scene.muscle_mean, scene.level)
    planes = [_fused(scene, plane, rasters[plane], values[plane], bar) for plane in Plane]
    return (*planes, _projection(scene, window))


def _scene(
    acquisition: Acquisition, session: Session, assessment: Assessment, tumour_uid: str | None
) -> _Scene | None:
    derived = {n.roi_uid: n.derived for n in assessment.rois if n.acquisition_uid == acquisition.uid}
    rois = tuple(
        replace(r, shape=drawn_as(r.shape, derived.get(r.uid)))
        for r in session.rois
        if r.frame_of_reference_uid == acquisition.frame_of_reference_uid
    )
    tumour = _tumour(rois, tumour_uid)
    # several time points may share a frame of reference, and each has numbers of the same tumour
    this = (tumour.uid if tumour else None, acquisition.uid)
    hypoxic = next((h for h in assessment.hypoxic if (h.roi_uid, h.acquisition_uid) == this), None)
    to_muscle = (r for r in assessment.ratios if r.reference_role is Role.MUSCLE and r.kind == "mean")
    mean = [r for r in to_muscle if (r.roi_uid, r.acquisition_uid) == this]
    pet = _pet(acquisition, hypoxic)
    if pet is None:
        return None
    known = any(uid == acquisition.uid for uid, _ in assessment.scales)
    shown = acquisition.frames[0].number if hypoxic is None else hypoxic.frame
    scale = assessment.scale(acquisition.uid, shown) if known else None
    low, high = bounds_mm(tumour.shape) if tumour else pet.grid.extent_mm
    middle = vector((low + high) / 2)
    largest = float((high - low).max())
    ct = acquisition.anatomy_volume
    if ct is not None and ct.grid.frame_of_reference_uid != acquisition.frame_of_reference_uid:
        ct = None
    return _Scene(
        pet=pet,
        ct=ct,
        ct_kind=acquisition.anatomy.kind if acquisition.anatomy else "",
        factors=scale.slice_factors if scale else (1.0,),
        unit=scale.unit if scale else pet.unit,
        is_suv=scale is not None and scale.is_suv and scale.unit is Unit.SUV,
        label=scale.label if scale is not None and scale.is_suv and scale.label != scale.unit else "",
        rois=rois,
        hypoxic=hypoxic,
        muscle_mean=mean[0].denominator if mean else None,
        comparator=session.protocol.comparator,
        focus_mm=(hottest_in(tumour.shape, pet) if tumour else None) or middle,
        middle_mm=middle,
        field_mm=max(_FIELD_OF_TUMOUR * largest, _LEAST_FIELD_MM) if tumour else largest,
        tumour=tumour,
        brought={},
    )


def _tumour(rois: tuple[Roi, ...], uid: str | None) -> Roi | None:
    """The named tumour, else the one with the largest box."""
    tumours = [r for r in rois if r.role is Role.TUMOUR and uid in (None, r.uid)]

    def size(roi: Roi) -> float:
        low, high = bounds_mm(roi.shape)
        return float(np.prod(high - low))

    return max(tumours, key=size, default=None)


def _pet(acquisition: Acquisition, hypoxic: HypoxicVolume | None) -> Volume | None:
    """The frame the numbers are of, else the last one loaded."""
    loaded = {f.number: f.volume for f in acquisition.frames if f.volume is not None}
    if hypoxic is not None and hypoxic.frame in loaded:
        return loaded[hypoxic.frame]
    return loaded[max(loaded)] if loaded else None


def _plane_raster(scene: _Scene, plane: Plane) -> Raster:
    """A square around the middle of the tumour at the height of its hottest place."""
    axis = list((Plane.SAGITTAL, Plane.CORONAL, Plane.AXIAL)).index(plane)
    x, y, z = (scene.focus_mm[a] if a == axis else scene.middle_mm[a] for a in range(3))
    field = (scene.field_mm, scene.field_mm)
    return field_raster(plane, (x, y, z), field, scene.field_mm / _PICTURE_PX)


def _near_tumour(scene: _Scene, raster: Raster, pet: Plane32) -> Plane32:
    """The values in the tumour's box, so that a bladder beside it does not set the window."""
    box = px_box(scene.tumour.shape, raster) if scene.tumour else None
    if box is None:
        return pet
    rows, columns = box.raster.shape
    return pet[box.y : box.y + rows, box.x : box.x + columns]


def _fused(scene: _Scene, plane: Plane, raster: Raster, pet: Plane32, bar: ColourBar) -> Picture:
    ct = sample(scene.ct, raster) if scene.ct else None
    ct_window, content = CT_WINDOWS["soft tissue"], "PET over CT"
    if scene.ct is not None and ct is not None and scene.ct.unit is not Unit.HU:
        ct_window = pet_window(ct, is_suv=False)
        content = f"PET over {scene.ct_kind}"
    if ct is None or np.isnan(ct).all():  # black under clear PET would hide the uptake
        ct, content = None, "PET alone"
    return Picture(
        rgb=fuse(ct, pet, Look(ct_window, (bar.low, bar.high))),
        title=plane.capitalize(),
        caption=f"{plane.capitalize()}, {position_label(plane, scene.focus_mm)}, {content}",
        mm_per_px=raster.px_mm,
        letters=letters(raster),
        outlines=(*_avid(scene, raster, pet), *_drawn(scene, raster)),  # borders stay on top
        bar=bar,
    )


def _drawn(scene: _Scene, raster: Raster) -> list[Outline]:
    found = []
    for roi in scene.rois:
        colour, dash = role_style(roi.role)
        source = scene.brought.get(roi.uid)
        name, dash = (roi.name, dash) if source is None else (f"{roi.name} ({source})", BROUGHT_DASH)
        for points in outlines(roi.shape, raster):
            if _meets(points, raster):
                found.append(Outline(points, colour, dash, label=name))
    return found


def _meets(points: Polyline, raster: Raster) -> bool:
    rows, columns = raster.shape
    return bool(np.all(points.max(axis=0) > 0) and np.all(points.min(axis=0) < (columns, rows)))


def _avid(scene: _Scene, raster: Raster, pet: Plane32) -> list[Outline]:
    if scene.level is None or scene.hypoxic is None:
        return []
    tumours = [r.shape for r in scene.rois if r.role is Role.TUMOUR]
    cut = [r.shape for r in scene.rois if r.role in (Role.PHYSIOLOGIC, Role.NECROSIS)]
    found = avid(pet, raster, scene.level, tumours, cut, scene.comparator)
    sign = {">": ">", ">=": "≥"}[scene.hypoxic.comparator]
    label = f"T/M {sign} {scene.hypoxic.tm_threshold:g}"
    return [Outline(points, *AVID_STYLE, label=label) for points in found.outlines]


def _projection(scene: _Scene, window: Window) -> Picture:
    """The anterior MIP in inverse grey on grey paper, with the line of the axial picture."""
    seen = mip(scene.pet, 0.0, scene.factors)
    rows, columns = seen.values.shape
    times = max(1, -(-_LEAST_MIP_ROWS // rows))
    values = resize(seen.values, rows * times, columns * times)
    y = (seen.raster.to_px(scene.focus_mm)[1] + 0.5) * times - 0.5
    line = np.array([[-0.5, y], [columns * times - 0.5, y]])
    quantity = f"{scene.label} " if scene.label else ""
    return Picture(
        rgb=np.take(paper_table(), to_bytes(values, window, 0), axis=0),
        title="MIP",
        caption=f"MIP, anterior, {quantity}{window[0]:g} … {window[1]:g} {scene.unit}",
        mm_per_px=seen.raster.px_mm / times,
        letters=letters(seen.raster),
        outlines=(Outline(line, TOKENS["accent"], closed=False, label="axial"),),
    )
