"""Owns fuzz then compare: one slice's header of a good scan is damaged, and the numbers are looked at."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from random import Random

import pydicom
from pydicom import config

from atsmviewer.model.assessment import Depth
from atsmviewer.model.errors import ReviewError
from atsmviewer.quant.assess import assess
from atsmviewer.workflow.opening import Case as Opened
from atsmviewer.workflow.opening import open_case
from tests.dicom.fuzzing_mutators import GENTLE, MUTATORS, mutated
from tests.hazards.case import Came
from tests.hazards.judge import NOTED, WITHIN, codes_of, drawn, of_frame
from tests.hazards.phantom import VOXEL_MM, Files

PIXELS = b"\xe0\x7f\x10\x00OW\x00\x00"
SLOPE, PLACE = ("RescaleSlope", "RescaleIntercept"), ("ImagePositionPatient",)
DAMAGED = 4
"""The slice through the middle of both regions."""


@dataclass
class OneSlice:
    """A scan in a folder, one slice of which is damaged again and again."""

    folder: Path
    seed: int

    def __post_init__(self) -> None:
        self.files = Files(self.folder)
        self.files.ct = []
        self.path = self.files.write()[DAMAGED]
        self.data = self.path.read_bytes()
        self.others = [path.read_bytes() for path in self.files.written[:DAMAGED]]
        self.before = self._measured(open_case(self.folder))[1]

    def input(self, k: int) -> tuple[bytes, str]:
        """The k-th damaged slice; its pixels are not touched, since nothing can tell of other pixels."""
        at = self.data.rindex(PIXELS)
        rng = Random(f"{self.seed}:{k}")
        mutators = GENTLE if rng.random() < 0.8 else MUTATORS
        header, done = mutated(self.data[:at], rng, self.others, mutators)
        return header + self.data[at:], done

    def judged(self, k: int) -> Came:
        """What the k-th comes to; "wrong" where a number is another and nothing says so.

        "its own slope" is a slice that states another rescale slope, which is as true as the one before;
        "its own place" one that lies within the 5 % of the spacing that a slice may be off (R35).
        """
        data, _ = self.input(k)
        self.path.write_bytes(data)
        try:
            opened = open_case(self.folder)
        except ReviewError as error:
            return Came("refused", error.code)
        finally:
            self.path.write_bytes(self.data)
        came, said = self._measured(opened)
        if came.how != "wrong":
            return came
        if said - self.before:
            return Came("flagged", ", ".join(sorted(said - self.before)))
        if _stated(data, *SLOPE) != _stated(self.data, *SLOPE):
            return Came("its own slope")
        off_mm = max(
            abs(a - b) for a, b in zip(_stated(data, *PLACE), _stated(self.data, *PLACE), strict=False)
        )
        near = 0 < off_mm <= 0.05 * VOXEL_MM and self._measured(opened, 1e-3)[0].how == "right"
        return Came("its own place") if near else came

    def _measured(self, opened: Opened, within: float = WITHIN) -> tuple[Came, set[str]]:
        """The worst that any frame comes to, and every code that is said."""
        study, came, said = opened.study, [], set[str]()
        for acquisition in study.acquisitions:
            whole = assess(study, drawn(study, self.files, acquisition), Depth.LIVE)
            said |= codes_of(opened, whole) - NOTED.keys()
            frames = [whole.at(acquisition.uid, frame.number) for frame in acquisition.frames]
            came += [of_frame(one, acquisition, self.files.truth, within) for one in frames]
        wrong = [one for one in came if one.how == "wrong"]
        return (wrong or came)[0], said


def _stated(data: bytes, *keywords: str) -> tuple[float, ...]:
    """Values of a header as pydicom alone reads them; none where it cannot."""
    config.settings.reading_validation_mode = config.IGNORE
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            one = pydicom.dcmread(BytesIO(data), force=True)
            found = [
                float(v)
                for name in keywords
                for v in (one[name].value if one[name].VM > 1 else [one[name].value])
            ]
        except Exception:  # noqa: BLE001  a file that pydicom does not read states nothing
            return ()
    return tuple(found) if all(map(math.isfinite, found)) else ()
