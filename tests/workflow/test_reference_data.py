"""Every folder of the reference data opens to what its source says, or is refused for the right reason."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from docs import reference_data as table
from docs.reference_rows import Row, rows

pytestmark = pytest.mark.reference


@pytest.fixture(scope="module")
def found(reference_data: Path) -> Mapping[str, table.Opened]:
    """Every folder opened once."""
    return table.measure_all(reference_data)


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.folder)
def test_a_folder_opens_to_what_its_source_says(row: Row, found: Mapping[str, table.Opened]) -> None:
    assert table.agrees(row, found[row.folder]), f"{table.expected(row)} | {found[row.folder]}"


def test_every_folder_with_a_file_has_a_row(reference_data: Path) -> None:
    holding = {path.parent for path in reference_data.rglob("*") if path.is_file()}
    there = {str(path.relative_to(reference_data)) for path in holding if path != reference_data}
    assert there <= {row.folder for row in rows()}


def test_the_page_is_what_its_command_writes(found: Mapping[str, table.Opened]) -> None:
    assert table.PAGE.read_text("utf-8") == table.page(found)
