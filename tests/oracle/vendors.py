"""Owns the private elements that vendors' PET files carry and SUV may stand on."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from pydicom.dataset import Dataset

from tests.oracle.suv import PHILIPS
from tests.oracle.times import GE, SIEMENS

if TYPE_CHECKING:
    from tests.oracle.scanner import Setup

ACTIVITY_PER_COUNT = 1.7321
"""Bq/ml per count, as (7053,xx09) would say."""
MAKERS = {"SIEMENS": "SIEMENS", "GE": "GE MEDICAL SYSTEMS", "PHILIPS": "Philips Medical Systems"}


def dt(when: datetime) -> str:
    """A DICOM DT with microseconds."""
    return when.strftime("%Y%m%d%H%M%S.%f")


def put_vendor(header: Dataset, setup: Setup) -> None:
    """The maker's name and private elements of a style; PLAIN has none."""
    header.Manufacturer = MAKERS.get(setup.style, header.Manufacturer)
    if setup.style == "SIEMENS":
        block = header.private_block(0x0071, SIEMENS, create=True)
        block.add_new(0x22, "DT", dt(setup.started))
    if setup.style == "GE":
        block = header.private_block(0x0009, GE, create=True)
        block.add_new(0x0D, "DT", dt(setup.started))
        block.add_new(0x3B, "DT", dt(setup.injected))
    if setup.style == "PHILIPS":
        _philips(header, setup)


def _philips(header: Dataset, setup: Setup) -> None:
    """SUV per count and Bq/ml per count: both undo the slope's unit."""
    block = header.private_block(0x7053, PHILIPS, create=True)
    slope_unit = ACTIVITY_PER_COUNT if setup.units == "CNTS" else 1.0
    block.add_new(0x00, "DS", f"{slope_unit / setup.bqml_per_suv(0):.10g}")
    block.add_new(0x09, "DS", f"{slope_unit:.10g}")
