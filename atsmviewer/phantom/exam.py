"""Owns what a scanner stores of a known SUV: the standard's formulas read backwards, for one made-up exam."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from atsmviewer.phantom.nuclide import CU60, CU64, Nuclide
from atsmviewer.phantom.suvobject import SLICES

_UNCODED = ("", "", "")
"""A tracer that a header names in words only, as those of the published objects."""
# Half-lives and positron fractions: ENSDF decay data sets (R18); codes: PS3.16 CID 4020 and 4021.
F18 = Nuclide("18F", 6586.2, 0.9673, ("77004003", "SCT", "^18^Fluorine"), "FDG", _UNCODED)
GA68 = Nuclide("68Ga", 4062.6, 0.8891, ("35337001", "SCT", "^68^Gallium"), "Ga68-PSMA", _UNCODED)
ZR89 = Nuclide("89Zr", 282276.0, 0.2274, ("63360001", "SCT", "^89^Zirconium"), "Zr89-DFO", _UNCODED)
CU61 = Nuclide(
    "61Cu", 12009.6, 0.614, ("71425003", "SCT", "^61^Copper"), "Cu-61 ATSM", ("126701", "DCM", "ATSM Cu^61^")
)
CU62 = Nuclide(
    "62Cu", 580.2, 0.978, ("422934004", "SCT", "^62^Copper"), "Cu-62 ATSM", ("126702", "DCM", "ATSM Cu^62^")
)
COPPER = (CU60, CU61, CU62, CU64)

DU_BOIS = 0.007184


@dataclass(frozen=True)
class Exam:
    """What truly happened: who, which dose, when, and how the scanner was told to correct for decay."""

    nuclide: Nuclide = F18
    injected_at: datetime = datetime(2025, 1, 1, 10)
    reference: datetime = datetime(2025, 1, 1, 11)
    """What a START series is decay-corrected to."""
    begun_s: tuple[float, ...] = (0.0,)
    """When acquisition of each bed began, seconds after ``reference``; the slices are shared out evenly."""
    duration_s: float = 300.0
    decay: str = "START"
    """"START", "ADMIN" or "NONE" (0054,1102)."""
    injected_bq: float = 368.08e6
    weight_kg: float = 70.0
    height_m: float = 1.75
    sex: str = "O"
    manufacturer: str = "SYNTHETIC"

    def begun(self, k: int) -> datetime:
        """When the acquisition of slice ``k`` began."""
        return self.reference + timedelta(seconds=self.begun_s[k * len(self.begun_s) // SLICES])

    def representative(self, k: int) -> datetime:
        """When the activity in slice ``k`` was its mean over the frame (R8)."""
        return self.begun(k) + timedelta(seconds=self.nuclide.mean_activity_s(self.duration_s))

    def bqml_per_suv(self, k: int) -> float:
        """The activity concentration that is stored for SUVbw 1 in slice ``k``, Bq/ml.

        SUVbw is the part of the injected activity per part of the body's mass, 1 g being 1 ml (R17),
        so SUVbw 1 is D / (W x 1000) at injection; START pixels state it as it is left at the reference,
        ADMIN as it was at injection, NONE as its mean over the frame, (1 - e^-x) / x with x = lambda T (R9).
        """
        at_injection = self.injected_bq / (self.weight_kg * 1000.0)
        if self.decay == "ADMIN":
            return at_injection
        if self.decay == "START":
            return at_injection * self._left_at(self.reference)
        x = math.log(2.0) * self.duration_s / self.nuclide.half_life_s
        return at_injection * self._left_at(self.begun(k)) * -math.expm1(-x) / x

    def mass_kg(self, kind: str) -> float:
        """The mass that SUV of a kind refers to, kg; sex O is the mean of both formulas (R14, R17)."""
        if kind == "BW":
            return self.weight_kg
        formula = {"LBMJAMES128": self._james, "LBMJANMA": self._janmahasatian, "IBW": self._ideal}[kind]
        of_sex = {"M": (True,), "F": (False,), "O": (True, False)}[self.sex]
        return sum(formula(male) for male in of_sex) / len(of_sex)

    def surface_cm2(self) -> float:
        """Body surface in cm², Du Bois."""
        return float(DU_BOIS * self.weight_kg**0.425 * (self.height_m * 100.0) ** 0.725 * 1e4)

    def _left_at(self, moment: datetime) -> float:
        return self.nuclide.left_after((moment - self.injected_at).total_seconds())

    def _james(self, male: bool) -> float:
        square = (self.weight_kg / (self.height_m * 100.0)) ** 2
        return 1.10 * self.weight_kg - 128.0 * square if male else 1.07 * self.weight_kg - 148.0 * square

    def _janmahasatian(self, male: bool) -> float:
        index = self.weight_kg / self.height_m**2
        return 9270.0 * self.weight_kg / (6680.0 + 216.0 * index if male else 8780.0 + 244.0 * index)

    def _ideal(self, male: bool) -> float:
        above_cm = self.height_m * 100.0 - 152.0
        return 48.0 + 1.06 * above_cm if male else 45.5 + 0.91 * above_cm
