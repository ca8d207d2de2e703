"""Owns the judgement of a changed header: right, flagged, refused, or silently different (P17)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydicom import config
from pydicom.dataset import Dataset

from atsmviewer.model.assessment import Depth
from atsmviewer.model.errors import ReviewError
from tests.oracle import scanner
from tests.properties import mutations
from tests.properties.door import Reading, read

SCOPES = ("all", "first", "middle")
SAME = 1e-9


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
                self._save(k, mutations.mutated(self.headers[k], change.path, change.act))
            return judge(self.before, self.folder)
        finally:
            for k in touched:
                self.files[k].write_bytes(self.bytes[k])

    def _touched(self, scope: str) -> range:
        middle = len(self.files) // 2
        return {"all": range(len(self.files)), "first": range(1), "middle": range(middle, middle + 1)}[scope]

    def _save(self, k: int, header: Dataset) -> None:
        mode = config.settings.writing_validation_mode
        config.settings.writing_validation_mode = config.IGNORE
        try:
            header.save_as(self.files[k], implicit_vr=False, little_endian=True, enforce_file_format=False)
        finally:
            config.settings.writing_validation_mode = mode


def judge(before: Reading, folder: Path) -> Verdict:
    """A folder's numbers against those of its unchanged self."""
    try:
        after = read(folder, Depth.LIVE)
    except ReviewError as error:
        told = bool(error.code and error.what and error.remedy)
        return Verdict("refused" if told else "silent", error.code)
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
            silent.append(f"{key} {value:.6g} -> {now[0]:.6g}")
    if "" in refused:
        return Verdict("silent", "a number is gone and nothing says why")
    if changed and not doubts:
        return Verdict("silent", "; ".join(silent[:3]))
    if changed:
        return Verdict("flagged", " ".join(sorted(doubts)))
    return Verdict("refused", " ".join(sorted(refused))) if refused else Verdict("correct")
