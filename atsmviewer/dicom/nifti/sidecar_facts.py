"""Owns what a side-car says of a PET: BIDS keys, those of dcm2niix and our own, as facts with their key.

Source: BIDS, Positron Emission Tomography, metadata fields (units, sign and origin of every time).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from atsmviewer.dicom.header import nuclides
from atsmviewer.dicom.nifti.sidecar import Sidecar
from atsmviewer.dicom.nifti.sidecar_times import Times, times_of
from atsmviewer.model.facts import PetFacts, SliceTime

_UNITS = {
    "bq/ml": ("BQML", 1.0),
    "bqml": ("BQML", 1.0),
    "kbq/ml": ("BQML", 1e3),
    "mbq/ml": ("BQML", 1e6),
    "nci/ml": ("BQML", 37.0),
    "suv": ("GML", 1.0),
    "suvbw": ("GML", 1.0),
    "g/ml": ("GML", 1.0),
    "gml": ("GML", 1.0),
    "counts": ("CNTS", 1.0),
}
"""A unit as written, in lower case: the defined term of Units (0054,1001), and how many of it one is."""
_BQ = {
    **{"bq": 1.0, "kbq": 1e3, "mbq": 1e6, "gbq": 1e9, "uci": 3.7e4, "µci": 3.7e4, "μci": 3.7e4},
    **{"mci": 3.7e7, "ci": 3.7e10},
}
_NOT_DONE = re.compile(
    r"(n|0|off|false)$|(none|nil)\b|(no|not|without)\b(?![ -]*(contrast|scatter|randoms?))"
    r"|.*\b(none|nac|(ac|correction) off|un-?corrected"
    r"|(no|not|non|without)[ -](ac|attenuation|correct\w*|applied|done|made|performed))\b",
    re.DOTALL,
)
"""What a text begins with or holds that says that a correction was not made; it may lack others' parts
("CT-based, without contrast")."""
_UNSAID = ("", "unknown", "n/a", "na", "?", "-")
"""Texts by which a side-car says nothing of a correction."""
_MODES = ("START", "ADMIN", "NONE")
_SAME = 1e-3
"""Two keys that give one number may round it this differently."""
_MOMENTS = (
    "injection_datetime",
    "injection_time",
    "decay_reference_datetime",
    "series_datetime",
    "study_date",
)


@dataclass(frozen=True)
class Told:
    """Facts of each frame, when each began and lasted, and what one pixel is multiplied by (kBq/ml: 1000)."""

    frames: tuple[PetFacts, ...]
    times: Times
    factor: float = 1.0


def facts_of(side: Sidecar | None, frames: int, slices: int) -> Told:
    """The PET facts of ``frames`` frames of ``slices`` slices; without a side-car nothing is known.

    Raises ReviewError("SIDECAR_BROKEN") where a value is of another kind than its key asks for, cannot
    be, or contradicts another.
    """
    if side is None:
        side = Sidecar(Path(), "", {})
    found = _Facts(side)
    times = times_of(side, frames, _decay(found))
    factor = _units(found)
    _patient(found)
    _tracer(found)
    _corrections(found, times)
    for name in _MOMENTS:
        found.put(name, getattr(times, name), times.source)
    whole = replace(PetFacts(), **found.values, sources=tuple(found.sources.items()))
    each = zip(times.starts, times.durations_s, times.offsets_s, strict=True)
    return Told(
        tuple(replace(whole, slices=(SliceTime(*one[:2], None, None, one[2]),) * slices) for one in each),
        times,
        factor,
    )


class _Facts:
    """Facts as they are gathered, each from one key or from several that agree."""

    def __init__(self, side: Sidecar) -> None:
        self.side = side
        self.values: dict[str, Any] = {}
        self.sources: dict[str, str] = {}

    def put(self, name: str, value: object, key: str) -> None:
        """Keep a fact; SIDECAR_BROKEN where another key said it differently."""
        if value is None:
            return
        was = self.values.get(name)
        if was is not None and not _agree(was, value):
            raise self.side.broken(f"{key} and {self.sources[name].split(' in ')[0]} disagree")
        self.values.setdefault(name, value)
        self.sources.setdefault(name, f"{key} in {self.side.name}")

    def number(self, name: str, *keys: str) -> None:
        """A number above zero from whichever of the keys is there; 0 is "not entered" (R14)."""
        for key in keys:
            self.put(name, self.side.number(key, 0.0) or None, key)

    def text(self, name: str, *keys: str) -> None:
        """A text from whichever of the keys is there."""
        for key in keys:
            self.put(name, self.side.text(key) or None, key)


def _agree(a: object, b: object) -> bool:
    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, rel_tol=_SAME)
    return a == b


def _units(found: _Facts) -> float:
    """Units as DICOM writes them; others than those known stay as they are written and give no number."""
    factors = set()
    for key in ("Units", "units"):
        written = found.side.text(key) or ""
        plain = written.lower().replace(" ", "").replace("/cc", "/ml")
        term, factor = _UNITS.get(plain, (written.upper() or None, 1.0))
        found.put("units", term, key)
        if plain == "suvbw":
            found.put("suv_type", "BW", key)
        factors |= {factor} if term else set()
    if len(factors) > 1:
        raise found.side.broken("Units and units disagree")
    found.text("suv_type", "SUVType", "suv_type")
    return factors.pop() if factors else 1.0


def _patient(found: _Facts) -> None:
    side = found.side
    found.number("weight_kg", "weight_kg", "PatientWeight", "SubjectWeight")
    weight, unit = side.number("BodyWeight", 0.0), (side.text("BodyWeightUnit") or "kg").lower()
    if weight and unit not in ("kg", "g"):
        raise side.broken(f"BodyWeightUnit {unit!r} is neither kg nor g")
    found.put("weight_kg", (weight or 0.0) * (1.0 if unit == "kg" else 1e-3) or None, "BodyWeight")
    found.number("height_m", "height_m", "PatientSize")
    for key in ("sex", "PatientSex"):
        sex = side.text(key)
        found.put("sex", None if not sex else sex[0].upper(), key)
    species = (side.text("species") or "").lower()
    found.put("species", None if species in ("", "human", "homo sapiens") else species, "species")
    found.text("manufacturer", "Manufacturer")


def _tracer(found: _Facts) -> None:
    side = found.side
    found.number("injected_activity_bq", "injected_activity_bq", "RadionuclideTotalDose")
    amount, unit = side.number("InjectedRadioactivity", 0.0), side.text("InjectedRadioactivityUnits")
    if amount and unit is not None and unit.lower() not in _BQ:
        raise side.broken(f"InjectedRadioactivityUnits {unit!r} is no unit of activity")
    if amount and unit is not None:
        found.put("injected_activity_bq", amount * _BQ[unit.lower()], "InjectedRadioactivity")
    found.number("half_life_s", "half_life_s", "RadionuclideHalfLife")
    found.number("positron_fraction", "RadionuclidePositronFraction")
    for key in ("nuclide", "TracerRadionuclide"):
        found.put("nuclide", nuclides.of_text(side.text(key)), key)
    found.text("radiopharmaceutical", "radiopharmaceutical", "TracerName", "Radiopharmaceutical")
    named = nuclides.of_text(str(found.values.get("radiopharmaceutical", "")))
    found.put("tracer_nuclide", named, "TracerName")


def _decay(found: _Facts) -> str | None:
    """DecayCorrection in DICOM's words, where a key of theirs says it."""
    side = found.side
    for key in ("decay_correction", "DecayCorrection"):
        mode = (side.text(key) or "").upper() or None
        if mode not in (None, *_MODES):
            raise side.broken(f"{key} is none of {', '.join(_MODES)}")
        found.put("decay_correction", mode, key)
    mode = found.values.get("decay_correction")
    return None if mode is None else str(mode)


