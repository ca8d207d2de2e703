"""What SUV needs from a PET header, as facts with their source; tags stay behind the front door."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time


def elapsed_s(later: datetime, earlier: datetime) -> float:
    """Seconds between two moments; where only one has a zone, both are read in that one (R12)."""
    if (later.tzinfo is None) != (earlier.tzinfo is None):
        later, earlier = later.replace(tzinfo=None), earlier.replace(tzinfo=None)
    return (later - earlier).total_seconds()


@dataclass(frozen=True)
class SliceTime:
    """The timing of one PET slice: acquisition start, duration, frame reference time (None if absent)."""

    acquired: datetime | None
    duration_s: float | None
    frame_reference_s: float | None
    decay_factor: float | None = None
    """(0054,1321): evidence of the decay mode, never a multiplier (R9)."""
    offset_s: float | None = None
    """Seconds from the start of the scan to that of the acquisition, where a source counts so (BIDS)."""


@dataclass(frozen=True)
class PetFacts:
    """Header facts of one PET series, already parsed; None is "absent or empty", never a default.

    Activities are Bq, times are datetimes (aware where the header gave a zone, else naive in the
    scanner's zone), durations seconds, masses kg, heights m. ``sources`` maps a field's name to
    the tag it was read from, e.g. ``{"weight_kg": "(0010,1030) PatientWeight"}``.
    """

    units: str | None = None
    decay_correction: str | None = None
    corrected_image: tuple[str, ...] | None = None
    suv_type: str | None = None
    counts_source: str | None = None
    weight_kg: float | None = None
    height_m: float | None = None
    sex: str | None = None
    injected_activity_bq: float | None = None
    half_life_s: float | None = None
    nuclide: str | None = None
    """Nuclide as "64Cu", "18F", from RadionuclideCodeSequence or, failing that, the tracer's text or code."""
    radiopharmaceutical: str | None = None
    radiopharmaceutical_code: str | None = None
    """Code of the tracer as "422855001 SCT"."""
    injection_datetime: datetime | None = None
    """(0018,1078): a full date and time."""
    injection_time: time | None = None
    """(0018,1072): a time of day; its date is not in the header."""
    series_datetime: datetime | None = None
    decay_reference_datetime: datetime | None = None
    """(0018,9701) DecayCorrectionDateTime or the Siemens private (0071,1022)."""
    ge_scan_datetime: datetime | None = None
    """(0009,100D) of creator GEMS_PETD_01."""
    manufacturer: str | None = None
    philips_suv_factor: float | None = None
    philips_activity_factor: float | None = None
    slices: tuple[SliceTime, ...] = ()
    """In the order of the volume's slices."""
    slopes: tuple[float, ...] = ()
    intercepts: tuple[float, ...] = ()
    inconsistent: tuple[str, ...] = ()
    """Names of facts that differ between instances of the series, for R1's refusal."""
    sources: tuple[tuple[str, str], ...] = field(default=())
    tracer_nuclide: str | None = None
    """Nuclide that the tracer's own code or text names: another one than ``nuclide`` is R16's case, a
    scan run on the protocol of another isotope."""

    positron_fraction: float | None = None
    """(0018,1076): the branching that the scanner's calibration took (R16)."""
    species: str | None = None
    """Species in lower case ("mus musculus") where the header names one: asks for preclinical mode."""
    field_of_view_mm: float | None = None
    """Transaxial width of the image; below 200 mm it asks for preclinical mode (R14)."""
    voxel_mm: float | None = None
    """Smallest voxel spacing; below 1.5 mm it asks for preclinical mode."""
    study_date: date | None = None
    lossy: str = ""
    """Compression that changed the pixels ("JPEG 2000, 10 : 1"), empty where there was none."""
    lacking: str = ""
    """How many of the announced slices were found ("12 of 531 slices"), empty where all were."""
    aside: str = ""
    """Why a side-car that tells facts of this PET was refused whole, a sentence; empty where none was."""
    series_acquired: datetime | None = None
    """Earliest acquisition start over all frames of a series, where these are the facts of one of several."""
    several: bool = False
    """Whether these are the facts of one of several frames or gates of the acquisition."""

    def source(self, name: str) -> str:
        """The tag a field was read from, or "not in the header"."""
        return dict(self.sources).get(name, "not in the header")
