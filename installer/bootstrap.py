"""One command from a bare machine to the running program or its tests; Python's standard library only.

    python3 installer/bootstrap.py demo            # or open, scan, report …: any verb of atsmviewer
    python3 installer/bootstrap.py test [--all]    # the gate; what follows goes to pytest
    python3 installer/bootstrap.py package         # the one-folder program in dist/

It finds missing shared libraries, installs just those with apt when it may (else it prints the one
command to run and stops with 4), makes a virtual environment, installs the locked packages by their
hashes, and runs. A stamp makes the second start immediate. Run on Debian 12; written with care for
macOS and Windows (``py installer\\bootstrap.py demo``) but not run there.

Its own messages go to stderr, so ``scan … --json`` still prints one JSON object on stdout.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parent
PYTHONS = ((3, 11), (3, 13))
NOT_READY = 4

# Shared library or program -> the Debian package that has it.
OFFSCREEN = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libbrotlidec.so.1": "libbrotli1",
    "libfontconfig.so.1": "libfontconfig1",
}
DISPLAY = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
}
TEST_TOOLS = {
    "Xvfb": "xvfb",
    "xauth": "xauth",
    "pdftoppm": "poppler-utils",
    "dciodvfy": "dicom3tools",
    "dsrdump": "dcmtk",
}
PACKAGE_TOOLS = {"objdump": "binutils"}

LOCKS = {"test": "constraints-test.txt", "package": "constraints-package.txt"}


class NotReady(Exception):
    """The machine lacks something; the message says what to do."""


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def loads(library: str) -> bool:
    """Whether the dynamic linker finds a shared library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def missing_packages(verb: str, words: Sequence[str], environ: Mapping[str, str]) -> list[str]:
    """The Debian packages that this verb needs and this Linux lacks; empty elsewhere."""
    if not sys.platform.startswith("linux"):
        return []
    everything = verb == "test" and "--all" in words
    libraries = OFFSCREEN | (DISPLAY if everything or environ.get("DISPLAY") else {})
    tools = (TEST_TOOLS if everything else {}) | (PACKAGE_TOOLS if verb == "package" else {})
    packages = [package for library, package in libraries.items() if not loads(library)]
    packages += [package for tool, package in tools.items() if not shutil.which(tool)]
    if not importlib.util.find_spec("ensurepip"):  # Debian ships it apart from Python
        packages.append("python3-venv")
    return packages


def apt_command(packages: Sequence[str]) -> list[str]:
    return ["apt-get", "install", "-y", "--no-install-recommends", *packages]


def provide(packages: Sequence[str]) -> None:
    """Install Debian packages when allowed to; otherwise raise NotReady with the one command to run."""
    if not packages:
        return
    if not shutil.which("apt-get"):
        raise NotReady(
            "These shared libraries or tools are missing; install what your system calls them "
            f"(names as in Debian), then start again:\n  {' '.join(packages)}"
        )
    update, install = ["apt-get", "update"], apt_command(packages)
    by_hand = f"sudo sh -c '{shlex.join(update)} && {shlex.join(install)}'"
    if os.geteuid() != 0:
        raise NotReady(f"Some system packages are missing. Run this line, then start again:\n  {by_hand}")
    say(f"Installing system packages: {' '.join(packages)}")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    # A fresh machine has no package lists, an old one has stale ones: both end in the second try.
    for command in (install, update, install):
        code = subprocess.call(command, env=quiet, stdin=subprocess.DEVNULL, stdout=sys.stderr)
        if command is install and code == 0:
            return
    raise NotReady(f"apt-get could not install them. Its reason is above; the line it ran was:\n  {by_hand}")


