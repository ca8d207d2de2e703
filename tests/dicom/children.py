"""Owns one good slice for the decoders, and children that misbehave in their place."""

from __future__ import annotations

import sys
import textwrap

import numpy as np
import pytest
from pydicom.uid import JPEG2000Lossless

from atsmviewer.dicom.pixel import codec_process
from atsmviewer.dicom.pixel.codec_child import Asked
from tests.dicom.packed import jpeg_2000

STORED = np.arange(64 * 64, dtype=np.int16).reshape(64, 64)
WHOLE = Asked("openjpeg", str(JPEG2000Lossless), 64, 64, 16)
CODESTREAM = jpeg_2000(STORED)


def instead(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Another program for the children: it says that it is ready, takes a request, and misbehaves."""
    begin = """
    import os, sys, time
    def say(said):
        sys.stdout.buffer.write(said)
        sys.stdout.flush()
    say(b"ready\\n")
    line = sys.stdin.buffer.readline().split()
    sys.stdin.buffer.read(int(line[-1]))
    """
    code = textwrap.dedent(begin) + textwrap.dedent(script)
    monkeypatch.setattr(codec_process, "_command", lambda memory_bytes: [sys.executable, "-c", code])