def _corrections(found: _Facts, times: Times) -> None:
    """What BIDS says of decay, and CorrectedImage as DICOM writes it where attenuation is spoken of."""
    side = found.side
    found.put("decay_correction", times.mode, "ImageDecayCorrected")
    attenuation = _done(side, "AttenuationCorrection", "AttenuationCorrectionMethod")
    stated = side.truth("attenuation_corrected")
    if None not in (stated, attenuation) and stated is not attenuation:
        raise side.broken("attenuation_corrected and AttenuationCorrection disagree")
    attenuation = stated if attenuation is None else attenuation
    listed = side.texts("CorrectedImage")
    if listed is not None:
        found.put("corrected_image", listed, "CorrectedImage")
    scatter = _done(side, "ScatterCorrectionMethod")
    randoms = _done(side, "RandomsCorrectionMethod")
    if attenuation is None or listed is not None:
        return
    decayed = found.values.get("decay_correction") in ("START", "ADMIN")
    done = {"ATTN": attenuation, "DECY": decayed, "SCAT": scatter, "RAN": randoms}
    codes = tuple(code for code, is_done in done.items() if is_done)
    found.put("corrected_image", codes, "AttenuationCorrection")


def _done(side: Sidecar, *keys: str) -> bool | None:
    """Whether a correction that is named by its method was made; None where nothing is said."""
    for key in keys:
        method = side.text(key)
        if method:
            said = method.lower().replace("_", " ").strip()
            return None if said in _UNSAID else _NOT_DONE.match(said) is None
    return None
