"""Owns the whole hazard corpus: the cases of every hazard, in the order of the reliability page."""

from __future__ import annotations

from tests.hazards.case import Case
from tests.hazards.clocks import clocks
from tests.hazards.containers import containers
from tests.hazards.encodings import encodings
from tests.hazards.geometry import geometry
from tests.hazards.hostile import hostile
from tests.hazards.identity import identity
from tests.hazards.oddities import beside, people, slices
from tests.hazards.sets import sets
from tests.hazards.suv import suv
from tests.hazards.threats import threats
from tests.hazards.values import values
from tests.hazards.volumes import volumes

PARTS = (
    *(geometry, sets, beside, identity, people, values, suv, clocks, slices),
    *(containers, encodings, volumes, threats, hostile),
)


def corpus() -> tuple[Case, ...]:
    """Every case."""
    return tuple(case for part in PARTS for case in part.cases)
