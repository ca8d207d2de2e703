"""Builds the one-folder program in dist/ and proves it: the frozen demo runs with an empty environment.

    python3 installer/bootstrap.py package

Build on the oldest system it shall run on: the result needs at least this machine's C library.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parent
PROGRAM = CHECKOUT / "dist" / "atsmviewer" / ("atsmviewer.exe" if sys.platform == "win32" else "atsmviewer")


def build() -> None:
    """Run PyInstaller; raises CalledProcessError when it fails."""
    places = ["--distpath", str(CHECKOUT / "dist"), "--workpath", str(CHECKOUT / "build")]
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "WARN"]
    subprocess.run([*command, *places, str(HERE / "atsmviewer.spec")], check=True, cwd=CHECKOUT)


def prove(program: Path) -> list[str]:
    """Run the frozen demo away from the checkout with nothing inherited; the files it wrote."""
    with tempfile.TemporaryDirectory() as empty:
        out = Path(empty) / "out"
        subprocess.run(
            [str(program), "demo", "--no-window", "--out", str(out)],
            env={"HOME": empty} | {key: os.environ[key] for key in ("SYSTEMROOT",) if key in os.environ},
            cwd=empty,
            check=True,
            timeout=300,
        )
        return sorted(str(path.relative_to(out)) for path in out.rglob("*.pdf"))


def missing_decoders(program: Path) -> list[str]:
    """Decoders that the frozen child process lacks: each is asked to decode nothing, and says why not."""
    names = ("openjpeg", "charls", "gdcm")
    ran = subprocess.run(
        [str(program), "--codec-child", str(1 << 30)],
        input=b"".join(f"{name} 1.2.840.10008.1.2.4.70 1 1 8 0\n".encode() for name in names),
        stdout=subprocess.PIPE,
        check=True,
        timeout=60,
    )
    said = ran.stdout.splitlines()[1:]
    return [name for name, line in zip(names, said, strict=True) if b"No module named" in line]


def size_mb(folder: Path) -> float:
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def main() -> int:
    """Build, prove, and print the size; 0 when the frozen demo wrote its report and no decoder is missing."""
    began = time.monotonic()
    try:
        build()
        print(
            f"{PROGRAM.parent}: {size_mb(PROGRAM.parent):.0f} MB, built in {time.monotonic() - began:.0f} s"
        )
        reports, missing = prove(PROGRAM), missing_decoders(PROGRAM)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as trouble:
        print(trouble, file=sys.stderr)
        return 1
    print("The frozen demo, in an empty environment, wrote " + (", ".join(reports) or "no report"))
    print("Decoders missing: " + (", ".join(missing) or "none"))
    return 0 if reports and not missing else 1


if __name__ == "__main__":
    sys.exit(main())
