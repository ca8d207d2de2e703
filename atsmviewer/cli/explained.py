"""What `atsmviewer suv` tells a person: what each PET is, how SUV follows, or why not and what to enter."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from atsmviewer.cli.advice import PLACEHOLDERS, Advice, advice
from atsmviewer.cli.alternatives import candidates, other_kinds
from atsmviewer.cli.derivation import steps
from atsmviewer.cli.layout import line, paragraph, sentence
from atsmviewer.cli.scanned import beside, what_it_is
from atsmviewer.model.facts import PetFacts
from atsmviewer.model.session import Override
from atsmviewer.model.suv import Scale
from atsmviewer.quant.overrides import enter
from atsmviewer.report.records import SuvEntry
from atsmviewer.workflow.opening import Case

LACKS = {
    "units": "units",
    "decay_correction": "decay correction",
    "weight_kg": "body weight",
    "injected_activity_bq": "injected activity",
    "half_life_s": "half-life",
}
PHANTOM_NUCLIDES = ("68Ge", "22Na")


def explained(case: Case, path: Path, entries: Sequence[SuvEntry], entered: Sequence[Override]) -> str:
    """Every PET in a block of its own, then a line for each thing that is no PET to measure."""
    usable = [e.acquisition.pet.description for e in entries if e.scale.refused is None]
    blocks = [_block(case, path, entry, usable, entered) for entry in entries]
    aside = beside(case)
    blocks += [["Beside", *aside]] if aside else []
    return "\n\n".join("\n".join(lines) for lines in blocks)


def _block(
    case: Case, path: Path, entry: SuvEntry, usable: Sequence[str], entered: Sequence[Override]
) -> list[str]:
    acquisition, scale = entry.acquisition, entry.scale
    own = [o for o in entered if o.acquisition_uid == acquisition.uid]
    facts = enter(acquisition.facts, own).facts
    lines = what_it_is(case, acquisition.pet, facts, scale)
    if scale.refused is None:
        lines += ["", " How SUVbw follows", *steps(facts, scale), *_range(entry)]
        lines += ["", *_ratio(scale)]
        lines += _titled(" Other kinds, from SUVbw", other_kinds(facts, scale))
    else:
        lines += ["", *_refused(entry, facts, usable), *_ratio(scale)]
        lines += _entries(path, advice(acquisition, own, scale), own)
    lines += _titled(" Reference times that the header offers", candidates(facts, scale))
    flags = [f"{flag.what} ({flag.code})" for flag in scale.flags]
    return lines + _titled(" Mind", [paragraph(note, "  - ") for note in (*flags, *_remarks(facts, scale))])


def _titled(title: str, lines: list[str]) -> list[str]:
    return ["", title, *lines] if lines else []


def _range(entry: SuvEntry) -> list[str]:
    if entry.suvbw_min is None or entry.suvbw_max is None:
        return []
    return [line("whole image", f"{entry.suvbw_min:.4g} to {entry.suvbw_max:.4g} g/ml")]


def _refused(entry: SuvEntry, facts: PetFacts, usable: Sequence[str]) -> list[str]:
    refusal = entry.scale.refused
    if refusal is None:
        return []
    lines = [f" No SUV ({refusal.code})", paragraph(sentence(refusal.what)), paragraph(refusal.remedy)]
    lacking = _lacking(facts)
    lines += [line("the header lacks", ", ".join(lacking))] if lacking else []
    lines += [line("shown instead", str(entry.scale.unit))]
    return lines + ([line("with SUV here", "; ".join(usable))] if usable else [])


def _lacking(facts: PetFacts) -> list[str]:
    """What SUV may need and the header does not have."""
    lacking = [said for name, said in LACKS.items() if getattr(facts, name) is None]
    timed = facts.injection_datetime is not None or facts.injection_time is not None
    return lacking if timed else [*lacking, "injection time"]


def _entries(path: Path, found: Advice, entered: Sequence[Override]) -> list[str]:
    """Lines to paste, what only the reader knows in capitals; one line a choice where one is asked."""
    if found.stays is not None:
        because = paragraph(f"{sentence(found.stays.what)} {found.stays.remedy}")
        return _titled(" No entry would lead to SUV", [because] if found.entries else [])
    start = f"  atsmviewer suv {shlex.quote(str(path))}"
    sets = [f"--set {shlex.quote(f'{o.name}={o.value}')}" for o in entered]
    asked = next(((name, choices) for name, choices in found.entries if len(choices) > 1), None)
    for name, choices in found.entries:
        if asked is None or name != asked[0]:
            sets.append(f"--set {name}={choices[0][0] if choices else PLACEHOLDERS.get(name, 'VALUE')}")
    if asked is None:
        return _titled(" To see SUV, put in what the record says and run", [f"{start} {' '.join(sets)}"])
    name, choices = asked
    pasted = [f"{start} {' '.join([*sets, f'--set {name}={value}'])}   # {said}" for value, said in choices]
    return _titled(" To see SUV, run the line that the record agrees with", pasted)


def _ratio(scale: Scale) -> list[str]:
    refusal = scale.ratio_refused
    if refusal is None:
        return [" T/M can be measured: a ratio needs no activity, no weight and no injection time."]
    if scale.refused is not None and scale.refused.what == refusal.what:
        return [f" No T/M ({refusal.code}), for the same reason"]
    return [f" No T/M ({refusal.code})", paragraph(sentence(refusal.what)), paragraph(refusal.remedy)]


def _remarks(facts: PetFacts, scale: Scale) -> list[str]:
    """What a physicist would add that no rule withholds a number for."""
    remarks = []
    if facts.nuclide in PHANTOM_NUCLIDES and scale.refused is None:
        remarks.append(
            f"{facts.nuclide} is a nuclide of phantoms: SUV says something only where the weight is that of "
            "what the phantom holds."
        )
    if not scale.tracer_is_cu_atsm and scale.ratio_refused is None:
        remarks.append("The tracer is not known to be Cu-ATSM: T/M is a plain ratio without a cut-off.")
    return remarks
