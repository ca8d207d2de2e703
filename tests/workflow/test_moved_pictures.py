"""Key pictures on paper show the CT and the regions where the alignments put them, as the window does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pytest
from numpy.typing import NDArray

from atsmviewer.model.grid import Grid
from atsmviewer.model.movement import shifting
from atsmviewer.model.roi import Role
from atsmviewer.model.session import Alignment, Session, Stamp
from atsmviewer.model.study import Study
from atsmviewer.model.volume import Volume
from atsmviewer.quant.aligned import placed_study, regions_in
from atsmviewer.quant.assess import assess
from atsmviewer.render.picture import key_pictures
from atsmviewer.workflow import reporting
from atsmviewer.workflow.reporting import make_report
from tests.quant.made import SPACE, ball, grid, hounsfield_volume, session, study, volume, with_ct

CT_UID, ELSEWHERE = "1.2.3.5", "9.9"
TUMOUR, MUSCLE = ball(Role.TUMOUR, (0.0, 0.0, 0.0), 15.0), ball(Role.MUSCLE, (-35.0, 0.0, 0.0), 12.0)
FAR = replace(ball(Role.TUMOUR, (0.0, 30.0, 0.0), 12.0, "Day 2"), frame_of_reference_uid=ELSEWHERE)


def edge(mm: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bone left of the patient's middle, air right of it."""
    return np.where(mm[..., 0] > 0, 1000.0, -1000.0)


def scan() -> Study:
    pet = study(volume(grid((40, 60, 60)), np.array(1e-6)))
    both = with_ct(pet, hounsfield_volume(grid((60, 120, 120), (2.0, 2.0, 2.0)), edge))
    there = Grid(grid((40, 60, 60)).shape, grid((40, 60, 60)).affine, ELSEWHERE)
    first = both.acquisitions[0]
    shown = first.frames[0].volume
    assert shown is not None
    late = Volume(there, shown.voxels, shown.unit, "1.2.3.8")
    second = replace(
        first,
        pet=replace(first.pet, uid="1.2.3.8", grid=there),
        frames=(replace(first.frames[0], volume=late),),
        anatomy=None,
        anatomy_volume=None,
    )
    return replace(both, acquisitions=(first, second))


def decided(*alignments: Alignment) -> Session:
    return replace(session(TUMOUR, MUSCLE, FAR), alignments=alignments)


def edge_mm(decisions: Session) -> float:
    """Where the edge lies in the axial key picture, mm from its middle to the patient's left."""
    case = scan()
    here, sources = regions_in(case, decisions, "1.2.3.4")
    axial = key_pictures(
        placed_study(case, decisions), here, assess(case, decisions), "1.2.3.4", TUMOUR.uid, sources
    )[0]
    row = axial.rgb[axial.rgb.shape[0] // 2].sum(axis=1).astype(float)
    steps = np.abs(np.diff(row))
    return float((np.argmax(steps) + 1 - axial.rgb.shape[1] / 2) * axial.mm_per_px)


def test_the_edge_of_the_ct_moves_with_the_alignment() -> None:
    before = edge_mm(decided())
    moved = edge_mm(decided(Alignment(CT_UID, SPACE, shifting((18.0, 0.0, 0.0)), "reader, by hand", "R")))
    assert abs(before) < 1.5
    assert abs(moved - before - 18.0) < 1.0


def test_the_page_names_the_region_of_the_other_scan(tmp_path: Path) -> None:
    way = Alignment(ELSEWHERE, SPACE, shifting((0.0, 0.0, 0.0)), "DICOM registration", "maker")
    stamp = Stamp("A. Reader", "2026-01-02T10:00:00+00:00", "00")
    for alignments, said in (((way,), True), ((), False)):
        paths = make_report(scan(), decided(*alignments), stamp, tmp_path / str(said), ("pdf",), "1.2.3.4")
        document = pypdfium2.PdfDocument(paths[0])
        text = " ".join(document[0].get_textpage().get_text_range().split())
        document.close()
        assert ("Day 2 (from scan B)" in text) is said
        assert ("Day 2 to PET" in text) is said


def test_the_reports_pictures_are_taken_of_the_moved_ct(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Study] = []

    def watched(case: Study, *rest: Any) -> Any:
        seen.append(case)
        return key_pictures(case, *rest)

    monkeypatch.setattr(reporting, "key_pictures", watched)
    way = Alignment(CT_UID, SPACE, shifting((18.0, 0.0, 0.0)), "reader, by hand", "R")
    make_report(scan(), decided(way), None, tmp_path, ("pdf",), "1.2.3.4")
    (placed,) = (case.acquisition("1.2.3.4").anatomy_volume for case in seen)
    assert placed is not None
    assert placed.grid.centre_mm == (18.0, 0.0, 0.0)
