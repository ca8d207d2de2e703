"""What a reader may choose of a case: every series with its reason, and what was set aside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from atsmviewer.dicom.found import Found, Scan
from atsmviewer.dicom.leftover import left_over
from atsmviewer.dicom.pairing import study as pair
from atsmviewer.dicom.partners import Partner, partners
from atsmviewer.model.choice import Aside, Choice, NothingOpened, series_name
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.facts import PetFacts, elapsed_s
from atsmviewer.model.study import Acquisition, Series, Study
from atsmviewer.model.suv import Scale
from atsmviewer.quant.assess import scale_of
from atsmviewer.workflow.firstlook import counterpart

__all__ = ["Choices", "NothingOpened", "choices", "paired"]

Choices = tuple[tuple[Choice, ...], tuple[Aside, ...]]


def paired(scan: Scan) -> Study:
    """The case of a scan; NothingOpened with the list of what was found where there is none."""
    try:
        return pair(scan)
    except ReviewError as error:
        raise NothingOpened(error, *choices(scan, None)) from error


def choices(scan: Scan, study: Study | None) -> Choices:
    """Every series as a reader chooses it, PETs first in order of time, and the files set aside by reason.

    Without a study (it was refused) the series are listed as they were found.
    """
    if study is None:
        return tuple(_unpaired(scan)), left_over(scan)
    by_uid = {f.series.uid: f for f in scan.found if f.frame == 0}
    listed = [_pet(study, acquisition) for acquisition in study.acquisitions]
    shown = [a.anatomy for a in study.acquisitions if a.anatomy is not None]
    others = [*{s.uid: s for s in shown}.values(), *(one.series for one in study.anatomies)]
    listed += [_anatomy(study, one, by_uid) for one in others]
    return tuple(listed), left_over(scan)


def _unpaired(scan: Scan) -> list[Choice]:
    several = len({f.patient.id for f in scan.found}) > 1
    listed = []
    for found in sorted(scan.found, key=lambda f: (f.patient.id, f.series.modality != "PT", f.series.uid)):
        if found.frame == 0:
            whose = f"patient ID {found.patient.id or 'missing'}" if several else "not opened"
            count = found.frame_count * len(found.files)
            line = f"{series_name(found.series)}, {_counted(count)}{_clock(found.series.when)}"
            listed.append(Choice(found.series.uid, found.series.modality, line, whose))
    return listed


def _pet(study: Study, acquisition: Acquisition) -> Choice:
    pet = acquisition.pet
    scale = scale_of(acquisition.facts, (), pet.grid.shape[0])
    size = _counted(pet.grid.shape[0])
    if len(acquisition.frames) > 1:
        what = "gates" if acquisition.frames[0].gate else "frames"
        size = f"{len(acquisition.frames)} {what} of {size}"
    said = [series_name(pet), size, _tracer(scale, acquisition.facts), _uptake(acquisition, scale)]
    return Choice(pet.uid, "PT", ", ".join(s for s in said if s), _pet_why(study, acquisition), (pet.uid,))


def _pet_why(study: Study, acquisition: Acquisition) -> str:
    corrected = {
        True: "attenuation corrected",
        False: "not attenuation corrected: neither SUV nor T/M",
        None: "the header does not say whether it is attenuation corrected",
    }
    said = [corrected[acquisition.pet.attenuation_corrected]]
    other = counterpart(study, acquisition.uid)
    if other is not None and acquisition.pet.attenuation_corrected is False:
        said.append(f"the same scan as {series_name(study.acquisition(other).pet)}")
    partner = "no CT or MR of its frame of reference covers it"
    if acquisition.anatomy is not None:
        partner = f"with {series_name(acquisition.anatomy)}"
    return ", ".join([*said, partner, *_doubts(acquisition.pet)])


def _anatomy(study: Study, series: Series, found: dict[str, Found]) -> Choice:
    shown = tuple(a.uid for a in study.acquisitions if a.anatomy and a.anatomy.uid == series.uid)
    lies = [(a, partners(a.pet, [series], study.registrations)) for a in study.acquisitions]
    offered = tuple(a.uid for a, way in lies if way)
    frame = series.grid.frame_of_reference_uid
    elsewhere = tuple(a.uid for a in study.acquisitions if a.frame_of_reference_uid != frame)
    apart = not offered and bool(elsewhere)
    why = _anatomy_why(study, [(a, way[0]) for a, way in lies if way], shown, apart)
    count = found[series.uid].frame_count if series.uid in found else 1
    size = _counted(series.grid.shape[0]) + (f", the first of {count} time points" if count > 1 else "")
    line = f"{series_name(series)}, {size}{_clock(series.when)}"
    why = ", ".join([why, *_doubts(series)])
    return Choice(series.uid, series.modality, line, why, shown, elsewhere if apart else offered, apart)


def _anatomy_why(
    study: Study, ways: Sequence[tuple[Acquisition, Partner]], shown: tuple[str, ...], apart: bool
) -> str:
    """The reason for the PET it is shown with, else for the one it fits best; its part of every other PET."""
    if not ways:
        if apart:
            return "another frame of reference: not overlaid, unless aligned by hand"
        return "same frame of reference, but it covers nothing of the PET"
    own = [pair for pair in ways if pair[0].uid in shown]
    acquisition, way = max(own or ways, key=lambda pair: pair[1].covered)
    if len(study.acquisitions) == 1:
        return way.words
    others = [
        f"{w.covers} ({series_name(a.pet)})"
        for a, w in ways
        if a is not acquisition and w.covers != way.covers
    ]
    return ", ".join([f"{way.words} ({series_name(acquisition.pet)})", *others])


def _doubts(series: Series) -> list[str]:
    doubts = [series.irregular.rstrip(".")] if series.irregular else []
    doubts += [f"only {series.lacking} found"] if series.lacking else []
    return doubts + ([f"lossy compression ({series.lossy})"] if series.lossy else [])


def _counted(slices: int) -> str:
    return f"{slices} slice{'s' if slices != 1 else ''}"


def _tracer(scale: Scale, facts: PetFacts) -> str:
    """Nuclide and tracer in plain letters: "64Cu-ATSM", "18F Fluorodeoxyglucose", "64Cu"."""
    nuclide = facts.nuclide or ""
    if scale.tracer_is_cu_atsm:
        return f"{nuclide}-ATSM" if nuclide.endswith("Cu") else "Cu-ATSM"
    name = facts.radiopharmaceutical or ""
    return name if nuclide and nuclide in name else f"{nuclide} {name}".strip()


def _uptake(acquisition: Acquisition, scale: Scale) -> str:
    """Minutes from injection to the start of the scan, of frames to the end of the last; "" if unknown."""
    if scale.injection_time is None:
        return ""
    starts = [f.start for f in acquisition.frames if f.start is not None and not f.gate]
    starts = starts or [f.start for f in acquisition.frames[:1] if f.start is not None]
    if not starts:
        return ""
    after_s = [elapsed_s(start, scale.injection_time) for start in starts]
    if min(after_s) < -60:
        return ""
    first = max(0.0, min(after_s))
    if len(after_s) == 1:
        return f"{_span(first)} p.i."
    return f"{_span(first)} to {_span(max(after_s) + (acquisition.frames[-1].duration_s or 0.0))} p.i."


def _span(seconds: float) -> str:
    hours = f"{seconds / 3600:.1f}".removesuffix(".0")
    return f"{seconds / 60:.0f} min" if seconds < 2 * 3600 else f"{hours} h"


def _clock(when: datetime | None) -> str:
    return "" if when is None else f", {when.day} {when:%b %Y %H:%M}"
