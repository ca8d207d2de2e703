"""How values are written on screen: digits, signs, superscripts; rounding is for show only."""

from __future__ import annotations

from atsmviewer.model.assessment import Measurement, Number
from atsmviewer.model.grid import Vector
from atsmviewer.model.roi import Role
from atsmviewer.model.suv import Scale
from atsmviewer.model.volume import Unit
from atsmviewer.quant.probe import probe
from atsmviewer.report.words import amount
from atsmviewer.ui.document import Document
from atsmviewer.ui.frames import NO_SLICE, in_gap

SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
RESEARCH = (
    "Research use only. Not for diagnosis, treatment planning or therapy decisions. "
    "atsmviewer is not a medical device."
)
FACTS = {
    "weight_kg": "Body weight, kg",
    "height_m": "Height, m",
    "injected_activity_bq": "Injected activity, Bq",
    "half_life_s": "Half-life, s",
    "injection_datetime": "Injection date and time",
    "injection_day": "Injection day",
    "reference_datetime": "Decay-reference date and time",
    "assay_activity_bq": "Syringe before injection, Bq",
    "assay_datetime": "Syringe measured at",
    "residual_activity_bq": "Left in the syringe, Bq",
    "residual_datetime": "Rest measured at",
    "scanned_as": "Scanned on the protocol of",
    "corrected_image": "Corrections",
    "radiopharmaceutical": "Radiopharmaceutical",
    "tm_threshold": "T/M threshold",
    "muscle_mean": "Muscle mean",
    "body_mass_kg": "Mass of the kind, kg",
    "nuclide": "Nuclide",
    "sex": "Sex",
    "units": "Units of the pixels",
    "tracer_confirmed": "Tracer",
    "decay_correction": "Decay correction",
    "attenuation_corrected": "Attenuation corrected",
    "scan_datetime": "Scan began at",
    "frame_duration_s": "Frame length, s",
}
QUANTITIES = {"peak_1ml": "peak, 1 ml", "volume_ml": "volume", "sd": "SD", "cov": "CoV", "tlg": "TLG"}
THRESHOLD_DEFAULT = "T/M > 1.4 is a protocol example, not validated for Cu-ATSM. Move the handle to choose."


def decimal(value: float, digits: int) -> str:
    """Fixed digits with a true minus sign."""
    text = f"{value:.{digits}f}"
    return ("−" + text[1:]) if text.startswith("-") else text


def shown(number: Number, digits: int = 2) -> str:
    """A measured number, or a dash; the reason for a dash stands beside it."""
    return decimal(number.value, digits) if isinstance(number, Measurement) else "–"


def fact_name(name: str) -> str:
    """A fact or an input as people call it: "Body weight, kg"; others by their own name in words."""
    return FACTS.get(name) or _words(name)


def quantity_name(quantity: str) -> str:
    """A statistic as people call it: "peak, 1 ml"."""
    return QUANTITIES.get(quantity) or _words(quantity)


def _words(name: str) -> str:
    """A field's name as a word: "tm_threshold" as "Tm threshold"."""
    return name.replace("_", " ").strip().capitalize() if "_" in name else name


def valued(number: Number, unit: str) -> str:
    """A measured PET value with the digits of its unit, or a dash; a small one never reads as 0."""
    return amount(number.value, unit) if isinstance(number, Measurement) else "–"


def short_label(scale: Scale) -> str:
    """The kind of value without the name of its formula, where there is no room: "SUVlbm"."""
    return scale.label.partition(" (")[0]


def isotope(nuclide: str) -> str:
    """A nuclide with its mass number raised: "⁶⁴Cu" for "64Cu"."""
    digits = "".join(c for c in nuclide if c.isdigit())
    return digits.translate(SUPERSCRIPT) + nuclide[len(digits) :]


def age_words(age: str) -> str:
    """A DICOM age (AS: three digits and a letter) as "54 y"; as it stands where it is none."""
    units = {"Y": "y", "M": "months", "W": "weeks", "D": "days"}
    if len(age) == 4 and age[:3].isdigit() and age[3] in units:
        return f"{int(age[:3])} {units[age[3]]}"
    return age


