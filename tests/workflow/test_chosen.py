"""The CT that a reader chose: kept whatever is paired later, and nothing in its place where it is gone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from atsmviewer.model.assessment import Depth, Measurement, Missing, Number
from atsmviewer.model.choice import PARTNER, partnered
from atsmviewer.model.roi import Roi, Role, sphere
from atsmviewer.model.session import Override, Session
from atsmviewer.quant.assess import assess
from atsmviewer.quant.hounsfield import HOUNSFIELD
from atsmviewer.quant.probe import probe
from atsmviewer.report.checks import STOP, checks
from atsmviewer.report.reading import read
from atsmviewer.ui.choicelist import NOTHING, SHOW, anatomy_entries
from atsmviewer.workflow.opening import Case, open_case, with_chosen
from tests.dicom.synthetic import CT_SERIES, FRAME, PET_SERIES, ct, pet, save
from tests.workflow.test_choices import named

LUNG = f"{CT_SERIES}.7"
MIDDLE = (-8.5, -16.0, 106.0)
SIZE = (12, 20, 16)
HU = {CT_SERIES: 40.0, LUNG: -700.0}


def _plain(hu: float) -> np.ndarray:
    return np.full(SIZE, hu + 1024, np.int16)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """A PET, its CT of 40 HU, and a lung reconstruction of -700 HU."""
    save(pet(stored=np.full(SIZE, 500, np.int16)), tmp_path / "pet")
    save(named(ct(stored=_plain(40.0)), CT_SERIES, SeriesDescription="CT AC"), tmp_path / "ct")
    save(named(ct(stored=_plain(-700.0)), LUNG, SeriesDescription="CT Lung"), tmp_path / "lung")
    return open_case(tmp_path)


def _session(chosen: str | None) -> Session:
    rois = (Roi("t", "Mass", Role.TUMOUR, FRAME, sphere(MIDDLE, 3.0)),)
    one = Override(PET_SERIES, PARTNER, chosen or "", "R", "chosen in the list")
    return Session("k", rois=rois, overrides=() if chosen is None else (one,))


def _hu(case: Case, session: Session, depth: Depth = Depth.FULL) -> dict[str, Number]:
    found = assess(case.study, session, depth).at(PET_SERIES).of_roi("t")
    assert found is not None
    return {n.quantity: n for n in found.numbers if n.quantity in HOUNSFIELD}


@pytest.mark.parametrize("chosen", [None, CT_SERIES, LUNG])
def test_hu_are_those_of_the_chosen_ct(case: Case, chosen: str | None) -> None:
    mean = _hu(with_chosen(case, _session(chosen)), _session(chosen))["hu_mean"]
    assert isinstance(mean, Measurement)
    assert mean.value == HU[chosen or CT_SERIES]
    assert mean.provenance is not None
    assert mean.provenance.series_uid == (chosen or CT_SERIES)


def test_a_chosen_ct_that_is_not_read_gives_no_hu_of_another(case: Case) -> None:
    mean = _hu(case, _session(LUNG))["hu_mean"]
    assert isinstance(mean, Missing)
    assert mean.code == "loading"


@pytest.mark.parametrize("depth", list(Depth))
def test_nothing_takes_the_place_of_a_chosen_ct_that_is_gone(case: Case, depth: Depth) -> None:
    session = _session(f"{CT_SERIES}.gone")
    for one in (case, with_chosen(case, session)):
        assert {n.code for n in _hu(one, session, depth).values() if isinstance(n, Missing)} == {
            "ANATOMY_GONE"
        }
    study = partnered(case.study, session)
    (acquisition,) = study.acquisitions
    assert (acquisition.anatomy, acquisition.anatomy_volume) == (None, None)
    assert acquisition.anatomy_gone == f"{CT_SERIES}.gone"
    assert partnered(study, session) is study
    assert {one.series.uid for one in study.anatomies} == {CT_SERIES, LUNG}
    found = assess(study, session)
    value, hu = probe(acquisition, found.scale(PET_SERIES), MIDDLE)
    assert (value is not None, hu) == (True, None)


def test_list_and_report_say_that_a_chosen_ct_is_gone(case: Case) -> None:
    session = _session(f"{CT_SERIES}.gone")
    study = partnered(case.study, session)
    gone, *others = anatomy_entries(case.choices, study, study.acquisitions[0])
    assert (gone.choice.uid, gone.act) == (f"{CT_SERIES}.gone", NOTHING)
    assert "not in the case" in gone.choice.why
    assert {one.choice.uid: one.act for one in others} == {CT_SERIES: SHOW, LUNG: SHOW, "": SHOW}
    page = read(study, session, assess(study, session), acquisition_uid=PET_SERIES)
    (said,) = (c for c in checks(page) if c.about == "HU withheld")
    assert said.state == STOP
    assert "not in the case" in said.found


def test_another_choice_ends_that_one_is_gone(case: Case) -> None:
    study = partnered(case.study, _session(f"{CT_SERIES}.gone"))
    for chosen in (CT_SERIES, ""):
        (acquisition,) = partnered(study, _session(chosen)).acquisitions
        assert acquisition.anatomy_gone == ""
        assert ("" if acquisition.anatomy is None else acquisition.anatomy.uid) == chosen


def test_the_delivered_ct_chosen_stays_where_another_is_delivered_later(case: Case) -> None:
    (own,), (lung,) = case.study.acquisitions, case.study.anatomies
    assert own.anatomy is not None
    later = replace(case.study, acquisitions=(replace(own, anatomy=lung.series, anatomy_volume=None),))
    later = replace(later, anatomies=(replace(lung, series=own.anatomy, volume=own.anatomy_volume),))
    mean = _hu(replace(case, study=later), _session(CT_SERIES))["hu_mean"]
    assert isinstance(mean, Measurement)
    assert mean.value == HU[CT_SERIES]
