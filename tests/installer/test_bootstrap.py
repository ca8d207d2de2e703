"""The bootstrap: what it finds missing, what it asks for, what it installs, and which code it ends with."""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from installer import bootstrap
from installer.bootstrap import DISPLAY, OFFSCREEN, TEST_TOOLS, NotReady

QT = list(OFFSCREEN.values())
X = list(DISPLAY.values())
LINUX_ONLY = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="apt is a Debian matter")


class Shell:
    """Stands for subprocess.call: notes what would run, and answers the codes it was given (then 0)."""

    def __init__(self, *codes: int) -> None:
        self.codes = list(codes)
        self.ran: list[list[str]] = []
        self.environ: list[dict[str, str]] = []

    def __call__(self, command: Sequence[str], env: dict[str, str] | None = None, **_: object) -> int:
        self.ran.append(list(command))
        self.environ.append(env or {})
        return self.codes.pop(0) if self.codes else 0


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with no shared library and no tool but apt-get."""
    monkeypatch.setattr(bootstrap, "loads", lambda library: False)
    monkeypatch.setattr("shutil.which", lambda tool: "/usr/bin/apt-get" if tool == "apt-get" else None)


def test_it_needs_nothing_but_the_standard_library() -> None:
    tree = ast.parse(Path(bootstrap.__file__).read_text("utf-8"), feature_version=(3, 11))
    names = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert {name.split(".")[0] for name in names} - sys.stdlib_module_names == set()


@LINUX_ONLY
@pytest.mark.parametrize(
    ("verb", "words", "environ", "packages"),
    [
        ("demo", [], {}, QT),
        ("demo", [], {"DISPLAY": ":0"}, QT + X),
        ("test", [], {}, QT),
        ("test", ["--all"], {}, QT + X + list(TEST_TOOLS.values())),
        ("scan", ["--all"], {}, QT),
        ("package", [], {}, [*QT, "binutils"]),
    ],
)
@pytest.mark.usefixtures("bare")
def test_just_the_missing_packages_are_named(
    verb: str, words: list[str], environ: dict[str, str], packages: list[str]
) -> None:
    assert bootstrap.missing_packages(verb, words, environ) == packages


@LINUX_ONLY
def test_a_library_that_is_there_is_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "loads", lambda library: library != "libEGL.so.1")
    assert bootstrap.missing_packages("demo", [], {}) == ["libegl1"]


def test_the_linker_is_really_asked() -> None:
    assert not bootstrap.loads("libatsmviewer-of-nowhere.so.0")


@LINUX_ONLY
@pytest.mark.usefixtures("bare")
def test_an_ordinary_user_gets_one_line_to_run_and_nothing_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    shell = Shell()
    monkeypatch.setattr("subprocess.call", shell)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(NotReady) as told:
        bootstrap.provide(["libegl1", "libgl1"])
    lines = [line for line in str(told.value).splitlines() if "sudo" in line]
    assert lines == [
        "  sudo sh -c 'apt-get update && apt-get install -y --no-install-recommends libegl1 libgl1'"
    ]
    assert shell.ran == []


@LINUX_ONLY
@pytest.mark.usefixtures("bare")
def test_root_installs_and_reads_the_package_lists_only_when_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    install = ["apt-get", "install", "-y", "--no-install-recommends", "libegl1"]
    for codes, steps in (
        ([0], [install]),
        ([100, 0, 0], [install, ["apt-get", "update"], install]),
    ):
        shell = Shell(*codes)
        monkeypatch.setattr("subprocess.call", shell)
        bootstrap.provide(["libegl1"])
        assert shell.ran == steps
        assert {environ["DEBIAN_FRONTEND"] for environ in shell.environ} == {"noninteractive"}
    monkeypatch.setattr("subprocess.call", Shell(100, 0, 100))
    with pytest.raises(NotReady, match="could not install"):
        bootstrap.provide(["libegl1"])


def test_without_apt_the_names_are_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda tool: None)
    with pytest.raises(NotReady, match="libegl1 libgl1"):
        bootstrap.provide(["libegl1", "libgl1"])


def test_a_read_only_checkout_keeps_its_environment_in_the_users_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    lock = tmp_path / "none.txt"
    monkeypatch.setattr(bootstrap, "writable", lambda folder: False)
    outside = bootstrap.environment_folder(lock)
    assert not outside.is_relative_to(bootstrap.CHECKOUT)
    monkeypatch.setattr(bootstrap, "writable", lambda folder: True)
    assert bootstrap.environment_folder(lock) == bootstrap.CHECKOUT / ".venv"


def test_the_second_start_runs_nothing_until_the_lock_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = tmp_path / "constraints.txt"
    lock.write_text("numpy==1\n")
    (tmp_path / ".venv").mkdir()
    monkeypatch.setattr(bootstrap, "CHECKOUT", tmp_path)
    (tmp_path / ".venv" / "constraints.stamp").write_text(bootstrap.stamp_of(lock))
    shell = Shell(1)
    monkeypatch.setattr("subprocess.call", shell)
    assert bootstrap.prepare(lock) == bootstrap.python_of(tmp_path / ".venv")
    assert shell.ran == []
    lock.write_text("numpy==2\n")
    with pytest.raises(NotReady):
        bootstrap.prepare(lock)
    assert "venv" in shell.ran[0]


@pytest.mark.parametrize(("codes", "answer"), [((0, 0), 0), ((1, 0), 1), ((0, 1), 1), ((-9, 0), 137)])
@LINUX_ONLY
def test_all_runs_the_journeys_in_a_window_too_and_either_failure_counts(
    codes: tuple[int, int], answer: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell = Shell(*codes)
    monkeypatch.setattr("subprocess.call", shell)
    monkeypatch.setattr(bootstrap, "writable", lambda folder: True)
    assert bootstrap.test(Path("python"), ["--all"]) == answer
    assert [environ["QT_QPA_PLATFORM"] for environ in shell.environ] == ["xcb", "offscreen"]
    assert "tests/journeys" in shell.ran[0]
    assert shell.ran[1] == ["python", "-m", "pytest", "--no-xvfb", "--all"]


def test_other_verbs_go_to_the_program_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    shell = Shell(3)
    monkeypatch.setattr("subprocess.call", shell)
    monkeypatch.setattr(bootstrap, "missing_packages", lambda *_: [])
    monkeypatch.setattr(bootstrap, "prepare", lambda lock: Path(lock.name))
    assert bootstrap.main(["scan", "folder with space", "--json"]) == 3
    assert shell.ran == [["constraints.txt", "-m", "atsmviewer", "scan", "folder with space", "--json"]]


def test_trouble_ends_with_a_sentence_on_stderr_and_its_own_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def lacking(*_: object) -> list[str]:
        raise NotReady("run this line")

    monkeypatch.setattr(bootstrap, "missing_packages", lacking)
    assert bootstrap.main(["demo"]) == bootstrap.NOT_READY
    assert capsys.readouterr() == ("", "run this line\n")
