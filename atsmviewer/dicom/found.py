"""Owns the nouns of a scan: the series found, the files set aside, the files of regions."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from atsmviewer.dicom.disk.naming import plain, shown
from atsmviewer.dicom.header.boundary import Rejected
from atsmviewer.dicom.header.mapping import RealWorldMapping
from atsmviewer.model.facts import PetFacts
from atsmviewer.model.session import Alignment
from atsmviewer.model.study import Patient, Series

if TYPE_CHECKING:  # nouns of rooms that build on this one
    from atsmviewer.dicom.nifti.file import NiftiSource
    from atsmviewer.dicom.source.unpacked import Unpacked


@dataclass(frozen=True)
class Found:
    """One series that can be loaded as a volume.

    ``files``, ``instance_uids`` and ``frames`` are in slice order, without an entry for the empty slice
    indices ``gaps`` of the grid; a multi-frame file is named once per frame, ``frames`` counts from 0
    and is None for a file of one slice. ``facts`` (PET only) has one slice entry per slice of the
    grid: a gap, whose voxels are NaN, repeats the entry of the slice before it. ``notes`` are
    sentences for the reader.
    """

    series: Series
    files: tuple[Path, ...]
    patient: Patient
    facts: PetFacts | None
    instance_uids: tuple[str, ...]
    frames: tuple[int | None, ...]
    gaps: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    frame: int = 0
    """Number of the time frame or gate, from 0: the frames of a series are each a Found of that series."""
    frame_count: int = 1
    gate: str = ""
    """A gate in words ("gate 3 of 8"); empty in a time frame."""
    nifti: NiftiSource | None = None
    """Where its voxels lie if it comes from a NIfTI image, which ``files`` then names once per slice."""


@dataclass(frozen=True)
class Scan:
    """Every file under ``root``, once: in a series found, rejected with a reason, or holding regions.

    ``mappings`` are those of Real World Value Mapping objects; they are told, and applied to nothing.
    """

    root: Path
    found: tuple[Found, ...]
    rejected: tuple[Rejected, ...]
    regions: tuple[Path, ...]
    mappings: tuple[RealWorldMapping, ...] = ()
    registrations: tuple[Alignment, ...] = ()
    """What Spatial Registration objects say, from one frame of reference to another."""
    registration_files: tuple[Path, ...] = ()
    unpacked: Unpacked | None = field(default=None, compare=False)
    """Where the members of a zip lie as long as the scan is kept; None where none was opened."""

    def name(self, path: Path) -> str:
        """How a file is shown: its own name, or "scan.zip › DICOM/IM1"; printable, and no path."""
        return shown(path) if self.unpacked is None else self.unpacked.name(path)

    def told(self, text: str) -> str:
        """A sentence about files, printable and with members of a zip by their own names."""
        return plain(text if self.unpacked is None else self.unpacked.told(text))
