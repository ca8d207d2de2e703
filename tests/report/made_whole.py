"""What a reading at full depth may carry beside its numbers, made up by hand: muscle, evidence, spreads."""

from __future__ import annotations

from dataclasses import replace

from atsmviewer.model.assessment import (
    Assessment,
    Measurement,
    Missing,
    MuscleQuality,
    Provenance,
    Side,
    Spread,
)
from atsmviewer.model.errors import Flag
from atsmviewer.model.evidence import CutOff, Evidence
from atsmviewer.model.roi import Role
from tests.report import made_up

PROVENANCE = Provenance(
    made_up.PET, 0, "60 x 128 x 128 voxels of 4 x 4 x 4 mm (slice, row, column)", "fraction",
    "suv.bw/1, g/ml, factor 1.9e-04", (("weight_kg", "71.0", "(0010,1030) PatientWeight"),),
)  # fmt: skip
ROW = CutOff(
    "row-1",
    "cervix",
    "60Cu",
    "Cu-ATSM",
    "tm",
    None,
    3.5,
    ">",
    None,
    "survival",
    38,
    "Author 2008",
    "verified",
)


def evidence(verdict: str = "context", why: tuple[str, ...] = ("its window is unknown",)) -> Evidence:
    return Evidence(ROW, "t1", made_up.PET, 0, verdict, 2.46 if verdict != "context" else None, why)


def muscle(*flags: Flag) -> MuscleQuality:
    def number(quantity: str, value: float, unit: str) -> Measurement:
        return Measurement(quantity, value, unit, f"muscle.{quantity}/1", (), PROVENANCE)

    return MuscleQuality(
        made_up.PET,
        0,
        "Muscle left + Muscle right",
        number("mean", made_up.MUSCLE_MEAN, "g/ml"),
        number("volume", 11.4, "ml"),
        number("cov", 0.23, ""),
        number("hu", 71.0, "HU"),
        Missing("muscle_distance", "no_hot_tissue", "No tissue above 2 x muscle."),
        (Side("Muscle left", 0.683, 5.7), Side("Muscle right", 0.719, 5.7)),
        flags,
    )


def whole() -> Assessment:
    """The made-up case with everything that a reading at full depth may carry."""
    one = made_up.assessment()
    mean, most = one.ratios
    above = Measurement("tm_above", 0.97, "", "tm.above/1", (), PROVENANCE)
    spreads = (Spread("left-right", 2.4, 2.52, "With each muscle region alone."),)
    number = Measurement(
        "tm_mean", made_up.TUMOUR_MEAN / made_up.MUSCLE_MEAN, "", "tm.mean/1", (("a", "1"),), PROVENANCE
    )
    blood = Measurement("tblood_mean", 1.91, "", "tblood.mean/1")
    burden = Measurement("hypoxic_burden", 812.5, "g/ml x ml", "hv.burden/1", (), PROVENANCE)
    return replace(
        one,
        ratios=(
            replace(mean, number=number, above=above, spreads=spreads),
            most,
            replace(mean, number=blood, reference="blood", reference_role=Role.BLOOD_POOL),
        ),
        hypoxic=(replace(one.hypoxic[0], burden=burden),),
        muscles=(muscle(),),
        evidence=(evidence(),),
    )
