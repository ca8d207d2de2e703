"""A commit costs a small part of a frame, the disk's own wait left out."""

from __future__ import annotations

import os
import statistics
import time
from pathlib import Path

import pytest

from atsmviewer.model.roi import Role, sphere
from atsmviewer.session import edits
from atsmviewer.session.journal import load
from tests.session.made import journal_at, place


def test_a_commit_among_twenty_regions_and_a_long_history(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "case.atsm.jsonl"
    monkeypatch.setattr(os, "fsync", lambda handle: None)
    with journal_at(path) as journal:
        for _ in range(20):
            journal.commit(place(sphere((1.0, 2.0, 3.0), 9.0), Role.TUMOUR)(journal.session), "Place")
        uid = journal.session.rois[7].uid
        costs_s = []
        for step in range(300):
            after = edits.move_roi(journal.session, uid, (0.1 * step, 1 / 3, 4.0))
            begun = time.perf_counter()
            journal.commit(after, "Move Tumour 8")
            costs_s.append(time.perf_counter() - begun)
        assert statistics.median(costs_s) < 0.005
    begun = time.perf_counter()
    load(path)
    assert time.perf_counter() - begun < 2.0
