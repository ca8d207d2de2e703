"""Native decoders: only in children with little memory and time, whose end is one refusal and no more."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pydicom.uid import JPEG2000Lossless, JPEGLosslessSV1

from atsmviewer.dicom.pixel import codec_process, codecs
from atsmviewer.dicom.pixel.codec_child import Asked
from atsmviewer.dicom.pixel.codec_process import DecoderFailed
from atsmviewer.dicom.pixel.codecs import Decoders
from tests.dicom.children import CODESTREAM, STORED, WHOLE, instead
from tests.dicom.packed import jpeg_2000, jpeg_lossless, pack
from tests.dicom.synthetic import pet, save


@pytest.fixture
def decoders() -> Iterator[Decoders]:
    own = Decoders()
    yield own
    own.stop()


def _alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


def _until(true: object, seconds: float = 10.0) -> bool:
    """Whether something called comes true in that time."""
    assert callable(true)
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def test_a_child_decodes_and_is_kept(decoders: Decoders) -> None:
    pixels = decoders.decode(WHOLE, CODESTREAM)
    assert np.array_equal(np.frombuffer(pixels, "<i2").reshape(64, 64), STORED)
    (child,) = decoders.ids()
    decoders.decode(WHOLE, CODESTREAM)
    assert decoders.ids() == {child}
    decoders.stop()
    assert decoders.ids() == set()
    assert not _alive(child)


def test_a_child_without_work_ends(decoders: Decoders, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codecs, "IDLE_S", 0.2)
    decoders.decode(WHOLE, CODESTREAM)
    (child,) = decoders.ids()
    assert _until(lambda: not _alive(child))
    assert decoders.decode(WHOLE, CODESTREAM)  # and the next slice gets a new one
    assert decoders.ids() != {child}


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("os.abort()", "crashed"),
        ("os.kill(os.getpid(), 9)", "crashed"),
        ("sys.exit(0)", "crashed"),
        ("say(b'no it is broken\\n')", "it is broken"),
        ("say(b'ok 999999999999\\n'); say(bytes(1 << 20))", "crashed"),
        ("say(b'ok 8192\\n'); say(bytes(100)); sys.exit(0)", "crashed"),
        ("say(bytes(1 << 20))", "crashed"),
        ("say(b'ok 8192')", "crashed"),
    ],
)
def test_a_child_that_misbehaves_is_one_refusal(
    decoders: Decoders, monkeypatch: pytest.MonkeyPatch, script: str, said: str
) -> None:
    with monkeypatch.context() as patched:
        instead(patched, script)
        with pytest.raises(DecoderFailed, match=said):
            decoders.decode(WHOLE, CODESTREAM)
        assert decoders.ids() == set()
    assert decoders.decode(WHOLE, CODESTREAM)


def test_a_child_that_cannot_be_started_is_one_refusal(
    decoders: Decoders, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for command in ([str(tmp_path / "none")], [sys.executable, "-c", "pass"]):
        monkeypatch.setattr(codec_process, "_command", lambda memory_bytes, command=command: command)
        with pytest.raises(DecoderFailed, match="started"):
            decoders.decode(WHOLE, CODESTREAM)


def test_a_slice_that_takes_too_long_is_one_refusal(
    decoders: Decoders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codec_process, "SLICE_S", 0.3)
    with monkeypatch.context() as patched:
        instead(patched, "time.sleep(60)")
        began = time.monotonic()
        with pytest.raises(DecoderFailed, match="more than"):
            decoders.decode(WHOLE, CODESTREAM)
        assert time.monotonic() - began < 5
    monkeypatch.setattr(codec_process, "SLICE_S", 5.0)
    assert decoders.decode(WHOLE, CODESTREAM)


def test_a_child_killed_while_it_works_is_one_refusal(
    decoders: Decoders, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    instead(monkeypatch, f"open({str(tmp_path / 'working')!r}, 'w').close(); time.sleep(60)")
    failed: list[str] = []

    def decode() -> None:
        with pytest.raises(DecoderFailed) as refused:
            decoders.decode(WHOLE, CODESTREAM)
        failed.append(str(refused.value))

    waiting = threading.Thread(target=decode)
    waiting.start()
    assert _until(lambda: (tmp_path / "working").exists())
    (child,) = decoders.ids()
    os.kill(child, 9)
    waiting.join(10)
    assert "crashed" in failed[0]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps RLIMIT_AS")
def test_a_picture_that_would_fill_the_memory_is_one_refusal(decoders: Decoders) -> None:
    """30,000 x 30,000 pixels would be 3.6 GB inside a decoder; the size is patched into a good codestream."""
    size = (30_000).to_bytes(4, "big")
    bomb = bytearray(CODESTREAM)
    for at in (8, 12, 24, 28):  # Xsiz, Ysiz, XTsiz, YTsiz
        bomb[at : at + 4] = size
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(DecoderFailed):
        decoders.decode(Asked("openjpeg", str(JPEG2000Lossless), 30_000, 30_000, 16), bytes(bomb))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000  # kB
    assert decoders.decode(WHOLE, CODESTREAM)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps RLIMIT_AS")
def test_the_limit_of_memory_holds(decoders: Decoders) -> None:
    """36 million pixels are 144 MB inside the decoder: too much for 200 MB, which a small slice fits in."""
    large = jpeg_2000(np.zeros((6000, 6000), np.uint8), 8)
    asked = Asked("openjpeg", str(JPEG2000Lossless), 6000, 6000, 8)
    assert not any(decoders.decode(asked, large))
    narrow = Decoders(memory_bytes=200 << 20)
    try:
        assert narrow.decode(WHOLE, CODESTREAM)
        with pytest.raises(DecoderFailed):
            narrow.decode(asked, large)
    finally:
        narrow.stop()


def test_garbage_is_refused_by_every_decoder(decoders: Decoders) -> None:
    rng = np.random.default_rng(11)
    for codec, syntax in (("openjpeg", ".90"), ("charls", ".80"), ("gdcm", ".70"), ("none", ".1")):
        for _ in range(3):
            asked = Asked(codec, f"1.2.840.10008.1.2.4{syntax}", 64, 64, 16)
            with pytest.raises(DecoderFailed):
                decoders.decode(asked, bytes(rng.integers(0, 256, 500, np.uint8)))


def test_two_children_and_no_more(decoders: Decoders) -> None:
    seen: set[int] = set()

    def decode() -> None:
        for _ in range(5):
            decoders.decode(WHOLE, CODESTREAM)
            seen.update(decoders.ids())

    threads = [threading.Thread(target=decode) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(seen) == 2


SCRIPT = """
import sys
import atsmviewer

