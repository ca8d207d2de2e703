"""The terminal's promises: exit codes, one JSON object on stdout and nothing else, refusals with a remedy."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from atsmviewer.cli.run import BUG, DONE, REFUSED, run


def no_window(*_: object) -> int:
    raise AssertionError("no window was asked for")


def test_an_empty_folder_is_refused_with_a_code_and_a_remedy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["assess", str(tmp_path)], no_window) == REFUSED
    out, err = capsys.readouterr()
    assert out == ""
    code, _, rest = err.partition(":")
    assert code == "NO_PET"
    assert len(rest.strip().splitlines()) == 2


def test_a_scan_without_a_pet_still_prints_what_it_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "letter.txt").write_text("dear colleague")
    assert run(["scan", str(tmp_path), "--json"], no_window) == REFUSED
    record = json.loads(capsys.readouterr().out)
    assert record["schema"] == "atsmviewer.scan/1"
    assert record["refused"]["code"] == "NO_PET"
    assert [one["file"] for one in record["rejected"]] == ["letter.txt"]


def test_with_json_a_refusal_is_the_one_object_on_stdout(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for verb in ("scan", "suv", "assess"):
        assert run([verb, str(tmp_path), "--json"], no_window) == REFUSED
        refused = json.loads(capsys.readouterr().out)["refused"]
        assert refused["code"] == "NO_PET"
        assert refused["remedy"]


def test_words_that_are_no_verb_are_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        run(["assess"], no_window)
    assert stopped.value.code == 2
    assert "path" in capsys.readouterr().err


def test_a_bare_path_opens_the_window(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    asked: list[object] = []

    def window(paths: Sequence[Path], session: Path | None, demo: str | None) -> int:
        asked.append((paths, session, demo))
        return 0

    assert run([str(tmp_path)], window) == DONE
    assert run([str(tmp_path), "b.zip"], window) == DONE
    assert run([], window) == DONE
    assert run(["demo", "--case", "cervix-60cu"], window) == DONE
    bare = [((tmp_path,), None, None), ((tmp_path, Path("b.zip")), None, None)]
    assert asked == [*bare, ((), None, None), ((), None, "cervix-60cu")]


def test_without_a_display_the_window_is_refused_before_qt_is_touched(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    assert run([], no_window) == REFUSED
    assert "NO_DISPLAY" in capsys.readouterr().err


def test_a_bug_is_exit_1_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> int:
        raise ZeroDivisionError

    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert run([str(tmp_path)], broken) == BUG
    assert "Something broke" in capsys.readouterr().err
