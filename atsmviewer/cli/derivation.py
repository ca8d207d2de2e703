"""How SUV follows, step by step, with the numbers of one scan; every factor is the Scale's own."""

from __future__ import annotations

from datetime import datetime

from atsmviewer.cli.alternatives import KINDS, tag
from atsmviewer.cli.layout import activity, line, moment, span
from atsmviewer.model.facts import PetFacts, elapsed_s
from atsmviewer.model.suv import Scale
from atsmviewer.model.undated import NO_DATE
from atsmviewer.quant.decay import decay_factor

Used = dict[str, tuple[str, str]]
"""Name of an input to its value and source, as the Scale lists them."""

_BODY = (("body weight", "weight_kg", " kg"), ("height", "height_m", " m"), ("sex", "sex", ""))


def steps(facts: PetFacts, scale: Scale) -> list[str]:
    """The way from a pixel to SUVbw; for a Scale that is not refused."""
    used: Used = {name: (value, source) for name, value, source in scale.facts_used}
    way = scale.algorithm.split("/")[0]
    if way == "suv.bw.stored":
        said = f"SUVType {facts.suv_type}" if facts.suv_type else "no SUVType, which means body weight"
        return [line("factor", f"1: pixels are SUVbw already ({said})")]
    if way == "suv.bw.vendor":
        factor, source = used["philips_suv_factor"]
        vendors = line("vendor's factor", f"{float(factor):g} g/ml per count", source)
        return [vendors, line("", "it holds dose, weight and decay; none of them is used"), _result(scale)]
    if way == "suv.bw.converted":
        return _converted(facts, used, scale)
    return _by_activity(facts, used, scale)


def _converted(facts: PetFacts, used: Used, scale: Scale) -> list[str]:
    """From SUV of another mass or of the surface: their ratio, no dose and no time (R5)."""
    kind = facts.suv_type or "BSA"
    known = [(label, used[name], unit) for label, name, unit in _BODY if name in used]
    lines = [line("stored kind", KINDS.get(kind, f"SUV of {kind}"))]
    lines += [line(label, value + unit, source) for label, (value, source), unit in known]
    if "weight_kg" in used and scale.factor is not None:
        weight = float(used["weight_kg"][0])
        of_mass = f"{weight:g} kg / {weight / scale.factor:.5g} kg"
        of_surface = f"{weight:g} kg x 1000 / {weight * 1000.0 / scale.factor:.6g} cm²"
        lines.append(line("SUVbw", f"pixel x {of_surface if kind == 'BSA' else of_mass}"))
    return [*lines, _result(scale)]


def _by_activity(facts: PetFacts, used: Used, scale: Scale) -> list[str]:
    """C x W x 1000 / D, with D as it is left when the pixels are what they say (R9, R17)."""
    if not {"injected_activity_bq", "weight_kg"} <= used.keys():
        return [_result(scale)]
    (dose, dose_source), (kg, weight_source) = used["injected_activity_bq"], used["weight_kg"]
    lines = [line("injected activity D", activity(float(dose)), dose_source)]
    if "injection_datetime" in used:
        at, source = used["injection_datetime"]
        lines.append(
            line("injected at", at if at.startswith(NO_DATE) else moment(datetime.fromisoformat(at)), source)
        )
    decayed, left_bq = _decay(facts, used, scale)
    lines += [*decayed, line("body weight W", f"{float(kg):g} kg", weight_source)]
    count, per_count = "", 1.0
    if "philips_activity_factor" in used:
        factor, source = used["philips_activity_factor"]
        lines.append(line("vendor's factor", f"{float(factor):g} Bq/ml per count", source))
        count, per_count = f"{float(factor):g} x ", float(factor)
    told = per_count * float(kg) * 1000.0 / left_bq
    formula = f"pixel x {count}W x 1000 / D = pixel x {count}{float(kg):g} kg x 1000 / {activity(left_bq)}"
    return [*lines, line("SUVbw", formula + _rest(facts, scale, told)), _result(scale), *_check(facts, scale)]


def _rest(facts: PetFacts, scale: Scale, told: float) -> str:
    """What the factor holds beyond what the lines above have told: decay by slice, or a correction."""
    if scale.factor is None and facts.decay_correction == "NONE":
        return " x each slice's own decay"
    if scale.factor is None:
        return " x each slice's own correction (see below)"
    more = scale.factor / told
    return "" if abs(more - 1) < 1e-6 else f" x {more:.6g} (see below)"


def _decay(facts: PetFacts, used: Used, scale: Scale) -> tuple[list[str], float]:
    """The lines of the decay, and the activity in Bq that SUV divides by."""
    dose = float(used["injected_activity_bq"][0])
    if "half_life_s" not in used:
        return [line("decay", "none to reckon: pixels stand for the injection (ADMIN)")], dose
    seconds = float(used["half_life_s"][0])
    lines = [line("half-life", f"{seconds:.8g} s ({span(seconds)})", used["half_life_s"][1])]
    injected, reference = scale.injection_time, scale.reference_time
    if facts.decay_correction == "ADMIN":
        lines.append(line("decay", "pixels stand for the header's injection (ADMIN)"))
        return lines, dose
    if injected is None or reference is None:
        lines.append(line("decay", "each slice from its own start, as the mean over its frame (NONE)"))
        return lines, dose
    uptake = elapsed_s(reference, injected)
    left = dose * decay_factor(uptake, seconds)
    name = used.get("reference_datetime", ("", ""))[1]
    lines += [
        line("pixels stand for", moment(reference), tag(facts, name)),
        line("uptake until then", f"{span(uptake)} = {uptake / seconds:.4g} half-lives"),
        line("D at that time", f"{activity(dose)} x 2^-{uptake / seconds:.4g} = {activity(left)}"),
    ]
    return lines, left


def _result(scale: Scale) -> str:
    """The factor, to enough digits to be compared with another program's."""
    if scale.factor is not None:
        return line("factor", f"SUVbw = pixel x {scale.factor:.8g}")
    low, high = min(scale.slice_factors), max(scale.slice_factors)
    return line("factor", f"SUVbw = pixel x {low:.8g} to {high:.8g}, by slice")


def _check(facts: PetFacts, scale: Scale) -> list[str]:
    """What SUV 1 is as an activity, to be held against the console or a muscle region."""
    if facts.units != "BQML" or scale.factor is None:
        return []
    return [line("check", f"SUVbw 1 is {1e-3 / scale.factor:.4g} kBq/ml (muscle is near 1)")]
