"""Whether a window can be shown; asked before Qt is touched, since without a display Qt ends the process."""

from __future__ import annotations

import os
import sys


def has_display() -> bool:
    """True on Windows and macOS, and on Linux where a display or a Qt platform is named."""
    if not sys.platform.startswith("linux"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
