"""Owns a trial of the reading boundary: a mutated file is found or refused, and nothing else happens."""

from __future__ import annotations

import os
import resource
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from types import FrameType

from atsmviewer.dicom.load import load
from atsmviewer.dicom.pairing import study
from atsmviewer.dicom.region.regions import read_regions
from atsmviewer.dicom.scan import Scan, scan
from atsmviewer.model.errors import ReviewError
from tests.dicom.fuzzing_mutators import mutated
from tests.dicom.fuzzing_seeds import Seed, seeds

ALONE = 0.85
LIMIT_S = 5.0
LIMIT_BYTES = 1 << 30


class Hung(BaseException):
    """A trial that takes too long; no Exception, so that no reader takes it for a damaged file."""


@dataclass(frozen=True)
class Trial:
    """One input and what became of it; ``trouble`` is empty where all was as it must be."""

    k: int
    seed: str
    mutators: str
    ends: tuple[str, ...]
    seconds: float
    grown_bytes: int
    trouble: str = ""


@dataclass
class Bench:
    """A folder in memory in which one input after the other is tried; ``seed`` and k make an input."""

    folder: Path
    seed: int
    seeds: tuple[Seed, ...] = ()
    _last: str = ""
    _others: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        for name in ("seeds", "case", "temporary"):
            (self.folder / name).mkdir()
        self.seeds = seeds(self.folder / "seeds")
        self._others = [one.data for one in self.seeds]
        self._weights = [one.weight for one in self.seeds]

    def input(self, k: int) -> tuple[Seed, bytes, str]:
        """The k-th input: the seed it was made of, its bytes, what was done to them.

        Images and objects lie alone more often than not, since their neighbours take most of the time.
        """
        rng = Random(f"{self.seed}:{k}")
        (one,) = rng.choices(self.seeds, self._weights)
        if one.lonely and rng.random() < ALONE:
            one = replace(one, name=f"{one.name}, alone", beside=())
        return (one, *mutated(one.data, rng, self._others))

    def tried(self, k: int) -> Trial:
        """Make and read the k-th input."""
        one, data, done = self.input(k)
        path = self._laid(one, data)
        before, peak_kb = self._listed(), _peak_kb()
        ends, trouble, seconds = _timed(path)
        if seconds > LIMIT_S:  # on a busy machine it may have waited; what is slow is slow again
            ends, trouble, again_s = _timed(path)
            seconds = min(seconds, again_s)
        grown = (_peak_kb() - peak_kb) << 10
        if not trouble and seconds > LIMIT_S:
            trouble = f"it took {seconds:.1f} s"
        if not trouble and grown > LIMIT_BYTES:
            trouble = f"it took {grown >> 20} MB"
        if not trouble and self._listed() != before:
            trouble = f"files changed: {self._listed() ^ before}"
        return Trial(k, one.name, done, tuple(ends), seconds, grown, trouble)

    def _laid(self, one: Seed, data: bytes) -> Path:
        case = self.folder / "case"
        if self._last != one.name:
            for path in sorted(case.rglob("*"), reverse=True):
                path.rmdir() if path.is_dir() else path.unlink()
            for name, good in one.beside:
                (case / name).parent.mkdir(parents=True, exist_ok=True)
                (case / name).write_bytes(good)
        elif (case / one.file_name).exists():
            (case / one.file_name).unlink()
        self._last = one.name
        (case / one.file_name).write_bytes(data)
        return case / one.file_name if one.name in ("zip", "DICOMDIR") else case

    def _listed(self) -> frozenset[tuple[str, int]]:
        """Every file of the case with its size, and whatever lies in the temporary folder."""
        found = []
        for name in ("case", "temporary"):
            with os.scandir(self.folder / name) as listed:
                found += [(one.path, one.stat(follow_symlinks=False).st_mtime_ns) for one in listed]
        return frozenset(found)


@contextmanager
def trials(folder: Path, seed: int) -> Iterator[Bench]:
    """A bench whose temporary files are its own; every warning and every hang is caught."""
    bench = Bench(folder, seed)
    before = tempfile.tempdir
    tempfile.tempdir = str(folder / "temporary")
    try:
        yield bench
    finally:
        tempfile.tempdir = before


def _timed(path: Path) -> tuple[list[str], str, float]:
    began = time.perf_counter()
    ends, trouble = _outcome(path)
    return ends, trouble, time.perf_counter() - began


def _outcome(path: Path) -> tuple[list[str], str]:
    """How reading ended, and what is wrong with that."""
    ends: list[str] = []
    with warnings.catch_warnings(record=True) as warned, _in_time():
        warnings.simplefilter("always")
        try:
            _read(path, ends)
        except (Exception, Hung) as error:  # noqa: BLE001  whatever escapes is what is looked for
            where = traceback.extract_tb(sys.exc_info()[2])[-1]
            return ends, f"{type(error).__name__} escaped at {where.name}:{where.lineno}: {str(error)[:200]}"
    return ends, f"warned: {warned[0].message} ({warned[0].filename})" if warned else ""


def _read(path: Path, ends: list[str]) -> None:
    """What opening does, each refusal on its own."""
    try:
        result = scan(path)
    except ReviewError as error:
        ends.append(error.code)
        return
    try:
        _read_all(result, ends)
    finally:
        if result.unpacked is not None:
            result.unpacked.close()


def _read_all(result: Scan, ends: list[str]) -> None:
    ends += [one.code for one in result.rejected]
    grids = [one.series.grid for one in result.found]
    for found in result.found:
        _one(lambda found=found: load(found), ends, "read")  # type: ignore[misc]
    for region in result.regions:
        _one(lambda region=region: read_regions(region, grids), ends, "regions")  # type: ignore[misc]
    if result.found:
        _one(lambda: study(result), ends, "paired")


def _one(act: Callable[[], object], ends: list[str], done: str) -> None:
    try:
        act()
        ends.append(done)
    except ReviewError as error:
        ends.append(error.code)


@contextmanager
def _in_time() -> Iterator[None]:
    """Raise Hung where it takes twice the limit."""

    def hang(_: int, __: FrameType | None) -> None:
        raise Hung

    before = signal.signal(signal.SIGALRM, hang)
    signal.setitimer(signal.ITIMER_REAL, 2 * LIMIT_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _peak_kb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
