"""What a PET is, in words: pixels, corrections, tracer, frames; and what lies beside it that is no PET."""

from __future__ import annotations

from pathlib import Path

from atsmviewer.cli.layout import line, moment, span
from atsmviewer.dicom.pairing import found_of
from atsmviewer.model.facts import PetFacts, elapsed_s
from atsmviewer.model.study import Series
from atsmviewer.model.suv import Scale
from atsmviewer.workflow.opening import Case

SILENT = "the header does not say"
UNITS = {
    "BQML": "activity concentration, Bq/ml",
    "CNTS": "counts (the vendor's factors make them activity or SUV)",
    "GML": "SUV already, g/ml",
    "CM2ML": "SUV of body surface already, cm²/ml",
    "CPS": "counts per second, not calibrated to activity",
    "PROPCPS": "proportional to counts per second",
    "PROPCNTS": "proportional to counts",
}
CORRECTIONS = {
    "NORM": "normalisation",
    "DTIM": "dead time",
    "ATTN": "attenuation",
    "SCAT": "scatter",
    "RAN": "randoms",
    "DCAL": "dose calibration",
    "MOTN": "motion",
    "PMOT": "patient motion",
    "CLN": "count loss",
    "RADL": "radial sampling",
    "SLSENS": "slice sensitivity",
    "LIN": "linearity",
}
"""Terms of (0028,0051), PS3.3 C.8.9.1.1.5 and C.8.4.9.1.1, and one of a vendor's own."""
DECAY = {
    "START": "corrected to the start of the scan (START)",
    "ADMIN": "corrected to the injection (ADMIN)",
    "NONE": "not corrected (NONE)",
}
WANTED = ("ATTN", "SCAT", "RAN", "NORM", "DTIM")
"""Corrections whose absence a reader should see."""
NAMED = 3
"""How many files are named one by one."""


def what_it_is(case: Case, series: Series, facts: PetFacts, scale: Scale) -> list[str]:
    """The heading of a PET and what its header says of it, each with its tag."""
    count, rows, columns = series.grid.shape
    spacing = " x ".join(f"{mm:.3g}" for mm in series.grid.spacing_mm[::-1])
    decay = DECAY.get(facts.decay_correction or "", facts.decay_correction or SILENT)
    when = "" if series.when is None else f", {moment(series.when)}"
    return [
        f"PET: {series.description or 'no description'}{when}",
        line("series", series.uid),
        line("size", f"{count} slices of {columns} x {rows}, voxels of {spacing} mm"),
        *(line("", note) for note in found_of(case.scan, series.uid).notes),
        line("pixels", _units(facts), _source(facts, "units")),
        line("decay", decay, _source(facts, "decay_correction")),
        line("corrected for", _corrections(facts), _source(facts, "corrected_image")),
        line("frames", _frames(facts, scale)),
        line("tracer", _tracer(scale, facts), _source(facts, "radiopharmaceutical")),
        line("isotope", _isotope(facts), _source(facts, "nuclide")),
    ]


def _source(facts: PetFacts, name: str) -> str:
    return "" if getattr(facts, name) is None else facts.source(name)


def _units(facts: PetFacts) -> str:
    if facts.units is None:
        return SILENT
    return f"{UNITS.get(facts.units, 'no activity')} ({facts.units})"


def _corrections(facts: PetFacts) -> str:
    if facts.corrected_image is None:
        return SILENT
    said = [CORRECTIONS.get(one, one) for one in facts.corrected_image if one not in ("DECY", "DECAY")]
    missing = [CORRECTIONS[one] for one in WANTED if one not in facts.corrected_image]
    return ", ".join(said) + (f"; not for {', '.join(missing)}" if missing else "")


def _frames(facts: PetFacts, scale: Scale) -> str:
    """When slices began, how long after injection, and for how long each was counted."""
    began = sorted({s.acquired.isoformat(): s.acquired for s in facts.slices if s.acquired}.items())
    lasted = sorted({s.duration_s for s in facts.slices if s.duration_s is not None})
    if not began:
        return SILENT
    first = began[0][1]
    said = [f"begun {moment(first)}" + (f" to {began[-1][1]:%H:%M:%S}" if len(began) > 1 else "")]
    said += [f"{len(began)} times"] if len(began) > 1 else []
    if scale.injection_time is not None and elapsed_s(first, scale.injection_time) >= 0:
        said.append(f"{span(elapsed_s(first, scale.injection_time))} after injection")
    said.append(f"{' or '.join(span(s) for s in lasted)} long" if lasted else "duration not stated")
    counted = [s.frame_reference_s for s in facts.slices if s.frame_reference_s is not None]
    if counted:
        said.append(
            "FrameReferenceTime " + " to ".join(dict.fromkeys((span(min(counted)), span(max(counted)))))
        )
    return ", ".join(said)


def _tracer(scale: Scale, facts: PetFacts) -> str:
    name = facts.radiopharmaceutical or scale.tracer
    if not name:
        return SILENT
    return name if scale.tracer_is_cu_atsm else f"{name} (not Cu-ATSM)"


def _isotope(facts: PetFacts) -> str:
    if facts.nuclide is None and facts.half_life_s is None:
        return SILENT
    half = "half-life not in the header"
    if facts.half_life_s is not None:
        half = f"half-life {facts.half_life_s:.8g} s ({span(facts.half_life_s)})"
    return f"{facts.nuclide or 'not named'}, {half}"


def beside(case: Case) -> list[str]:
    """One line for each series that is no PET, and for each folder's files that were set aside."""
    lines = []
    for found in case.scan.found:
        series = found.series
        if series.modality == "PT":
            continue
        pets = [
            a.pet for a in case.study.acquisitions if a.anatomy is not None and a.anatomy.uid == series.uid
        ]
        use = f"shown with {' and '.join(p.description or 'the PET' for p in pets)}" if pets else "not shown"
        name = series.description or "no description"
        lines.append(line(series.modality, f"{name}, {len(found.files)} slices, {use}"))
    groups: dict[tuple[Path, str], list[Path]] = {}
    for one in case.scan.rejected:
        groups.setdefault((one.path.parent, one.what), []).append(one.path)
    named = [(_named(case.scan.root, files), what) for (_, what), files in groups.items()]
    return lines + [line(case.scan.told(names), what) for names, what in named]


def _named(root: Path, files: list[Path]) -> str:
    """A folder with how many files, or the files by name where they are few and on top."""
    folder = files[0].parent
    if folder == root or not folder.is_relative_to(root):
        return ", ".join(f.name for f in files) if len(files) <= NAMED else f"{len(files)} files"
    return f"{folder.relative_to(root)}/ ({len(files)})"
