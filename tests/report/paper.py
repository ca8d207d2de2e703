"""Reading a PDF back by another program's library."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import pypdfium2
from numpy.typing import NDArray

from atsmviewer.model.assessment import Assessment
from atsmviewer.model.picture import Picture
from atsmviewer.model.session import Session, Stamp
from atsmviewer.model.study import Study
from atsmviewer.report.page import pdf_bytes
from tests.report import made_up


def made(
    assessment: Assessment | None = None,
    study: Study | None = None,
    session: Session | None = None,
    pictures: Iterable[Picture] | None = None,
    stamp: Stamp | None = made_up.STAMP,
    acquisition_uid: str | None = None,
) -> bytes:
    """The page of the made-up case, with what the test replaces."""
    return pdf_bytes(
        study or made_up.study(),
        session or made_up.session(),
        assessment or made_up.assessment(),
        tuple(made_up.pictures() if pictures is None else pictures),
        stamp,
        acquisition_uid,
    )


def text_of(pdf: bytes) -> str:
    """All text of a one-page PDF on one line; fails where there is another number of pages."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        assert len(document) == 1
        text = document[0].get_textpage().get_text_range()
    finally:
        document.close()
    return re.sub(r"\s+", " ", str(text))


def metadata_of(pdf: bytes) -> dict[str, str]:
    """The document's information as another program reads it."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return dict(document.get_metadata_dict())
    finally:
        document.close()


def painted(pdf: bytes, scale: float = 4.0) -> NDArray[np.uint8]:
    """The page as another program paints it, (row, column, rgb), ``scale`` pixels a point."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return np.asarray(document[0].render(scale=scale).to_pil().convert("RGB"))
    finally:
        document.close()


def outside(pdf: bytes) -> list[str]:
    """Texts that reach beyond the page's margins (34 pt)."""
    document = pypdfium2.PdfDocument(pdf)
    found = []
    try:
        page = document[0]
        width, height = page.get_size()
        texts = page.get_textpage()
        for i in range(texts.count_rects()):
            left, bottom, right, top = texts.get_rect(i)
            if left < 34 or right > width - 34 or bottom < 20 or top > height - 30:
                found.append(texts.get_text_bounded(left, bottom, right, top))
    finally:
        document.close()
    return found
