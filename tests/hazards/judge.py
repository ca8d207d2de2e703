"""Owns the verdict on a case: its files opened as a person would, measured, and held to the closed form."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
from pydicom import config

from atsmviewer.dicom.scan import scan
from atsmviewer.model.assessment import Assessment, Depth, Measurement, Missing
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.roi import Roi, Role
from atsmviewer.model.session import Session
from atsmviewer.model.study import Acquisition, Study
from atsmviewer.model.volume import Volume
from atsmviewer.quant.aligned import alignments_of, placed_anatomy
from atsmviewer.quant.assess import assess
from atsmviewer.workflow.opening import Case as Opened
from atsmviewer.workflow.opening import open_case
from tests.hazards.case import Came, Case
from tests.hazards.phantom import MUSCLE, SUV, TOLERANCE, TRUTH, Files, hounsfield
from tests.properties.door import numbers

WITHIN = 1e-6


def verdict(case: Case, folder: Path) -> Came:
    """What a case comes to; "wrong", with the reason for a code, where it is neither right nor said.

    ``folder`` is empty and its own. The study lies two folders below it, so that what escapes upwards by
    "../.." is still seen.
    """
    files = Files(folder / "case" / "study")
    files.folder.mkdir(parents=True)
    with unvalidated():
        case.do(files)
        files.write()
    moves, before = files.meanwhile is not None, _tree(folder)
    came = _opened(case, files)
    changed = sorted(before ^ _tree(folder)) if not moves else []
    return Came("wrong", f"files were changed: {changed}") if changed else came


def _opened(case: Case, files: Files) -> Came:
    paths = files.opens or files.folder
    try:
        opened = open_case(paths, partial(_happens, files))
    except ReviewError as error:
        complete = error.code and error.what and error.remedy
        asides = {r.code for r in scan(paths).rejected} if error.code == "NO_PET" else set()
        code = ", ".join([error.code, *sorted(asides)])
        return Came("refused", code) if complete else Came("wrong", f"refused without words: {error}")
    return judged(case, files, opened)


def _tree(folder: Path) -> set[tuple[str, int, int]]:
    """Every file under a folder with its size and its last change."""
    inside = ((path, path.lstat()) for path in folder.rglob("*"))
    return {(str(path), there.st_size, there.st_mtime_ns) for path, there in inside}


def _happens(files: Files, done: int, total: int) -> None:
    """Let happen what happens meanwhile, once every header is read."""
    if files.meanwhile is not None and done == total > 0:
        happens, files.meanwhile = files.meanwhile, None
        happens()


def judged(case: Case, files: Files, opened: Opened) -> Came:
    """The verdict on a study that opened."""
    study = opened.study
    frames = [(a, f.number) for a in study.acquisitions for f in a.frames]
    if len(frames) != case.count:
        return Came("wrong", f"{len(frames)} scans and frames in place of {case.count}")
    wholes = {a.uid: assess(study, drawn(study, files, a), Depth.LIVE) for a in study.acquisitions}
    codes = set[str]().union(*(codes_of(opened, whole) for whole in wholes.values()))
    doubted = case.expected.code if case.expected.how == "flagged" and case.expected.code in codes else ""
    came = [
        of_frame(wholes[a.uid].at(a.uid, number), a, files.truth_of(k), doubted=doubted)
        for k, (a, number) in enumerate(frames)
    ]
    said = case.expected.code in codes | {c.code for c in came}
    wrong = [c for c in came if c.how == "wrong"] + _anatomy(case, files, study)
    if wrong:
        return wrong[0]
    if tuple(came) != (case.each or tuple(came[:1]) * case.count):
        return Came("wrong", f"its scans and frames come to {'; '.join(map(str, came))}")
    if case.expected.how in ("told", "flagged") and (case.each or came[0].how == "right"):
        return Came("told", case.expected.code) if said else Came("wrong", f"only {sorted(codes)} is said")
    return came[0]


def drawn(study: Study, files: Files, acquisition: Acquisition) -> Session:
    """The two spheres in the space of one PET."""
    roles, space = {"tumour": Role.TUMOUR, "muscle": Role.MUSCLE}, acquisition.frame_of_reference_uid
    rois = (Roi(name, name, roles[name], space, shape) for name, shape in files.regions.items())
    return Session(study.key, rois=tuple(rois))


def of_frame(
    assessment: Assessment,
    acquisition: Acquisition,
    truth: dict[str, float],
    within: float = WITHIN,
    doubted: str = "",
) -> Came:
    """The numbers of one frame: every one that is given must be right, none may go without a reason.

    SUV alone may be off where the code that is ``doubted`` is said.
    """
    given = dict(numbers(assessment))
    values = {key: (n.value, n.unit) for key, n in given.items() if isinstance(n, Measurement)}
    off = {
        key: f"{key} {values[key][0]:.9g} is not {true:.9g}"
        for key, true in truth.items()
        if key in values
        and not (key in SUV and values[key][1] != "g/ml")
        and not math.isclose(values[key][0], true, rel_tol=TOLERANCE.get(key, within))
    }
    if off and not (off.keys() <= set(SUV) and doubted):
        return Came("wrong", f"{acquisition.pet.description}: {'; '.join(off.values())}")
    lacking = [key for key in TRUTH if key not in values]
    if lacking:
        reasons = [one.code for key in lacking if isinstance(one := given.get(key), Missing)]
        reasons += [missing.code for missing in assessment.missing]
        return Came("withheld", reasons[0]) if reasons else Came("wrong", f"{lacking} are gone unsaid")
    refusal = assessment.scale(acquisition.uid).refused
    if refusal is not None:
        complete = refusal.code and refusal.what and refusal.remedy
        return Came("no SUV", refusal.code) if complete else Came("wrong", "SUV is refused without words")
    if any(values[key][1] != "g/ml" for key in SUV):
        return Came("wrong", "no SUV and no refusal")
    return Came("flagged", doubted) if off else Came("right")


def _anatomy(case: Case, files: Files, study: Study) -> list[Came]:
    """What is wrong with the CTs that are shown: HU at the muscle's centre, or that one is there at all."""
    many = len(study.acquisitions)
    shown = case.fused if isinstance(case.fused, tuple) else (case.fused,) * many
    if len(shown) != many:
        return [Came("wrong", f"{many} scans in place of {len(shown)}")]
    ways = alignments_of(study, Session(study.key))
    volumes = [placed_anatomy(one, ways)[0] for one in study.acquisitions]
    return [came for fused, one in zip(shown, volumes, strict=True) for came in _wrong_ct(fused, files, one)]


