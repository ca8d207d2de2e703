"""The latest request wins, an old answer never arrives, a failure arrives as itself."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from atsmviewer.ui.lane import Lane, Work

Progress = Callable[[int, int], None]
Cancelled = Callable[[], bool]


def test_only_the_latest_answer_arrives(qtbot: QtBot) -> None:
    lane = Lane("test")
    gate = threading.Event()
    answers: list[object] = []
    lane.answered.connect(answers.append)

    def slow(_: Progress, cancelled: Cancelled) -> object:
        gate.wait(5)
        return "old", cancelled()

    lane.submit(slow)

    def quick(number: int) -> Work:
        return lambda _progress, _cancelled: number

    for number in range(5):
        lane.submit(quick(number))
    assert lane.busy
    gate.set()
    qtbot.waitUntil(lambda: answers == [4], timeout=5000)
    qtbot.wait(50)
    assert answers == [4]
    lane.close()


def test_the_running_work_is_told_that_nobody_waits_for_it(qtbot: QtBot) -> None:
    lane = Lane("test")
    seen: list[bool] = []
    started = threading.Event()

    def work(_: Progress, cancelled: Cancelled) -> object:
        started.set()
        while not cancelled():
            threading.Event().wait(0.005)
        seen.append(True)
        return None

    lane.submit(work)
    assert started.wait(5)
    lane.cancel()
    qtbot.waitUntil(lambda: seen == [True], timeout=5000)
    lane.close()


class Large:
    """An answer that takes memory."""


def test_no_answer_is_kept(qtbot: QtBot) -> None:
    lane = Lane("test")
    kept: list[weakref.ref[Large]] = []

    def work(_progress: Progress, _cancelled: Cancelled) -> object:
        made = Large()
        kept.append(weakref.ref(made))
        return made

    def gone() -> bool:
        gc.collect()
        return all(one() is None for one in kept)

    with qtbot.waitSignal(lane.answered, timeout=5000):
        lane.submit(work)
    qtbot.waitUntil(gone, timeout=5000)
    lane.submit(work)
    while len(kept) < 2:  # it was answered, but the answer did not arrive yet
        time.sleep(0.001)
    lane.cancel()
    qtbot.waitUntil(gone, timeout=5000)
    lane.close()


def test_a_failure_and_progress_arrive(qtbot: QtBot) -> None:
    lane = Lane("test")
    failures: list[object] = []
    progress: list[tuple[int, int]] = []
    lane.failed.connect(failures.append)
    lane.progressed.connect(lambda done, total: progress.append((done, total)))

    def work(tell: Progress, _: Cancelled) -> object:
        tell(1, 2)
        raise KeyError("x")

    lane.submit(work)
    qtbot.waitUntil(lambda: len(failures) == 1, timeout=5000)
    assert isinstance(failures[0], KeyError)
    qtbot.waitUntil(lambda: progress == [(1, 2)], timeout=5000)
    lane.close()


@pytest.mark.parametrize("leave", [Lane.cancel, Lane.stop])
def test_progress_on_its_way_is_dropped_with_its_request(qtbot: QtBot, leave: Callable[[Lane], None]) -> None:
    lane = Lane("test")
    told: list[tuple[int, int]] = []
    lane.progressed.connect(lambda done, total: told.append((done, total)))
    said, gate = threading.Event(), threading.Event()

    def work(progress: Progress, _cancelled: Cancelled) -> object:
        progress(179, 1600)
        said.set()
        gate.wait(5)
        return None

    lane.submit(work)
    assert said.wait(5)  # the loop has not run since: what was said waits in its queue
    leave(lane)
    gate.set()
    qtbot.wait(50)
    assert told == []
    lane.close()
