"""Owns which registration objects a case uses: those of its own patient that do not contradict each other."""

from __future__ import annotations

from collections.abc import Sequence

from atsmviewer.dicom.found import Found
from atsmviewer.dicom.header.boundary import Rejected
from atsmviewer.dicom.header.registration import Registration, contradicting
from atsmviewer.dicom.identity import same_patient


def usable(told: Sequence[Registration], found: Sequence[Found]) -> tuple[list[Registration], list[Rejected]]:
    """The objects that are used, and the others as REGISTRATION_OTHER_PATIENT or REGISTRATION_CONTRADICTS.

    An object that names nobody is taken: as with a series without an ID, nothing speaks against it.
    """
    own = [one for one in told if all(same_patient(one.patient, f.patient) for f in found)]
    what = "It is a registration of another patient; it is not used."
    aside = [Rejected(one.path, "REGISTRATION_OTHER_PATIENT", what) for one in told if one not in own]
    against = contradicting(own)
    what = (
        "Registrations of the same frames of reference contradict each other, and none is known to be newer."
    )
    aside += [Rejected(one.path, "REGISTRATION_CONTRADICTS", what) for one in against]
    return [one for one in own if one not in against], aside
