"""Owns the judgement of a changed header: right, flagged, refused, or silently different (P17)."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from pydicom import config
from pydicom.dataset import Dataset

from atsmviewer.model.assessment import Depth
from atsmviewer.model.errors import ReviewError
from tests.oracle import scanner
from tests.oracle.scanner import Setup
from tests.properties import mutations
from tests.properties.door import Reading, read

SCOPES = ("all", "first", "middle")
SAME = 1e-9
SHORT = Setup.injected + timedelta(minutes=20)
SETUPS = {
    "plain, 64Cu, START": Setup(),
    "plain, 64Cu, ADMIN": Setup(mode="ADMIN"),
    "plain, 64Cu, NONE, one bed": Setup(mode="NONE", beds=1),
    "plain, 62Cu, NONE, two beds": Setup(mode="NONE", nuclide="62Cu", started=SHORT),
    "plain, 62Cu, START, zone": Setup(nuclide="62Cu", started=SHORT, zone="-0330"),
    "plain, SUV stored": Setup(units="GML"),
    "Siemens, 18F, START": Setup(style="SIEMENS", nuclide="18F"),
    "Siemens, 64Cu, NONE, two beds": Setup(style="SIEMENS", mode="NONE"),
    "GE, 18F, START": Setup(style="GE", nuclide="18F"),
    "GE, 64Cu, START": Setup(style="GE"),
    "GE, 64Cu, ADMIN": Setup(style="GE", mode="ADMIN"),
    "Philips, counts, 18F, START": Setup(style="PHILIPS", units="CNTS", nuclide="18F"),
    "Philips, counts, 64Cu, NONE, one bed": Setup(style="PHILIPS", units="CNTS", mode="NONE", beds=1),
    "Philips, 64Cu, START": Setup(style="PHILIPS"),
}
"""Scans whose headers are changed: vendors, decay modes, units and nuclides, each at least twice."""


@dataclass(frozen=True)
class Verdict:
    """What became of the numbers: "correct", "flagged", "refused" or "silent", and how."""

    kind: str
    how: str = ""


@dataclass(frozen=True)
class Change:
    """One change of one element."""

    path: mutations.Path
    name: str
    act: str
    scope: str

    def __str__(self) -> str:
        return f"{self.act} {self.name} in {self.scope}"


class Bench:
    """A scan on disk whose headers are changed one at a time and put back."""

    def __init__(self, setup: scanner.Setup, folder: Path) -> None:
        self.headers = scanner.headers(setup)
        self.folder = folder
        self.files = scanner.write(self.headers, folder)
        self.bytes = [path.read_bytes() for path in self.files]
        self.before = read(folder, Depth.LIVE)

    def changes(self, only: tuple[str, ...] = ()) -> Iterator[Change]:
        """Every change, or those of elements whose last keyword is among ``only``."""
        first = self.headers[0]
        for path in mutations.paths(first):
            name = mutations.name(first, path)
            if only and name.rpartition(".")[2] not in only:
                continue
            for act in mutations.acts(path):
                yield from (Change(path, name, act, scope) for scope in SCOPES)

    def judged(self, change: Change) -> Verdict:
        """What the front door makes of a change; the files are as before afterwards."""
        touched = self._touched(change.scope)
        try:
            for k in touched:
                self.save(k, mutations.mutated(self.headers[k], change.path, change.act))
            return self.verdict()
        finally:
            for k in touched:
                self.files[k].write_bytes(self.bytes[k])

    def verdict(self) -> Verdict:
        """The files as they are now against those of the scan."""
        return judge(self.before, self.folder)

    def _touched(self, scope: str) -> range:
        middle = len(self.files) // 2
        return {"all": range(len(self.files)), "first": range(1), "middle": range(middle, middle + 1)}[scope]

    def save(self, k: int, header: Dataset) -> None:
        """Write a slice's header, also one that breaks the standard."""
        mode = config.settings.writing_validation_mode
        config.settings.writing_validation_mode = config.IGNORE
        try:
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", module="pydicom")
                header.save_as(
                    self.files[k], implicit_vr=False, little_endian=True, enforce_file_format=False
                )
        finally:
            config.settings.writing_validation_mode = mode


def judge(before: Reading, folder: Path) -> Verdict:
    """A folder's numbers against those of its unchanged self."""
    try:
        after = read(folder, Depth.LIVE)
    except ReviewError as error:
        told = bool(error.code and error.what and error.remedy)
        return Verdict("refused" if told else "silent", error.code)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as crash:
        return Verdict("silent", f"crashed: {crash!r}")
    return compared(before, after)


def compared(before: Reading, after: Reading) -> Verdict:
    """Every number that was given: is it the same, doubted anew, or refused with code and remedy?"""
    doubts = after.flags - before.flags
    refused, silent = set(), []
    changed = False
    for key, (value, unit) in before.values.items():
        now = after.values.get(key)
        if now is None:
            missing = after.missing.get(key)
            refused.add(missing.code if missing is not None and missing.what else "")
        elif now[1] != unit:
            refused.add(after.refusal)
        elif abs(now[0] - value) > SAME * abs(value):
            changed = True
            silent.append(f"{key.partition('/')[2]} {value:.6g} -> {now[0]:.6g}")
    if "" in refused:
        return Verdict("silent", "a number is gone and nothing says why")
    if changed and not doubts:
        return Verdict("silent", "; ".join(sorted(silent, key=lambda s: not s.startswith("tm_"))[:4]))
    if changed:
        return Verdict("flagged", " ".join(sorted(doubts)))
    return Verdict("refused", " ".join(sorted(refused))) if refused else Verdict("correct")
