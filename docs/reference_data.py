"""Opens every folder of the reference data, and writes docs/reference_data.md.

Run: python docs/reference_data.py

What is expected was written by hand from the SOURCE.md of each folder and from reference_values.json.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from atsmviewer.dicom.scan import Scan, scan
from atsmviewer.model.assessment import Depth
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.session import Session
from atsmviewer.quant.assess import assess
from atsmviewer.workflow.opening import Case, open_case
from docs.reference_rows import Pet, Row, rows

PAGE = ROOT / "docs" / "reference_data.md"
NOT_IMAGES = {"NOT_DICOM", "SIDECAR_BROKEN"}
HEAD = """# What the reference data open to

Every folder of the reference data (`../shared/data` or `$ATSMVIEWER_REFERENCE_DATA`) that holds a file, as it
opens. A folder opens to PET series, each with the CT or MR shown with it and whether SUV is given; or it is
refused with a code. What is expected stands in `docs/reference_rows.py`, written by
hand from the sources; more than one code where either is a right reason.

`python docs/reference_data.py` writes this page; `tests/workflow/test_reference_data.py` holds each row.

| folder | expected | opens to | regions | set aside |
|---|---|---|--:|---|
"""


@dataclass(frozen=True)
class Opened:
    """What a folder opened to: its PETs in order of size, or the code of the refusal; files set aside."""

    pets: tuple[Pet, ...] = ()
    refused: str = ""
    regions: int = 0
    asides: tuple[tuple[str, int], ...] = ()
    factors: tuple[float, ...] = ()


def data_folder() -> Path:
    """Where the reference data are, if they are there."""
    return Path(os.environ.get("ATSMVIEWER_REFERENCE_DATA", ROOT.parent / "shared" / "data"))


def measure(folder: Path) -> Opened:
    """Open one folder."""
    try:
        case = open_case(folder)
    except ReviewError as error:
        found = scan(folder)
        return Opened((), error.code, len(found.regions), _asides(found))
    found = case.scan
    pets, factors = _pets(case)
    return Opened(pets, "", len(found.regions), _asides(found), factors)


def measure_all(data: Path) -> dict[str, Opened]:
    """Every folder, by its name."""
    return {row.folder: measure(data / row.folder) for row in rows()}


def agrees(row: Row, found: Opened) -> bool:
    """Whether a folder opened to what was expected of it."""
    if row.refused:
        return found.refused in row.refused
    pairs = list(zip(row.pets, found.pets, strict=False))
    same = len(row.pets) == len(found.pets) and all(_is(a, b) for a, b in pairs)
    factor = row.factor is None or any(abs(f / row.factor - 1) < 1e-5 for f in found.factors)
    codes = {code for code, _ in found.asides}
    return not found.refused and same and factor and found.regions == row.regions and set(row.asides) <= codes


def page(found: Mapping[str, Opened]) -> str:
    """The whole page."""
    lines = [
        f"| {row.folder} | {expected(row)} | {told(found[row.folder])} | {found[row.folder].regions} | "
        f"{', '.join(f'{count} {code}' for code, count in found[row.folder].asides)} |"
        for row in rows()
    ]
    return HEAD + "\n".join(lines) + "\n"


def expected(row: Row) -> str:
    """A row's expectation in words."""
    if row.refused:
        return f"refused: {' or '.join(row.refused)}"
    return _listed(row.pets)


def told(found: Opened) -> str:
    """What a folder opened to in words."""
    return f"refused: {found.refused}" if found.refused else _listed(found.pets)


def _is(wanted: Pet, found: Pet) -> bool:
    """Whether a PET is the one expected; of several right reasons one is found."""
    same = (wanted.slices, wanted.partner) == (found.slices, found.partner)
    return same and (found.no_suv == wanted.no_suv or bool(set(found.no_suv) & set(wanted.no_suv)))


def _listed(pets: Sequence[Pet]) -> str:
    counts = Counter(map(_said, pets))
    return "; ".join(said if count == 1 else f"{count} x {said}" for said, count in counts.items())


def _said(pet: Pet) -> str:
    partner = f" with {pet.partner}" if pet.partner else " alone"
    return f"PET of {pet.slices}{partner}, {'no SUV: ' + ' or '.join(pet.no_suv) if pet.no_suv else 'SUV'}"


def _pets(case: Case) -> tuple[tuple[Pet, ...], tuple[float, ...]]:
    whole = assess(case.study, Session(case.study.key), Depth.LIVE)
    pets, factors = [], []
    for one in case.study.acquisitions:
        scale = whole.scale(one.uid)
        partner = "" if one.anatomy is None else f"{one.anatomy.modality} of {one.anatomy.grid.shape[0]}"
        if one.anatomy is not None and "AC CT" in one.anatomy.description:
            partner += " (AC)"
        why = () if scale.refused is None else (scale.refused.code,)
        pets.append(Pet(one.pet.grid.shape[0], partner, why))
        factors += [] if why else [scale.slice_factors[0]]
    return tuple(sorted(pets, key=lambda p: (-p.slices, p.no_suv))), tuple(factors)


def _asides(found: Scan) -> tuple[tuple[str, int], ...]:
    """Codes of what was set aside, images only: licences and sources are no images."""
    counts = Counter(one.code for one in found.rejected if one.code not in NOT_IMAGES)
    return tuple(sorted(counts.items()))


def main() -> None:
    """Measure and write."""
    PAGE.write_text(page(measure_all(data_folder())), "utf-8")


if __name__ == "__main__":
    main()
