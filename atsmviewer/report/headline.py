"""The answer: three boxes, one sentence made of numbers only, and the reader's remark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from atsmviewer.model.assessment import HypoxicVolume, Missing, Number, Ratio
from atsmviewer.model.roi import Role
from atsmviewer.report.flow import Paragraph, paragraph
from atsmviewer.report.reading import Reading
from atsmviewer.report.sheet import GREY, HAIRLINE, INNER, MARGIN, MEDIUM, SEMIBOLD, WHITE, Run, Sheet
from atsmviewer.report.text import clean
from atsmviewer.report.values import missing_of, value_of
from atsmviewer.report.words import amount, decimal, millilitres, over, percent, significant

NO_TUMOUR = Missing("tm_ratio", "no_tumour", "Draw a tumour region.")
NO_MUSCLE = Missing("tm_ratio", "no_muscle", "Draw a muscle region.")
NOT_COMPUTED = Missing("tm_ratio", "not_computed", "No ratio was computed for this region.")


@dataclass(frozen=True)
class Box:
    """One headline: what it is, the number with what follows it, a small line; or the reason."""

    label: str
    value: str
    after: str
    below: str
    reason: str = ""

    def draw(self, sheet: Sheet, x: float, top: float, width: float) -> None:
        """Draw inside a cell of ``width``."""
        room = width - 22
        sheet.text(x + 11, top + 15, Run(self.label, 8.25, ink=GREY), width=room)
        if self.reason:
            paragraph([Run(self.reason, 8.25, MEDIUM)], room, 10.5, 3).draw(sheet, x + 11, top + 20)
            return
        used = sheet.text(x + 11, top + 36, Run(self.value, 19, SEMIBOLD))
        sheet.text(x + 15 + used, top + 36, Run(self.after, 8.6, MEDIUM, GREY), width=room - used - 4)
        sheet.text(x + 11, top + 49, Run(self.below, 7.1, ink=GREY), width=room)


@dataclass(frozen=True)
class Boxes:
    """Ratio, volume, fraction of the leading tumour, side by side."""

    boxes: tuple[Box, Box, Box]
    height: ClassVar[float] = 57.0

    def draw(self, sheet: Sheet, top: float) -> None:
        """Draw at ``top``."""
        sheet.box(MARGIN, top, (INNER, self.height), WHITE, HAIRLINE)
        widths = (INNER * 0.38, INNER * 0.34, INNER * 0.28)
        x = MARGIN
        for box, width in zip(self.boxes, widths, strict=True):
            if x > MARGIN:
                sheet.line((x, top), (x, top + self.height), HAIRLINE, 0.75)
            box.draw(sheet, x, top, width)
            x += width


def boxes(page: Reading) -> Boxes:
    """The three headlines, each a number or the reason why there is none."""
    lead = page.lead
    kind = page.session.protocol.headline
    ratio = None if lead is None else page.ratio(lead.roi_uid, kind)
    hypoxic = None if lead is None else page.hypoxic(lead.roi_uid)
    return Boxes((_ratio_box(page, ratio), _volume_box(page, hypoxic), _fraction_box(page, hypoxic)))


def volume_name(page: Reading) -> str:
    """What the volume above the threshold may be called (tracer gate, R25)."""
    if page.is_atsm:
        return "Cu-ATSM-avid (hypoxic) volume"
    return f"Volume with {threshold_words(page)}"


def threshold_words(page: Reading) -> str:
    """The threshold that the numbers were made with, as "T/M > 1.4"; the protocol's where there are none."""
    hypoxic = None if page.lead is None else page.hypoxic(page.lead.roi_uid)
    if hypoxic is not None:
        return over(hypoxic.tm_threshold, hypoxic.comparator)
    return over(page.session.protocol.tm_threshold, page.session.protocol.comparator)


def whole_ml(page: Reading) -> float | None:
    """The volume of the leading tumour."""
    return None if page.lead is None else value_of(page.lead["volume_ml"])


def why_not(page: Reading, number: Number | None) -> Missing:
    """Why a number of the page is not given: the scale's refusal, its own reason, or no tumour."""
    refused = None if page.scale is None else page.scale.ratio_refused
    if refused is not None:
        return Missing("tm_ratio", refused.code, f"{refused.what} {refused.remedy}")
    if number is not None and (reason := missing_of(number)) is not None:
        return reason
    if page.lead is None:
        return NO_TUMOUR
    return NOT_COMPUTED if page.rois(Role.MUSCLE) else NO_MUSCLE


def _ratio_box(page: Reading, ratio: Ratio | None) -> Box:
    kind = page.session.protocol.headline
    label = f"Tumour-to-muscle ratio, {kind} / mean"
    value = None if ratio is None else value_of(ratio.number)
    if ratio is None or value is None:
        reason = why_not(page, None if ratio is None else ratio.number)
        return Box(label, "", "", "", clean(reason.what))
    after = ""
    if ratio.low is not None and ratio.high is not None:
        after = f"{decimal(ratio.low, 1)} – {decimal(ratio.high, 1)}, noise only"
    elif kind != "mean":
        after = "positively biased"
    return Box(label, decimal(value, 1), after, _parts(page, ratio))


def _parts(page: Reading, ratio: Ratio) -> str:
    """Numerator and denominator behind the ratio, and which lesion it is where there are several."""
    unit = page.scale.unit if page.scale else ""
    words = []
    if ratio.numerator is not None and ratio.denominator is not None:
        top, bottom = amount(ratio.numerator, unit), amount(ratio.denominator, unit)
        words.append(f"{top} ÷ {bottom} {unit}".strip())
    words.append(_whose(page, clean(ratio.tumour)))
    return " · ".join(word for word in words if word)


