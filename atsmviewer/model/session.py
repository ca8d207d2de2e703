"""What the reader decided: protocol, rois, alignments, header overrides, remarks; small and immutable."""

from __future__ import annotations

from dataclasses import dataclass, field

from atsmviewer.model.roi import Roi, Role

SUV_KINDS = ("bw", "lbmjanma", "lbmjames128", "lbm", "ibw", "bsa", "idml", "idg", "kbqml")
"""What PET values may be shown as: SUV of body weight, of lean mass (Janmahasatian, James 128, Morgan 120),
of ideal mass, of body surface, %ID/ml, %ID/g, and kBq/ml (R17)."""


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
    """Which T/M leads: "mean", "max" or "peak"."""
    suv: str = "bw"
    """In which of ``SUV_KINDS`` PET values are shown."""
    tumour_type: str | None = None
    species: str = "human"
    """"human", or "animal" for preclinical mode (R34)."""
    resolution_mm: float = 6.0
    """FWHM of the PET, for the noise interval, partial volume and spill-in (R27b, R30)."""

    def __post_init__(self) -> None:
        allowed = {
            "comparator": (">", ">="),
            "mask_rule": ("fraction", "centre"),
            "headline": ("mean", "max", "peak"),
            "suv": SUV_KINDS,
            "species": ("human", "animal"),
        }
        for name, values in allowed.items():
            if getattr(self, name) not in values:
                raise ValueError(f"{name} is one of {', '.join(values)}, not {getattr(self, name)!r}")
        if not 0 < self.tm_threshold < 1000:
            raise ValueError("tm_threshold is a positive ratio")
        if not 0.1 <= self.resolution_mm <= 50:
            raise ValueError("resolution_mm is a width between 0.1 and 50 mm")


@dataclass(frozen=True)
class Alignment:
    """A rigid movement between two frames of reference: 4 x 4 matrix, row by row, from-mm to to-mm.

    A CT or MR that shares the PET's frame of reference may still lie beside it: then ``from_uid`` is the
    UID of that series, whose place on screen and for HU is moved; the PET never moves.
    """

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