def minutes(seconds: float) -> str:
    """A span as "45 min" or "24 h 5 min"."""
    whole = round(seconds / 60)
    return f"{whole} min" if whole < 120 else f"{whole // 60} h {whole % 60} min"


def number_text(document: Document, point_mm: Vector) -> tuple[str, str] | None:
    """The cursor readout: PET value with unit; T/M and HU."""
    acquisition, scale = document.acquisition, document.scale
    if acquisition is None or scale is None or document.study is None:
        return None
    frame = None if document.frame is None else document.frame.number
    value, hu = probe(acquisition, scale, point_mm, frame, document.alignments)
    parts = []
    muscle = muscle_mean(document)
    if value is not None and muscle:
        parts.append(f"T/M {decimal(value / muscle, 1)}")
    if hu is not None:
        parts.append(f"{decimal(hu, 0)} HU")
    if value is None:
        return _nothing(document, point_mm), " · ".join(parts)
    prefix = "SUV " if scale.is_suv and scale.label.startswith("SUV") else ""
    return f"{prefix}{amount(value, scale.unit)} {scale.unit.value}", " · ".join(parts)


def _nothing(document: Document, point_mm: Vector) -> str:
    """Why there is no PET value at a point."""
    acquisition, frame = document.acquisition, document.frame
    if acquisition is not None and acquisition.pet.irregular:
        return "not measured: PET slices uneven"
    if frame is not None and frame.volume is None:
        return "PET is being read"
    return NO_SLICE if frame is not None and in_gap(frame.volume, point_mm) else "outside PET"


def muscle_mean(document: Document) -> float | None:
    """The denominator of T/M in the acquisition being looked at, where there is one."""
    ratios = (r for r in document.here.ratios if r.reference_role is Role.MUSCLE)
    return next((r.denominator for r in ratios if r.denominator), None)


def pet_unit(document: Document) -> str:
    """The unit of what the PET shows."""
    return "" if document.scale is None else document.scale.unit.value


def plane_content(document: Document) -> str:
    """What a plane shows: "PET over CT, SUVbw"."""
    acquisition, frame, scale = document.acquisition, document.frame, document.scale
    if acquisition is None or frame is None:
        return ""
    label = "" if scale is None else short_label(scale) if scale.is_suv else scale.unit.value
    unit = f", {label}" if label else ""
    below = acquisition.anatomy.kind if acquisition.anatomy and document.anatomy is not None else ""
    if frame.volume is None:
        return f"{below}, PET is being read" if below else "being read"
    return (f"PET over {below}" if below else "PET") + unit


def anatomy_unit(document: Document) -> str:
    """HU for a CT in HU; nothing for stored values, which have no unit."""
    acquisition = document.acquisition
    anatomy = None if acquisition is None else acquisition.anatomy
    return Unit.HU.value if anatomy is not None and anatomy.kind == "CT" else ""


def window_text(document: Document) -> tuple[str, ...]:
    """The two windows, CT or MR then PET; only a CT in HU is said to be in HU."""
    viewing, scale, acquisition = document.viewing, document.scale, document.acquisition
    lines = []
    if acquisition is not None and acquisition.anatomy is not None:
        low, high = viewing.ct_window
        unit = anatomy_unit(document)
        lines.append(f"{acquisition.anatomy.kind} {decimal(low, 0)} … {decimal(high, 0)} {unit}".rstrip())
    if scale is not None:
        low, high = viewing.pet_window
        lines.append(f"PET {low:.3g} … {high:.3g} {scale.unit.value}")
    return tuple(lines)


def avid_words(cu_atsm: bool, comparator: str = ">", threshold: float | None = None) -> str:
    """The tracer gate (R25): only Cu-ATSM is called hypoxic; anything else is a volume with T/M > θ."""
    if cu_atsm:
        return "Cu-ATSM-avid (hypoxic) volume"
    sign = "≥" if comparator == ">=" else ">"
    return f"Volume with T/M {sign} " + ("θ" if threshold is None else f"{threshold:g}")
