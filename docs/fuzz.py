"""Fuzzes the reading boundary on two processes, prints the figure and writes it into docs/fuzz.md.

Run from the checkout: ``python docs/fuzz.py --count 1000000 --seed 1 --log fuzz.log`` (hours; one line is
written for every 10,000 inputs, and a run that was stopped goes on from its log); ``--seed 1 --only 4711``
does one input again and says what became of it. With ``--compare`` one slice of a good scan is damaged
instead, and its numbers are compared. Without ``--write`` the page is left alone.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.dicom.fuzzing import LIMIT_BYTES, LIMIT_S, Bench, trials
from tests.hazards.one_slice import OneSlice

PAGE = ROOT / "docs" / "fuzz.md"
BEGIN, END = "<!-- fuzz -->", "<!-- end of fuzz -->"
BEGIN_COMPARED, END_COMPARED = "<!-- compared -->", "<!-- end of compared -->"
BLOCK = 10_000
WORKER_BYTES = 6 << 30
"""No trial may reach it; it keeps a machine from swapping where one would."""


@dataclass(frozen=True)
class Block:
    """What became of a run of inputs; ``troubles`` say how to do each again."""

    seed: int
    first: int
    inputs: int
    seconds: float
    slowest_s: float
    slowest: int
    """Which input that was."""
    grown_mb: int
    ends: dict[str, int]
    seeds: dict[str, int]
    troubles: list[str]


def memory_folder() -> str | None:
    """A folder in memory, where the system has one."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def block(seed: int, first: int, inputs: int) -> Block:
    """Try a run of inputs in this process."""
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_AS, (WORKER_BYTES, WORKER_BYTES))
    ends: Counter[str] = Counter()
    seeds: Counter[str] = Counter()
    troubles, slow, grown, began = [], (0.0, first), 0, time.perf_counter()
    with tempfile.TemporaryDirectory(dir=memory_folder()) as folder, trials(Path(folder), seed) as bench:
        for k in range(first, first + inputs):
            trial = bench.tried(k)
            ends.update(set(trial.ends))
            seeds[trial.seed.removesuffix(", alone")] += 1
            slow, grown = max(slow, (trial.seconds, k)), max(grown, trial.grown_bytes)
            if trial.trouble:
                troubles.append(f"--seed {seed} --only {k}: {trial.seed}: {trial.mutators}: {trial.trouble}")
    took = time.perf_counter() - began
    return Block(seed, first, inputs, took, *slow, grown >> 20, dict(ends), dict(seeds), troubles)


def known(log: Path | None) -> list[Block]:
    """The blocks that a log holds; a line that was cut off by a stop is done again."""
    found = []
    for line in log.read_text("utf-8").splitlines() if log is not None and log.exists() else ():
        try:
            found.append(Block(**json.loads(line)))
        except (ValueError, TypeError):
            continue
    return found


def run(seed: int, count: int, processes: int, log: Path | None) -> list[Block]:
    """Every block of a run that its log does not hold yet; all of them."""
    done = [one for one in known(log) if one.seed == seed and one.first < count]
    held = {one.first for one in done}
    firsts = [k for k in range(0, count, BLOCK) if k not in held]
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        jobs = [pool.submit(block, seed, k, min(BLOCK, count - k)) for k in firsts]
        for job in as_completed(jobs):
            one = job.result()
            done.append(one)
            said = f"{sum(b.inputs for b in done):,} of {count:,}: {one.inputs / one.seconds:.0f}/s, "
            said += f"slowest {one.slowest_s:.2f} s (input {one.slowest}), {len(one.troubles)} troubles"
            _tell("\n  ".join([said, *one.troubles]))
            if log is not None:
                with log.open("a", encoding="utf-8") as opened:
                    opened.write(json.dumps(asdict(one)) + "\n")
    return done


