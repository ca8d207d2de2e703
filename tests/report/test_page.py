"""The one page: what it says, in every state of a reading."""

from __future__ import annotations

import base64
import math
import re
import zlib
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from atsmviewer.model.assessment import Assessment, Depth, Measurement, Missing
from atsmviewer.model.errors import Refusal, ReviewError
from atsmviewer.model.roi import Role
from atsmviewer.model.session import Protocol
from tests.report import made_up
from tests.report.paper import made, metadata_of, outside, text_of

RESEARCH = (
    "Research use only. Not for diagnosis, treatment planning or therapy decisions. "
    "atsmviewer is not a medical device."
)
NAME = "Wolfeschlegelsteinhausenbergerdorff-Montgomery^Hubert Blaine Maximilian Alexander"


def test_the_page_says_what_the_numbers_say() -> None:
    text = text_of(made())
    tm = made_up.TUMOUR_MEAN / made_up.MUSCLE_MEAN
    assert f"{tm:.1f} {tm * 0.86:.1f} – {tm * 1.14:.1f}, noise only" in text
    assert f"{made_up.AVID_ML:.0f} ml at T/M > 2.0" in text
    assert f"{100 * made_up.AVID_ML / made_up.TUMOUR_ML:.0f} % of {made_up.TUMOUR_ML:.0f} ml" in text
    assert f"takes up {tm:.1f} times as much Cu-ATSM as muscle" in text
    for shown in ("Cu-ATSM hypoxia PET/CT", "Doe, Jane", "DEMO-001", "54 y", "71.0 kg", "⁶⁴Cu-ATSM"):
        assert shown in text
    assert "388.8 MBq injected 7 Sep 2026, 10:35" in text
    assert "scan 7 Sep 2026, 11:20, 45 min p.i." in text


def test_the_page_says_what_it_is_not_for_and_what_else_retention_means() -> None:
    for text in (text_of(made()), text_of(made(made_up.no_muscle(), pictures=(), stamp=None))):
        assert RESEARCH in text
        assert "Cu-ATSM retention also follows redox state and copper metabolism." in text


def test_checks_give_value_source_flag_and_override() -> None:
    text = text_of(made())
    kbqml = 1e-3 / made_up.FACTOR
    assert f"SUVbw; 1 g/ml = {kbqml:.2f} kBq/ml" in text
    assert "388.8 MBq, tag (0018,1074)" in text
    assert "12.70 h, tag (0018,1075)" in text
    assert "The header has no injection date" in text
    assert "entered by A. Reader: same day as the scan" in text


def test_the_default_threshold_is_called_an_example_not_a_choice() -> None:
    one = made_up.assessment()
    default = replace(one, hypoxic=(replace(one.hypoxic[0], tm_threshold=1.4),))
    text = text_of(made(default, session=made_up.session(1.4)))
    assert "T/M > 1.4 is a protocol example, not validated for Cu-ATSM." in text
    assert "chosen by the reader" not in text
    assert "T/M > 2.0 was chosen by the reader." in text_of(made())


def test_the_comparator_is_printed_as_stored() -> None:
    one = made_up.assessment()
    equal = replace(one, hypoxic=(replace(one.hypoxic[0], comparator=">="),))
    assert "ml at T/M ≥ 2.0" in text_of(made(equal))


def test_refused_suv_gives_the_remedy_and_keeps_the_ratio() -> None:
    text = text_of(made(made_up.gated(made_up.without_suv())))
    assert "SUV withheld" in text
    assert "Enter the activity and its time" in text
    assert f"{made_up.TUMOUR_MEAN / made_up.MUSCLE_MEAN:.1f}" in text
    assert "PET value, kBq/ml" in text
    assert "SUVbw, g/ml" not in text


def test_without_the_tracer_gate_no_word_of_hypoxia() -> None:
    text = text_of(made(made_up.gated(made_up.other_tracer())))
    assert "PET/CT tumour-to-muscle reading" in text
    assert "Volume with T/M > 2.0" in text
    for word in ("hypox", "avid"):
        assert word not in text.lower()


def test_refused_ratio_is_a_sentence() -> None:
    refusal = Refusal("NAC_RATIO", "This PET is not attenuation corrected.", "Choose another series.")
    scale = replace(made_up.scale(), ratio_refused=refusal)
    bare = replace(made_up.gated(scale), ratios=(), hypoxic=())
    text = text_of(made(bare))
    assert "T/M withheld" in text
    assert "This PET is not attenuation corrected. Choose another series." in text


def test_no_muscle_gives_sentences_and_no_number() -> None:
    text = text_of(made(made_up.no_muscle(), pictures=(), stamp=None))
    assert text.count("Draw a muscle region.") == 3
    assert "author and date not recorded" in text
    assert "No key images" in text
    assert "nan" not in text.lower()
    assert not re.search(r"T/M[^>]* 0\.0\b", text)


def test_a_circular_fraction_is_withheld_and_the_volume_labelled() -> None:
    one = made_up.assessment()
    reason = Missing("hypoxic_fraction", "HF_CIRCULAR", "The outline is a threshold on this PET.")
    text = text_of(
        made(replace(one, hypoxic=(replace(one.hypoxic[0], fraction=reason, within_pet_contour=True),)))
    )
    assert "within PET contour" in text
    assert "The outline is a threshold on this PET." in text
    assert f"{made_up.AVID_ML:.0f} ml at T/M > 2.0" in text


def test_the_highest_voxel_has_no_interval() -> None:
    session = replace(made_up.session(), protocol=Protocol(tm_threshold=2.0, headline="max"))
    text = text_of(made(session=session))
    assert f"max / mean {made_up.TUMOUR_MAX / made_up.MUSCLE_MEAN:.1f} positively biased" in text
    assert "noise only" not in text


