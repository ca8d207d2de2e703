"""Key pictures: where they are centred, what they say, and what they do when something is missing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from atsmviewer.model.assessment import Assessment, Depth, HypoxicVolume, Measurement, Missing, Ratio
from atsmviewer.model.errors import Refusal
from atsmviewer.model.facts import PetFacts
from atsmviewer.model.picture import Picture
from atsmviewer.model.roi import Roi, Role, sphere
from atsmviewer.model.session import Session
from atsmviewer.model.study import Acquisition, Frame, Patient, Series, Study
from atsmviewer.model.suv import Scale
from atsmviewer.model.volume import Unit, Volume
from atsmviewer.render.picture import key_pictures
from atsmviewer.render.theme import BROUGHT_DASH, role_style
from tests.render.made import FRAME, axial

PET_GRID = axial((40, 50, 50), (4.0, 4.0, 4.0), (-98.0, -98.0, -78.0))
CT_GRID = axial((40, 100, 100), (4.0, 2.0, 2.0), (-99.0, -99.0, -78.0))
HOT = (22, 26, 30)
HOT_MM = (-98.0 + 30 * 4, -98.0 + 26 * 4, -78.0 + 22 * 4)
TUMOUR = sphere((18.0, 10.0, 8.0), 24.0)


def pet() -> Volume:
    voxels = np.full(PET_GRID.shape, 500.0, np.float32)
    centres = PET_GRID.to_mm(np.moveaxis(np.indices(PET_GRID.shape).astype(np.float64), 0, -1))
    voxels[np.linalg.norm(centres - np.array(TUMOUR.centre_mm), axis=-1) < 24] = 2000.0
    voxels[tuple(slice(i - 1, i + 2) for i in HOT)] = 2780.0
    voxels[HOT] = 2790.0
    return Volume(PET_GRID, voxels, Unit.BQML, "1.5")


def study(with_ct: bool = True, loaded: bool = True) -> Study:
    series = Series("1.5", "1", "PT", "", 1, PET_GRID, None)
    ct = Volume(CT_GRID, np.full(CT_GRID.shape, 40, np.int16), Unit.HU, "1.6")
    anatomy = Series("1.6", "1", "CT", "", 2, CT_GRID, None)
    frame = Frame(0, None, None, pet() if loaded else None)
    taken = Acquisition(series, PetFacts(), (frame,), anatomy if with_ct else None, ct if with_ct else None)
    return Study("case", Patient("1", "N", "M"), (taken,))


ROIS = (
    Roi("t", "Tumour 1", Role.TUMOUR, FRAME, TUMOUR),
    Roi("m", "Muscle 1", Role.MUSCLE, FRAME, sphere((18.0, -35.0, 8.0), 10.0)),
    Roi("elsewhere", "Tumour 9", Role.TUMOUR, "9.9", sphere((0, 0, 0), 60.0)),
)
SESSION = Session("case", rois=ROIS)
SUV = Scale(Unit.SUV, (0.001,) * 40, "suv.bw/1", None)
WITHHELD = Scale(Unit.KBQML, (0.001,) * 40, "", Refusal("no_activity", "", ""))


def assessment(scale: Scale = SUV, level: float | None = 1.0) -> Assessment:
    number = Missing("level", "x", "x") if level is None else Measurement("level", level, scale.unit, "hv/1")
    one = Measurement("x", 1.0, "", "x/1")
    return Assessment(
        Depth.FULL,
        scales=(("1.5", scale),),
        ratios=(Ratio("t", "Tumour 1", "Muscle 1", "mean", "1.5", 0, one, 2.0, 0.5),),
        hypoxic=(HypoxicVolume("t", "Tumour 1", "Muscle 1", "1.5", 0, 2.0, ">", number, one, one),),
    )


def labels(picture: Picture) -> set[str]:
    return {outline.label for outline in picture.outlines}


def test_four_pictures_through_the_hottest_place() -> None:
    taken = key_pictures(study(), SESSION, assessment(), "1.5")
    x, y, z = HOT_MM
    assert [p.caption for p in taken] == [
        f"Axial, z {z:.1f} mm, PET over CT",
        f"Coronal, y {y:.1f} mm, PET over CT",
        f"Sagittal, x {x:.1f} mm, PET over CT",
        "MIP, anterior, SUVbw 0 … 3 g/ml",
    ]
    assert [p.letters for p in taken] == [
        ("R", "L", "A", "P"),
        ("R", "L", "S", "I"),
        ("A", "P", "S", "I"),
        ("R", "L", "S", "I"),
    ]


def test_a_ct_that_is_not_in_hu_is_called_what_it_is() -> None:
    made = study()
    (taken,) = made.acquisitions
    assert taken.anatomy is not None
    assert taken.anatomy_volume is not None
    other = replace(
        taken,
        anatomy=replace(taken.anatomy, values="Z_EFF"),
        anatomy_volume=replace(taken.anatomy_volume, unit=Unit.STORED),
    )
    shown = key_pictures(replace(made, acquisitions=(other,)), SESSION, assessment(), "1.5")
    assert [p.caption.rpartition(", ")[2] for p in shown[:3]] == ["PET over CT (Z_EFF)"] * 3


def test_planes_are_square_and_at_least_160_mm() -> None:
    for picture in key_pictures(study(), SESSION, assessment(), "1.5")[:3]:
        assert picture.rgb.shape == (480, 480, 3)
        assert picture.mm_per_px == pytest.approx(160 / 480)
    large = replace(ROIS[0], shape=sphere((0, 0, 0), 50.0))
    taken = key_pictures(study(), Session("case", rois=(large,)), assessment(), "1.5")
    assert taken[0].mm_per_px == pytest.approx(2.2 * 100 / 480)


def test_outlines_are_named_and_lie_where_the_rois_are() -> None:
    axial_picture = key_pictures(study(), SESSION, assessment(), "1.5")[0]
    assert labels(axial_picture) == {"Tumour 1", "Muscle 1", "T/M > 2"}
    by_label = {outline.label: outline for outline in axial_picture.outlines}
    radius_px = np.sqrt(24**2 - (HOT_MM[2] - 8) ** 2) / (160 / 480)
    centre = by_label["Tumour 1"].points_px.mean(axis=0)
    assert centre == pytest.approx((239.5, 239.5))
    assert np.hypot(*(by_label["Tumour 1"].points_px - centre).T) == pytest.approx(np.full(96, radius_px))
    assert axial_picture.outlines[0].label == "T/M > 2"  # below the borders


def test_bar_carries_window_unit_and_ratio_scale() -> None:
    bar = key_pictures(study(), SESSION, assessment(), "1.5")[0].bar
    assert bar is not None
    assert (bar.low, bar.high, bar.unit, bar.muscle_mean, bar.level) == (0.0, 3.0, "g/ml", 0.5, 1.0)


def test_suv_withheld_is_shown_in_its_own_unit() -> None:
    taken = key_pictures(study(), SESSION, assessment(WITHHELD), "1.5")
    assert taken[3].caption == "MIP, anterior, 0 … 2.8 kBq/ml"
    assert taken[0].bar is not None
    assert taken[0].bar.unit == "kBq/ml"
    assert taken[0].bar.high == pytest.approx(2.8)


def test_without_ct_the_pet_stands_alone() -> None:
    axial_picture = key_pictures(study(with_ct=False), SESSION, assessment(), "1.5")[0]
    assert axial_picture.caption.endswith("PET alone")
    assert axial_picture.rgb.max() > 100


def test_ct_of_another_frame_of_reference_is_not_overlaid() -> None:
    case = study()
    taken = case.acquisitions[0]
    assert taken.anatomy_volume is not None
    other = replace(taken.anatomy_volume, grid=replace(CT_GRID, frame_of_reference_uid="9.9"))
    moved = replace(case, acquisitions=(replace(taken, anatomy_volume=other),))
    assert key_pictures(moved, SESSION, assessment(), "1.5")[0].caption.endswith("PET alone")


def test_without_level_or_assessment_there_is_no_avid_outline() -> None:
    assert labels(key_pictures(study(), SESSION, assessment(level=None), "1.5")[0]) == {
        "Tumour 1",
        "Muscle 1",
    }
    bare = key_pictures(study(), SESSION, Assessment(Depth.LIVE), "1.5")
    assert labels(bare[0]) == {"Tumour 1", "Muscle 1"}
    assert bare[3].caption == "MIP, anterior, 0 … 2800 Bq/ml"


def test_numbers_of_another_acquisition_are_not_drawn() -> None:
    given = assessment()
    other = replace(
        given,
        hypoxic=(replace(given.hypoxic[0], acquisition_uid="2.5"),),
        ratios=(replace(given.ratios[0], acquisition_uid="2.5"),),
    )
    both = replace(other, hypoxic=(*other.hypoxic, *given.hypoxic), ratios=(*other.ratios, *given.ratios))
    assert "T/M > 2" in labels(key_pictures(study(), SESSION, both, "1.5")[0])
    axial_picture = key_pictures(study(), SESSION, other, "1.5")[0]
    assert labels(axial_picture) == {"Tumour 1", "Muscle 1"}
    assert axial_picture.bar is not None
    assert (axial_picture.bar.muscle_mean, axial_picture.bar.level) == (None, None)


def test_without_tumour_the_whole_pet_is_shown() -> None:
    taken = key_pictures(study(), Session("case"), assessment(), "1.5")
    assert taken[0].mm_per_px == pytest.approx(200 / 480)


def test_not_loaded_gives_no_picture() -> None:
    assert key_pictures(study(loaded=False), SESSION, assessment(), "1.5") == ()


def test_mip_line_marks_the_axial_picture() -> None:
    seen = key_pictures(study(), SESSION, assessment(), "1.5")[3]
    (line,) = seen.outlines
    assert not line.closed
    top_mm = -78.0 + 39 * 4 + 2
    assert (line.points_px[:, 1] + 0.5) * seen.mm_per_px == pytest.approx([top_mm - HOT_MM[2]] * 2)
    assert seen.rgb.shape[0] * seen.mm_per_px == pytest.approx(160)


def test_same_inputs_give_the_same_bytes() -> None:
    first, again = (key_pictures(study(), SESSION, assessment(), "1.5") for _ in range(2))
    assert all((a.rgb == b.rgb).all() for a, b in zip(first, again, strict=True))


def test_the_projection_names_the_kind_of_suv_with_its_formula() -> None:
    lean = replace(SUV, kind="lbmjanma", label="SUVlbm (Janmahasatian)")
    taken = key_pictures(study(), SESSION, assessment(lean), "1.5")
    assert taken[3].caption == "MIP, anterior, SUVlbm (Janmahasatian) 0 … 3 g/ml"


def test_a_region_brought_from_another_scan_says_so_and_has_a_dash_of_its_own() -> None:
    taken = key_pictures(study(), SESSION, assessment(), "1.5", brought={"m": "from scan B"})[0]
    (line,) = {(o.label, o.dash) for o in taken.outlines if o.label.startswith("Muscle 1")}
    assert line == ("Muscle 1 (from scan B)", BROUGHT_DASH)
    assert BROUGHT_DASH not in {role_style(role)[1] for role in Role}
    (own,) = {o.label for o in key_pictures(study(), SESSION, assessment(), "1.5")[0].outlines} & {"Muscle 1"}
    assert own == "Muscle 1"
