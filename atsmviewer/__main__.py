"""Rings the bell: hands the words to ``cli`` and, where a window is wanted, knocks at ``ui``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path


def window(paths: Sequence[Path], session: Path | None, demo: str | None) -> int:
    """Show the window; ``ui`` and Qt are imported only here, so that the terminal needs neither."""
    from atsmviewer.ui.app import run

    return run(paths, session, demo)


def main() -> int:
    """Run atsmviewer; the exit code is 0 done, 1 a bug, 2 usage, 3 refused with a code and a remedy.

    The packaged program is also its own child that decodes pixels, see ``dicom.pixel.codecs``.
    """
    if sys.argv[1:2] == ["--codec-child"]:
        from atsmviewer.dicom.pixel.codec_child import serve

        return serve(int(sys.argv[2]))
    from atsmviewer.cli.run import run

    return run(sys.argv[1:], window)


if __name__ == "__main__":
    sys.exit(main())
