"""Owns the nouns of the hazard corpus: a case, what it must come to, and what it came to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.hazards.phantom import Files

Do = Callable[[Files], object]
Fused = bool | tuple[bool, ...]
HAZARDS = (
    "Geometry",
    "Sets",
    "Identity and frame of reference",
    "Values",
    "SUV",
    "Environment and containers",
    "Threats",
)
"""The lines of the project's reliability page that the front door answers for."""


@dataclass(frozen=True)
class Came:
    """What a case comes to.

    ``how`` is "right" (every number is the closed form's), "told" (right, and ``code`` is said of it or of
    a file that was set aside), "flagged" (a number may be off, and ``code`` says so beside it), "no SUV"
    (T/M is right, SUV is refused with ``code``), "withheld" (every number that touches the fault is missing
    with ``code``; nothing else is wrong), "refused" (it does not open), or "wrong", which nothing may
    come to.
    """

    how: str
    code: str = ""

    def __str__(self) -> str:
        return f"{self.how}: {self.code}" if self.code else self.how


RIGHT = Came("right")


def told(code: str) -> Came:
    """Right numbers, and a code that says what was odd."""
    return Came("told", code)


def flagged(code: str) -> Came:
    """Numbers as the header has them, with a doubt that names what may be off."""
    return Came("flagged", code)


def no_suv(code: str) -> Came:
    """Right T/M, SUV refused."""
    return Came("no SUV", code)


def withheld(code: str) -> Came:
    """Shown, not measured."""
    return Came("withheld", code)


def refused(code: str) -> Came:
    """Not opened."""
    return Came("refused", code)


@dataclass(frozen=True)
class Case:
    """One fault, or one valid variant, of the phantom study.

    ``count`` is how many PETs (of one frame) or frames there must be; all must come to the same, or to
    ``each`` in their order. ``fused`` says whether the CT must be shown with the PET, or with each PET.
    """

    name: str
    hazard: str
    what: str
    expected: Came
    do: Do
    valid: bool = False
    fused: Fused = True
    count: int = 1
    each: tuple[Came, ...] = ()


class Corpus:
    """The cases of one hazard, each added where it is defined."""

    def __init__(self, hazard: str) -> None:
        self.hazard = hazard
        self.cases: list[Case] = []

    def add(
        self,
        name: str,
        what: str,
        expected: Came,
        do: Do,
        *,
        valid: bool = False,
        fused: Fused = True,
        count: int = 1,
        each: tuple[Came, ...] = (),
    ) -> None:
        """One case by value."""
        self.cases.append(Case(name, self.hazard, what, expected, do, valid, fused, count, each))

    def __call__(
        self,
        what: str,
        expected: Came,
        *,
        valid: bool = False,
        fused: Fused = True,
        count: int = 1,
        each: tuple[Came, ...] = (),
    ) -> Callable[[Do], Do]:
        """A case by the function that makes it, whose name is the case's."""

        def added(do: Do) -> Do:
            name = getattr(do, "__name__", "").strip("_")
            self.add(name, what, expected, do, valid=valid, fused=fused, count=count, each=each)
            return do

        return added
