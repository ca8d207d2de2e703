"""How an assessment reads in a terminal; numbers come from the Assessment's own record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Record = Mapping[str, Any]


RATIOS = {"tm": "T/M", "tb": "T/B", "tblood": "T/blood", "tref": "T/reference"}
"""Start of a ratio's quantity to what it is divided by."""


def text_of(record: Record) -> str:
    """Regions, ratios and hypoxic volumes in a few lines; of a dynamic or gated scan each names its frame."""
    lines = []
    several = any(roi["frame"] for roi in record["rois"])
    for roi in record["rois"]:
        values = "  ".join(f"{key} {_short(roi[key])}" for key in ("volume_ml", "mean", "max"))
        lines.append(f"{_frame(roi, several)}{roi['name']} ({roi['role']}): {values} {roi['unit']}")
    for ratio in record["ratios"]:
        name = RATIOS[ratio["quantity"].partition("_")[0]]
        bounds = f" ({_short(ratio['low'])} to {_short(ratio['high'])}, noise only)" if ratio["low"] else ""
        name = _frame(ratio, several) + name
        lines.append(f"{name} {ratio['kind']} of {ratio['roi']}: {_short(ratio['value'])}{bounds}")
    for one in record["hypoxic"]:
        sign = f"T/M {one['comparator']} {one['tm_threshold']:g}"
        lines.append(
            f"{_frame(one, several)}{one['roi']}: {_short(one['volume_ml'])} ml, "
            f"fraction {_short(one['fraction'])}, {sign}"
        )
    lines += dict.fromkeys(_missing(m) for m in record["missing"])
    lines += [f"flag {flag['code']}: {flag['what']}" for flag in record["flags"]]
    return "\n".join(lines)


def _frame(one: Record, several: bool) -> str:
    """Frames are counted from 1, as the window does."""
    return f"frame {one['frame'] + 1}: " if several else ""


def _missing(one: Record) -> str:
    of = f" of {one['roi']}" if one.get("roi") else ""
    return f"missing {one['quantity']}{of}: {one['what']}"


def _short(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"
