"""How trouble is said: a refusal people can act on, and a flag that travels with a number."""

from __future__ import annotations

from dataclasses import dataclass


class ReviewError(Exception):
    """A refusal meant for the reader: a stable code, one sentence, and what to do about it."""

    def __init__(self, code: str, what: str, remedy: str) -> None:
        super().__init__(f"{code}: {what} {remedy}")
        self.code = code
        self.what = what
        self.remedy = remedy


@dataclass(frozen=True)
class Refusal:
    """A ReviewError as a value: why something is not given, and the remedy."""

    code: str
    what: str
    remedy: str

    def error(self) -> ReviewError:
        """The same refusal, to raise."""
        return ReviewError(self.code, self.what, self.remedy)


@dataclass(frozen=True)
class Flag:
    """A doubt that travels with a number; ``what`` names the size of the possible error if known.

    ``acquisition_uid`` says whose numbers it doubts; empty where it is told of no scan in particular.
    ``frame`` is the number of the time frame or gate that it doubts alone.
    """

    code: str
    what: str
    acquisition_uid: str = ""
    frame: int | None = None
