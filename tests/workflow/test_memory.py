"""A study that does not fit is refused before it is allocated; one that does is read: nothing in between."""

from __future__ import annotations

import json
import math
import os
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import psutil
import pytest
from pydicom.dataset import FileDataset

from atsmviewer.dicom.disk import memory
from atsmviewer.dicom.disk.memory import available_bytes, refuse_too_large
from atsmviewer.model.errors import ReviewError
from tests.dicom.synthetic import ct, pet, save

GB = 1 << 30
CHILD = """
import json, resource, sys
limit = int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
from pathlib import Path
from atsmviewer.model.errors import ReviewError
from atsmviewer.workflow.opening import open_case
import atsmviewer.quant.assess, SimpleITK
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    case = open_case(Path(sys.argv[1]))
    outcome = "loaded"
    (one,) = case.study.acquisitions
    whole = one.frames[0].volume is not None and one.anatomy_volume is not None
except ReviewError as error:
    outcome, whole = error.code, False
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([outcome, whole, (after - before) * 1024]))
"""


def sparse(one: FileDataset, path: Path, side: int) -> None:
    """A slice of zeros that take no room on the disk."""
    one.Rows = one.Columns = side
    del one.PixelData
    path.parent.mkdir(exist_ok=True)
    one.save_as(path, enforce_file_format=True)
    pixel_bytes = side * side * 2
    with path.open("ab") as out:
        out.write(b"\xe0\x7f\x10\0OW\0\0" + pixel_bytes.to_bytes(4, "little"))
        out.truncate(out.tell() + pixel_bytes)


def study(folder: Path, ct_bytes: int) -> Path:
    """A small PET, and a CT of so many bytes in large slices."""
    save(pet(), folder / "pet")
    count = 50
    side = math.isqrt(ct_bytes // count // 2)
    for k, one in enumerate(ct(stored=np.zeros((count, 1, 1), np.int16))):
        sparse(one, folder / "ct" / f"{k}", side)
    return folder


def opened(folder: Path, limit_bytes: int) -> tuple[str, bool, int]:
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", CHILD, str(folder), str(limit_bytes)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, timeout=120)
    outcome, whole, grown = json.loads(ran.stdout)
    return outcome, whole, grown


def judged(folder: Path, limit_bytes: int, ct_bytes: int) -> str:
    """What became of it, once it is known to be one of the two that may."""
    outcome, whole, grown_bytes = opened(folder, limit_bytes)
    if outcome == "loaded":
        assert whole
        assert grown_bytes < 1.5 * ct_bytes + (64 << 20)
    else:
        assert outcome == "TOO_LARGE"
        assert grown_bytes < 64 << 20
    return outcome


def test_under_a_limit_of_1_gb_a_study_is_read_or_refused(tmp_path: Path) -> None:
    assert judged(study(tmp_path / "small", 100 << 20), GB, 100 << 20) == "loaded"
    assert judged(study(tmp_path / "large", GB), GB, GB) == "TOO_LARGE"


@pytest.mark.campaign
@pytest.mark.parametrize("limit_gb", [1, 2, 4])
def test_sizes_around_every_limit(tmp_path: Path, limit_gb: int) -> None:
    sizes = [int(limit_gb * GB * part) for part in (0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1.5)]
    outcomes = [judged(study(tmp_path / f"{size}", size), limit_gb * GB, size) for size in sizes]
    assert outcomes == sorted(outcomes, reverse=True)  # "loaded" first, then refused for good
    assert set(outcomes) == {"loaded", "TOO_LARGE"}


def test_the_least_of_all_limits_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    here = psutil.virtual_memory().available
    assert available_bytes() <= here
    used_bytes = psutil.Process().memory_info().vms
    monkeypatch.setattr(resource, "getrlimit", lambda _: (used_bytes + 5 * GB // 1000,) * 2)
    assert available_bytes() <= 5 * GB // 1000
    monkeypatch.setattr(resource, "getrlimit", lambda _: (used_bytes // 2,) * 2)
    assert available_bytes() == 0


@pytest.mark.parametrize(
    ("line", "folder", "names"),
    [
        ("0::/a/b", "a", ("memory.max", "memory.current", "inactive_file")),
        (
            "4:cpu,memory:/a/b",
            "memory/a",
            ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
        ),
    ],
)
def test_a_control_group_and_those_above_it_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, folder: str, names: tuple[str, str, str]
) -> None:
    """Limit 1000, used 700 of which 200 are pages of files: 500 are left; the inner group has no limit."""
    (tmp_path / folder / "b").mkdir(parents=True)
    for group, limit in ((tmp_path / folder, "1000\n"), (tmp_path / folder / "b", "max\n")):
        (group / names[0]).write_text(limit)
        (group / names[1]).write_text("700\n")
        (group / "memory.stat").write_text(f"anon 500\n{names[2]} 200\n")
    groups = tmp_path / "cgroup"
    groups.write_text(f"1:cpuset:/\n{line}\n")
    monkeypatch.setattr(memory, "_GROUPS", tmp_path)
    monkeypatch.setattr(memory, "_OWN_GROUPS", groups)
    assert available_bytes() == 500
    groups.unlink()
    assert available_bytes() > 500


def test_a_refusal_says_both_sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "available_bytes", lambda: 300 << 20)
    refuse_too_large(300 << 20, "The study")
    with pytest.raises(ReviewError) as raised:
        refuse_too_large(3 * GB // 2, "Its voxels")
    assert raised.value.code == "TOO_LARGE"
    assert raised.value.what == "Its voxels need 1.5 GB of memory; 300 MB are free."
