"""The CT that a reader chose takes its place once: what is shown is not offered, what it displaced is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from atsmviewer.model.choice import PARTNER, partnered
from atsmviewer.model.session import Override
from atsmviewer.model.study import Anatomy, Series
from tests.quant.made import SCAN, grid, session, study, volume

ON = grid((4, 5, 6), (3.0, 4.0, 5.0))
OWN, OTHER, THIRD = (Series(uid, "1.2", "CT", uid, 4, ON, SCAN) for uid in ("own", "other", "third"))


def test_a_chosen_ct_changes_places_with_the_one_before() -> None:
    plain = study(volume(ON, np.ones(ON.shape)))
    (pet,) = plain.acquisitions
    delivered = replace(
        plain,
        acquisitions=(replace(pet, anatomy=OWN),),
        anatomies=(Anatomy(OTHER, None), Anatomy(THIRD, None)),
    )
    chosen = session(overrides=(Override(pet.uid, PARTNER, "other", "A. Reader", "nearer"),))
    made = partnered(delivered, chosen)
    assert made.acquisitions[0].anatomy == OTHER
    assert sorted(one.series.uid for one in made.anatomies) == ["own", "third"]
