"""Makes every case of the hazard corpus, opens and measures it, and writes the table docs/hazards.md.

Run: python docs/hazards.py
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.hazards.case import HAZARDS, Came, Case
from tests.hazards.corpus import corpus
from tests.hazards.judge import verdict

PAGE = ROOT / "docs" / "hazards.md"
TEST = "tests/hazards/test_hazards.py::test_a_hazard_is_right_or_says_why_not"
HEAD = """# What may be wrong with a study, and what becomes of it

One phantom study (a PET of 10 slices and its CT, `tests/hazards/phantom.py`) whose SUV, T/M, hypoxic fraction
and hypoxic volume follow from formulas is written as DICOM files; each case does one thing to them and opens
them like any study. Means, T/M and the hypoxic fraction must be the formula's to one part in a million,
volumes to 0.2 %, and the CT must lie where it was, in each scan, frame and gate: these differ in brightness
by whole numbers, so that a slice in the wrong one is seen. A case comes to one of:

- **right**: every number is the formula's;
- **told**: right, and the code says what was odd or set aside;
- **flagged**: SUV by the header's own numbers, and the code beside it says it may be off; all else right;
- **no SUV**: T/M is right, SUV is refused with the code, a sentence and a remedy;
- **withheld**: shown; the numbers that the fault touches are missing with the code;
- **refused**: it does not open, with the codes of what was set aside.

A *variant* is a study that is as it may be; a *fault* is one that is not. A number that is off and of which
nothing says so, or a variant that is refused, would be **wrong**. Reading changes no file.

`python docs/hazards.py` writes this page; `{test}[case]` holds each row.
"""
COLUMNS = "| case | | what is done | expected | comes to |\n|---|---|---|---|---|"


def measure_all(folder: Path) -> dict[str, Came]:
    """What every case comes to, by name."""
    found = {}
    for case in corpus():
        (folder / case.name).mkdir()
        found[case.name] = verdict(case, folder / case.name)
    return found


def page(found: Mapping[str, Came]) -> str:
    """The whole page."""
    cases = corpus()
    parts = [HEAD.format(test=TEST), summary(cases, found)]
    for hazard in HAZARDS:
        rows = [row(case, found[case.name]) for case in cases if case.hazard == hazard]
        parts += [f"## {hazard}\n", COLUMNS, *rows, ""]
    return "\n".join(parts)


def summary(cases: tuple[Case, ...], found: Mapping[str, Came]) -> str:
    """How many there are, and how they ended."""
    counts = Counter((case.hazard, case.valid) for case in cases)
    lines = ["| hazard | faults | variants |", "|---|--:|--:|"]
    lines += [f"| {hazard} | {counts[hazard, False]} | {counts[hazard, True]} |" for hazard in HAZARDS]
    faults, variants = (sum(case.valid == valid for case in cases) for valid in (False, True))
    lines.append(f"| all | {faults} | {variants} |")
    ended = Counter(came.how for came in found.values())
    silent = ended["wrong"]
    false = sum(case.valid and found[case.name].how not in ("right", "told") for case in cases)
    said = ", ".join(f"{count} {how}" for how, count in ended.most_common())
    return "\n".join([*lines, "", f"{said}. Silent wrong numbers: {silent}. False refusals: {false}.", ""])


def row(case: Case, came: Came) -> str:
    """One case."""
    kind = "variant" if case.valid else "fault"
    return f"| {case.name} | {kind} | {case.what} | {case.expected} | {came} |"


def main() -> None:
    """Measure and write."""
    with tempfile.TemporaryDirectory() as folder:
        PAGE.write_text(page(measure_all(Path(folder))), "utf-8")


if __name__ == "__main__":
    main()
