"""What a program that ended leaves of a zip: nothing, at the latest when the next one is opened."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from atsmviewer.dicom.disk.leftbehind import LEFT, YOUNG_S, hold, sweep
from atsmviewer.dicom.source.unpacked import Unpacked
from tests.dicom.synthetic import pet, save
from tests.dicom.zipped import zipped


@pytest.fixture
def temporary(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary folder of the test's own."""
    folder = tmp_path_factory.mktemp("temporary")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.mark.parametrize("end", ["", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"])
def test_what_a_program_leaves_is_gone_when_it_ends_or_at_the_next_zip(
    tmp_path: Path, temporary: Path, end: str
) -> None:
    save(pet(), tmp_path / "folder")
    archive = zipped(tmp_path / "s.zip", tmp_path / "folder")
    code = "from pathlib import Path; from atsmviewer.dicom.scan import scan; "
    code += f"a = scan(Path({str(archive)!r})); {end}"
    subprocess.run([sys.executable, "-c", code], check=False, env={**os.environ, "TMPDIR": str(temporary)})
    left = list(temporary.iterdir())
    assert len(left) == (1 if end else 0)
    for folder in left:
        sweep()
        assert folder.exists()  # too young
        os.utime(folder, (time.time() - 2 * YOUNG_S,) * 2)
    Unpacked().close()
    assert list(temporary.iterdir()) == []


def test_a_folder_that_a_living_program_holds_stays(temporary: Path) -> None:
    folder = Path(tempfile.mkdtemp(prefix=LEFT))
    os.utime(folder, (0, 0))
    held = hold(folder)
    assert held is not None
    sweep()
    assert folder.exists()
    os.close(held)
    sweep()
    assert not folder.exists()
