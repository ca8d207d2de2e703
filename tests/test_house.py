"""The rules of the house, each by the tool or the look that checks it; plain pytest is the whole gate."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import atsmviewer

ROOT = Path(__file__).resolve().parents[1]
CODE = ("atsmviewer", "tests", "benchmarks", "installer", "docs")
LINES_A_FILE = 300
BYTES_A_FILE = 1_000_000
NOT_OURS = re.compile(r"\.(git|venv.*|\w+_cache|hypothesis|eggs?)|__pycache__|build|dist|out|.*\.egg-info")
REGISTRY = re.compile(r"[a-z0-9.-]*\b(pypi|pythonhosted|npmjs|(?:deb|snapshot)\.debian)\.(org|com)\b")
MACHINE_PATH = re.compile(r"(?<![\w.~-])/(root|work|home/\w+|Users/\w+)/\w")


def files(*folders: str, suffix: str = "") -> Iterator[Path]:
    """The tree's own files, without what git ignores (a bare machine has no git to ask)."""
    for path in sorted(path for folder in folders or (".",) for path in (ROOT / folder).rglob(f"*{suffix}")):
        if path.is_file() and not any(NOT_OURS.fullmatch(part) for part in path.relative_to(ROOT).parts):
            yield path


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


MODULES = list(files(*CODE, suffix=".py"))


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["-m", "mypy"], id="types"),
        pytest.param(["-m", "ruff", "check"], id="lint"),
        pytest.param(["-m", "ruff", "format", "--check"], id="format"),
        pytest.param(
            [
                "-c",
                "import sys; from importlinter.cli import lint_imports as run; sys.exit(run(no_cache=True))",
            ],
            id="layers",
        ),
    ],
)
def test_a_tool_finds_nothing(command: list[str]) -> None:
    ran = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_no_file_is_the_room_where_everything_ended_up() -> None:
    lengths = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert {name: lines for name, lines in lengths.items() if lines > LINES_A_FILE} == {}


def test_the_first_line_of_every_module_says_what_it_owns() -> None:
    silent = []
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        empty = not text.strip() and path.name == "__init__.py" and path.is_relative_to(ROOT / "tests")
        if not empty and not (text.startswith('"""') and ast.get_docstring(ast.parse(text))):
            silent.append(named(path))
    assert silent == []


def test_no_module_is_named_after_nothing() -> None:
    vague = {"utils", "util", "helpers", "helper", "common", "manager", "core", "misc"}
    assert [named(path) for path in MODULES if path.stem in vague or path.parent.name in vague] == []


def test_the_readme_draws_every_room() -> None:
    blocks = re.findall(r"```[^\n]*\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    picture = max(blocks, key=rooms)
    house = {path.stem for path in (ROOT / "atsmviewer").iterdir() if is_room(path)}
    assert house - set(re.findall(r"\w+", picture)) == set()


def rooms(block: str) -> int:
    """How many floors of the house a drawing names."""
    return len({"model", "workflow", "dicom", "quant", "ui"} & set(re.findall(r"\w+", block)))


def is_room(path: Path) -> bool:
    return path.name != "__init__.py" and (path.suffix == ".py" or (path / "__init__.py").is_file())


def test_the_licence_is_there_and_is_the_one_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["license"] == "Apache-2.0"
    assert "Apache License" in (ROOT / "LICENSE").read_text("utf-8")
    assert re.fullmatch(r"\d+\.\d+\.\d+", atsmviewer.__version__)


def test_no_registry_and_no_machine_is_named_in_the_tree() -> None:
    """A lock or a page that names one works for its writer and for nobody else."""
    found = []
    for path in files():
        if path == Path(__file__).resolve() or path.stat().st_size > BYTES_A_FILE:
            continue
        for number, line in enumerate(path.read_text("utf-8", errors="ignore").splitlines(), 1):
            if REGISTRY.search(line) or MACHINE_PATH.search(line):
                found.append(f"{named(path)}:{number}: {line.strip()[:100]}")
    assert found == []


def test_no_file_is_large_and_the_resources_stay_below_a_megabyte() -> None:
    assert [named(path) for path in files() if path.stat().st_size > BYTES_A_FILE] == []
    assert sum(path.stat().st_size for path in files("resources")) < BYTES_A_FILE
