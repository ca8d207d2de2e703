"""Where a number comes from, in words: value, formula, scan, grid, mask, inputs with their source, doubts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from atsmviewer.model.assessment import (
    HypoxicVolume,
    Measurement,
    Missing,
    MuscleQuality,
    Number,
    Provenance,
    Ratio,
    RoiNumbers,
)
from atsmviewer.model.evidence import Evidence
from atsmviewer.model.study import Study
from atsmviewer.quant.formula import formula_of
from atsmviewer.report.literature import EXPLORATORY, full_words
from atsmviewer.report.words import MASK_RULES, over, ratio_name, significant
from atsmviewer.ui.words import decimal, fact_name, quantity_name

Line = tuple[str, str]

ENDS = ("numerator", "denominator", "reference")


@dataclass(frozen=True)
class Origin:
    """What the popover shows: a title, the equation with its numbers where there is one, and lines."""

    title: str
    equation: str = ""
    lines: tuple[Line, ...] = ()

    @property
    def text(self) -> str:
        """All of it as plain text, one line each, to be pasted elsewhere."""
        head = [self.title, self.equation] if self.equation else [self.title]
        return "\n".join([*head, *(f"{name}: {words}" for name, words in self.lines)])


def of_number(name: str, number: Number, study: Study | None, more: Sequence[Line] = ()) -> Origin:
    """The origin of one number; of one that is not given, why, and what is known all the same."""
    if isinstance(number, Missing):
        return Origin(f"{name}: not given", "", (("Why", number.what), ("Code", number.code), *more))
    lines = [("Value", f"{number.value!r} {number.unit}".strip()), *_formula(number.algorithm), *more]
    told = {words for _, words in lines}
    lines += [(fact_name(key), value) for key, value in number.inputs if value not in told]
    if number.provenance is not None:
        lines += _place(number.provenance, study)
    lines += _flags(number)
    return Origin(name, "", tuple(lines))


def of_roi(numbers: RoiNumbers, quantity: str, study: Study | None) -> Origin:
    """The origin of one statistic of a region."""
    volume = numbers["volume_ml"]
    about = [("Region", f"{numbers.name} ({numbers.role.value}){_ml(volume)}")]
    return of_number(f"{numbers.name}, {quantity_name(quantity)}", numbers[quantity], study, about)


def of_ratio(ratio: Ratio, unit: str, threshold: tuple[float, str], study: Study | None) -> Origin:
    """The origin of a ratio: its equation, both ends, what it is divided by, interval, spreads.

    ``threshold`` is the chosen T/M threshold with its comparator.
    """
    to = ratio_name(ratio.reference_role)
    top = "" if ratio.numerator is None else f", {ratio.kind} {ratio.numerator!r} {unit}"
    bottom = "" if ratio.denominator is None else f", {ratio.denominator!r} {unit}"
    more = [("Tumour", f"{ratio.tumour}{top}".strip())]
    if ratio.reference:
        more.append(("Divided by", f"mean of {ratio.reference}{bottom}".strip()))
    if ratio.low is not None and ratio.high is not None:
        more.append(("Interval", f"{ratio.low!r} to {ratio.high!r}, 95 %, noise only; not test-retest"))
    more += [
        (f"Spread, {s.name}", f"{decimal(s.low, 2)} to {decimal(s.high, 2)}. {s.what}") for s in ratio.spreads
    ]
    if isinstance(ratio.above, Measurement):
        percent = 100 * ratio.above.value
        share = "over 99.9" if percent > 99.9 else "under 0.1" if percent < 0.1 else decimal(percent, 1)
        words = f"{share} %, from image noise only, not a probability of hypoxia ({ratio.above.algorithm})"
        more.append((f"P({over(*threshold)})", words))
    number = ratio.number
    if isinstance(number, Measurement):  # both ends are told already, with their regions
        number = replace(number, inputs=tuple(line for line in number.inputs if line[0] not in ENDS))
    made = of_number(f"{to} {ratio.kind}", number, study, more)
    if not isinstance(ratio.number, Measurement) or ratio.numerator is None or ratio.denominator is None:
        return made
    against = ratio.reference_role.value
    equation = (
        f"{significant(ratio.numerator, 5)} {unit} tumour {ratio.kind} ÷ "
        f"{significant(ratio.denominator, 5)} {unit} {against} mean = {significant(ratio.number.value, 5)}"
    )
    return Origin(f"{made.title} {decimal(ratio.number.value, 2)}", equation, made.lines)


def of_end(
    ratio: Ratio, numbers: RoiNumbers | None, muscle: MuscleQuality | None, study: Study | None
) -> Origin:
    """The origin of a ratio's numerator (``numbers`` of the tumour) or denominator (the reference)."""
    if numbers is not None:
        return of_roi(numbers, {"peak": "peak_1ml"}.get(ratio.kind, ratio.kind), study)
    if muscle is not None:
        return of_muscle(muscle, "mean", study)
    what = f"{ratio.denominator!r}, volume-weighted mean of {ratio.reference}"
    return Origin(f"{ratio.reference_role.value.capitalize()} mean", "", (("Value", what),))


