"""Native slices of a volume along any axis; those that lie across memory are kept, within a bound."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from weakref import finalize

from atsmviewer.model.volume import Volume, Voxels

# Slices along the last axis touch every cache line of the volume. One sweep takes a block of
# neighbours for the price of one slice, and a few blocks serve a crosshair that moves about.
_BLOCK = 16
_KEPT_BLOCKS = 4

# By the array, not the volume: a CT that a hand moves is a new volume a frame, of the very same voxels.
_kept: dict[int, OrderedDict[int, Voxels]] = {}
_lock = Lock()


def native_slice(volume: Volume, axis: int, index: int) -> Voxels:
    """One slice across ``axis`` (0 slice, 1 row, 2 column); the other two axes stay in order. Read-only."""
    plane: Voxels
    if axis == 0:
        plane = volume.voxels[index]
    elif axis == 1:
        plane = volume.voxels[:, index]
    else:
        plane = _block(volume, index // _BLOCK)[:, :, index % _BLOCK]
    return plane


def _block(volume: Volume, number: int) -> Voxels:
    """Columns ``number * 16`` and on, as (slice, row, column): turning them would cost more than it saves."""
    with _lock:
        blocks = _blocks(volume.voxels)
        if number in blocks:
            blocks.move_to_end(number)
            return blocks[number]
    part = volume.voxels[:, :, number * _BLOCK : (number + 1) * _BLOCK].copy()
    part.setflags(write=False)
    with _lock:
        blocks[number] = part
        while len(blocks) > _KEPT_BLOCKS:
            blocks.popitem(last=False)
    return part


def _blocks(voxels: Voxels) -> OrderedDict[int, Voxels]:
    """What is kept of an array; it goes with the array."""
    key = id(voxels)
    if key not in _kept:
        _kept[key] = OrderedDict()
        finalize(voxels, _kept.pop, key, None).atexit = False
    return _kept[key]


def forget(volume: Volume) -> None:
    """Drop the kept slices of a volume that is no longer looked at; they go by themselves with it."""
    with _lock:
        _kept.pop(id(volume.voxels), None)
