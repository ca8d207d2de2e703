"""The front door: outside formats become nouns here, and back; the only room that knows pydicom.

pydicom imports every native decoder that is installed. Here it is imported without them: they may only
run in a child process, see :mod:`atsmviewer.dicom.pixel.codecs`, and a program starts sooner without them.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import MetaPathFinder
from types import ModuleType

_DECODERS = ("gdcm", "pylibjpeg", "openjpeg", "jpeg_ls", "libjpeg", "rle", "PIL")


class _Without(MetaPathFinder):
    """Says of each decoder that it is not installed."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> None:
        if name in _DECODERS:
            raise ModuleNotFoundError(f"{name} is kept out of this process", name=name)


_without = _Without()
sys.meta_path.insert(0, _without)
try:
    import_module("pydicom")
finally:
    sys.meta_path.remove(_without)