def writable(folder: Path) -> bool:
    """Whether a file can be made there (os.access is wrong for root and for network shares)."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def cache_folder(environ: Mapping[str, str]) -> Path:
    """The user's cache folder for checkouts that are read-only."""
    if sys.platform == "win32":
        base = Path(environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "atsmviewer" / hashlib.sha256(os.fsencode(CHECKOUT)).hexdigest()[:12]


def python_of(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def usable(folder: Path) -> bool:
    """Whether the environment runs, has pip, and is of this Python version."""
    probe = "import sys, pip; print(sys.version_info[:2])"
    try:
        ran = subprocess.run([python_of(folder), "-c", probe], capture_output=True, text=True, check=False)
    except OSError:
        return False
    return ran.returncode == 0 and ran.stdout.strip() == str(sys.version_info[:2])


def stamp_of(lock: Path) -> str:
    """What an environment was made from; a change of any of it installs again."""
    made_from = (lock.read_bytes(), os.fsencode(CHECKOUT), sys.version.encode(), sys.base_prefix.encode())
    return hashlib.sha256(b"\0".join(made_from)).hexdigest()


def ready(lock: Path, folder: Path) -> bool:
    """Whether the environment there was made from just this lock, checkout and Python."""
    stamp = folder / f"{lock.stem}.stamp"
    return stamp.is_file() and stamp.read_text() == stamp_of(lock)


def environment_folder(lock: Path) -> Path:
    """``.venv`` in the checkout; below the user's cache folder where the checkout is read-only."""
    inside = CHECKOUT / ".venv"
    if ready(lock, inside) or writable(inside if inside.is_dir() else CHECKOUT):
        return inside
    return cache_folder(os.environ) / "venv"


def prepare(lock: Path) -> Path:
    """The Python of an environment with the locked packages in it; made where it is not ready."""
    folder = environment_folder(lock)
    python = python_of(folder)
    if ready(lock, folder):
        return python
    if not usable(folder):
        say(f"Making {folder}")
        run([sys.executable, "-m", "venv", "--clear", str(folder)], "python could not make the environment")
    say(f"Installing the locked packages of {lock.name} (once; this takes a minute)")
    # --no-deps: the lock is complete; --only-binary: nothing outside the lock is fetched to build.
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    run(
        [*pip, "--no-deps", "--only-binary=:all:", "--require-hashes", "-r", str(lock)],
        "pip could not install the locked packages (is this machine online?)",
    )
    # A .pth line is the whole "editable install": no build, so no build tool to fetch.
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = subprocess.run([python, "-c", where], capture_output=True, text=True, check=True).stdout.strip()
    (Path(site) / "atsmviewer.pth").write_text(f"{CHECKOUT}\n", encoding="utf-8")
    (folder / f"{lock.stem}.stamp").write_text(stamp_of(lock))
    return python


def run(command: Sequence[str], trouble: str) -> None:
    """A step of the preparation: its output goes to stderr, its failure stops with a sentence."""
    if subprocess.call(command, stdout=sys.stderr, stdin=subprocess.DEVNULL) != 0:
        raise NotReady(f"{trouble}; the reason is above.")


def start(command: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run a program in the foreground and answer its exit code, as a shell counts it."""
    code = subprocess.call(command, env=dict(environ))
    return code if code >= 0 else 128 - code


def test(python: Path, words: Sequence[str]) -> int:
    """Everyday: pytest offscreen. With ``--all`` the journeys first also run in a real X window.

    pytest-xvfb gives the second kind its display; a lone path or name runs offscreen only.
    """
    pytest = [str(python), "-m", "pytest"]
    environ = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    if not writable(CHECKOUT):
        caches = cache_folder(os.environ)
        pytest += ["-o", f"cache_dir={caches / 'pytest'}"]
        for tool in ("MYPY_CACHE_DIR", "RUFF_CACHE_DIR", "HYPOTHESIS_STORAGE_DIRECTORY"):
            environ[tool] = str(caches / tool.split("_")[0].lower())
    chosen = any(not word.startswith("-") for word in words)
    on_screen = 0
    if "--all" in words and not chosen and sys.platform.startswith("linux"):
        say("The journeys in a real window (Xvfb)")
        bare = {key: value for key, value in environ.items() if key != "WAYLAND_DISPLAY"}
        on_screen = start([*pytest, "tests/journeys", *words], {**bare, "QT_QPA_PLATFORM": "xcb"})
        say(f"The journeys in a real window ended with {on_screen}; now the whole suite")
    whole = start([*pytest, "--no-xvfb", *words], environ)
    return whole or on_screen


def main(words: Sequence[str]) -> int:
    """Prepare the machine for the verb, run it, and answer its exit code."""
    if not PYTHONS[0] <= sys.version_info[:2] <= PYTHONS[1]:
        say("atsmviewer needs Python 3.11, 3.12 or 3.13; this is " + sys.version.split()[0])
        return NOT_READY
    verb, rest = (words[0], words[1:]) if words else ("", ())
    try:
        provide(missing_packages(verb, rest, os.environ))
        python = prepare(HERE / LOCKS.get(verb, "constraints.txt"))
        if verb == "test":
            os.chdir(CHECKOUT)
            return test(python, rest)
        if verb == "package":
            return start([str(python), str(HERE / "package.py"), *rest], os.environ)
        return start([str(python), "-m", "atsmviewer", *words], os.environ)
    except NotReady as trouble:
        say(str(trouble))
        return NOT_READY
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
