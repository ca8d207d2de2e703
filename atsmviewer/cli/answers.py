"""How an assessment reads in a terminal; numbers come from the Assessment's own record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from atsmviewer.model.choice import series_name
from atsmviewer.model.study import Study
from atsmviewer.report.words import clock, day

Record = Mapping[str, Any]


RATIOS = {"tm": "T/M", "tb": "T/B", "tblood": "T/blood", "tref": "T/reference"}
"""Start of a ratio's quantity to what it is divided by."""


def names_of(study: Study) -> dict[str, str]:
    """What each PET of several is called, by its UID: its name, with its time where two share one."""
    if len(study.acquisitions) == 1:
        return {}
    names = {a.uid: series_name(a.pet) for a in study.acquisitions}
    shared = {name for name, count in Counter(names.values()).items() if count > 1}
    whens = {a.uid: a.pet.when for a in study.acquisitions}
    return {uid: name + _begun(whens[uid], uid) if name in shared else name for uid, name in names.items()}


def _begun(when: datetime | None, uid: str) -> str:
    return (
        f" (series {uid})"
        if when is None
        else f", {day(when)} {clock(when)}".replace("\N{NO-BREAK SPACE}", " ")
    )


def text_of(record: Record, names: Mapping[str, str] = MappingProxyType({})) -> str:
    """Regions, ratios and hypoxic volumes in a few lines.

    Of a dynamic or gated scan each line names its frame, and where there are ``names``, its PET.
    """
    lines = []
    said = _Said(names, any(roi["frame"] for roi in record["rois"]))
    for roi in record["rois"]:
        values = "  ".join(f"{key} {_short(roi[key])}" for key in ("volume_ml", "mean", "max"))
        lines.append(f"{said.of(roi)}{roi['name']} ({roi['role']}): {values} {roi['unit']}")
    for ratio in record["ratios"]:
        name = RATIOS[ratio["quantity"].partition("_")[0]]
        bounds = f" ({_short(ratio['low'])} to {_short(ratio['high'])}, noise only)" if ratio["low"] else ""
        lines.append(
            f"{said.of(ratio)}{name} {ratio['kind']} of {ratio['roi']}: {_short(ratio['value'])}{bounds}"
        )
    for one in record["hypoxic"]:
        sign = f"T/M {one['comparator']} {one['tm_threshold']:g}"
        lines.append(
            f"{said.of(one)}{one['roi']}: {_short(one['volume_ml'])} ml, "
            f"fraction {_short(one['fraction'])}, {sign}"
        )
    lines += dict.fromkeys(said.pet(m) + _missing(m) for m in record["missing"])
    lines += dict.fromkeys(f"{said.of(f)}flag {f['code']}: {f['what']}" for f in record["flags"])
    return "\n".join(lines)


@dataclass(frozen=True)
class _Said:
    """What a line is led by: the PET that it is of where there are several, and its frame."""

    names: Mapping[str, str]
    several: bool

    def of(self, one: Record) -> str:
        """As "PET AC: frame 1: "; frames are counted from 1, as the window does."""
        frame = one.get("frame")
        return self.pet(one) + (f"frame {frame + 1}: " if self.several and frame is not None else "")

    def pet(self, one: Record) -> str:
        """As "PET AC: "; a gap of every frame is told once."""
        name = self.names.get(one.get("acquisition_uid", ""))
        return f"{name}: " if name else ""


def _missing(one: Record) -> str:
    of = f" of {one['roi']}" if one.get("roi") else ""
    return f"missing {one['quantity']}{of}: {one['what']}"


def _short(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"
