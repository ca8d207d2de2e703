"""The locks: complete, hashed, the same for running and testing, and naming no place to fetch from."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCKS = {
    "": "constraints.txt",
    "test": "constraints-test.txt",
    "package": "constraints-package.txt",
}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def pins(name: str) -> dict[str, str]:
    """Package -> version pinned; one for every Python, so what was tested is what runs."""
    lines = re.findall(r"^([a-z0-9._-]+)==(\S+)", text(name), re.M)
    assert len(lines) == len(dict(lines))
    return dict(lines)


def text(name: str) -> str:
    return (ROOT / "installer" / name).read_text("utf-8")


@pytest.mark.parametrize("extra", LOCKS)
def test_the_lock_meets_what_the_project_asks_for(extra: str) -> None:
    """A dependency added or bounded in pyproject.toml without a new lock is named here."""
    wanted = PROJECT["dependencies"] + (PROJECT["optional-dependencies"][extra] if extra else [])
    locked = pins(LOCKS[extra])
    unmet = [
        str(need)
        for need in map(Requirement, wanted)
        if (name := canonicalize_name(need.name)) not in locked or not need.specifier.contains(locked[name])
    ]
    assert unmet == []


@pytest.mark.parametrize("lock", LOCKS.values())
def test_every_pin_has_hashes_and_no_line_names_a_place(lock: str) -> None:
    blocks = re.split(r"\n(?=\S)", text(lock).strip())
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert re.findall(r"^.*(?://|--index|--find-links|--extra).*$", text(lock), re.M) == []


@pytest.mark.parametrize("lock", ["constraints-test.txt", "constraints-package.txt"])
def test_what_is_tested_and_packaged_is_what_runs(lock: str) -> None:
    other = pins(lock)
    assert {
        name: versions for name, versions in pins("constraints.txt").items() if other[name] != versions
    } == {}
