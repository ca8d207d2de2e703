"""Owns the child process in which native decoders run: little memory, little time, nothing but pixels.

It is run as a program by :mod:`atsmviewer.dicom.pixel.codecs`, imports nothing of this package, and talks
over its standard input and output. A request is a line "codec syntax rows columns bits length" and
``length`` bytes of codestream; the answer is a line "ok length" and the pixels, row by row, little
endian, each as wide as ``bits`` need, or a line "no" and why not. It ends when its input ends.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from collections.abc import Callable
from typing import BinaryIO, NamedTuple

MEMORY_BYTES = 1 << 30
"""The most address space it may have; Python with all three decoders takes 0.2 GB of it. Windows has no
such limit and macOS does not keep it: there the declared size, which the parent checks, is the limit."""
CPU_S = 6
"""Processor time for one slice, for the case that no parent is left to watch the clock."""
HARMLESS = (
    b"Unsupported JPEG data precision 12",
    b"Invalid SOS parameters for sequential JPEG",
)
"""What GDCM says of good pictures: of 12 bits before it takes the decoder for them, and where the scan
header has zeros that a sequential picture does not need."""
COMPLAINTS_BYTES = 16 << 20
"""The most that a decoder may print."""
DECODER_ERRORS = (Exception,)
"""What a decoder may raise from hostile bytes: anything; it is the answer."""


class Asked(NamedTuple):
    """One request."""

    codec: str
    syntax: str
    rows: int
    columns: int
    bits: int

    @property
    def width(self) -> int:
        """Bytes of a pixel."""
        return width_of(self.bits)


def width_of(bits: int) -> int:
    """Bytes that a decoder gives a pixel of so many bits."""
    return 1 if bits <= 8 else 2 if bits <= 16 else 4


def limit(memory_bytes: int = MEMORY_BYTES) -> None:
    """Bind this process to its memory, and let it leave no core file; nothing where the system cannot."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent's to answer
    try:
        import resource
    except ImportError:
        return
    limits = {"RLIMIT_AS": memory_bytes, "RLIMIT_CORE": 0, "RLIMIT_FSIZE": COMPLAINTS_BYTES}
    for name, most in limits.items():
        try:
            resource.setrlimit(getattr(resource, name), (most, most))
        except (OSError, ValueError):
            continue


def _limit_time() -> None:
    """Let the system end this process once the next slice has used its processor time."""
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    until_s = int(used.ru_utime + used.ru_stime) + CPU_S
    resource.setrlimit(resource.RLIMIT_CPU, (until_s, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _openjpeg(asked: Asked, codestream: bytes) -> bytes:
    from openjpeg.utils import decode_pixel_data

    return bytes(decode_pixel_data(codestream, version=2))


def _charls(asked: Asked, codestream: bytes) -> bytes:
    from jpeg_ls import decode_pixel_data

    return bytes(decode_pixel_data(codestream)[0])


def _gdcm(asked: Asked, codestream: bytes) -> bytes:
    import gdcm

    fragment = gdcm.Fragment()
    fragment.SetByteStringValue(codestream)
    fragments = gdcm.SequenceOfFragments.New()
    fragments.AddFragment(fragment)
    element = gdcm.DataElement(gdcm.Tag(0x7FE0, 0x0010))
    element.SetValue(fragments.__ref__())
    image = gdcm.Image()
    image.SetNumberOfDimensions(2)
    image.SetDimensions((asked.columns, asked.rows, 1))
    image.SetDataElement(element)
    grey = gdcm.PhotometricInterpretation.GetPIType("MONOCHROME2")
    image.SetPhotometricInterpretation(gdcm.PhotometricInterpretation(grey))
    image.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.GetTSType(asked.syntax)))
    bits = asked.bits
    image.SetPixelFormat(gdcm.PixelFormat(1, asked.width * 8, bits, bits - 1, 0))
    pixels: str | None = image.GetBuffer()
    if pixels is None:
        raise ValueError("it gives no picture")
    return pixels.encode("utf-8", "surrogateescape")  # GDCM's bytes come as text


CODECS: dict[str, Callable[[Asked, bytes], bytes]] = {
    "openjpeg": _openjpeg,
    "charls": _charls,
    "gdcm": _gdcm,
}


def _answer(asked: Asked, codestream: bytes, complaints: BinaryIO) -> bytes:
    """The whole answer to one request; a decoder that complained gave no picture that can be trusted."""
    before = complaints.seek(0, os.SEEK_END)
    try:
        pixels = CODECS[asked.codec](asked, codestream)
    except DECODER_ERRORS as error:
        said = " ".join(str(error).split()) or type(error).__name__
        return b"no " + said[:500].encode("ascii", "replace") + b"\n"
    complaints.seek(before)
    complained = [line for line in complaints.read().splitlines() if line.strip() and line not in HARMLESS]
    complaints.truncate(before)
    if complained:
        return b"no " + complained[0][:500] + b"\n"
    if len(pixels) != asked.rows * asked.columns * asked.width:
        return f"no {len(pixels)} bytes of pixels\n".encode()
    return f"ok {len(pixels)}\n".encode() + pixels


def serve(memory_bytes: int = MEMORY_BYTES) -> int:
    """Answer requests until the input ends; 0."""
    limit(memory_bytes)
    asks, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    with tempfile.TemporaryFile() as complaints:
        os.dup2(complaints.fileno(), 1)  # a decoder that prints must not speak in our name
        os.dup2(complaints.fileno(), 2)
        answers.write(b"ready\n")
        answers.flush()
        while line := asks.readline():
            codec, syntax, *numbers, length = line.decode("ascii").split()
            rows, columns, bits = map(int, numbers)
            codestream = asks.read(int(length))
            _limit_time()
            answers.write(_answer(Asked(codec, syntax, rows, columns, bits), codestream, complaints))
            answers.flush()
    return 0


if __name__ == "__main__":
    sys.exit(serve(int(sys.argv[1]) if len(sys.argv) > 1 else MEMORY_BYTES))
