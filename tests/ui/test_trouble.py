"""A refusal is a sentence and a remedy; a bug is a log file without patient text."""

from __future__ import annotations

from pathlib import Path

import pytest

from atsmviewer.model.errors import ReviewError
from atsmviewer.ui import trouble


def test_a_refusal_is_its_sentence_and_its_remedy() -> None:
    said: list[tuple[str, str]] = []
    trouble.tell(
        ReviewError("NO_PET", "No PET found here.", "Open another folder."), lambda *w: said.append(w)
    )
    assert said == [("warn", "No PET found here. Open another folder.")]


def test_a_bug_is_logged_without_its_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "logs" / "atsmviewer.log"
    monkeypatch.setattr(trouble, "log_path", lambda: log)
    said: list[tuple[str, str]] = []

    def breaks(name: str) -> None:
        raise ValueError(f"patient {name}")

    with pytest.raises(ValueError, match="patient") as caught:
        breaks("ZZCANARY^Mary")
    trouble.tell(caught.value, lambda *w: said.append(w))
    assert said[0][0] == "bad"
    assert "Your regions are safe" in said[0][1]
    text = log.read_text()
    assert "ValueError" in text
    assert "breaks" in text
    assert "ZZCANARY" not in text