def figure(blocks: Iterable[Block]) -> str:
    """What is told of a run, as Markdown."""
    done = list(blocks)
    ends: Counter[str] = sum((Counter(one.ends) for one in done), Counter())
    seeds: Counter[str] = sum((Counter(one.seeds) for one in done), Counter())
    inputs = sum(one.inputs for one in done)
    troubles = sum(len(one.troubles) for one in done)
    bound = [] if troubles else [f"| upper bound of its rate, 95 % (3/N) | {3 / inputs:.1e} |"]
    lines = [
        "| what | figure |",
        "|---|--:|",
        f"| inputs (seed {done[0].seed}) | {inputs:,} |",
        f"| anything else than a series, a refusal or a file set aside by its code | {troubles:,} |",
        *bound,
        f"| slowest input (limit {LIMIT_S:g} s) | {max(one.slowest_s for one in done):.2f} s |",
        f"| most memory for one (limit {LIMIT_BYTES >> 20} MB) | {max(one.grown_mb for one in done)} MB |",
        f"| inputs a second and process | {inputs / sum(one.seconds for one in done):.0f} |",
    ]
    ended = [f"| {name} | {number:,} |" for name, number in ends.most_common()]
    mutants = [f"| {name} | {number:,} |" for name, number in seeds.most_common()]
    lines += [
        "",
        "How inputs ended (one may end in several ways):",
        "",
        "| end | inputs |",
        "|---|--:|",
        *ended,
    ]
    lines += ["", "What was mutated:", "", "| file | inputs |", "|---|--:|", *mutants]
    return "\n".join(lines)


def once(seed: int, k: int) -> int:
    """Do one input again and tell of it."""
    with tempfile.TemporaryDirectory(dir=memory_folder()) as folder, trials(Path(folder), seed) as bench:
        kept = _kept(bench, seed, k)
        trial = bench.tried(k)
    _tell(f"{trial.seed}: {trial.mutators}: {', '.join(trial.ends)} in {trial.seconds:.3f} s; {kept}")
    _tell(trial.trouble or "no trouble")
    return int(bool(trial.trouble))


def compared(seed: int, first: int, count: int) -> Counter[str]:
    """How the numbers of a scan come out whose slice is damaged; what is silently off is told."""
    ended: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(dir=memory_folder()) as folder:
        bench = OneSlice(Path(folder), seed)
        for k in range(first, first + count):
            came = bench.judged(k)
            ended[came.how] += 1
            if came.how == "wrong":
                _tell(f"--compare --seed {seed} --only {k}: {bench.input(k)[1]}: {came}")
    return ended


def compare(seed: int, only: int | None, count: int, write: bool) -> int:
    """Fuzz then compare; the figure into the page where it is asked for."""
    ended = compared(seed, only or 0, 1 if only is not None else count)
    rows = [f"| {how} | {number:,} |" for how, number in ended.most_common()]
    bound = f"Silent wrong numbers: {ended['wrong']} of {ended.total():,} (seed {seed})."
    text = "\n".join([bound, "", "| came to | slices |", "|---|--:|", *rows])
    _tell(text)
    if write:
        _put(BEGIN_COMPARED, END_COMPARED, text)
    return int(ended["wrong"] > 0)


def _put(begin: str, end: str, text: str) -> None:
    before, _, rest = PAGE.read_text("utf-8").partition(begin)
    PAGE.write_text(f"{before}{begin}\n\n{text}\n\n{end}{rest.partition(end)[2]}", "utf-8")


def _kept(bench: Bench, seed: int, k: int) -> Path:
    """The input as a file in the working folder, to be looked at."""
    path = Path(f"fuzz-{seed}-{k}.bin")
    path.write_bytes(bench.input(k)[1])
    return path


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Fuzz, tell, and answer 1 where there was trouble."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, metavar="K")
    parser.add_argument("--count", type=int, default=BLOCK)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--log", type=Path)
    parser.add_argument("--write", action="store_true", help="write the figure into docs/fuzz.md")
    parser.add_argument("--compare", action="store_true", help="damage one slice of a good scan, compare")
    asked = parser.parse_args()
    if asked.compare:
        return compare(asked.seed, asked.only, asked.count, asked.write)
    if asked.only is not None:
        return once(asked.seed, asked.only)
    done = run(asked.seed, asked.count, asked.processes, asked.log)
    _tell(figure(done))
    if asked.write:
        _put(BEGIN, END, figure(done))
    return int(any(one.troubles for one in done))


if __name__ == "__main__":
    sys.exit(main())
