"""Owns the cases of values: slopes, signs, bits, padding, and pixels that are not there."""

from __future__ import annotations

import numpy as np
from pydicom.dataset import Dataset

from tests.hazards.case import RIGHT, Corpus, refused, told, withheld
from tests.hazards.phantom import Files
from tests.oracle.scanner import ds

values = Corpus("Values")
add = values.add


def words(one: Dataset) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The stored numbers of a slice, as they were made."""
    return np.frombuffer(one.PixelData, "<i2").astype(np.int64)


def store(one: Dataset, numbers: np.ndarray[tuple[int], np.dtype[np.int64]], kind: str) -> None:
    """Numbers as pixels of another type, with the header to it."""
    one.PixelData = numbers.astype(kind).tobytes()
    bits = np.dtype(kind).itemsize * 8
    one.BitsAllocated = one.BitsStored = bits
    one.HighBit, one.PixelRepresentation = bits - 1, int(np.dtype(kind).kind == "i")
    one["PixelData"].VR = "OB" if bits == 8 else "OW"


@values("the slopes of the slices differ by a factor of 100,000", RIGHT, valid=True)
def slopes_far_apart(files: Files) -> None:
    for k, one in enumerate(files.pet):
        plain = float(one.RescaleSlope) * (1 + k % 3)
        factor = 10.0 ** -(k % 2 * 5)
        store(one, words(one) // (1 + k % 3) * round(1 / factor), "<i4")
        one.RescaleSlope = ds(plain * factor)


@values("pixels unsigned, above 32767", RIGHT, valid=True)
def unsigned(files: Files) -> None:
    for k, one in enumerate(files.pet):
        more = 12 // (1 + k % 3)
        store(one, words(one) * more, "<u2")
        one.RescaleSlope = ds(float(one.RescaleSlope) / more)


@values("negative slopes with negative pixels", RIGHT, valid=True)
def slopes_negative(files: Files) -> None:
    for one in files.pet:
        store(one, -words(one), "<i2")
        one.RescaleSlope = ds(-float(one.RescaleSlope))


@values("PET pixels of 32 bits", RIGHT, valid=True)
def wide_pixels(files: Files) -> None:
    for one in files.pet:
        store(one, words(one) * 1000, "<i4")
        one.RescaleSlope = ds(float(one.RescaleSlope) / 1000)


@values("CT pixels of 8 bits", RIGHT, valid=True)
def narrow_pixels(files: Files) -> None:
    for one in files.ct:
        store(one, words(one) - 1024 + 100, "<u1")
        one.RescaleIntercept = "-100"


@values("CT of 12 bits stored, overlays in the bits above", RIGHT, valid=True)
def twelve_bits(files: Files) -> None:
    for k, one in enumerate(files.ct):
        store(one, words(one) | (k % 16) << 12, "<u2")
        one.BitsStored, one.HighBit = 12, 11


@values("CT of 12 bits in the upper bits of the word", RIGHT, valid=True)
def high_bit(files: Files) -> None:
    for one in files.ct:
        store(one, words(one) << 4, "<u2")
        one.BitsStored, one.HighBit = 12, 15


@values("CT of 12 bits, signed, in two's complement of 12 bits", RIGHT, valid=True)
def twelve_bits_signed(files: Files) -> None:
    for one in files.ct:
        store(one, (words(one) - 1024) & 0xFFF, "<u2")
        one.BitsStored, one.HighBit, one.PixelRepresentation, one.RescaleIntercept = 12, 11, 1, "0"


@values("BitsStored larger than BitsAllocated", refused("PIXELS_BROKEN"))
def bits_impossible(files: Files) -> None:
    files.pet[4].BitsStored = 20


@values("BitsAllocated 64", refused("PIXELS_BROKEN"))
def bits_64(files: Files) -> None:
    for one in files.pet:
        numbers = words(one)
        store(one, numbers, "<i4")
        one.PixelData, one.BitsAllocated = numbers.astype("<i8").tobytes(), 64


@values("CT padded outside a circle by PixelPaddingValue", RIGHT, valid=True)
def padding_ct(files: Files) -> None:
    for one in files.ct:
        numbers = words(one)
        numbers[:20] = -2000
        store(one, numbers, "<i2")
        one.add_new("PixelPaddingValue", "SS", -2000)


@values("PET padded in the tumour by PixelPaddingValue", withheld("no_value"))
def padding_pet(files: Files) -> None:
    for one in files.pet:
        numbers = words(one)
        numbers[5 * 16 + 4] = -1
        store(one, numbers, "<i2")
        one.add_new("PixelPaddingValue", "SS", -1)


@values("PET padded in the muscle by a range of values", withheld("no_value"))
def padding_range(files: Files) -> None:
    for one in files.pet:
        numbers = words(one)
        numbers[5 * 16 + 12] = -7
        store(one, numbers, "<i2")
        one.add_new("PixelPaddingValue", "SS", -10)
        one.add_new("PixelPaddingRangeLimit", "SS", -5)


@values("PET values moved by a rescale intercept", told("RESCALE_INTERCEPT"))
def intercept(files: Files) -> None:
    for one in files.pet:
        store(one, words(one) - 500, "<i2")
        one.RescaleIntercept = ds(500 * float(one.RescaleSlope))


@values("RescaleSlope 0 in one PET slice", refused("PIXELS_BROKEN"))
def slope_zero(files: Files) -> None:
    files.pet[4].RescaleSlope = "0"


@values("RescaleSlope 1e38 in one PET slice", refused("PIXELS_BROKEN"))
def slope_huge(files: Files) -> None:
    files.pet[4].RescaleSlope = "1e38"


SLOPES = {"absent": None, "empty": "", "text": "abc", "nan": "nan", "infinite": "inf", "comma": "0,5"}
for name, text in SLOPES.items():

    def _slope(files: Files, text: str | None = text) -> None:
        if text is None:
            del files.pet[4].RescaleSlope
        else:
            one = files.pet[4]
            one.add_new("RescaleSlope", "LO", text or " ")
            one["RescaleSlope"].VR = "DS"

    add(f"slope_{name}", f"RescaleSlope of one PET slice in the regions: {text!r}", withheld("gap"), _slope)


def _values_are(files: Files, kind: str) -> None:
    for one in files.ct:
        one.RescaleType = kind


@values("the CT says that its values are effective atomic numbers", told("NO_HU"))
def ct_of_atomic_numbers(files: Files) -> None:
    _values_are(files, "Z_EFF")


@values("the CT says that its values are modified HU", told("HU_MODIFIED"), valid=True)
def ct_of_modified_hu(files: Files) -> None:
    _values_are(files, "HU_MOD")


@values("a converter wrote into the CT that its values are of an unspecified kind", RIGHT, valid=True)
def ct_of_unspecified_values(files: Files) -> None:
    _values_are(files, "US")


@values("CT without rescale", told("NO_RESCALE"), fused=False)
def ct_rescale_absent(files: Files) -> None:
    for one in files.ct:
        del one.RescaleSlope, one.RescaleIntercept


@values("every PET pixel 0", withheld("muscle_near_zero"))
def all_zero(files: Files) -> None:
    files.truth = {"muscle/mean": 0.0, "tumour/mean": 0.0}
    for one in files.pet:
        one.PixelData = bytes(len(one.PixelData))


@values("pixels as floats (FloatPixelData)", refused("NO_PET, NO_PIXELS"))
def float_pixels(files: Files) -> None:
    for one in files.pet:
        one.FloatPixelData = words(one).astype("<f4").tobytes()
        del one.PixelData


@values("no pixels at all", refused("NO_PET, NO_PIXELS"))
def pixels_absent(files: Files) -> None:
    for one in files.pet:
        del one.PixelData


@values("pixels of one PET slice one row short", withheld("gap"))
def pixels_short(files: Files) -> None:
    files.pet[4].PixelData = files.pet[4].PixelData[:-32]


@values("pixels of one PET slice one row long", refused("PIXELS_BROKEN"))
def pixels_long(files: Files) -> None:
    files.pet[4].PixelData += bytes(32)


@values("CT in colour", told("COLOUR"), fused=False)
def ct_colour(files: Files) -> None:
    for one in files.ct:
        one.SamplesPerPixel, one.PhotometricInterpretation, one.PlanarConfiguration = 3, "RGB", 0
        one.BitsAllocated = one.BitsStored = 8
        one.HighBit, one.PixelRepresentation = 7, 0
        one.PixelData = bytes(3 * 12 * 16)


@values("PET pixels MONOCHROME1: dark is high; the values are the same", RIGHT, valid=True)
def monochrome1(files: Files) -> None:
    for one in files.pet:
        one.PhotometricInterpretation = "MONOCHROME1"


@values("numbers written with blanks, signs and exponents", RIGHT, valid=True)
def numbers_in_other_dress(files: Files) -> None:
    for one in files.pet:
        one["RescaleSlope"].value = f" {float(one.RescaleSlope):+.8E} "
        one["RescaleIntercept"].value = "+0.0E+00 "