def test_eight_lesions_with_long_names_stay_on_the_page() -> None:
    study = made_up.study(name=NAME, patient_id="X" * 64)
    session = made_up.session(remarks="a long remark " * 400)
    pdf = made(made_up.lesions(8), study, session)
    text = text_of(pdf)
    assert "and 3 more regions in the CSV" in text
    assert "largest of 8 tumour regions" in text
    assert "anterior group 8 takes up" in text
    assert "54 y" in text
    assert outside(pdf) == []


@pytest.mark.parametrize("count", [1, 2, 3, 4, 6])
@pytest.mark.parametrize("muscles", [0, 5])
def test_any_number_of_regions_fits(count: int, muscles: int) -> None:
    one = made_up.lesions(count, "W" * 200)
    extra = tuple(
        made_up.roi(f"m{i + 3}", "M" * 200, Role.MUSCLE, (5.0, 0.7, 0.9, 1.2, 0.1)) for i in range(muscles)
    )
    pdf = made(replace(one, rois=one.rois + extra), session=made_up.session(remarks="w" * 3000))
    assert outside(pdf) == []
    assert RESEARCH in text_of(pdf)


def test_a_case_without_pet_still_makes_a_page() -> None:
    empty = Assessment(Depth.FULL)
    text = text_of(made(empty, replace(made_up.study(), acquisitions=()), pictures=()))
    assert "No PET series" in text
    assert RESEARCH in text


def test_what_is_not_finite_is_not_drawn() -> None:
    one = made_up.assessment()
    bad = Measurement("tm_mean", math.nan, "", "tm.mean/1")
    curve = ((1.0, math.nan), *one.hypoxic[0].curve[1:])
    odd = replace(
        one,
        ratios=(replace(one.ratios[0], number=bad), one.ratios[1]),
        hypoxic=(replace(one.hypoxic[0], curve=curve),),
    )
    pdf = made(odd)
    assert "The computation gave no finite value." in text_of(pdf)
    assert not any(b"nan" in stream for stream in _streams(pdf) if b" Tf" in stream)


def test_another_scan_gets_a_line_and_may_lead() -> None:
    late = made_up.acquisition(made_up.LATE, made_up.SCAN + timedelta(days=1))
    early, second = made_up.assessment(), made_up.assessment(made_up.LATE)
    ratios = made_up.ratios("t1", "Tumour 1", 2.2, 6.0, made_up.LATE)
    both = replace(
        early,
        scales=early.scales + second.scales,
        rois=early.rois + second.rois,
        ratios=early.ratios + ratios,
        hypoxic=early.hypoxic + second.hypoxic,
    )
    text = text_of(made(both, made_up.study(late)))
    assert "Other scans of this case" in text
    assert "8 Sep 2026, 11:20" in text
    assert "24 h 45 min" in text
    assert f"{2.2 / made_up.MUSCLE_MEAN:.2f}" in text
    lead = text_of(made(both, made_up.study(late), acquisition_uid=made_up.LATE))
    assert f"takes up {2.2 / made_up.MUSCLE_MEAN:.1f} times" in lead
    with pytest.raises(ReviewError, match="ACQUISITION_UNKNOWN"):
        made(acquisition_uid="9.9")


@pytest.mark.parametrize(
    "text",
    [
        "<b>x</b>",
        "</para><img src='file:///x'/>",
        "&lt;&amp;",
        "a\x00b\x1b[31m",
        "(\\) Tj ET",
        "%PDF",
    ],
)
def test_markup_in_text_is_only_text(text: str) -> None:
    study = made_up.study(name=text, patient_id=text)
    pdf = made(made_up.assessment(name=text), study, made_up.session(remarks=f"start {text} end"))
    plain = "".join(c for c in text if c.isprintable())
    shown = text_of(pdf)
    assert re.sub(r"\s", "", f"start{plain}end") in re.sub(r"\s", "", shown)
    assert outside(pdf) == []


def test_marks_that_turn_the_direction_of_text_are_dropped() -> None:
    text = text_of(made(session=made_up.session(remarks="left \u202ethgir\u202c \u200bdone")))
    assert "left thgir done" in text


def test_same_session_same_bytes() -> None:
    assert made() == made()


def test_metadata_does_not_name_the_patient_and_fonts_are_embedded() -> None:
    pdf = made()
    facts = metadata_of(pdf)
    assert facts["Title"] == "Cu-ATSM hypoxia PET/CT"
    assert not any(word in str(facts) for word in ("DEMO-001", "Doe", "Jane"))
    names = set(re.findall(rb"/BaseFont /(\S+)", pdf))
    assert len(names) == 3
    assert all(re.fullmatch(rb"[A-Z]{6}\+Inter-\w+", name) for name in names), names
    assert len(set(re.findall(rb"/FontFile2", pdf))) == 1
    assert b"/DCTDecode" not in pdf


def test_pictures_are_stored_without_loss() -> None:
    rgb = np.random.default_rng(1).integers(0, 256, (40, 50, 3), np.uint8)
    (one,) = made_up.pictures()[:1]
    pdf = made(pictures=[replace(one, rgb=rgb, outlines=(), bar=None)])
    assert rgb.tobytes() in b"".join(_streams(pdf))


def _streams(pdf: bytes) -> list[bytes]:
    """Every Flate stream of the file, its ASCII85 undone."""
    found = []
    for match in re.finditer(rb"stream\r?\n(.*?)~>\s*endstream", pdf, re.DOTALL):
        try:
            found.append(zlib.decompress(base64.a85decode(match.group(1))))
        except (ValueError, zlib.error):
            continue
    return found
