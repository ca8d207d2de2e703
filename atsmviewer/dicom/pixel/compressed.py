"""Owns compressed pixels: which decoder reads a transfer syntax, the stored words, what a loss is called."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from pydicom import uid as uids
from pydicom.dataset import Dataset, FileDataset
from pydicom.encaps import get_frame
from pydicom.filereader import read_file_meta_info

from atsmviewer.dicom.header.boundary import transfer_syntax
from atsmviewer.dicom.header.tags import PARSER_ERRORS, text, texts, value, whole
from atsmviewer.dicom.pixel.codec_child import Asked, width_of
from atsmviewer.dicom.pixel.codec_process import DecoderFailed
from atsmviewer.dicom.pixel.codecs import DECODERS
from atsmviewer.dicom.pixel.codestream import Codestream, described
from atsmviewer.model.errors import ReviewError

if TYPE_CHECKING:
    from atsmviewer.dicom.pixel.pixels import Form

Integers = NDArray[np.integer]

_SPECTRAL, _PROGRESSIVE = uids.UID("1.2.840.10008.1.2.4.53"), uids.UID("1.2.840.10008.1.2.4.55")
"""Retired; GDCM reads them as it reads extended JPEG."""
CODECS: dict[uids.UID, str] = {
    uids.JPEGBaseline8Bit: "gdcm",
    uids.JPEGExtended12Bit: "gdcm",
    _SPECTRAL: "gdcm",
    _PROGRESSIVE: "gdcm",
    uids.JPEGLossless: "gdcm",
    uids.JPEGLosslessSV1: "gdcm",
    uids.JPEGLSLossless: "charls",
    uids.JPEGLSNearLossless: "charls",
    uids.JPEG2000Lossless: "openjpeg",
    uids.JPEG2000: "openjpeg",
    uids.HTJ2KLossless: "openjpeg",
    uids.HTJ2KLosslessRPCL: "openjpeg",
    uids.HTJ2K: "openjpeg",
}
"""The decoder in the child process of each transfer syntax that needs one."""

_EXTENDED = "1.2.840.10008.1.2.4.51"
"""GDCM reads extended, spectral and progressive JPEG by their frame headers alike."""
_ALWAYS_LOSSY = (uids.JPEGBaseline8Bit, uids.JPEGExtended12Bit, _SPECTRAL, _PROGRESSIVE)
"""A discrete cosine transform is rounded."""
_LOSSY = (*_ALWAYS_LOSSY, uids.JPEGLSNearLossless, uids.JPEG2000, uids.HTJ2K)
"""Those that may lose, and do unless (0028,2110) says "00"."""
_METHODS = {
    "ISO_10918_1": "JPEG",
    "ISO_14495_1": "JPEG-LS",
    "ISO_15444_1": "JPEG 2000",
    "ISO_15444_15": "High-Throughput JPEG 2000",
}
"""Defined terms of (0028,2114) (PS3.3 C.7.6.1.1.5.1); others are said as they are."""


def lossy(dataset: Dataset, syntax: uids.UID) -> str:
    """Compression that changed the pixels ("JPEG 2000, 10 : 1"); empty where there was none.

    (0028,2110) "01" stays with an image for ever, however it is stored now (PS3.3 C.7.6.1.1.5); where it
    is silent, a transfer syntax that may lose is taken to have lost.
    """
    said = text(dataset, "LossyImageCompression")
    if said != "01" and (syntax not in _LOSSY or (said == "00" and syntax not in _ALWAYS_LOSSY)):
        return ""
    methods = [_METHODS.get(m, m) for m in texts(dataset, "LossyImageCompressionMethod")]
    ratios = texts(dataset, "LossyImageCompressionRatio")
    if not methods:
        methods = [_family(syntax)] if syntax in _LOSSY else ["method not stated"]
    return ", ".join([" and ".join(methods), *(f"{_short(ratio)} : 1" for ratio in ratios)])


def needs_decoder(path: Path) -> bool:
    """Whether a file says that it is of a syntax of ``CODECS``; False where it cannot be read."""
    try:
        return uids.UID(str(read_file_meta_info(path).TransferSyntaxUID)) in CODECS
    except PARSER_ERRORS:
        return False


def codestream_of(dataset: FileDataset, frame: int) -> bytes:
    """The codestream of a frame, its fragments joined, with or without an offset table (PS3.5 A.4).

    Raises whatever the parser raises where the fragments are damaged.
    """
    count = whole(dataset, "NumberOfFrames") or 1
    begins, lengths = value(dataset, "ExtendedOffsetTable"), value(dataset, "ExtendedOffsetTableLengths")
    offsets = (begins, lengths) if isinstance(begins, bytes) and isinstance(lengths, bytes) else None
    return bytes(get_frame(dataset.PixelData, frame, number_of_frames=count, extended_offsets=offsets))


def packed(dataset: FileDataset, frame: int) -> bytes:
    """The same to compare two copies by; where fragments are damaged all that there is."""
    try:
        return codestream_of(dataset, frame)
    except PARSER_ERRORS:
        return bytes(dataset.PixelData)


def decompressed(dataset: FileDataset, path: Path, size: tuple[int, int], frame: int, form: Form) -> Integers:
    """The stored words of one frame of a syntax of ``CODECS`` (row, column), unsigned, as ``form`` has them.

    ReviewError: "PIXELS_BROKEN" where the codestream is not what the header says, "CODEC_FAILED" where
    its decoder refuses it, crashes, or needs too much memory or time.
    """
    try:
        codestream = codestream_of(dataset, frame)
    except PARSER_ERRORS as error:
        raise _broken(path, f"its fragments cannot be read ({type(error).__name__})") from error
    stream = described(codestream)
    if stream is None:
        raise _broken(path, "its compressed pixels have no header that can be read")
    _refuse_unlike(stream, path, size, form)
    syntax = transfer_syntax(dataset)
    name = _EXTENDED if syntax in (_SPECTRAL, _PROGRESSIVE) else str(syntax)
    asked = Asked(CODECS[syntax], name, *size, stream.precision)
    try:
        pixels = DECODERS.decode(asked, codestream)
    except DecoderFailed as error:
        what = f"{path.name} cannot be decompressed ({syntax.name}): {error}."
        raise ReviewError(
            "CODEC_FAILED", what, "Fetch the series again, if possible uncompressed."
        ) from error
    return _words(pixels, stream, form, path).reshape(size)


def _refuse_unlike(stream: Codestream, path: Path, size: tuple[int, int], form: Form) -> None:
    """Before anything is decoded: a codestream may declare a picture that fills all memory."""
    if (stream.rows, stream.columns) != size:
        here, there = f"{stream.rows} x {stream.columns}", f"{size[0]} x {size[1]}"
        raise _broken(path, f"its compressed pixels are {here}, its header says {there}")
    if stream.components != 1:
        raise _broken(path, f"its compressed pixels have {stream.components} components")
    if not 1 <= stream.precision <= form.word.itemsize * 8:
        allocated = f"{form.word.itemsize * 8} bits allocated"
        raise _broken(path, f"its compressed pixels have {stream.precision} bits, its header {allocated}")
    if not stream.ends:
        raise _broken(path, "its compressed pixels end early")


def _words(pixels: bytes, stream: Codestream, form: Form, path: Path) -> Integers:
    """Decoded pixels as stored words.

    The sign is the header's: JPEG and JPEG-LS know none, and JPEG 2000 often states another. Where the
    codestream's precision is not BitsStored both must give the same numbers, or none is believed.
    """
    kind = np.dtype(f"<{'i' if stream.signed else 'u'}{width_of(stream.precision)}")
    words: Integers = np.frombuffer(pixels, kind).astype(form.word)
    if (form.bits, form.low) != (stream.precision, 0):
        other = replace(form, bits=stream.precision, low=0)
        if not np.array_equal(other.numbers(words), form.numbers(words)):
            bits = f"{stream.precision} bits, its header {form.bits}"
            raise _broken(path, f"its compressed pixels have {bits}, and its numbers differ between the two")
    return words


def _family(syntax: uids.UID) -> str:
    if syntax in _ALWAYS_LOSSY:
        return "JPEG"
    return "JPEG-LS" if syntax == uids.JPEGLSNearLossless else "JPEG 2000"


def _short(ratio: str) -> str:
    """A ratio as it is read aloud; what is no number stays as it is."""
    try:
        return f"{float(ratio):.3g}"
    except ValueError:
        return ratio


def _broken(path: Path, why: str) -> ReviewError:
    return ReviewError("PIXELS_BROKEN", f"{path.name}: {why}.", "Fetch the series again from its archive.")
