"""What the records of one assessment share: values or why not, flags, and where numbers come from."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from atsmviewer.model.assessment import Missing, Number, Provenance
from atsmviewer.model.errors import Flag

Record = dict[str, object]


def missing_of(number: Number) -> Missing | None:
    """Why that number is not given, or None; a value that is not finite is not a number."""
    if isinstance(number, Missing):
        return number
    if math.isfinite(number.value):
        return None
    return Missing(number.quantity, "not_finite", "The computation gave no finite value.")


def value_of(number: Number) -> float | None:
    """The value, or None where ``missing_of`` says why."""
    if isinstance(number, Missing) or missing_of(number):
        return None
    return float(number.value)


def finite(value: float | None) -> float | None:
    """The value, None where it is not finite: JSON has no NaN."""
    return None if value is None or not math.isfinite(value) else float(value)


def missing_record(reason: Missing) -> Record:
    """Why a number is not given."""
    return {"quantity": reason.quantity, "code": reason.code, "what": reason.what}


def flag_records(flags: Iterable[Flag]) -> list[Record]:
    """Doubts, each with the scan that it is about where there is one."""
    return [_flag(flag) for flag in flags]


def _flag(flag: Flag) -> Record:
    said: Record = {"code": flag.code, "what": flag.what}
    if flag.acquisition_uid:
        said["acquisition_uid"] = flag.acquisition_uid
    if flag.frame is not None:
        said["frame"] = flag.frame
    return said


@dataclass
class Pool:
    """What is written once for all entries of a record: reasons for gaps, and origins by their number."""

    missing: list[Record] = field(default_factory=list)
    _origins: dict[Provenance, int] = field(default_factory=dict)

    def value(self, number: Number, **where: object) -> float | None:
        """The value of a number; a gap is remembered with its reason and place."""
        if (reason := missing_of(number)) is not None:
            self.missing.append(missing_record(reason) | where)
        return value_of(number)

    def origin(self, number: Number) -> int | None:
        """The place in ``origins`` of where a number comes from; None where it is not traced."""
        if isinstance(number, Missing) or number.provenance is None:
            return None
        return self._origins.setdefault(number.provenance, len(self._origins))

    @property
    def origins(self) -> list[Record]:
        """Series, frame, grid, mask rule, scale and facts with their source, each written once."""
        return [_origin(one) for one in self._origins]


def _origin(origin: Provenance) -> Record:
    return {
        "series_uid": origin.series_uid,
        "frame": origin.frame,
        "grid": origin.grid,
        "mask_rule": origin.mask_rule,
        "scale": origin.scale,
        "facts": [{"name": name, "value": value, "source": source} for name, value, source in origin.facts],
    }


def traced(number: Number, pool: Pool) -> Record:
    """Algorithm, inputs, origin and flags of one number; empty where it is not given."""
    if isinstance(number, Missing):
        return {}
    return {
        "algorithm": number.algorithm,
        "unit": str(number.unit),
        "inputs": dict(number.inputs),
        "origin": pool.origin(number),
        "flags": [flag.code for flag in number.flags],
    }
