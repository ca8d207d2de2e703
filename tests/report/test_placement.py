"""Where a CT or regions were moved, page, table and record say how far, from where, and by whom."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

from atsmviewer.model.assessment import Assessment
from atsmviewer.model.errors import Flag
from atsmviewer.model.movement import turning
from atsmviewer.model.placement import DISPLAY_ONLY, REGIONS_ONLY, SHIFT, TURN, Placement, movement_words
from atsmviewer.model.session import Alignment
from atsmviewer.report.checks import DOUBT, checks
from atsmviewer.report.reading import read
from atsmviewer.report.records import assess_record, to_json_bytes
from atsmviewer.report.table import measurements_csv
from tests.report import made_up, made_whole
from tests.report.paper import made, text_of

WAY = Alignment(
    "1.2.20", "1.2", turning((0, 0, 1), 2.0, (0, 0, 0)), "reader, by hand", "A. Reader of Somewhere"
)
CT = Placement(made_up.PET, "CT", True, WAY, (3.0, -1.04, 0.0), (0.0, 0.0, 2.0))
FAR = Placement(
    made_up.PET, "Tumour 9", False, replace(WAY, from_uid="9.9"), (0.0, 0.0, -4.0), (0.0, 0.0, 0.0)
)


def moved() -> Assessment:
    return replace(made_whole.whole(), placements=(CT, FAR))


def test_the_page_says_all_of_it_in_whole_sentences() -> None:
    text = " ".join(text_of(made(moved())).split())
    assert "CT to PET" in text
    assert "moved x 3.0 y −1.0 z 0.0 mm, turn x 0.0 y 0.0 z 2.0 degrees, by" in text
    assert f"reader, by hand (A. Reader of Somewhere); {DISPLAY_ONLY}." in text
    assert "Tumour 9 to PET" in text
    assert f"{REGIONS_ONLY}." in text
    assert DISPLAY_ONLY not in text_of(made(made_whole.whole()))


def test_alignments_come_before_every_other_doubt() -> None:
    doubted = replace(moved(), flags=(Flag("PARTIAL_VOLUME", "Tumour 1: it is small."),))
    page = read(made_up.study(), made_up.session(), doubted)
    doubts = [check.about for check in checks(page) if check.state == DOUBT]
    assert doubts[:2] == ["CT to PET", "Tumour 9 to PET"]
    assert len(doubts) > 2


def test_the_record_holds_them_in_full() -> None:
    written = to_json_bytes(assess_record(moved(), made_up.study(), made_up.session()))
    first, second = json.loads(written)["alignments"]
    assert first == {
        "acquisition_uid": made_up.PET,
        "moved": "CT",
        "from": "1.2.20",
        "to": "1.2",
        "matrix": list(WAY.matrix),
        "shift_mm": [3.0, -1.04, 0.0],
        "turn_deg": [0.0, 0.0, 2.0],
        "algorithms": {"shift_mm": SHIFT, "turn_deg": TURN},
        "origin": "reader, by hand",
        "who": "A. Reader of Somewhere",
        "remark": DISPLAY_ONLY,
    }
    assert (second["from"], second["remark"]) == ("9.9", REGIONS_ONLY)


def test_the_table_holds_an_axis_a_row() -> None:
    data = measurements_csv(moved(), made_up.study(), made_up.session()).decode("utf-8")
    found = [
        r for r in csv.DictReader(io.StringIO(data, newline="")) if r["quantity"].startswith("alignment")
    ]
    assert len(found) == 12
    y, turn = found[1], found[5]
    assert (y["quantity"], y["value"], y["unit"], y["roi"]) == ("alignment_shift_y", "-1.04", "mm", "CT")
    assert (turn["quantity"], turn["value"], turn["unit"]) == ("alignment_turn_z", "2.0", "degrees")
    for part in ("from = 1.2.20", "to = 1.2", "origin = reader, by hand", "who = A. Reader", DISPLAY_ONLY):
        assert part in y["inputs"]


def test_a_zero_never_has_a_minus() -> None:
    assert movement_words((-0.04, 0.0, -0.06), (-1e-9, 0, 0)) == (
        "x 0.0 y 0.0 z -0.1 mm, turn x 0.0 y 0.0 z 0.0 degrees"
    )
