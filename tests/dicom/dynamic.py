"""Owns made-up dynamic and gated PET series with a truth in closed form, written by pydicom alone."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from pydicom.dataset import FileDataset
from pydicom.uid import UID

from tests.dicom.synthetic import PET_SERIES, pet

HALF_LIFE_S = 45723.6
"""Of 64Cu, as the made-up header states it."""
INJECTED_BQ, WEIGHT_G = 4.0e8, 70500.0
INJECTED = datetime(2024, 2, 29, 9, 0, 0, 250000)
BEGAN = datetime(2024, 2, 29, 10, 0)
"""SeriesTime, which START corrects to."""


@dataclass(frozen=True)
class Part:
    """One frame: its start after the series', its duration, and the activity (Bq/ml) at injection's time.

    ``slope`` is that of its stored words, ``at_injection_bqml`` what every voxel holds then.
    """

    start_s: float
    duration_s: float
    slope: float
    at_injection_bqml: float


SIX = (
    Part(0.0, 30.0, 0.5, 2000.0),
    Part(30.0, 60.0, 0.75, 3500.0),
    Part(90.0, 120.0, 1.25, 5200.0),
    Part(210.0, 300.0, 1.5, 6100.0),
    Part(510.0, 300.0, 2.0, 6500.0),
    Part(900.0, 600.0, 2.5, 6900.0),
)


def decayed(seconds: float) -> float:
    """What is left after a time."""
    return math.exp(-math.log(2) * seconds / HALF_LIFE_S)


def mean_activity_s(duration_s: float) -> float:
    """How far into a frame its mean activity is met: (1/λ) ln(λT / (1 - e^-λT)) (PS3.3 C.8.9.4.1.5)."""
    x = math.log(2) * duration_s / HALF_LIFE_S
    return math.log(x / -math.expm1(-x)) * HALF_LIFE_S / math.log(2)


def pixel_bqml(part: Part, mode: str) -> float:
    """What a scanner stores: corrected to the series' start, to the injection, or as it was on average."""
    waited_s = (BEGAN - INJECTED).total_seconds()
    if mode == "ADMIN":
        return part.at_injection_bqml
    if mode == "START":
        return part.at_injection_bqml * decayed(waited_s)
    x = math.log(2) * part.duration_s / HALF_LIFE_S
    return part.at_injection_bqml * decayed(waited_s + part.start_s) * -math.expm1(-x) / x


def true_suv(part: Part) -> float:
    """Activity at injection's time over injected activity per gram."""
    return part.at_injection_bqml / (INJECTED_BQ / WEIGHT_G)


Change = Callable[[FileDataset, int, int], None]


def dynamic(
    mode: str = "START", parts: tuple[Part, ...] = SIX, slices: int = 4, change: Change | None = None
) -> list[FileDataset]:
    """Every slice of every frame, frame by frame; ``change`` gets each with its frame and place."""
    made = []
    for number, part in enumerate(parts):
        words = round(pixel_bqml(part, mode) / part.slope)
        slope = pixel_bqml(part, mode) / words
        frame = pet(
            stored=np.full((slices, 5, 4), words, np.int16), slopes=[slope] * slices, step=(0.0, 0.0, 3.0)
        )
        for place, one in enumerate(frame):
            at(one, number, place, part.start_s, part.duration_s)
            one.DecayCorrection = mode
            if mode == "NONE":
                one.CorrectedImage = [c for c in one.CorrectedImage if c != "DECY"]
            if change is not None:
                change(one, number, place)
        made += frame
    return made


def at(one: FileDataset, number: int, place: int, start_s: float, duration_s: float) -> None:
    """Give a slice its frame's identity and times."""
    began = BEGAN + timedelta(seconds=start_s)
    one.SOPInstanceUID = one.file_meta.MediaStorageSOPInstanceUID = UID(
        f"{PET_SERIES}.{number + 1}.{place + 1}"
    )
    one.AcquisitionDate, one.AcquisitionTime = f"{began:%Y%m%d}", f"{began:%H%M%S.%f}"
    one.ActualFrameDuration = round(duration_s * 1000)
    one.FrameReferenceTime = f"{(start_s + mean_activity_s(duration_s)) * 1000:.10g}"
    one.InstanceNumber = 1000 - number * 10 - place


def names(count: int) -> list[str]:
    """File names in an order that is none of time, place or number."""
    return [f"{(7919 * k + 13) % 99991:05d}" for k in range(count)]
