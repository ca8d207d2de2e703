"""A made-up case for the report: nouns by hand and pictures by formula, no product code computes them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import numpy as np

from atsmviewer.model.assessment import (
    Assessment,
    Depth,
    HypoxicVolume,
    Measurement,
    Missing,
    Ratio,
    RoiNumbers,
)
from atsmviewer.model.errors import Flag, Refusal
from atsmviewer.model.facts import PetFacts
from atsmviewer.model.grid import Grid
from atsmviewer.model.picture import ColourBar, Outline, Picture
from atsmviewer.model.roi import Ellipsoid, Roi, Role
from atsmviewer.model.session import Override, Protocol, Session, Stamp
from atsmviewer.model.study import Acquisition, Frame, Patient, Series, Study
from atsmviewer.model.suv import ReferenceTime, Scale
from atsmviewer.model.volume import Unit

SPACE = "1.2.3.9"
GRID = Grid((60, 128, 128), (0, 0, 4.0, -256, 0, 4.0, 0, -256, 4.0, 0, 0, -900), SPACE)
PET, LATE = "1.2.3.1", "1.2.3.2"
SCAN, INJECTED = datetime(2026, 9, 7, 11, 20, 11), datetime(2026, 9, 7, 10, 35)
ACTIVITY_BQ, WEIGHT_KG, HALF_LIFE_S = 388.8e6, 71.0, 45720.0
FACTOR = WEIGHT_KG * 1000 / (ACTIVITY_BQ * 2 ** (-(SCAN - INJECTED).total_seconds() / HALF_LIFE_S))
STAMP = Stamp("A. Reader", "2026-09-07T11:44:00+02:00", "7f3a91c4" + "0" * 56)
TUMOUR_MEAN, TUMOUR_MAX, MUSCLE_MEAN, TUMOUR_ML, AVID_ML = 1.7236, 4.8012, 0.7011, 524.23, 374.87


def facts() -> PetFacts:
    return PetFacts(
        units="BQML",
        decay_correction="START",
        corrected_image=("DECY", "ATTN", "SCAT", "NORM"),
        weight_kg=WEIGHT_KG,
        sex="F",
        injected_activity_bq=ACTIVITY_BQ,
        half_life_s=HALF_LIFE_S,
        nuclide="64Cu",
        radiopharmaceutical="Cu-ATSM",
        injection_datetime=INJECTED,
        series_datetime=SCAN,
    )


def acquisition(uid: str = PET, when: datetime = SCAN) -> Acquisition:
    pet = Series(uid, "1.2.3", "PT", "PET AC thigh", 4, GRID, when, True)
    ct = Series(uid + ".5", "1.2.3", "CT", "CT low dose", 2, GRID, when)
    return Acquisition(pet, facts(), (Frame(0, when, 600.0),), ct)


def study(*more: Acquisition, name: str = "Doe^Jane", patient_id: str = "DEMO-001") -> Study:
    patient = Patient(patient_id, name, "F", date(1972, 3, 2), "054Y")
    return Study("case-1", patient, (acquisition(), *more))


def scale() -> Scale:
    return Scale(
        Unit.SUV,
        (FACTOR,) * 60,
        "suv.bw/1",
        None,
        None,
        SCAN,
        INJECTED,
        (ReferenceTime("SeriesTime", SCAN, FACTOR, True), ReferenceTime("back-computed", SCAN, FACTOR)),
        (Flag("INJ_DATE_INFERRED", "The header has no injection date; the reader confirmed the same day."),),
        (
            ("injected_activity_bq", repr(ACTIVITY_BQ), "(0018,1074) RadionuclideTotalDose"),
            ("weight_kg", repr(WEIGHT_KG), "(0010,1030) PatientWeight"),
            ("half_life_s", repr(HALF_LIFE_S), "(0018,1075) RadionuclideHalfLife"),
            ("nuclide", "64Cu", "(0054,0300) RadionuclideCodeSequence"),
            ("decay_correction", "START", "(0054,1102) DecayCorrection"),
        ),
        True,
        "Cu-ATSM",
        "64Cu",
    )


def without_suv() -> Scale:
    refusal = Refusal(
        "SUV_ACTIVITY",
        "Injected activity is missing: tag (0018,1074) is empty.",
        "Enter the activity and its time from the record to see SUV.",
    )
    return replace(
        scale(),
        unit=Unit.KBQML,
        slice_factors=(0.001,) * 60,
        algorithm="kbqml/1",
        refused=refusal,
        facts_used=scale().facts_used[1:],
    )


def other_tracer() -> Scale:
    return replace(scale(), tracer_is_cu_atsm=False, tracer="64CuCl2")


def roi(uid: str, name: str, role: Role, values: tuple[float, ...], acquisition_uid: str = PET) -> RoiNumbers:
    """``values``: volume_ml, mean, peak_1ml, max, sd; the rest follows by simple rules."""
    volume, mean, peak, most, sd = values
    by_name = {
        "voxels": (volume / 0.064, ""),
        "volume_ml": (volume, "ml"),
        "min": (mean * 0.2, "g/ml"),
        "mean": (mean, "g/ml"),
        "max": (most, "g/ml"),
        "median": (mean * 0.98, "g/ml"),
        "sd": (sd, "g/ml"),
        "peak_1ml": (peak, "g/ml"),
    }
    numbers = tuple(Measurement(q, v, u, f"{q.replace('_', '.')}/1") for q, (v, u) in by_name.items())
    return RoiNumbers(
        uid,
        name,
        role,
        acquisition_uid,
        0,
        "fraction",
        "g/ml",
        (
            *numbers,
            Missing("peak_local", "too_small", "The 1 ml sphere does not fit."),
            Missing("peak_global", "too_small", "It does not fit."),
        ),
    )


def ratios(uid: str, name: str, mean: float, most: float, acquisition_uid: str = PET) -> tuple[Ratio, Ratio]:
    tm, tm_max = mean / MUSCLE_MEAN, most / MUSCLE_MEAN
    place = (uid, name, "muscle")
    return (
        Ratio(
            *place,
            "mean",
            acquisition_uid,
            0,
            Measurement("tm_mean", tm, "", "tm.mean/1"),
            mean,
            MUSCLE_MEAN,
            tm * 0.86,
            tm * 1.14,
        ),
        Ratio(
            *place,
            "max",
            acquisition_uid,
            0,
            Measurement("tm_max", tm_max, "", "tm.max/1"),
            most,
            MUSCLE_MEAN,
        ),
    )


def curve(whole: float, at: float, volume: float) -> tuple[tuple[float, float], ...]:
    """A falling curve through (at, volume) that ends near 0 at T/M 5."""
    power = np.log(volume / whole) / -((at - 0.4) ** 2.2)
    return tuple((float(t), float(whole * np.exp(-power * (t - 0.4) ** 2.2))) for t in np.linspace(1, 5, 81))


def hypoxic(uid: str, name: str, whole: float, volume: float, acquisition_uid: str = PET) -> HypoxicVolume:
    return HypoxicVolume(
        uid,
        name,
        "muscle",
        acquisition_uid,
        0,
        2.0,
        ">",
        Measurement("hypoxic_level", 2 * MUSCLE_MEAN, "g/ml", "hv.level/1"),
        Measurement("hypoxic_volume", volume, "ml", "hv.voxel/1"),
        Measurement("hypoxic_fraction", volume / whole, "", "hf.voxel/1"),
        curve(whole, 2.0, volume),
    )


def assessment(uid: str = PET, name: str = "Tumour 1") -> Assessment:
    return Assessment(
        Depth.FULL,
        ((uid, scale()),),
        (
            roi("t1", name, Role.TUMOUR, (TUMOUR_ML, TUMOUR_MEAN, 3.64, TUMOUR_MAX, 0.59), uid),
            roi("m1", "Muscle left", Role.MUSCLE, (5.7, 0.683, 0.9, 1.2, 0.15), uid),
            roi("m2", "Muscle right", Role.MUSCLE, (5.7, 0.719, 0.92, 1.3, 0.17), uid),
        ),
        ratios("t1", name, TUMOUR_MEAN, TUMOUR_MAX, uid),
        (hypoxic("t1", name, TUMOUR_ML, AVID_ML, uid),),
        Measurement("hypoxic_total", AVID_ML, "ml", "hv.union/1"),
        provenance=(("version", "0.1.0"),),
    )


def lesions(
    count: int, name: str = "Metastasis in the left external iliac chain, anterior group"
) -> Assessment:
    one = assessment()
    rois, volumes = list(one.rois[1:]), []
    all_ratios: list[Ratio] = []
    for i in range(count):
        mean, whole = 1.1 + 0.3 * i, 30.0 + 20 * i
        label = f"{name} {i + 1}"
        rois.insert(i, roi(f"t{i}", label, Role.TUMOUR, (whole, mean, mean * 1.8, mean * 2.4, 0.4)))
        all_ratios += ratios(f"t{i}", label, mean, mean * 2.4)
        volumes.append(hypoxic(f"t{i}", label, whole, whole * 0.3))
    return replace(one, rois=tuple(rois), ratios=tuple(all_ratios), hypoxic=tuple(volumes))


def no_muscle() -> Assessment:
    reason = Missing("tm_ratio", "no_muscle", "Draw a muscle region.")
    one = assessment()
    return replace(one, rois=one.rois[:1], ratios=(), hypoxic=(), hypoxic_total=reason, missing=(reason,))


def gated(chosen: Scale, base: Assessment | None = None) -> Assessment:
    base = base or assessment()
    rois = tuple(replace(r, unit=str(chosen.unit)) for r in base.rois)
    return replace(base, scales=((PET, chosen),), rois=rois)


def session(threshold: float = 2.0, remarks: str = "left thigh; lowest uptake in the centre.") -> Session:
    ball = Ellipsoid((10.0, 20.0, -812.0), (40.0, 40.0, 40.0))
    drawn = (Roi("t1", "Tumour 1", Role.TUMOUR, SPACE, ball),)
    why = Override(PET, "injection_datetime", "2026-09-07T10:35:00", "A. Reader", "same day as the scan")
    return Session("case-1", Protocol(tm_threshold=threshold), drawn, (), (why,), remarks)


def picture(width: int, height: int, title: str, light: bool = False) -> Picture:
    """A body-like disc with a ring of uptake, its outlines, and an inferno-like bar."""
    y, x = np.mgrid[:height, :width].astype(np.float64)
    body = np.hypot((x - width / 2) / (0.48 * width), (y - height / 2) / (0.46 * height)) < 1
    radius = np.hypot(x - 0.42 * width, y - 0.5 * height) / (0.22 * min(width, height))
    heat = np.clip(1.4 - np.abs(radius - 0.7), 0, 1) * (radius < 1.2)
    grey = np.where(body, 95 + 25 * np.sin(x / 5) * np.cos(y / 7), 0)
    if light:
        grey = 163 - 150 * heat * body
        rgb = np.repeat(grey[..., None], 3, 2)
    else:
        colour = np.stack([255 * heat, 150 * heat**2, 90 * heat * (1 - heat)], -1)
        rgb = grey[..., None] * (1 - 0.62 * heat[..., None]) + 0.62 * colour
    around = np.linspace(0, 2 * np.pi, 90, endpoint=False)

    def ring(
        cx: float, cy: float, r: float, waves: float = 0.0
    ) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        reach = r * min(width, height) * (1 + waves * np.sin(5 * around))
        return np.stack([cx * width + reach * np.cos(around), cy * height + reach * np.sin(around)], -1)

    outlines = (
        Outline(ring(0.42, 0.5, 0.25), "#56C7FF", (), True, "tumour"),
        Outline(ring(0.42, 0.5, 0.14, 0.25), "#FFFFFF", (1.0, 2.0), True, "T/M > 2.0"),
        Outline(ring(0.8, 0.6, 0.06), "#F2E55C", (4.0, 2.5), True, "muscle"),
    )
    ramp = np.linspace(0, 1, 128)
    bar = ColourBar(
        (np.stack([ramp**0.7, ramp**2, 0.4 * np.sin(np.pi * ramp)], -1) * 255).astype(np.uint8),
        0.0,
        3.0,
        "g/ml",
        MUSCLE_MEAN,
        2 * MUSCLE_MEAN,
    )
    letters = ("R", "L", "A", "P") if title == "Axial" else ("R", "L", "S", "I")
    caption = "SUVbw 0 … 3.4 g/ml" if light else "z −812.0 mm, PET over CT"
    rgb8 = np.clip(rgb, 0, 255).astype(np.uint8)
    return Picture(rgb8, title, caption, 0.9, letters, () if light else outlines, None if light else bar)


def pictures() -> tuple[Picture, ...]:
    """As the renderer gives them: three square planes and a tall projection."""
    planes = (picture(480, 480, plane) for plane in ("Axial", "Coronal", "Sagittal"))
    return *planes, picture(300, 640, "MIP, anterior", True)
