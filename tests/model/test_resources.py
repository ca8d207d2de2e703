"""The shipped files are found, and the fonts can print what the reports and the window write."""

from __future__ import annotations

from pathlib import Path

import pytest
from reportlab.pdfbase.ttfonts import TTFontFile

from atsmviewer.model import resources
from atsmviewer.model.resources import resource


@pytest.mark.parametrize("weight", ["Regular", "Medium", "SemiBold"])
def test_the_fonts_have_truetype_outlines_and_every_glyph_used(weight: str) -> None:
    face = TTFontFile(str(resource(f"fonts/Inter-{weight}.ttf")))  # refuses CFF outlines
    assert face.name == f"Inter-{weight}".encode()
    missing = [c for c in "µμ⁰¹²³⁴⁵⁶⁷⁸⁹⁻−–≥≤×÷·±°θλαβσΔ…“”’" if ord(c) not in face.charToGlyph]
    assert missing == []


def test_the_fonts_come_with_their_licence() -> None:
    assert "SIL OPEN FONT LICENSE Version 1.1" in resource("fonts/OFL.txt").read_text()


def test_an_absent_file_names_the_places_looked_at() -> None:
    with pytest.raises(FileNotFoundError, match=r"fonts/none\.ttf.*_resources.*nor at.*resources"):
        resource("fonts/none.ttf")


def test_the_installed_files_win_over_a_strangers_folder_beside_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = (tmp_path / "atsmviewer" / "_resources", tmp_path / "resources")
    for place in places:
        place.mkdir(parents=True)
        (place / "mark.txt").write_text(place.name)
    monkeypatch.setattr(resources, "_PLACES", places)
    assert resource("mark.txt").read_text() == "_resources"
