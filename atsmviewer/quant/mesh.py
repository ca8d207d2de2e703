"""Owns the surface of a region: marching cubes over its weights at one half, and the volume inside (R21)."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from atsmviewer.model.assessment import Measurement, Missing, Number
from atsmviewer.model.grid import Floats
from atsmviewer.quant.box import Weights
from atsmviewer.quant.sample import Sample
from atsmviewer.quant.statistics import Inputs, absent

QUANTITY = "mesh_ml"

CORNERS = np.array([(s, r, c) for s in (0, 1) for r in (0, 1) for c in (0, 1)])
"""Corners of a cube as (slice, row, column); corner k has bit k of a case."""

FACES = (
    (0, 1, 3, 2),
    (4, 6, 7, 5),
    (0, 4, 5, 1),
    (2, 3, 7, 6),
    (0, 2, 6, 4),
    (1, 5, 7, 3),
)
"""Corners of each face in turn, all seen from the same side of the cube's surface."""

EDGES = tuple((a, b) for a in range(8) for b in range(a + 1, 8) if bin(a ^ b).count("1") == 1)
"""The twelve edges by their corners."""


def mesh_volume(weights: Weights, sample: Sample, inputs: Inputs = ()) -> Number:
    """Volume in ml inside the surface on which the weights of a region's voxels pass one half."""
    reason = absent(sample)
    if reason is not None and not sample.gap:
        return Missing(QUANTITY, *reason)
    triangles = surface(weights)
    if len(triangles) == 0:
        return Missing(QUANTITY, "no_surface", "No voxel lies half inside, so the region has no surface.")
    return Measurement(QUANTITY, enclosed(triangles) * sample.voxel_ml, "ml", "roi.mesh/1", inputs)


def enclosed(triangles: Floats) -> float:
    """Volume inside a closed surface, in cubes of its coordinates: Σ a · (b × c) / 6 (IBSI RNU0)."""
    a, b, c = triangles[:, 0], triangles[:, 1], triangles[:, 2]
    return abs(float(np.einsum("ij,ij->", a, np.cross(b, c)))) / 6.0


def surface(weights: Weights) -> Floats:
    """Triangles (n, 3 corners, 3) in fractional indices of the box, closed, by marching cubes at 0.5.

    Source: Lorensen and Cline 1987; the table of cases is made by walking around the faces of a cube,
    after Bloomenthal 1994 (Graphics Gems IV), so that cubes side by side always share their edges.
    Outside the box weighs nothing.
    """
    padded = np.pad(weights.astype(np.float64), 1)
    inside = padded >= 0.5
    s, r, c = padded.shape
    cases = np.zeros((s - 1, r - 1, c - 1), np.int64)
    for bit, (i, j, k) in enumerate(CORNERS):
        cases += inside[i : s - 1 + i, j : r - 1 + j, k : c - 1 + k].astype(np.int64) << bit
    places = np.argwhere((cases > 0) & (cases < 255))
    if len(places) == 0:
        return np.zeros((0, 3, 3))
    table = triangle_table()[cases[tuple(places.T)]]
    cube, which = np.nonzero(table[:, :, 0] >= 0)
    corners = padded[tuple(np.moveaxis(places[:, None] + CORNERS, -1, 0))]
    cut = np.stack([_cut(places, corners, edge) for edge in EDGES], axis=1)
    return np.asarray(cut[cube[:, None], table[cube, which]] - 1.0, np.float64)


def _cut(places: NDArray[np.int64], corners: Floats, edge: tuple[int, int]) -> Floats:
    """Where the surface cuts an edge of each cube, linear between its corners; else its middle."""
    low, high = (corners[:, corner] for corner in edge)
    cuts = (low >= 0.5) != (high >= 0.5)
    part = np.where(cuts, (0.5 - low) / np.where(cuts, high - low, 1.0), 0.5)
    start, end = CORNERS[list(edge)]
    return np.asarray(places + start + part[:, None] * (end - start), np.float64)


@cache
def triangle_table() -> NDArray[np.int64]:
    """Triangles of each of the 256 cases as edge numbers (256, most, 3), -1 where there are fewer."""
    cases = [[triangle for loop in _loops(case) for triangle in _fan(loop)] for case in range(256)]
    table = np.full((256, max(map(len, cases)), 3), -1)
    for case, triangles in enumerate(cases):
        table[case, : len(triangles)] = np.array(triangles).reshape(-1, 3)
    return table


def _fan(loop: list[int]) -> list[tuple[int, int, int]]:
    """A polygon as triangles from the one of its points that lets them hold the most, as published tables do.

    Polygons are not flat, so this choice is part of the volume.
    """
    fans = [[*loop[k:], *loop[:k]] for k in range(len(loop))]
    made = [[(fan[0], b, c) for b, c in pairwise(fan[1:])] for fan in fans]
    middles = np.array([CORNERS[list(edge)].mean(axis=0) for edge in EDGES])
    return max(made, key=lambda fan: round(float(np.linalg.det(middles[np.array(fan)]).sum()), 9))


def _loops(case: int) -> list[list[int]]:
    """The closed polygons in which the surface cuts a cube, by the edges they pass."""
    following: dict[int, int] = {}
    for face in FACES:
        ins = [bool(case >> corner & 1) for corner in face]
        for k in range(4):
            if ins[k] and not ins[k - 1]:  # a run of inside corners begins: join its two ends
                last = next(j for j in range(k, k + 4) if not ins[(j + 1) % 4])
                following[_edge(face[k - 1], face[k])] = _edge(face[last % 4], face[(last + 1) % 4])
    loops = []
    while following:
        loop = [next(iter(following))]
        while (onward := following.pop(loop[-1])) != loop[0]:
            loop.append(onward)
        loops.append(loop)
    return loops


def _edge(a: int, b: int) -> int:
    return EDGES.index((min(a, b), max(a, b)))
