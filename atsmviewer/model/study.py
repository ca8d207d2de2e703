"""What the scanner delivered: one patient's case, a tuple of acquisitions, voxels or not yet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np

from atsmviewer.model.facts import PetFacts
from atsmviewer.model.grid import Floats, Grid, Vector
from atsmviewer.model.session import Alignment
from atsmviewer.model.volume import Volume


@dataclass(frozen=True)
class Patient:
    """Who: identifiers as the header gives them, empty where it is silent."""

    id: str
    name: str
    sex: str
    birth_date: date | None = None
    age: str = ""


@dataclass(frozen=True)
class Series:
    """One DICOM series of one stack: identity, geometry and a line a reader recognises it by."""

    uid: str
    study_uid: str
    modality: str
    description: str
    number: int | None
    grid: Grid
    when: datetime | None
    attenuation_corrected: bool | None = None
    irregular: str = ""
    """How its slices lie where they lie unevenly ("Slices lie 2.00 to 7.50 mm apart."): it is shown, on a
    grid of which each slice repeats the nearest one scanned, and nothing is measured in it (R35, R36)."""
    lossy: str = ""
    """Compression that changed its pixels ("JPEG 2000, 10 : 1"), empty where there was none."""
    lacking: str = ""
    """How many of the slices that its header announces were found ("12 of 531 slices"); empty: all."""
    values: str = ""
    """What a CT's values are where they are no HU ("Z_EFF", the effective atomic number), else empty."""

    @property
    def kind(self) -> str:
        """How pictures and windows name it: "CT", "MR", or "CT (Z_EFF)" where its values are no HU."""
        return f"{self.modality} ({self.values})" if self.values else self.modality


@dataclass(frozen=True)
class Frame:
    """One time frame or gate of a PET acquisition; ``volume`` is None until it is loaded.

    ``facts`` are its own where the acquisition has several, since slopes and times differ; ``gate`` names
    a gate in words ("gate 3 of 8") and is empty in a time frame.
    """

    number: int
    start: datetime | None
    duration_s: float | None
    volume: Volume | None = None
    facts: PetFacts | None = None
    gate: str = ""


@dataclass(frozen=True)
class Anatomy:
    """A CT or MR of the case that is not shown with a PET now; ``volume`` is None until it is loaded."""

    series: Series
    volume: Volume | None = None


@dataclass(frozen=True)
class Acquisition:
    """One PET time point with its facts, frames, and the CT (or MR) that shares its frame of reference."""

    pet: Series
    facts: PetFacts
    frames: tuple[Frame, ...]
    anatomy: Series | None = None
    anatomy_volume: Volume | None = None
    anatomy_gone: str = ""
    """UID of the CT or MR that the reader chose and the case does not hold: none is shown in its place."""

    @property
    def uid(self) -> str:
        """The PET series' UID names the acquisition."""
        return self.pet.uid

    def frame(self, number: int) -> Frame:
        """The frame of that number; KeyError where there is none."""
        for frame in self.frames:
            if frame.number == number:
                return frame
        raise KeyError(number)

    @property
    def looked_at(self) -> int:
        """Number of the frame looked at first: the last in time, of gates the first."""
        return self.frames[0 if self.frames[0].gate else -1].number

    def facts_of(self, number: int) -> PetFacts:
        """The facts of one frame: its own, else those of the acquisition."""
        return self.frame(number).facts or self.facts

    @property
    def view_grid(self) -> Grid:
        """The grid a view starts in: the anatomy's where one shares the PET's space, else its own."""
        return self._here[-1].grid

    def grid_at(self, point_mm: Vector) -> Grid:
        """The grid whose slices are stepped and counted at a point: beyond the anatomy the PET's own."""
        return self.view_grid if self.view_grid.contains(point_mm) else self.pet.grid

    @property
    def _here(self) -> tuple[Series, ...]:
        """PET and anatomy as far as they share a frame of reference: places of others do not compare."""
        if self.anatomy is None or self.anatomy.grid.frame_of_reference_uid != self.frame_of_reference_uid:
            return (self.pet,)
        return self.pet, self.anatomy

    @property
    def extent_mm(self) -> tuple[Floats, Floats]:
        """Lowest and highest LPS corner of PET and anatomy together: how far one may look."""
        extents = [s.grid.extent_mm for s in self._here]
        return np.min([low for low, _ in extents], axis=0), np.max([high for _, high in extents], axis=0)

    @property
    def frame_of_reference_uid(self) -> str:
        """The patient space its rois live in."""
        return self.pet.grid.frame_of_reference_uid


@dataclass(frozen=True)
class Study:
    """One patient's case, which may span several DICOM studies; acquisitions in order of time.

    ``key`` names the case for the session journal. ``notes`` say what was paired with what and why.
    ``anatomies`` are the CTs and MRs that no PET is shown with, ``registrations`` what DICOM Spatial
    Registration objects of the case say; an alignment by the reader comes after them and wins.
    """

    key: str
    patient: Patient
    acquisitions: tuple[Acquisition, ...]
    notes: tuple[str, ...] = ()
    anatomies: tuple[Anatomy, ...] = ()
    registrations: tuple[Alignment, ...] = ()
    doubts: tuple[str, ...] = ()
    """Of the notes those on whose the series are: a reader has to see them when the case opens."""

    def acquisition(self, uid: str) -> Acquisition:
        """The acquisition of that PET series; KeyError where there is none."""
        for acquisition in self.acquisitions:
            if acquisition.uid == uid:
                return acquisition
        raise KeyError(uid)

    def with_volume(self, series_uid: str, volume: Volume, frame: int = 0) -> Study:
        """The study with the voxels of one series filled in (PET frame by number, or anatomy)."""

        def fill(acquisition: Acquisition) -> Acquisition:
            if acquisition.pet.uid == series_uid:
                frames = tuple(
                    replace(f, volume=volume) if f.number == frame else f for f in acquisition.frames
                )
                return replace(acquisition, frames=frames)
            if acquisition.anatomy is not None and acquisition.anatomy.uid == series_uid:
                return replace(acquisition, anatomy_volume=volume)
            return acquisition

        others = tuple(
            replace(one, volume=volume) if one.series.uid == series_uid else one for one in self.anatomies
        )
        return replace(self, acquisitions=tuple(fill(a) for a in self.acquisitions), anatomies=others)

    def only(self, acquisition_uid: str, frame: int) -> Study:
        """The study with one frame of one acquisition alone: what live numbers are wanted of."""
        one = self.acquisition(acquisition_uid)
        return replace(self, acquisitions=(replace(one, frames=(one.frame(frame),)),))
