"""Owns which stored numbers are padding, no measurement: the value and range that a header states."""

from __future__ import annotations

import numpy as np
from pydicom.dataset import Dataset

from atsmviewer.dicom.header.tags import value


def padding_of(dataset: Dataset, kind: np.dtype[np.integer]) -> tuple[int, int] | None:
    """The ends of the range from PixelPaddingValue to its range limit (PS3.3 C.7.5.1.1.2)."""
    edges = [_edge(dataset, k, kind) for k in ("PixelPaddingValue", "PixelPaddingRangeLimit")]
    given = [e for e in edges if e is not None]
    return None if edges[0] is None else (min(given), max(given))


def _edge(dataset: Dataset, keyword: str, kind: np.dtype[np.integer]) -> int | None:
    """A padding value, whose VR (US or SS) an implicit file does not state, in the pixels' own sign."""
    edge = value(dataset, keyword)
    if isinstance(edge, bytes):
        edge = int.from_bytes(edge[:2], "little")
    if not isinstance(edge, int):
        return None
    limits = np.iinfo(kind)
    wrapped = edge % 2**16 if kind.kind == "u" else (edge + 2**15) % 2**16 - 2**15
    return edge if limits.min <= edge <= limits.max else wrapped
