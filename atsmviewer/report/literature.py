"""What the cut-off table says, in sentences: verdict or context, never without its source and caution."""

from __future__ import annotations

from collections.abc import Sequence

from atsmviewer.model.evidence import CutOff, Evidence
from atsmviewer.report.text import isotope
from atsmviewer.report.words import COMPARATORS, decimal

EXPLORATORY = "Exploratory, not for clinical decisions."
METRICS = {
    "tm": "T/M",
    "suv": "SUV",
    "tb": "T/B",
    "tumour_to_liver": "tumour-to-liver",
    "volume_ml": "hypoxic volume, ml",
}
CHOOSE = "Choose the tumour type: a cut-off holds for one tumour, isotope, kind of ratio and time only."


def cut_words(row: CutOff) -> str:
    """The cut as its source gives it: "T/M ≥ 3", "SUVmax 5", "T/M, no cut given"."""
    name = METRICS[row.metric] + (
        row.kind or "" if row.metric == "suv" else f" {row.kind}" if row.kind else ""
    )
    if row.cut is None:
        return f"{name}, no cut given"
    return " ".join(
        word for word in (name, COMPARATORS.get(row.comparator, row.comparator), f"{row.cut:g}") if word
    )


def row_words(row: CutOff) -> str:
    """Cut, isotope, tumour, number of patients, endpoint."""
    patients = "n not given" if row.n is None else f"n = {row.n}"
    tumour, nuclide = ("any tumour" if row.tumour == "any" else row.tumour), isotope(row.isotope)
    return f"{cut_words(row)}, {nuclide}, {tumour}, {patients}, {row.endpoint}."


def said_words(one: Evidence) -> str:
    """The verdict with its number, or that it is context and why it judges nothing."""
    if one.verdict == "context":
        return f"Context only: {why_words(one)}."
    number = "" if one.value is None else f"{decimal(one.value, 2)} "
    if one.verdict == "straddles":
        return f"{number}straddles the cut: its noise interval holds it."
    return f"{number}is {one.verdict} the cut."


def why_words(one: Evidence) -> str:
    """What keeps a row from judging, isotopes raised."""
    return " ".join(_raised(word) for word in "; ".join(one.why).split(" "))


def full_words(one: Evidence) -> str:
    """Everything that is known of a row and of what it says."""
    return " ".join(part for part in (row_words(one.row), said_words(one), one.row.note) if part)


def summary(rows: Sequence[Evidence], tumour_type: str | None) -> str:
    """Two or three sentences for a card or a page: the verdicts, or the nearest row as context."""
    if tumour_type is None:
        return CHOOSE
    verdicts = [one for one in rows if one.verdict != "context"]
    if verdicts:
        said = (f"{said_words(one)} {one.row.citation}: {row_words(one.row)}" for one in verdicts)
        return " ".join((EXPLORATORY, *said))
    nearest = next((one for one in rows if one.row.tumour == tumour_type), None)
    if nearest is None:
        return f"No published cut-off for this tumour ({tumour_type})."
    return (
        f"{EXPLORATORY} No published cut-off judges this case. Nearest, as context: "
        f"{nearest.row.citation}: {row_words(nearest.row)} Not applied: {why_words(nearest)}."
    )


def _raised(word: str) -> str:
    """A nuclide with its mass number raised, whatever sign follows it; another word as it is."""
    bare = word.rstrip(",;.")
    return isotope(bare) + word[len(bare) :] if bare.endswith("Cu") else word
