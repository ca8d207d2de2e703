"""The time frame or gate looked at: its words, the step to the next, and slices that are no measurement."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from atsmviewer.model.facts import elapsed_s
from atsmviewer.model.grid import Vector
from atsmviewer.model.study import Acquisition, Frame
from atsmviewer.model.suv import Scale
from atsmviewer.model.volume import Volume
from atsmviewer.ui.document import Document

UNEVEN = "slices uneven: shown, not measured"
STEPPING = "(keys , .)"
NO_SLICE = "PET slice missing here"


def step_frame(document: Document, by: int) -> None:
    """The next or an earlier frame; the first and the last have none beyond them."""
    acquisition, frame = document.acquisition, document.frame
    if acquisition is None or frame is None:
        return
    at = acquisition.frames.index(frame) + by
    number = acquisition.frames[min(max(at, 0), len(acquisition.frames) - 1)].number
    document.look(replace(document.viewing, frame=number))


def frame_words(acquisition: Acquisition, frame: Frame, scale: Scale | None) -> str:
    """As "frame 12 of 45, 16.0–18.0 min p.i." or "gate 3 of 8, trigger 250 ms"; empty for an only one.

    By the clock where the injection is not known; without times where the header has none to believe. A
    start that the reader entered moves them, as it does those of ``scale``.
    """
    if len(acquisition.frames) == 1:
        return ""
    if frame.gate:
        return frame.gate
    words = f"frame {acquisition.frames.index(frame) + 1} of {len(acquisition.frames)}"
    start = frame.start if scale is None or scale.started is None else scale.started
    if start is None:
        return words
    if scale is None or scale.injection_time is None:
        lasts = "" if frame.duration_s is None else f", {frame.duration_s:g} s"
        return f"{words}, {start:%H:%M:%S}{lasts}"
    began = elapsed_s(start, scale.injection_time) / 60
    ended = "" if frame.duration_s is None else f"–{began + frame.duration_s / 60:.1f}"
    return f"{words}, {began:.1f}{ended} min p.i.".replace("-", "−")


def plane_detail(document: Document) -> str:
    """What a plane adds to its title: frame or gate, uneven or missing slices; empty where nothing is."""
    acquisition, frame = document.acquisition, document.frame
    if acquisition is None or frame is None:
        return ""
    scale, point_mm = document.scale, document.viewing.cursor_mm
    words = frame_words(acquisition, frame, scale)
    said = [f"{words} {STEPPING}"] if words else []
    said += [f"PET {UNEVEN}"] if acquisition.pet.irregular else []
    anatomy = acquisition.anatomy
    said += [f"{anatomy.modality} {UNEVEN}"] if anatomy is not None and anatomy.irregular else []
    said += [NO_SLICE] if in_gap(frame.volume, point_mm) else []
    return " · ".join(words for words in said if words)


def in_gap(volume: Volume | None, point_mm: Vector) -> bool:
    """Whether a point lies in a slice that is missing."""
    if volume is None or not volume.gaps:
        return False
    return int(np.floor(volume.grid.to_index(np.asarray(point_mm, np.float64))[0] + 0.5)) in volume.gaps
