"""Owns SUVbw of a classic PET series from its files: a second reading of DICOM, QIBA and IBSI (R1-R17)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

from tests.oracle import bodies, clocks, decay
from tests.oracle.times import Unknown, injection_s, reference_s

Floats = NDArray[np.float64]
PHILIPS = "Philips PET Private Group"


@dataclass(frozen=True)
class Refusal:
    """No SUV: why, in a word of this oracle's own."""

    why: str


@dataclass(frozen=True)
class Image:
    """SUVbw (slice, row, column), the factors of the slices, and their positions in LPS mm."""

    values: Floats
    factors: Floats
    positions: Floats


def pet_headers(paths: Iterable[Path]) -> list[Dataset]:
    """The PET data sets among files, ordered along the normal of their planes."""
    read = [pydicom.dcmread(path) for path in paths]
    pets = [one for one in read if str(one.get("Modality", "")) == "PT"]
    return sorted(pets, key=_height)


def suvbw(headers: list[Dataset]) -> Image | Refusal:
    """SUVbw of a series, or why there is none."""
    try:
        _alike(headers)
        factors = _factors(headers)
    except Unknown as why:
        return Refusal(str(why))
    pixels = np.stack([rescaled(one) for one in headers])
    places = np.array([[float(v) for v in one.ImagePositionPatient] for one in headers])
    return Image(pixels * factors[:, None, None], factors, places)


def rescaled(header: Dataset) -> Floats:
    """M SV + b in float64 (PS3.3 C.11.1.1.2), from the words of an uncompressed little-endian file."""
    kind = "<i2" if header.PixelRepresentation == 1 else "<u2"
    words = np.frombuffer(header.PixelData, kind).astype(np.float64)
    pixels = words[: header.Rows * header.Columns].reshape(header.Rows, header.Columns)
    return pixels * float(header.RescaleSlope) + float(header.RescaleIntercept)


def number(owner: Dataset, keyword: str) -> float | None:
    """A finite number above zero, or None."""
    try:
        value = float(owner.get(keyword) or 0)
    except (TypeError, ValueError):
        return None
    return value if math.isfinite(value) and value > 0 else None


def private(header: Dataset, group: int, creator: str, element: int) -> object:
    """A private element by its creator, or in the first block where no creator is named; or None."""
    try:
        return header.private_block(group, creator)[element].value
    except KeyError:
        nameless = (group, 0x0010) not in header
        return (
            header[group, 0x1000 + element].value
            if nameless and (group, 0x1000 + element) in header
            else None
        )


def _height(header: Dataset) -> float:
    row, column = (np.array([float(v) for v in header.ImageOrientationPatient[k : k + 3]]) for k in (0, 3))
    return float(np.cross(row, column) @ np.array([float(v) for v in header.ImagePositionPatient]))


def _tracer(header: Dataset) -> Dataset:
    items = header.get("RadiopharmaceuticalInformationSequence") or [Dataset()]
    if len(items) != 1:
        raise Unknown("INJECTIONS")
    return Dataset(items[0])


def _corrections(header: Dataset) -> frozenset[str]:
    value = header.get("CorrectedImage") or ""
    return frozenset(value if isinstance(value, MultiValue | list) else [value])


def _alike(headers: list[Dataset]) -> None:
    """R1: what a factor stands on is the same in every instance."""

    def stand(one: Dataset) -> tuple[object, ...]:
        of_tracer = ("RadionuclideTotalDose", "RadionuclideHalfLife")
        top = (str(one.get(k, "")) for k in ("Units", "DecayCorrection", "SUVType", "PatientWeight"))
        return (*top, _corrections(one), *(str(_tracer(one).get(k, "")) for k in of_tracer))

    if not headers or len({stand(one) for one in headers}) != 1:
        raise Unknown("DIFFERS")


def _factors(headers: list[Dataset]) -> Floats:
    first = headers[0]
    done = _corrections(first)
    mode = str(first.get("DecayCorrection", ""))
    if "ATTN" not in done:
        raise Unknown("ATTENUATION")
    if mode != "NONE" and not done & {"DECY", "DECAY"}:
        raise Unknown("DECAY")
    units = str(first.get("Units", ""))
    if units == "GML":
        return np.full(len(headers), _from_stored(first))
    if units == "CNTS":
        return _counts(headers, mode)
    if units != "BQML":
        raise Unknown("UNITS")
    return _activity(headers, mode)


def _from_stored(first: Dataset) -> float:
    """R5: a stored SUV kind becomes SUVbw by the ratio of masses."""
    kind = str(first.get("SUVType", "") or "BW")
    if kind == "BW":
        return 1.0
    if kind not in bodies.MASS:
        raise Unknown("SUV_TYPE")
    weight, height, sex = _weight(first), number(first, "PatientSize"), str(first.get("PatientSex", ""))
    if height is None or sex not in ("M", "F"):
        raise Unknown("BODY")
    return weight / bodies.MASS[kind](weight, height * 100, sex)


def _counts(headers: list[Dataset], mode: str) -> Floats:
    """R4: the vendor's SUV factor first, then its activity factor."""

    def of(element: int) -> list[float]:
        return [float(str(private(one, 0x7053, PHILIPS, element) or 0)) for one in headers]

    if mode != "NONE" and all(of(0x00)):
        return np.array(of(0x00))
    if all(of(0x09)):
        return np.array(of(0x09)) * _activity(headers, mode)
    raise Unknown("COUNTS")


def _weight(first: Dataset) -> float:
    weight = number(first, "PatientWeight")
    if weight is None:
        raise Unknown("WEIGHT")
    return weight / 1000 if weight > 1000 else weight


def _dose(first: Dataset) -> float:
    """R7: Bq, or MBq where it can be nothing else."""
    dose = number(_tracer(first), "RadionuclideTotalDose")
    if dose is None or dose < 60 or 1e4 <= dose < 1e6 or dose > 1e11:
        raise Unknown("DOSE")
    return dose * 1e6 if dose < 1e4 else dose


def _activity(headers: list[Dataset], mode: str) -> Floats:
    """R6, R9: SUVbw per Bq/ml of each slice."""
    first = headers[0]
    per_bq = _weight(first) * 1000 / _dose(first)
    if mode == "ADMIN":
        return np.full(len(headers), per_bq)
    half_life = number(_tracer(first), "RadionuclideHalfLife")
    if half_life is None:
        raise Unknown("HALF_LIFE")
    if mode == "START":
        at = reference_s(headers, half_life)
        elapsed = at - injection_s(first, at, half_life)
        if not 0 <= elapsed <= 5 * half_life:
            raise Unknown("UPTAKE")
        return np.full(len(headers), per_bq / decay.left(elapsed, half_life))
    if mode != "NONE":
        raise Unknown("MODE")
    return np.array([per_bq * _undecayed(one, half_life) for one in headers])


def _undecayed(header: Dataset, half_life_s: float) -> float:
    """From a frame's mean activity to that at the injection."""
    start, span = clocks.of(header, "Acquisition"), number(header, "ActualFrameDuration")
    if start is None or span is None:
        raise Unknown("FRAME")
    elapsed = start - injection_s(header, start, half_life_s)
    return 1 / (decay.left(elapsed, half_life_s) * decay.mean_left(span / 1000, half_life_s))
