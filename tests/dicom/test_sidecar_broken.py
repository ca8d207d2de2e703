"""Side-cars that are damaged, contradict themselves or say what cannot be are refused whole."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from atsmviewer.dicom.nifti.sidecar import LIMIT_BYTES
from atsmviewer.dicom.scan import scan
from tests.dicom.nifti_made import ramp, write_nifti, write_sidecar
from tests.dicom.test_sidecar import BIDS

BROKEN: dict[str, str | dict[str, object]] = {
    "no json": "{'Units': 'Bq/mL'}",
    "cut": '{"Units": "Bq/mL"',
    "a list": "[]",
    "no utf-8": "\udcff",
    "deep": "[" * 100_000,
    "a key twice": '{"PatientWeight": 70, "PatientWeight": 7}',
    "not a number": '{"PatientWeight": NaN}',
    "infinite": '{"PatientWeight": 1e999}',
    "a huge whole number": '{"PatientWeight": 1' + "0" * 400 + "}",
    "too long": '{"a": "' + "x" * LIMIT_BYTES + '"}',
    "text for a number": {"BodyWeight": "71 kg"},
    "truth for a number": {"BodyWeight": True},
    "below zero": {"InjectedRadioactivity": -370},
    "no such unit": {"InjectedRadioactivityUnits": "rad"},
    "frames that are not there": {"FrameDuration": [600, 600]},
    "number for a text": {"Units": 3},
    "no clock": {"TimeZero": "noon"},
    "no such mode": {"DecayCorrection": "SCAN"},
    "two weights": {"PatientWeight": 80},
    "two modes": {"attenuation_corrected": False},
    "text for a truth": {"ImageDecayCorrected": "yes"},
    "a date alone": {"scan_datetime": "2026-03-10"},
    "no date": {"ScanDate": "March 2026"},
    "another injection": {"injection_datetime": "2026-03-10T09:00:00"},
    "an injection 2 s later": {"injection_datetime": "2026-03-10T10:00:02"},
    "another start": {"scan_datetime": "2026-03-10T12:00:00"},
    "another start, the date unknown": {"ScanDate": None, "scan_datetime": "2026-03-10T12:00:00"},
    "another reference": {"reference_datetime": "2026-03-10T12:00:00"},
    "frames counted from the scan": {"FrameTimesStart": [0]},
    "START, and not corrected": {
        "DecayCorrection": "START",
        "ImageDecayCorrected": False,
        "ImageDecayCorrectionTime": None,
    },
    "NONE, and corrected": {"DecayCorrection": "NONE"},
    "NONE, and corrected at no time": {"DecayCorrection": "NONE", "ImageDecayCorrectionTime": None},
    "ADMIN, and to the scan": {"DecayCorrection": "ADMIN"},
    "START, and to the injection": {"DecayCorrection": "START", "ImageDecayCorrectionTime": 0},
    "two units": {"units": "kBq/ml"},
    "half a character": '{"PatientID": "\\ud800"}',
    "seconds without an end": {"ScanStart": 1e299, "FrameTimesStart": [1e299]},
    "the last of days": {"ScanDate": "0001-01-01", "ScanStart": 3 * 86400, "FrameTimesStart": [3 * 86400]},
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_side_car_that_is_half_right_is_refused_whole(name: str, tmp_path: Path) -> None:
    made = BROKEN[name]
    image = write_nifti(tmp_path / "x_pet.nii", ramp())
    text = made if isinstance(made, str) else json.dumps(BIDS | made)
    image.with_suffix(".json").write_bytes(text.encode("utf-8", "surrogateescape"))
    result = scan(tmp_path)
    assert [(one.path.name, one.code) for one in result.rejected] == [("x_pet.json", "SIDECAR_BROKEN")]
    (one,) = result.found
    assert one.facts is not None
    assert (one.facts.units, one.facts.weight_kg, one.facts.sources) == (None, None, ())
    assert any("Nothing of it was used" in note for note in one.notes)
    assert one.facts.aside in one.notes
    assert "x_pet.json cannot be used" in one.facts.aside


def test_frames_that_overlap_refuse_the_side_car(tmp_path: Path) -> None:
    image = write_nifti(tmp_path / "x_pet.nii", np.stack([ramp(), ramp(3.0)], axis=-1))
    write_sidecar(image, **(BIDS | {"FrameTimesStart": [3600, 3900], "FrameDuration": [600, 600]}))
    assert [one.code for one in scan(tmp_path).rejected] == ["SIDECAR_BROKEN"]