def _whose(page: Reading, tumour: str) -> str:
    count = len(page.rois(Role.TUMOUR))
    return f"largest of {count} tumour regions" if count > 1 else tumour


def _volume_box(page: Reading, hypoxic: HypoxicVolume | None) -> Box:
    label = volume_name(page)
    value = None if hypoxic is None else value_of(hypoxic.volume)
    if hypoxic is None or value is None:
        reason = why_not(page, None if hypoxic is None else hypoxic.volume)
        return Box(label, "", "", "", clean(reason.what))
    after = "ml"
    if page.is_atsm:
        after += f" at {over(hypoxic.tm_threshold, hypoxic.comparator)}"
    level, unit = value_of(hypoxic.level), page.scale.unit if page.scale else ""
    words = ["within PET contour"] if hypoxic.within_pet_contour else []
    if level is not None:
        words.append(f"above {amount(level, unit)} {unit}".strip())
    burden = value_of(hypoxic.burden)
    if burden is not None:
        words.append(f"burden {significant(burden)} {unit} × ml".replace("  ", " "))
    return Box(label, millilitres(value), after, " · ".join(words))


def _fraction_box(page: Reading, hypoxic: HypoxicVolume | None) -> Box:
    label = "Hypoxic fraction of the region" if page.is_atsm else "Fraction of the region"
    value = None if hypoxic is None else value_of(hypoxic.fraction)
    if hypoxic is None or value is None:
        reason = why_not(page, None if hypoxic is None else hypoxic.fraction)
        return Box(label, "", "", "", clean(reason.what))
    whole = whole_ml(page)
    after = "%" if whole is None else f"% of {millilitres(whole)} ml"
    return Box(label, percent(value), after, threshold_words(page))


def finding(page: Reading) -> str:
    """One or two sentences composed from numbers only."""
    lead = page.lead
    if lead is None:
        return "No tumour region is drawn on this scan, so nothing is measured."
    kind = page.session.protocol.headline
    ratio, hypoxic = page.ratio(lead.roi_uid, kind), page.hypoxic(lead.roi_uid)
    name = clean(lead.name) or "The tumour"
    words = [_takes_up(page, name, kind, ratio), _avid(page, hypoxic), _together(page)]
    return " ".join(word for word in words if word)


def _takes_up(page: Reading, name: str, kind: str, ratio: Ratio | None) -> str:
    value = None if ratio is None else value_of(ratio.number)
    if value is None:
        return f"{name} has no tumour-to-muscle ratio on this scan.{_measured(page)}"
    if page.is_atsm and kind == "mean":
        return f"{name} takes up {decimal(value, 1)} times as much Cu-ATSM as muscle on average."
    what = {"mean": "mean", "peak": "1 ml peak"}.get(kind, "highest voxel")
    return f"The {what} of {name} is {decimal(value, 1)} times the muscle mean."


def _measured(page: Reading) -> str:
    """What a tumour without a ratio measures all the same."""
    lead, volume = page.lead, whole_ml(page)
    mean = None if lead is None else value_of(lead["mean"])
    if lead is None or mean is None or volume is None:
        return ""
    return f" Its mean is {amount(mean, lead.unit)}\u00a0{lead.unit} in {millilitres(volume)}\u00a0ml."


def _avid(page: Reading, hypoxic: HypoxicVolume | None) -> str:
    volume = None if hypoxic is None else value_of(hypoxic.volume)
    whole = whole_ml(page)
    if hypoxic is None or volume is None:
        return ""
    of = "" if whole is None else f" of {millilitres(whole)}\u00a0ml"
    fraction = value_of(hypoxic.fraction)
    share = "" if fraction is None else f" ({percent(fraction)}\u00a0%)"
    limit = over(hypoxic.tm_threshold, hypoxic.comparator)
    if page.is_atsm:
        return f"At {limit}, {millilitres(volume)}\u00a0ml{of}{share} is Cu-ATSM-avid."
    return f"{millilitres(volume)}\u00a0ml{of}{share} has {limit}."


def _together(page: Reading) -> str:
    """The volume of all tumours of this scan, where it is the only one that the total can speak of."""
    places = {(h.acquisition_uid, h.frame) for h in page.assessment.hypoxic}
    count, total = len(page.rois(Role.TUMOUR)), value_of(page.assessment.hypoxic_total)
    if count < 2 or len(places) != 1 or total is None:
        return ""
    return f"All {count} tumour regions together: {millilitres(total)}\u00a0ml, overlap counted once."


@dataclass(frozen=True)
class Finding:
    """The sentence and the remark."""

    sentence: Paragraph
    remark: Paragraph | None

    @property
    def height(self) -> float:
        """Both, with a little air between."""
        return self.sentence.height + (0 if self.remark is None else self.remark.height + 1)

    def draw(self, sheet: Sheet, top: float) -> None:
        """Draw at ``top``."""
        self.sentence.draw(sheet, MARGIN, top)
        if self.remark is not None:
            self.remark.draw(sheet, MARGIN, top + self.sentence.height + 1)


def finding_block(page: Reading) -> Finding:
    """Sentence and remark, the remark cut at three lines (the JSON has it whole)."""
    sentence = paragraph([Run(finding(page), 9)], INNER, 13, 3)
    text = clean(page.session.remarks)
    if not text:
        return Finding(sentence, None)
    runs = [Run("Remark by the reader: ", 9, ink=GREY), Run(text, 9)]
    return Finding(sentence, paragraph(runs, INNER, 13, 3))
