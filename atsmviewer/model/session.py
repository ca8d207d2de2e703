"""What the reader decided: protocol, rois, alignments, header overrides, remarks; small and immutable."""

from __future__ import annotations

from dataclasses import dataclass, field

from atsmviewer.model.roi import Roi, Role


@dataclass(frozen=True)
class Protocol:
    """Every choice that changes a number; saved and printed with it."""

    tm_threshold: float = 1.4
    """T/M threshold; the default is a protocol example (document 004), not validated for Cu-ATSM."""
    comparator: str = ">"
    """">" or ">=": whether a voxel at exactly the threshold counts."""
    mask_rule: str = "fraction"
    """"fraction": weight is the part of the voxel inside (R20); "centre": 1 where the centre is inside."""
    headline: str = "mean"
    """Which T/M leads: "mean" or "max"."""
    suv: str = "bw"
    tumour_type: str | None = None

    def __post_init__(self) -> None:
        allowed = {
            "comparator": (">", ">="),
            "mask_rule": ("fraction", "centre"),
            "headline": ("mean", "max"),
        }
        for name, values in allowed.items():
            if getattr(self, name) not in values:
                raise ValueError(f"{name} is one of {', '.join(values)}, not {getattr(self, name)!r}")
        if not 0 < self.tm_threshold < 1000:
            raise ValueError("tm_threshold is a positive ratio")
        if self.suv != "bw":
            raise ValueError("suv is 'bw' in this version")


@dataclass(frozen=True)
class Alignment:
    """A rigid movement between two frames of reference: 4 x 4 matrix, row by row, from-mm to to-mm."""

    from_uid: str
    to_uid: str
    matrix: tuple[float, ...]
    origin: str
    who: str


@dataclass(frozen=True)
class Override:
    """A header fact replaced or supplied by the reader, with who and why; ``value`` is its text."""

    acquisition_uid: str
    name: str
    value: str
    who: str
    why: str


@dataclass(frozen=True)
class Session:
    """Everything the reader decided about one case, at one moment."""

    case_key: str
    protocol: Protocol = field(default_factory=Protocol)
    rois: tuple[Roi, ...] = ()
    alignments: tuple[Alignment, ...] = ()
    overrides: tuple[Override, ...] = ()
    remarks: str = ""

    def roi(self, uid: str) -> Roi:
        """The roi of that uid; KeyError where there is none."""
        for roi in self.rois:
            if roi.uid == uid:
                return roi
        raise KeyError(uid)

    def of_role(self, role: Role) -> tuple[Roi, ...]:
        """Rois of one role, in drawing order."""
        return tuple(roi for roi in self.rois if roi.role is role)


@dataclass(frozen=True)
class Stamp:
    """Who made the last change and when (ISO 8601 with zone); outputs take their date from it."""

    who: str
    when: str
    state: str
    """Hash of the session's state, hex."""
