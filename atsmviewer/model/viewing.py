"""How one looks: cursor, windows, blend, map, selection; not undoable, never reported."""

from __future__ import annotations

from dataclasses import dataclass

from atsmviewer.model.grid import Vector

Window = tuple[float, float]


@dataclass(frozen=True)
class Viewing:
    """The state of looking; windows are (low, high) in HU and in the shown PET unit."""

    acquisition_uid: str
    cursor_mm: Vector
    ct_window: Window = (-140.0, 240.0)
    pet_window: Window = (0.0, 3.0)
    blend: float = 0.62
    """Opacity of the PET where its map is full, 0 to 1."""
    colour_map: str = "inferno"
    tool: str = "cross"
    selected_roi: str | None = None
    show_overlay: bool = True
    frame: int = 0
    """Number of the time frame or gate looked at."""
