"""A process that commits until it is killed, and the one that kills it at a random moment and looks."""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from atsmviewer.model.roi import Role, sphere
from atsmviewer.model.session import Session
from atsmviewer.session import edits
from atsmviewer.session.journal import Journal, load
from tests.session.made import FRAME

ROUNDS_A_FILE = 5


def state(step: int) -> Session:
    """What the session is after so many steps, from a rule and not from a file."""
    session = edits.set_remarks(Session("case"), f"step {step}" if step else "")
    for number in range(min(step, 40)):
        roi = edits.new_roi(session, Role.TUMOUR, FRAME, sphere((0.1 * step, 1 / 3, 0.0), 5.0), f"{number}")
        session = edits.add_roi(session, roi)
    return session


def commit_for_ever(path: Path, acknowledge: int) -> None:
    """Go on where the file ends; each number is told after its commit returned."""
    journal = Journal.open(path, "case", "R. Eader")
    step = len(journal.history.past)
    while True:
        step += 1
        journal.commit(state(step), f"Step {step}")
        os.write(acknowledge, b"%d\n" % step)


def kill_once(path: Path, wait_s: float) -> dict[str, object]:
    """One life of the committing process; what it acknowledged, and what the file then holds."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            commit_for_ever(path, theirs)
        finally:
            os._exit(1)
    os.close(theirs)
    time.sleep(wait_s)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    with os.fdopen(ours, "rb") as pipe:
        said = [int(line) for line in pipe.read().split()]
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    answer: dict[str, object] = {
        "killed": killed,
        "acknowledged": said[-1] if said else 0,
        "kept": 0,
        "right": True,
        "said": None,
    }
    if path.exists():
        history, _, recovery = load(path)
        steps = [step.session for step in (*history.past, history.present)]
        right = steps == [state(number) for number in range(len(steps))]
        answer.update(kept=len(steps) - 1, right=right, said=recovery)
    return answer


def main() -> None:
    """``killing.py folder rounds seed``: one line of JSON for each kill."""
    folder, rounds, chance = Path(sys.argv[1]), int(sys.argv[2]), random.Random(int(sys.argv[3]))
    for number in range(rounds):
        path = folder / f"{number // ROUNDS_A_FILE}.atsm.jsonl"
        sys.stdout.write(json.dumps(kill_once(path, chance.uniform(0.0, 0.04))) + "\n")


if __name__ == "__main__":
    main()