def of_hypoxic(found: HypoxicVolume, part: str, study: Study | None) -> Origin:
    """The origin of "volume", "fraction", "largest", "burden" or "level" of one tumour."""
    limit = over(found.tm_threshold, found.comparator)
    more = [("Tumour", found.tumour), ("Threshold", f"{limit}; muscle: {found.reference or '–'}")]
    if isinstance(found.level, Measurement):
        more.append(("Level", f"{found.level.value!r} {found.level.unit} ({found.level.algorithm})"))
    if found.within_pet_contour:
        more.append(("Outline", "within PET contour: the outline is itself a threshold of this PET"))
    number: Number = getattr(found, part)
    names = {"volume": "Volume", "fraction": "Fraction", "largest": "Largest connected part"}
    made = of_number(f"{names.get(part, part.capitalize())}, {limit}", number, study, more)
    known = {words for _, words in made.lines}
    doubts = tuple(("Doubt", f"{f.what} ({f.code})") for f in found.flags)
    return Origin(made.title, "", made.lines + tuple(line for line in doubts if line[1] not in known))


def of_muscle(muscle: MuscleQuality, part: str, study: Study | None) -> Origin:
    """The origin of "mean", "volume", "cov", "hu" or "distance_mm" of the muscle, with all that is known."""
    number: Number = getattr(muscle, part)
    more = [("Regions", muscle.reference)]
    more += [
        (f"Side {s.name}", f"mean {significant(s.mean, 4)}, {decimal(s.volume_ml, 1)} ml")
        for s in muscle.sides
    ]
    others = [name for name in ("mean", "volume", "cov", "hu", "distance_mm") if name != part]
    more += [(f"Muscle {MUSCLE[name]}", _value(getattr(muscle, name))) for name in others]
    doubts = [("Doubt", f"{flag.what} ({flag.code})") for flag in muscle.flags]
    return of_number(f"Muscle {MUSCLE[part]}", number, study, more + doubts)


MUSCLE = {"mean": "mean", "volume": "volume", "cov": "CoV", "hu": "CT number", "distance_mm": "to hot tissue"}


def of_evidence(rows: Sequence[Evidence]) -> Origin:
    """The whole table for one tumour: verdicts, then context with what keeps each row from judging."""
    lines = [(one.row.citation, full_words(one)) for one in rows]
    return Origin("Published cut-offs", EXPLORATORY, tuple(lines))


def _value(number: Number) -> str:
    if isinstance(number, Missing):
        return number.what
    return f"{number.value!r} {number.unit}".strip()


def _ml(volume: Number) -> str:
    return f", {decimal(volume.value, 2)} ml" if isinstance(volume, Measurement) else ""


def _formula(algorithm: str) -> list[Line]:
    found = formula_of(algorithm)
    if found is None:
        return [("Algorithm", algorithm)]
    signs = "; ".join(f"{sign}: {what}" for sign, what in found.symbols)
    lines = [("Algorithm", algorithm), ("Formula", found.text), ("Source", found.source)]
    return lines + ([("Signs", signs)] if signs else [])


def _place(origin: Provenance, study: Study | None) -> list[Line]:
    """Scan, lattice, mask rule, scale, and each input of the scale with its tag or who entered it."""
    known = (
        [] if study is None else [a.pet.description for a in study.acquisitions if a.uid == origin.series_uid]
    )
    name = f"{known[0]}, " if known and known[0] else ""
    lines = [
        ("Scan", f"{name}series {origin.series_uid}, frame {origin.frame + 1}"),
        ("Grid", f"{origin.grid}, native, not resampled"),
        ("Mask rule", MASK_RULES.get(origin.mask_rule, origin.mask_rule)),
        ("Scale", origin.scale),
    ]
    return lines + [(fact_name(fact), f"{value}  [{source}]") for fact, value, source in origin.facts]


def _flags(number: Measurement) -> list[Line]:
    return [("Doubt", f"{flag.what} ({flag.code})") for flag in number.flags]
