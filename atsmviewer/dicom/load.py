"""Owns the voxels of a series: each slice rescaled by its own slope in float64, kept as float32 or int16."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial
from itertools import groupby

import numpy as np

from atsmviewer.dicom.disk.memory import refuse_too_large
from atsmviewer.dicom.disk.pace import check, paced
from atsmviewer.dicom.found import Found
from atsmviewer.dicom.header.boundary import quiet
from atsmviewer.dicom.nifti.load import load_nifti
from atsmviewer.dicom.pixel.ahead import ahead
from atsmviewer.dicom.pixel.compressed import needs_decoder
from atsmviewer.dicom.pixel.pixels import Rescaled, frame_jobs, read_frames, read_slice
from atsmviewer.dicom.pixel.quick_pixels import QuickSlices
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.volume import Unit, Volume, Voxels

MEMORY_BUDGET_BYTES = 4 << 30
"""The most that one volume may take; a larger one is refused before it is allocated."""
TAKEN = 1.5
"""Memory that a study takes, of its voxels' own: 1.0 where it is only read, 1.3 to 1.6 in the window."""

CT_PADDING = int(np.iinfo(np.int16).min)
"""What a CT voxel outside the reconstructed circle reads as: below every HU, and no measurement."""

_UNITS = {"BQML": Unit.BQML, "GML": Unit.SUV, "CNTS": Unit.COUNTS, "CM2ML": Unit.CM2ML}


def load(
    found: Found,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Volume:
    """The voxels of a found series, (slice, row, column), each slice as slope x stored + intercept.

    PET and MR are float32; CT is int16 where every value is a whole number in its range, else
    float32. Missing slices are NaN. Padding is NaN, in int16 ``CT_PADDING``.

    Raises
    ------
    ReviewError
        "TOO_LARGE", "TRANSFER_SYNTAX", "CODEC_FAILED", "PIXELS_BROKEN", "PIXELS_UNMAPPED", "FILE_CHANGED"
        or "CANCELLED".
    """
    shape = found.series.grid.shape
    _refuse_too_large(found)
    if found.nifti is not None:
        return load_nifti(found, found.nifti, _unit(found), progress, cancelled)
    whole = _is_whole(found)
    voxels: Voxels = np.empty(shape, np.int16) if whole else np.empty(shape, np.float32)
    voxels[list(found.gaps)] = CT_PADDING if whole else np.nan
    places = sorted(set(range(shape[0])) - set(found.gaps))
    told = paced(progress)
    with quiet(cancelled):
        slices: Iterator[Rescaled]
        if needs_decoder(found.files[0]):
            slices = ahead(_jobs(found), cancelled)
        else:
            slices = _slices(found, lambda count: voxels[places[count]])
        for done, index in enumerate(places):
            check()
            one = next(slices)
            if voxels.dtype == np.int16 and not one.fits_int16():
                voxels = _widened(voxels, index)
            one.fill(voxels[index], CT_PADDING if voxels.dtype == np.int16 else np.nan)
            told(done + 1, len(found.files))
    return Volume(found.series.grid, voxels, _unit(found), found.series.uid, found.gaps)


def _jobs(found: Found) -> Iterator[Callable[[], Rescaled]]:
    """The slices in order, each as a job that may be done in any thread."""
    size = found.series.grid.shape[1:]
    entries = zip(found.instance_uids, found.files, found.frames, strict=True)
    for (uid, file), run in groupby(entries, key=lambda entry: entry[:2]):
        frames = [frame for _, _, frame in run]
        counted = [frame for frame in frames if frame is not None]
        if counted:
            yield from frame_jobs(file, uid, size, counted)
        else:
            yield from [partial(read_slice, file, uid, size)] * len(frames)


def _slices(found: Found, place: Callable[[int], Voxels]) -> Iterator[Rescaled]:
    """The slices in order; a multi-frame file is read once for each run of its frames.

    ``place`` is where the slice of that count, from 0, will be filled: each has to be before the next.
    """
    size = found.series.grid.shape[1:]
    quick, done = QuickSlices(), 0
    entries = zip(found.instance_uids, found.files, found.frames, strict=True)
    for (uid, file, single), run in groupby(entries, key=lambda entry: (*entry[:2], entry[2] is None)):
        if single:
            for _ in run:  # an uneven stack shows one slice at several places
                yield quick.read(file, uid, size, place(done))
                done += 1
        else:
            frames = [frame for _, _, frame in run if frame is not None]
            yield from read_frames(file, uid, size, frames)
            done += len(frames)


def memory_bytes(found: Found) -> int:
    """What a series will take: its voxels as they will be kept, and what is needed beside them.

    A file of several frames is read whole before its frames are taken from it.
    """
    voxels_bytes = math.prod(found.series.grid.shape) * (2 if _is_whole(found) else 4)
    return int(voxels_bytes * TAKEN) + _file_bytes(found)


def _file_bytes(found: Found) -> int:
    """The size of the largest file of several frames, 0 where there is none."""
    several = {file for file, frame in zip(found.files, found.frames, strict=True) if frame is not None}
    try:
        return max((file.stat().st_size for file in several), default=0)
    except OSError:  # said when it is read
        return 0


def _is_whole(found: Found) -> bool:
    """Whether voxels are kept as int16, as far as headers tell."""
    if found.nifti is not None:
        return found.series.modality == "CT" and found.nifti.whole
    return found.series.modality == "CT" and not found.gaps


def _refuse_too_large(found: Found) -> None:
    shape = found.series.grid.shape
    size = f"{shape[0]} slices of {shape[1]} x {shape[2]}"
    if math.prod(shape) * 4 > MEMORY_BUDGET_BYTES:
        what = f"{size} need more than {MEMORY_BUDGET_BYTES >> 30} GB."
        raise ReviewError("TOO_LARGE", what, "Open a series with fewer or smaller slices.")
    refuse_too_large(memory_bytes(found), size)


def _widened(voxels: Voxels, count: int) -> Voxels:
    """The first ``count`` slices as float32, padding as NaN: a next one holds what int16 cannot."""
    refuse_too_large(voxels.size * 4, "Its values beyond whole numbers of 16 bits")
    wide = np.empty(voxels.shape, np.float32)
    wide[:count] = voxels[:count]
    wide[:count][voxels[:count] == CT_PADDING] = np.nan
    return wide


def _unit(found: Found) -> Unit:
    """HU for CT that does not say otherwise; for PET what Units (0054,1001) says of every slice alike."""
    if found.series.modality == "CT":
        return Unit.STORED if found.series.values else Unit.HU
    if found.facts is None or "units" in found.facts.inconsistent:
        return Unit.STORED
    return _UNITS.get(found.facts.units or "", Unit.STORED)
