"""What is on screen, in words: whose case, which PET with which CT or MR, and why these."""

from __future__ import annotations

from atsmviewer.model.choice import PARTNER, series_name
from atsmviewer.ui.document import Document
from atsmviewer.ui.words import age_words


def case_words(document: Document) -> str:
    """Sex, age and scan as "M · 54 y · ⁶⁴Cu-ATSM PET/CT"; only what lies with the PET is named with it."""
    study, acquisition, scale = document.study, document.acquisition, document.scale
    if study is None or acquisition is None:
        return ""
    kind = "PET" if acquisition.anatomy is None else f"PET/{acquisition.anatomy.kind}"
    scan = f"{scale.tracer if scale else ''} {kind}".strip()
    patient = study.patient
    return " · ".join(word for word in (patient.sex, age_words(patient.age), scan) if word)


def pair_words(document: Document) -> str:
    """The PET on screen, what is shown with it, and why: what was delivered until the reader decides."""
    study, acquisition = document.study, document.acquisition
    if study is None or acquisition is None:
        return ""
    chosen = _chosen(document)
    placed = next((p for p in document.here.placements if p.is_anatomy), None)
    if not chosen and placed is None:
        at = study.acquisitions.index(acquisition)
        return study.notes[at] if at < len(study.notes) else ""
    pet, anatomy = series_name(acquisition.pet), acquisition.anatomy
    if anatomy is None:
        gone = "the chosen series is not in this case" if acquisition.anatomy_gone else "chosen so"
        return f"{pet} without CT or MR: {gone}."
    name = series_name(anatomy)
    if placed is not None:
        return f"{pet} with {name}, aligned: {placed.by}."
    if anatomy.grid.frame_of_reference_uid == acquisition.frame_of_reference_uid:
        return f"{pet} with {name}: chosen in the list, same frame of reference."
    return f"{pet} without {name}: it lies in another frame of reference, not overlaid."


def greeting(document: Document) -> tuple[str, str]:
    """(light, words) for a PET without CT or MR, as long as that is so; empty where the reader chose it."""
    acquisition, study, scale = document.acquisition, document.study, document.scale
    if acquisition is None or study is None or acquisition.anatomy is not None:
        return "", ""
    if acquisition.anatomy_gone:
        return "warn", "The CT or MR chosen for this PET is not in this case. Nothing takes its place."
    if _chosen(document):
        return "", ""
    if study.anatomies:
        return "warn", "PET and CT do not share a frame of reference. They are not overlaid."
    alone = "A PET alone: no CT or MR was found with it."
    if scale is None or scale.ratio_refused is not None:
        return "warn", alone
    if scale.refused is not None:
        return "warn", f"{alone} T/M works without it."
    return "ok", f"{alone} SUV and T/M work without it."


def _chosen(document: Document) -> bool:
    """Whether the reader chose what is shown with the PET on screen."""
    uid = document.viewing.acquisition_uid
    return any(o.acquisition_uid == uid and o.name == PARTNER for o in document.session.overrides)
