"""Owns the HU of a region, on the CT's own voxels; nothing is resampled (R19)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from weakref import ref

import numpy as np
from numpy.typing import NDArray

from atsmviewer.model.assessment import Measurement, Missing, Number, Provenance
from atsmviewer.model.errors import Flag, ReviewError
from atsmviewer.model.roi import Shape
from atsmviewer.model.session import Alignment
from atsmviewer.model.study import Acquisition, Series
from atsmviewer.model.suv import Scale
from atsmviewer.model.volume import Unit, Volume
from atsmviewer.quant import statistics
from atsmviewer.quant.aligned import placed_anatomy, said
from atsmviewer.quant.isocontour import derived, is_rule
from atsmviewer.quant.kept import alive
from atsmviewer.quant.look import Look
from atsmviewer.quant.sample import Region, Sample, ordered, region, region_mask

HOUNSFIELD = ("hu_mean", "hu_sd", "hu_min", "hu_max", "hu_median")

LOWEST_HU = -1500.0
"""Nothing attenuates less than vacuum, -1000 HU; scanners mark what lies outside their view below this."""

_HU = Scale(Unit.HU, (1.0,), "hu/1", None)


def hounsfield_of(look: Look, shape: Shape, less: Sequence[Shape] = ()) -> tuple[Number, ...]:
    """The HU of a region of one frame; of one that is a rule on the PET those of the voxels that it gave.

    An alignment to the CT that cannot be followed withholds these numbers, with its code, and no other.

    Raises
    ------
    ReviewError
        as the masks of rules do.
    """
    on = (*look.keys, look.protocol.mask_rule)
    whole, *out = (derived(one, on) or one for one in (shape, *less))
    if is_rule(whole):
        return withheld("empty", "The rule gives no voxel here.")
    out = [one for one in out if not is_rule(one)]  # a rule without voxels takes nothing out
    try:
        return hounsfield(whole, look.acquisition, on[2], out, look.alignments)
    except ReviewError as error:
        return withheld(error.code, f"{error.what} {error.remedy}")


def hounsfield(
    shape: Shape,
    acquisition: Acquisition,
    rule: str,
    less: Sequence[Shape] = (),
    alignments: Sequence[Alignment] = (),
) -> tuple[Number, ...]:
    """Mean, SD, minimum, maximum and median HU of a shape, in the order of ``HOUNSFIELD``.

    The shape lies in the acquisition's frame of reference; ``less`` is taken out of it. The CT is asked
    where ``alignments`` place it, which is where it is shown; one of another frame of reference only where
    one leads there (R42). Each number names the CT's series and lattice, and the alignment. Padding and
    missing slices are not counted, and flagged. Missing: "no_ct", "ANATOMY_GONE", "loading",
    "other_frame", "outside".

    Raises
    ------
    ReviewError
        "ALIGNMENT_NOT_RIGID".
    """
    reason = without(acquisition)
    if reason is not None:
        return withheld(*reason)
    ct, way = placed_anatomy(acquisition, alignments)
    if ct is None:
        return withheld(
            "other_frame", "The CT lies in another frame of reference and no alignment leads there."
        )
    made = _numbers(region(shape, less), ref(ct), rule)
    if way is None:
        return made
    by = ("alignment", said(way))
    return tuple(replace(n, inputs=(*n.inputs, by)) if isinstance(n, Measurement) else n for n in made)


def withheld(code: str, what: str) -> tuple[Number, ...]:
    """No HU, and why."""
    return tuple(Missing(name, code, what) for name in HOUNSFIELD)


def counted(values: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Which values are HU, neither padding nor a missing slice."""
    return np.asarray(np.isfinite(values) & (values >= LOWEST_HU))


def uneven_slices(series: Series) -> tuple[str, str]:
    """The code and the sentence why nothing is measured in a series whose slices lie unevenly (R35, R36)."""
    return "GEOMETRY_IRREGULAR", f"{series.irregular} Shown, not measured. Export it again with even slices."


def without(acquisition: Acquisition) -> tuple[str, str] | None:
    """The code and the sentence why an acquisition has no HU at all, or None."""
    anatomy, volume = acquisition.anatomy, acquisition.anatomy_volume
    if acquisition.anatomy_gone:
        return "ANATOMY_GONE", "The CT or MR chosen for this PET is not in the case; choose another."
    if anatomy is None and volume is None:
        return "no_ct", "There is no CT with this PET."
    other = anatomy is not None and anatomy.modality != "CT"
    if anatomy is not None and anatomy.values:
        return "no_ct", f"The values of the CT with this PET are no HU but {anatomy.values}."
    if anatomy is not None and anatomy.irregular:
        return uneven_slices(anatomy)
    if other or (volume is not None and volume.unit is not Unit.HU):
        return "no_ct", "The anatomy with this PET is no CT, so it has no HU."
    return None if volume is not None else ("loading", "The CT's voxels are not read, or not yet.")


@lru_cache(maxsize=64)
def _numbers(where: Region, ct_ref: ref[Volume], rule: str) -> tuple[Number, ...]:
    ct = alive(ct_ref)
    made, left_out = _sample(where, ct, rule)
    if made.above[0] <= 0:
        return withheld("outside", "The CT has no values in this region.")
    flags = []
    if made.clipped:
        flags.append(Flag("HU_CLIPPED", "The region reaches beyond the CT; only its inside counts."))
    if left_out:
        what = f"{left_out} of its CT voxels have no value (padding or a missing slice) and are not counted."
        flags.append(Flag("HU_PADDING", what))
    values = {
        "hu_mean": statistics.mean(made),
        "hu_sd": statistics.sd(made),
        "hu_min": float(made.core[0]),
        "hu_max": float(made.core[-1]),
        "hu_median": statistics.percentile(made, 50),
    }
    inputs = (("voxels", str(made.halves)), ("volume_ml", repr(made.volume_ml)))
    origin = _provenance(ct, rule)
    return tuple(
        Measurement(name, value, "HU", f"{name.replace('_', '.')}/1", inputs, origin, tuple(flags))
        for name, value in values.items()
    )


def _sample(where: Region, ct: Volume, rule: str) -> tuple[Sample, int]:
    """The CT voxels of a region that hold a value, and how many hold none."""
    found = region_mask(where, ref(ct), ref(_HU), rule)
    kept = found.weights > 0
    values = ct.voxels[found.box][kept].astype(np.float64)
    real = counted(values)
    made = ordered(values[real], found.weights[kept][real], ct.grid.voxel_ml, found.clipped)
    return made, int((~real).sum())


def _provenance(ct: Volume, rule: str) -> Provenance:
    shape = " x ".join(map(str, ct.grid.shape))
    spacing = " x ".join(f"{step:.6g}" for step in ct.grid.spacing_mm)
    lattice = f"{shape} voxels of {spacing} mm (slice, row, column)"
    return Provenance(ct.series_uid, 0, lattice, rule, "HU as stored in the CT")
