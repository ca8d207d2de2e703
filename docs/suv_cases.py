"""Makes every SUV case, opens and measures it, and writes the table docs/suv_cases.md.

Run: python docs/suv_cases.py
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from atsmviewer.phantom.copper import copper
from atsmviewer.phantom.published import published
from atsmviewer.phantom.suvcase import SuvCase
from atsmviewer.workflow.suvcases import (
    Measured,
    measure_region,
    measure_suv_case,
    suv_cases,
    write_suv_case,
)

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "suv_cases.md"
REAL_TITLE = "## Eight published objects themselves"
REAL = {
    "DRO_0_0": "BQML, START",
    "DRO_1_0": "several rescale slopes",
    "DRO_2_0": "GML is SUVbw already",
    "DRO_2_4": "CNTS, Philips SUV factor",
    "DRO_3_1": "ADMIN: pixels already at injection",
    "DRO_3_2": "START, series time after acquisition",
    "DRO_4_1": "injection as time of day only",
    "DRO_5_0": "68Ga",
}
HEAD = """# SUV, case by case

One small object (a body of SUVbw 1.00 with a hot part of 4.00 and a cold one of 0.20, 0 outside) is stored
in every way that a PET header may say it, and in ways that it must not. The pixels are computed from the SUV
by the standard's formulas read backwards (`atsmviewer/phantom/exam.py`), which share no code with those that
measure them. Each case is written as DICOM files, opened like any scan, and its body measured: least, median
and largest SUVbw must come back within 0.005 (16-bit words account for 0.0001), or SUV must be refused.

`python docs/suv_cases.py` writes this page; `tests/workflow/test_suv_cases.py` checks every row of it.
"""
LIST = """## The published list

The 43 conversions and 15 refusals of the IBSI manual's newer list (`docs/DRO_list.csv` of
github.com/oncoray/suv_computation). Its files are not at hand: the objects were made here from names and
definitions. Where the list leaves a choice, it is this one:

- DRO_3_3: without FrameReferenceTime, so that only the private scan start can give the reference time.
- DRO_3_4_2: the vendor's SUV factor is there too, right for the first bed only; it must not be used.
- DRO_4_4: scan dates read 1 January 1960, the injection 31 December 2024; only the times of day are true.
- DRO_error_5_0: the nuclide is named in words only. Where it is coded, the half-life of the code is used and
  flagged (R13): case `64Cu_coded` below.
- Every classic object states DecayFactor 1 whatever its decay correction is, as the published ones do.
"""
OWN = """## Copper at its times

60Cu, 61Cu, 62Cu and 64Cu inside their windows (R31), two beds of 600 s, in each decay correction; 64Cu a day
after injection with and without a date (R11); midnights, 29 February, New Year, changes of clocks (R12).
"""
REAL_HEAD = f"""{REAL_TITLE}

The objects that were published first, with their own files and mask (CC BY 4.0, M. Vácha and others). Their
rows are made where the data are present, and kept as they are where they are not.
"""
COLUMNS = "| case | what it is | expected | measured min / median / max | flags |\n|---|---|---|---|---|"


def reference_data() -> Path | None:
    """The folder of the published objects, where it is present."""
    default = ROOT.parent / "shared" / "data"
    folder = Path(os.environ.get("ATSMVIEWER_REFERENCE_DATA", default)) / "02_suv_dro_oncoray"
    return folder if folder.is_dir() else None


def measure_all(folder: Path) -> dict[str, Measured]:
    """Every made case, by name."""
    return {
        case.name: measure_suv_case(case, write_suv_case(case, folder / case.name)) for case in suv_cases()
    }


def measure_real(data: Path) -> dict[str, Measured]:
    """The published objects, by name."""
    return {
        name: measure_region(data / name / "PT", data / name / "mask" / "DRO_mask.nii.gz") for name in REAL
    }


def page(found: Mapping[str, Measured], real: str) -> str:
    """The whole page."""
    return "\n".join([HEAD, LIST, table(published(), found), OWN, table(copper(), found), real])


def table(cases: Sequence[SuvCase], found: Mapping[str, Measured]) -> str:
    """The rows of made cases."""
    rows = [row(case.name, case.what, case.refused, found[case.name]) for case in cases]
    return "\n".join([COLUMNS, *rows, ""])


def real_section(found: Mapping[str, Measured]) -> str:
    """The rows of the published objects, with their heading."""
    return "\n".join([REAL_HEAD, COLUMNS, *(row(n, what, False, found[n]) for n, what in REAL.items()), ""])


def row(name: str, what: str, refused: bool, found: Measured) -> str:
    """One row; what was measured of a case that should be refused stands in it as it is."""
    expected = "refused" if refused else "0.20 / 1.00 / 4.00"
    shown = f"refused: {found.refused}"
    if found.values is not None:
        shown = " / ".join(f"{value:.3f}" for value in found.values)
    return f"| {name} | {what} | {expected} | {shown} | {', '.join(found.flags)} |"


def kept(text: str) -> str:
    """The section of the published objects as a page has it."""
    return text[text.index(REAL_TITLE) :] if REAL_TITLE in text else ""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = measure_all(Path(folder))
    data = reference_data()
    before = PAGE.read_text("utf-8") if PAGE.exists() else ""
    PAGE.write_text(page(found, real_section(measure_real(data)) if data else kept(before)), "utf-8")


if __name__ == "__main__":
    main()
