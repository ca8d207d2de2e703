"""Every flag that the program raises has a name in plain words, short enough for its column."""

from __future__ import annotations

import re
from pathlib import Path

import atsmviewer
from atsmviewer.report.doubts import _NAMES, doubt_name
from atsmviewer.report.sheet import MEDIUM, Run, fit

QUANT = Path(atsmviewer.__file__).parent / "quant"
WIDTH = 76
"""Points that the report gives to what a check is about."""


def raised() -> set[str]:
    """The code of every Flag in the rooms that measure, by its literal."""
    sources = (path.read_text("utf-8") for path in QUANT.glob("*.py"))
    return {code for text in sources for code in re.findall(r"\bFlag\(\s*\"([A-Z_0-9]+)\"", text)}


def test_every_flag_has_a_name_and_no_name_is_idle() -> None:
    assert len(raised()) > 50
    assert raised() == set(_NAMES)


def test_no_name_is_a_code() -> None:
    for code, name in _NAMES.items():
        assert not re.search(r"_|\b(Roi|Hu|Suv|Inj|Reftime)\b", name), code
    assert doubt_name("ROI_CLIPPED") == "Beyond the PET"
    assert doubt_name("SOMETHING_NEW") == "Something new"


def test_names_fit_their_column() -> None:
    for name in _NAMES.values():
        run = Run(name, 7.6, MEDIUM)
        assert fit(run, WIDTH) == run, name
