"""Owns the noun of one SUV case: what truly happened, what the header makes of it, the voxels as stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from atsmviewer.model.grid import Grid
from atsmviewer.model.volume import Unit, Volume
from atsmviewer.phantom import suvobject
from atsmviewer.phantom.exam import Exam
from atsmviewer.phantom.headers import Values
from atsmviewer.phantom.identity import uid_of

UNITS = {"GML": Unit.SUV, "CM2ML": Unit.CM2ML, "CNTS": Unit.COUNTS, "PROPCNTS": Unit.STORED}


@dataclass(frozen=True)
class SuvCase:
    """One object with one trap in its header; it must read 0.20, 1.00 and 4.00, or be refused."""

    name: str
    what: str
    """The trap in a line, for the table."""
    exam: Exam = field(default_factory=Exam)
    changes: Values = field(default_factory=dict)
    """Header values by keyword that replace the true ones; None leaves the element out."""
    refused: bool = False
    entered: Mapping[str, str] = field(default_factory=dict)
    """What the reader enters before measuring, name to value."""
    units: str = "BQML"
    suv_type: str | None = None
    philips: tuple[float | None, float | None] = (None, None)
    """The vendor's factors (7053,xx00), SUVbw per count, and (7053,xx09), Bq/ml per count."""
    several_slopes: bool = False
    enhanced: bool = False

    @property
    def series_uid(self) -> str:
        """The UID of its one series."""
        return uid_of("suv", self.name, "series")

    @property
    def grid(self) -> Grid:
        """Where it lies."""
        return suvobject.lattice_of(uid_of("suv", self.name, "space"))

    def per_suv(self, k: int) -> float:
        """The stored value of SUVbw 1 in slice ``k``, in the case's unit (R4, R17)."""
        exam, (suv_per_count, bqml_per_count) = self.exam, self.philips
        if self.units == "GML":
            return exam.mass_kg(self.suv_type or "BW") / exam.weight_kg
        if self.units == "CM2ML":
            return exam.surface_cm2() / (exam.weight_kg * 1000.0)
        if bqml_per_count is not None:
            return exam.bqml_per_suv(k) / bqml_per_count
        return exam.bqml_per_suv(k) if suv_per_count is None else 1.0 / suv_per_count

    def volume(self) -> Volume:
        """The voxels as the scanner stored them, float32 after rescale."""
        per_suv = np.array([self.per_suv(k) for k in range(suvobject.SLICES)])
        voxels = (suvobject.suv() * per_suv[:, None, None]).astype(np.float32)
        return Volume(self.grid, voxels, UNITS.get(self.units, Unit.BQML), self.series_uid)

    def slopes(self, stored_max: int) -> tuple[float, ...]:
        """The rescale slope of each slice, one for all unless the case has several."""
        top = float(self.volume().voxels.max()) * (1 + 1e-6) / stored_max
        return tuple(top * (1 + 0.37 * k * self.several_slopes) for k in range(suvobject.SLICES))
