"""Owns compressed pixels for the tests: the libraries' own encoders, and a JPEG lossless one written here."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from openjpeg.utils import encode_array as encode_jpeg_2000
from pydicom.dataset import FileDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    UID,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
)

Stored = NDArray[np.integer]


def jpeg_ls(stored: Stored, bits: int = 16) -> bytes:
    """Lossless JPEG-LS, which knows no sign, of words as they lie in a file."""
    from jpeg_ls import encode_buffer

    rows, columns = stored.shape
    return bytes(encode_buffer(stored.astype("<i2").tobytes(), rows, columns, 1, bits, interleave_mode=0))


def jpeg_2000(stored: Stored, bits: int | None = None) -> bytes:
    """Lossless JPEG 2000 of numbers with their sign."""
    return bytes(encode_jpeg_2000(stored, bits_stored=bits, photometric_interpretation=2))


def jpeg_lossless(stored: Stored) -> bytes:
    """JPEG lossless of 16 bits, predictor 1 (ISO/IEC 10918-1 annex H), from the standard alone.

    Each of the 17 categories of a difference has a code of 5 bits, its own number.
    """
    numbers = stored.view(np.uint16).astype(int)
    rows, columns = numbers.shape
    predicted = np.empty_like(numbers)
    predicted[0, 0] = 1 << 15
    predicted[1:, 0] = numbers[:-1, 0]
    predicted[:, 1:] = numbers[:, :-1]
    differences = (numbers - predicted + 32767) % 65536 - 32767  # modulo 2**16, 32768 is category 16
    bits = "".join(map(_coded, differences.ravel().tolist()))
    bits += "1" * (-len(bits) % 8)
    scan = bytes(int(bits[k : k + 8], 2) for k in range(0, len(bits), 8)).replace(b"\xff", b"\xff\0")
    size = int(rows).to_bytes(2, "big") + int(columns).to_bytes(2, "big")
    frame = b"\xff\xc3\x00\x0b\x10" + size + b"\x01\x01\x11\x00"
    codes = bytes([0, 0, 0, 0, 17, *[0] * 11, *range(17)])
    table = b"\xff\xc4" + (len(codes) + 3).to_bytes(2, "big") + b"\x00" + codes
    return b"\xff\xd8" + frame + table + b"\xff\xda\x00\x08\x01\x01\x00\x01\x00\x00" + scan + b"\xff\xd9"


def _coded(difference: int) -> str:
    size = abs(difference).bit_length()
    if size in (0, 16):
        return f"{size:05b}"
    low = difference if difference > 0 else difference + (1 << size) - 1
    return f"{size:05b}{low:0{size}b}"


LOSSLESS: dict[UID, Callable[[Stored], bytes]] = {
    JPEGLosslessSV1: jpeg_lossless,
    JPEGLSLossless: jpeg_ls,
    JPEG2000Lossless: jpeg_2000,
}


def pack(one: FileDataset, syntax: UID, encode: Callable[[Stored], bytes]) -> FileDataset:
    """The same data set with its 16 bit words encoded."""
    kind = np.int16 if one.PixelRepresentation else np.uint16
    stored = np.frombuffer(one.PixelData, kind).reshape(-1, one.Rows, one.Columns)
    return put(one, syntax, [encode(frame) for frame in stored])


def put(one: FileDataset, syntax: UID, codestreams: list[bytes], fragments: int = 1) -> FileDataset:
    """The data set with these codestreams for pixels, each in so many fragments."""
    one.file_meta.TransferSyntaxUID = syntax
    one.PixelData = encapsulate(codestreams, fragments_per_frame=fragments, has_bot=fragments == 1)
    one["PixelData"].VR, one["PixelData"].is_undefined_length = "OB", True
    return one