def _wrong_ct(fused: bool, files: Files, volume: Volume | None) -> list[Came]:
    if fused != (volume is not None):
        return [Came("wrong", "the CT is not shown" if fused else "a CT is shown")]
    if volume is None:
        return []
    at = np.rint(volume.grid.to_index(np.array(files.place(MUSCLE)))).astype(int)
    shown = float(volume.voxels[tuple(at)]) if np.all((at >= 0) & (at < volume.grid.shape)) else np.nan
    true = float(hounsfield(*(np.array(v) for v in MUSCLE)))
    return [] if shown == true else [Came("wrong", f"{shown} HU in place of {true} HU")]


def codes_of(opened: Opened, whole: Assessment) -> set[str]:
    """Every code that is said: of files set aside, of the scales, of numbers."""
    said = {r.code for r in opened.scan.rejected} | {f.code for f in whole.flags}
    said |= {f.code for _, scale in whole.scales for f in scale.flags}
    said |= {scale.refused.code for _, scale in whole.scales if scale.refused is not None}
    given = (n for roi in whole.rois for n in roi.numbers if isinstance(n, Measurement))
    said |= {f.code for n in given for f in n.flags}
    notes = " ".join([*opened.study.notes, *(n for f in opened.scan.found for n in f.notes)])
    return said | {word for word in NOTED if NOTED[word] in notes}


NOTED = {
    "MISSING_AT_THE_END": "announced by the header",
    "TILTED": "tilted gantry",
    "DATE_STAYS": "begun after midnight under the date before",
    "NO_FRAME_OF_REFERENCE": "no frame of reference",
    "NOT_SHOWN": "is not shown",
    "NOBODY_NAMED": "Nothing says whose",
    "OLDER_REGISTRATION": "An older registration",
    "NO_HU": "its values are no HU",
    "HU_MODIFIED": "modified HU",
}
"""What is told as a note and has no code: a word for it, and words of it."""


@contextmanager
def unvalidated() -> Iterator[None]:
    """Let the writer write what breaks the standard."""
    mode = config.settings.writing_validation_mode
    config.settings.writing_validation_mode = config.IGNORE
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module="pydicom")
            yield
    finally:
        config.settings.writing_validation_mode = mode
