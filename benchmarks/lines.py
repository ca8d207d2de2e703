"""Lines of a benchmark: a value, its goal, and whether it was met."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping

TIMES = 5
LONG_S = 3.0
"""A peer that takes longer is run once."""

Candidates = Mapping[str, Callable[[], object]]


def seconds(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def verdict(value: float, goal: float, at_least: bool = False) -> str:
    """The goal beside its sign, and met or missed."""
    met = value >= goal if at_least else value <= goal
    return f"{'>=' if at_least else '<='} {goal:g}: {'met' if met else 'MISSED'}"


def line(name: str, value: float, unit: str, goal: float | None = None) -> None:
    said = "" if goal is None else verdict(value, goal)
    print(f"{name:58} {value:9.3g} {unit:8} {said}", flush=True)


def table(name: str, candidates: Candidates, limit: float | None, goals: Mapping[str, float]) -> float:
    """One line a candidate: least ms, x floor, x ours, and its goal; they take turns. Least s of ours."""
    least = dict.fromkeys(candidates, float("inf"))
    for _ in range(TIMES):
        for candidate, act in candidates.items():
            if candidate in ("floor", "ours") or not LONG_S < least[candidate] < float("inf"):
                least[candidate] = min(least[candidate], seconds(act))
    floor, ours = least["floor"], least["ours"]
    print(f"\n{name:58} {'ms':>9} {'x floor':>8} {'x ours':>7}  goal")
    for candidate, value in least.items():
        said = ""
        if candidate == "ours" and limit is not None:
            said = f"x floor {verdict(ours / floor, limit)}"
        elif candidate in goals:
            said = f"x ours {verdict(value / ours, goals[candidate], at_least=True)}"
        line_ = f"{candidate:58} {value * 1e3:9.1f} {value / floor:8.2f} {value / ours:7.1f}  {said}"
        print(line_.rstrip(), flush=True)
    return ours


def machine() -> None:
    """How busy the machine is: ratios of one run hold where something else runs too, times do not."""
    loads = os.getloadavg() if hasattr(os, "getloadavg") else (float("nan"),)
    print(f"{os.cpu_count()} cores, load {loads[0]:.1f}")
