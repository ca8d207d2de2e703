"""Which step a reading is at, and the tool that follows a placed region: no tool hunt."""

from __future__ import annotations

from dataclasses import replace

from atsmviewer.model.assessment import Measurement
from atsmviewer.model.roi import Role
from atsmviewer.ui.column import Column
from atsmviewer.ui.document import Document

STEP_OF_TOOL = {"sphere:tumour": "Tumour", "sphere:muscle": "Muscle"}


class Guide:
    """Derived from the document each time; it remembers only how many regions there were."""

    def __init__(self, document: Document, column: Column) -> None:
        self.document = document
        self.column = column
        self._counts: dict[Role, int] = {}

    def advance(self) -> None:
        """The first tumour leads to muscle, the first muscle back to the cross."""
        tool = self.document.viewing.tool
        counts = {role: len([r for r in self.column.here() if r.role is role]) for role in Role}
        was, self._counts = self._counts or counts, counts
        for role, following in ((Role.TUMOUR, "sphere:muscle"), (Role.MUSCLE, "cross")):
            if counts[role] == 1 and was[role] == 0 and tool == f"sphere:{role.value}":
                done = role is Role.TUMOUR and counts[Role.MUSCLE]
                self._arm("cross" if done else following)

    def show(self) -> None:
        """Ticks, the present step, and what wants a look."""
        document, done = self.document, set()
        scale = document.scale
        if scale is not None and scale.is_suv:
            done.add("Check")
        here = {roi.role for roi in self.column.here()}
        done |= {name for name, role in (("Tumour", Role.TUMOUR), ("Muscle", Role.MUSCLE)) if role in here}
        hypoxic = any(isinstance(h.volume, Measurement) for h in document.here.hypoxic)
        now = STEP_OF_TOOL.get(document.viewing.tool) or ("Hypoxia" if hypoxic else "Check")
        cut = scale is not None and any(flag.code == "SLICES_MISSING" for flag in scale.flags)
        attention = {"Check"} if scale is not None and (cut or not scale.is_suv) else set()
        self.column.steps.show_state(now, done - {now}, attention)

    def _arm(self, tool: str) -> None:
        self.document.look(replace(self.document.viewing, tool=tool))