print("once")
try:
    study = atsmviewer.open_study(sys.argv[1])
except Exception as error:
    print(error)
volume = study.acquisitions[0].frames[0].volume
print(volume.voxels.shape, int(volume.voxels.sum()))
native = {"gdcm", "openjpeg", "_openjpeg", "jpeg_ls", "_CharLS", "pylibjpeg", "PIL"}
print(sorted(native & set(sys.modules)))
"""


def test_a_script_without_a_guard_reads_and_loads_no_decoder(tmp_path: Path) -> None:
    """It is run once: a child does not import it again, nor what lies beside it (GDCM tries ``dl``)."""
    stored = np.stack([STORED] * 4)
    save([pack(one, JPEGLosslessSV1, jpeg_lossless) for one in pet(stored=stored)], tmp_path / "case")
    (tmp_path / "reads.py").write_text(SCRIPT, "utf-8")
    (tmp_path / "dl.py").write_text("raise SystemExit('not mine')", "utf-8")
    ran = subprocess.run(
        [sys.executable, str(tmp_path / "reads.py"), str(tmp_path / "case")],
        capture_output=True,
        text=True,
        timeout=60,
        env=os.environ | {"PYTHONPATH": str(Path(codecs.__file__).parents[2])},
        check=False,
    )
    assert ran.stdout.splitlines() == ["once", "(4, 64, 64) " + str(int(stored.sum(dtype=int))), "[]"], (
        ran.stderr
    )


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_children_end_with_the_process_that_started_them(tmp_path: Path) -> None:
    """Even where it is killed: their input ends."""
    script = """
    import sys, time
    from atsmviewer.dicom.pixel.codecs import DECODERS
    from atsmviewer.dicom.pixel.codec_child import Asked
    DECODERS.decode(Asked("openjpeg", "x", 64, 64, 16), bytes.fromhex(sys.argv[1]))
    print(*DECODERS.ids(), flush=True)
    time.sleep(60)
    """
    command = [sys.executable, "-c", textwrap.dedent(script), CODESTREAM.hex()]
    where = Path(codecs.__file__).parents[2]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=where) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert _alive(child)
        parent.kill()
    assert _until(lambda: not _alive(child))
