"""The terminal measures in the CT that the session chose, as the window does, and in no other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from atsmviewer.cli.run import run
from atsmviewer.model.choice import PARTNER
from atsmviewer.model.session import Override, Session
from atsmviewer.session.edits import set_override
from atsmviewer.session.journal import Journal
from atsmviewer.workflow.opening import open_case
from tests.cli.test_run import no_window
from tests.dicom.synthetic import CT_SERIES, PET_SERIES, ct, pet, save
from tests.workflow.test_choices import named

LUNG, SIZE = f"{CT_SERIES}.7", (12, 20, 16)


def _assessed(folder: Path, chosen: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The record of a session that chose one CT."""
    file = folder.parent / "case.session"
    journal = Journal.open(file, open_case(folder).study.key, "R")
    one: Session = set_override(journal.session, Override(PET_SERIES, PARTNER, chosen, "R", "chosen"))
    journal.commit(one, "choose")
    journal.close()
    words = ["assess", str(folder), "--json", "--session", str(file)]
    assert run([*words, "--sphere", "Mass", "-8.5", "-16", "106", "3"], no_window) == 0
    return dict(json.loads(capsys.readouterr().out))


@pytest.mark.parametrize(("chosen", "hu"), [(CT_SERIES, 40.0), (LUNG, -700.0), (f"{LUNG}.gone", None)])
def test_hu_are_of_the_chosen_ct_or_withheld(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], chosen: str, hu: float | None
) -> None:
    folder = tmp_path / "case"
    save(pet(stored=np.full(SIZE, 500, np.int16)), folder / "pet")
    save(ct(stored=np.full(SIZE, 40 + 1024, np.int16)), folder / "ct")
    save(named(ct(stored=np.full(SIZE, -700 + 1024, np.int16)), LUNG), folder / "lung")
    record = _assessed(folder, chosen, capsys)
    (region,) = record["rois"]
    assert [region[name] for name in ("hu_mean", "hu_min", "hu_max")] == [hu] * 3
    assert ("ANATOMY_GONE" in {one["code"] for one in record["missing"]}) == (hu is None)
