"""Owns the cases of geometry: order, gaps, unevenness, tilt, orientation, spacing, mixtures."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import UID

from atsmviewer.model.grid import Vector, vector
from tests.hazards.case import RIGHT, Corpus, refused, told, withheld
from tests.hazards.phantom import SHAPE, VOXEL_MM, Files, write
from tests.oracle.scanner import ds

geometry = Corpus("Geometry")
add = geometry.add


def _both(files: Files) -> list[Dataset]:
    return [*files.pet, *files.ct]


@geometry("nothing: the phantom study itself", RIGHT, valid=True)
def baseline(_: Files) -> None:
    pass


@geometry("files in reversed order", RIGHT, valid=True)
def reversed_files(files: Files) -> None:
    files.pet.reverse()
    files.ct.reverse()


@geometry("InstanceNumber runs against the position", RIGHT)
def instance_number_lies(files: Files) -> None:
    for k, one in enumerate(files.pet):
        one.InstanceNumber = one.ImageIndex = len(files.pet) - k


@geometry("every slice has InstanceNumber 1", RIGHT)
def instance_number_the_same(files: Files) -> None:
    for one in _both(files):
        one.InstanceNumber = 1


@geometry("no slice has an InstanceNumber", RIGHT)
def instance_number_absent(files: Files) -> None:
    for one in _both(files):
        del one.InstanceNumber


@geometry("file names sort otherwise than the slices", RIGHT, valid=True)
def names_lie(files: Files) -> None:
    order = [3, 7, 0, 9, 1, 8, 2, 6, 4, 5]
    files.pet = [files.pet[k] for k in order]


@geometry("SliceLocation runs against the position", RIGHT)
def slice_location_lies(files: Files) -> None:
    for k, one in enumerate(files.pet):
        one.SliceLocation = ds(-12.5 * k)


@geometry("SliceThickness and SpacingBetweenSlices say 1 mm", RIGHT)
def thickness_lies(files: Files) -> None:
    for one in _both(files):
        one.SliceThickness = one.SpacingBetweenSlices = "1"


@geometry("slices thicker than their spacing, as overlapping reconstructions are", RIGHT, valid=True)
def thick_slices(files: Files) -> None:
    for one in files.ct:
        one.SliceThickness = "20"


def _without(files: Files, *slices: int) -> None:
    files.pet = [one for k, one in enumerate(files.pet) if k not in slices]


add(
    "slice_missing_inside",
    "PET slice 5 of 10 missing, through both regions",
    withheld("gap"),
    lambda files: _without(files, 4),
)
add(
    "slices_missing_inside",
    "two PET slices missing at different places",
    withheld("gap"),
    lambda files: _without(files, 3, 6),
)
add(
    "slices_missing_in_a_row",
    "two neighbouring PET slices missing",
    withheld("gap"),
    lambda files: _without(files, 4, 5),
)
add(
    "slice_missing_at_end",
    "last PET slice missing, outside the regions",
    told("MISSING_AT_THE_END"),
    lambda files: _without(files, 9),
)
add(
    "slice_missing_at_start",
    "first PET slice missing, outside the regions",
    told("MISSING_AT_THE_END"),
    lambda files: _without(files, 0),
)
add(
    "slice_missing_beside",
    "PET slice 9 of 10 missing, outside the regions",
    told("MISSING_AT_THE_END"),
    lambda files: _without(files, 8),
)
add(
    "most_slices_missing",
    "only PET slices 1, 4 and 10 are there",
    withheld("GEOMETRY_IRREGULAR"),
    lambda files: _without(files, *(k for k in range(SHAPE[0]) if k not in (0, 3, 9))),
)


@geometry("one CT slice missing, at the muscle's edge", RIGHT)
def ct_slice_missing(files: Files) -> None:
    del files.ct[6]


def _moved(one: Dataset, mm: tuple[float, float, float]) -> None:
    one.ImagePositionPatient = [ds(float(a) + b) for a, b in zip(one.ImagePositionPatient, mm, strict=True)]


@geometry("one PET slice 4 mm off its place (a third of the spacing)", withheld("GEOMETRY_IRREGULAR"))
def slice_displaced(files: Files) -> None:
    _moved(files.pet[5], (0, 0, 4.0))


@geometry("PET slices 12.5 and 20 mm apart in turn", withheld("GEOMETRY_IRREGULAR"))
def spacing_irregular(files: Files) -> None:
    for k, one in enumerate(files.pet):
        _moved(one, (0, 0, 7.5 * (k // 2)))


@geometry("PET slices 12.5 mm apart in the lower half and 18 mm in the upper", withheld("GEOMETRY_IRREGULAR"))
def spacing_changes(files: Files) -> None:
    for k, one in enumerate(files.pet):
        _moved(one, (0, 0, 5.5 * max(k - 4, 0)))


@geometry("PET positions rounded to a tenth of a millimetre", RIGHT, valid=True)
def positions_rounded(files: Files) -> None:
    for k, one in enumerate(files.pet):
        _moved(one, (0, 0, 0.04 * (-1) ** k if k not in (0, 9) else 0))


@geometry("one CT slice displaced sideways by 5 mm", RIGHT, fused=True)
def ct_displaced_sideways(files: Files) -> None:
    _moved(files.ct[7], (5.0, 0, 0))


@geometry("CT slices uneven; the PET is not", RIGHT)
def ct_irregular(files: Files) -> None:
    for k, one in enumerate(files.ct):
        _moved(one, (0, 0, 3.0 * max(k - 6, 0)))


@geometry("CT with a tilted gantry: each slice moved by 2 mm along its columns", told("TILTED"), valid=True)
def ct_tilted(files: Files) -> None:
    for k, one in enumerate(files.ct):
        _moved(one, (0, 2.0 * (k - 4), 0))


def _oriented(files: Files, row: Vector, column: Vector, shape: tuple[int, int, int]) -> None:
    """The same body scanned along other axes of the patient."""
    normal = np.cross(row, column)
    low, high = files.body @ (0, 0, 0, 1), files.body @ (*(n - 1 for n in SHAPE), 1)
    ways = (np.array(row), np.array(column), normal)
    start = sum(np.where(way > 0.5, low[:3], 0) + np.where(way < -0.5, high[:3], 0) for way in ways)
    files.make(shape=shape, row=row, column=column, place_mm=vector(np.asarray(start)))


S, R, C = SHAPE
X, Y, Z = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
NX, NY, NZ = (-1.0, 0.0, 0.0), (0.0, -1.0, 0.0), (0.0, 0.0, -1.0)
for name, what, row, column, shape in (
    ("feet_first", "feet first supine: columns run to the right, slices downwards", NX, Y, (S, R, C)),
    ("rows_flipped", "rows run from back to front", X, NY, (S, R, C)),
    ("prone", "head first prone: rows and columns both turned", NX, NY, (S, R, C)),
    ("sagittal", "sagittal acquisition", Y, NZ, (C, S, R)),
    ("coronal", "coronal acquisition", X, NZ, (R, S, C)),
    ("coronal_up", "coronal acquisition with rows upwards", X, Z, (R, S, C)),
    ("transposed", "axial with rows and columns exchanged", Y, X, (S, C, R)),
):
    add(name, what, RIGHT, partial(_oriented, row=row, column=column, shape=shape), valid=True)


@geometry("patient turned by 20 degrees about two axes: oblique slices", RIGHT, valid=True)
def oblique(files: Files) -> None:
    a = np.radians(20)
    about_z = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]])
    about_x = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
    turn = about_x @ about_z
    way = [vector(turn[:, k]) for k in range(2)]
    files.body = replace(files.scan, row=way[0], column=way[1]).affine
    files.make(row=way[0], column=way[1])


@geometry("pixels of 10 x 12.5 mm: rows nearer to each other than columns", RIGHT, valid=True)
def pixels_anisotropic(files: Files) -> None:
    files.make(spacing_mm=(VOXEL_MM, 10.0, VOXEL_MM))
    files.body = files.scan.affine
    files.make()


@geometry("CT of finer slices and pixels than the PET", RIGHT, valid=True)
def ct_finer(files: Files) -> None:
    half = VOXEL_MM / 2
    files.make(ct=replace(files.scan, spacing_mm=(half, half, half)), shape=SHAPE)
    fine = replace(files.scan, spacing_mm=(half, half, half))
    pet = files.pet
    files.make(ct=fine, shape=(2 * S, 2 * R, 2 * C))
    files.pet = pet


@geometry("CT that covers only the lower slices of the PET", RIGHT, valid=True)
def ct_shorter(files: Files) -> None:
    files.ct = files.ct[:6]


@geometry("three PET slices of another orientation mixed in", told("OTHER_STACK"))
def orientations_mixed(files: Files) -> None:
    others = files.series(replace(files.scan, row=Y, column=NZ))[:3]
    for k, one in enumerate(others):
        one.SOPInstanceUID = one.file_meta.MediaStorageSOPInstanceUID = UID(f"{one.SOPInstanceUID}.9{k}")
    files.pet += others


@geometry("three PET slices of another matrix size mixed in", told("OTHER_STACK"))
def sizes_mixed(files: Files) -> None:
    others = files.series(files.scan, (3, 6, 8))
    for k, one in enumerate(others):
        one.SOPInstanceUID = one.file_meta.MediaStorageSOPInstanceUID = UID(f"{one.SOPInstanceUID}.9{k}")
    files.pet += others


@geometry("two equal halves of different orientation in one series", refused("NO_PET, STACKS_AMBIGUOUS"))
def stacks_equal(files: Files) -> None:
    for one in files.pet[5:]:
        one.ImageOrientationPatient = [ds(v) for v in (*Y, *NZ)]


@geometry("a PET of one slice", refused("NO_PET, SINGLE_SLICE"))
def one_slice(files: Files) -> None:
    files.pet = files.pet[4:5]


@geometry("no PET slice has a position", refused("NO_PET, NO_GEOMETRY"))
def positions_absent(files: Files) -> None:
    for one in files.pet:
        del one.ImagePositionPatient


@geometry("direction cosines of one PET slice are no unit vectors, inside the regions", withheld("gap"))
def cosines_broken(files: Files) -> None:
    files.pet[4].ImageOrientationPatient = ["2", "0", "0", "0", "1", "0"]


@geometry("PixelSpacing is 0 in every PET slice", refused("NO_PET, NO_GEOMETRY"))
def pixel_spacing_zero(files: Files) -> None:
    for one in files.pet:
        one.PixelSpacing = ["0", "0"]


@geometry(
    "PixelSpacing is absent in every CT slice, ImagerPixelSpacing not", told("NO_GEOMETRY"), fused=False
)
def ct_pixel_spacing_absent(files: Files) -> None:
    for one in files.ct:
        del one.PixelSpacing
        one.ImagerPixelSpacing = ["5", "5"]


@geometry("a CT slice stands twice under two names", told("DUPLICATE"))
def ct_copied(files: Files) -> None:
    files.write()
    write(files.ct[3:4], files.folder / "copy")
