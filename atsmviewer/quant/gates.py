"""Owns the gates before any number: consistency, corrections and units, for SUV and for T/M (R1, R3, R25)."""

from __future__ import annotations

from atsmviewer.model.errors import Flag, Refusal
from atsmviewer.model.facts import PetFacts
from atsmviewer.quant.beds import beds_refusal, decay_doubt, stored_undecayed

LINEAR = ("BQML", "CNTS", "GML", "CM2ML", "CPS", "PROPCNTS", "PROPCPS")
"""Units (0054,1001) in which a voxel is proportional to the activity in it."""

_RATIO_NEEDS = {
    "units",
    "corrected_image",
    "decay_correction",
    "series_datetime",
    "decay_reference_datetime",
    "ge_scan_datetime",
    "suv_type",
    "philips_suv_factor",
    "philips_activity_factor",
    "positron_fraction",
}
"""Facts that make two slices incomparable where they differ."""

_DECAY_NEEDS = {
    "weight_kg",
    "injected_activity_bq",
    "half_life_s",
    "nuclide",
    "injection_datetime",
    "injection_time",
    "series_datetime",
    "decay_reference_datetime",
    "ge_scan_datetime",
}
"""Facts that only a conversion from activity stands on."""


_NOT_HERE = {"height_m", "sex", "radiopharmaceutical", "radiopharmaceutical_code", "tracer_nuclide"}
"""Facts that, where they differ, withhold what stands on them: some kinds of SUV, the name Cu-ATSM."""


def inconsistent(facts: PetFacts) -> tuple[str, ...]:
    """The facts that differ between slices and matter for these units (R1)."""
    idle = set(_NOT_HERE)
    if facts.units not in ("BQML", "CNTS"):
        idle |= {"positron_fraction"}
    if facts.units not in ("BQML", "CNTS") or facts.decay_correction != "START":
        idle |= {"manufacturer"}
    if facts.units != "CNTS":
        idle |= {"philips_suv_factor", "philips_activity_factor"}
    if facts.units != "GML":
        idle |= {"suv_type"}
    if facts.units == "GML" and facts.suv_type in (None, "BW"):
        idle |= _DECAY_NEEDS
    return tuple(name for name in facts.inconsistent if name not in idle)


def suv_refusal(facts: PetFacts) -> Refusal | None:
    """Why no SUV can be given, whatever activity, weight and times are."""
    differ = inconsistent(facts)
    if differ:
        what = f"SUV withheld: {', '.join(differ)} differ between the slices of this series."
        return Refusal("INCONSISTENT", what, "Choose another series, or check how it was exported.")
    if facts.units is None:
        what = "SUV withheld: the header does not say in which unit the pixels are. Tag (0054,1001) is empty."
        return Refusal("UNITS_UNKNOWN", what, "Values are shown as stored. T/M does not need the unit.")
    if facts.corrected_image is None:
        what = "SUV withheld: the header does not say whether attenuation was corrected."
        remedy = "Choose a series with tag (0028,0051) CorrectedImage, or enter attenuation_corrected."
        return Refusal("CORRECTIONS_UNKNOWN", what, remedy)
    if "ATTN" not in facts.corrected_image:
        what = "This PET is not attenuation corrected. No SUV and no T/M."
        return Refusal("NOT_CORRECTED", what, "Choose another series.")
    return _decay_refusal(facts)


def _decay_refusal(facts: PetFacts) -> Refusal | None:
    """R3: decay must be corrected unless the header says that it is not; R9: no mode is ever assumed."""
    mode, doubt = facts.decay_correction, decay_doubt(facts)
    if doubt:
        code = "DECAY_CONTRADICTED" if mode == "NONE" else "DECAY_NOT_CORRECTED"
        return Refusal(code, f"SUV withheld: {doubt}.", "Choose another series.")
    if stored_undecayed(facts):
        what = "SUV withheld: pixels are SUV of different times, made without decay correction."
        remedy = "Choose a series in Bq/ml, or one that is decay-corrected."
        return Refusal("DECAY_NOT_CORRECTED", what, remedy)
    if mode in ("START", "ADMIN", "NONE"):
        return None
    said = "is not in the header" if mode is None else f"is {mode!r}, which is not known"
    what = f"SUV withheld: the decay correction {said}."
    remedy = "Choose a series with tag (0054,1102) DecayCorrection, or enter decay_correction."
    return Refusal("DECAY_CORRECTION_UNKNOWN", what, remedy)


def ratio_refusal(facts: PetFacts, half_life_s: float | None, slices: int) -> Refusal | None:
    """Why not even T/M can be given: it needs no activity, weight or clock, but comparable voxels (R25)."""
    if facts.corrected_image is not None and "ATTN" not in facts.corrected_image:
        what = "This PET is not attenuation corrected. No SUV and no T/M."
        return Refusal("NAC_RATIO", what, "Choose another series.")
    if facts.units is not None and facts.units not in LINEAR:
        what = f"No T/M: pixels in {facts.units} are not known to be proportional to activity."
        return Refusal("UNITS_RATIO", what, "Choose another series.")
    differ = [name for name in inconsistent(facts) if name in _RATIO_NEEDS]
    if differ:
        what = f"No T/M: {', '.join(differ)} differ between the slices of this series."
        return Refusal("INCONSISTENT_RATIO", what, "Choose another series.")
    return beds_refusal(facts, half_life_s, slices)


_DISTORTING = {"scatter": ("SCAT",), "randoms": ("RAN", "RANSNG", "RANSUB")}
"""Corrections (0028,0051) without which values read high, by their codes, GE's own among them."""


def _listed(facts: PetFacts, codes: tuple[str, ...]) -> bool:
    return bool(set(codes) & set(facts.corrected_image or ()))


def gate_flags(facts: PetFacts) -> tuple[Flag, ...]:
    """Doubts that do not withhold a number."""
    flags = []
    if facts.units is None:
        flags.append(Flag("UNITS_UNKNOWN", "The header does not say in which unit the pixels are."))
    if facts.corrected_image is None:
        flags.append(
            Flag("CORRECTIONS_UNKNOWN", "The header does not say whether attenuation was corrected.")
        )
    lacking = [name for name, codes in _DISTORTING.items() if not _listed(facts, codes)]
    if facts.corrected_image and lacking:
        what = f"The header lists no correction for {' and '.join(lacking)}: values may read too high."
        flags.append(Flag("CORRECTIONS_LACKING", what))
    if facts.lacking:
        flags.append(Flag("SLICES_MISSING", f"Only {facts.lacking} were found."))
    if facts.lossy:
        what = (
            f"Compression changed the pixels ({facts.lossy}): values are off by what the header does not say."
        )
        flags.append(Flag("LOSSY_PIXELS", what))
    if facts.decay_correction not in ("START", "ADMIN", "NONE"):
        what = (
            "The header does not say how decay was corrected: if beds were not, values and T/M between them "
            "are off by the decay in the time between them."
        )
        flags.append(Flag("DECAY_MODE_UNKNOWN", what))
    return tuple(flags)
