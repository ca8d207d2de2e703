"""Rings the bell: hands the words of the command line to ``cli``."""

from __future__ import annotations

import sys


def main() -> int:
    """Run atsmviewer; the exit code is 0 done, 1 a bug, 2 usage, 3 refused with a code and a remedy."""
    from atsmviewer.cli.run import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
