"""The panels that open over the window and close by themselves, and where each opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from atsmviewer.ui.choicepanel import ChoicePanel
from atsmviewer.ui.factpanel import FactPanel, needed_fact
from atsmviewer.ui.lookpanel import LookPanel
from atsmviewer.ui.originpanel import OriginPanel
from atsmviewer.ui.protocolpanel import ProtocolPanel

if TYPE_CHECKING:
    from atsmviewer.ui.window import MainWindow

EDGE_PX = 10
"""A panel keeps this far from the edges of the window."""


class Popovers:
    """One of each panel; none of them holds a state of its own."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        document = window.document
        self.look, self.facts = LookPanel(document), FactPanel(document)
        self.protocol, self.origin = ProtocolPanel(document), OriginPanel(window)
        self.choices = ChoicePanel(document, window)

    def show_look(self) -> None:
        """Windows, opacity and map, beside their button."""
        button = self.window.rail.look
        self.look.follow()
        corner = button.mapToGlobal(button.rect().topRight())
        self.look.move(corner.x() + 8, corner.y())
        self.look.show()

    def show_choices(self) -> None:
        """Every series of the case with its reason, below its button."""
        case = self.window.opener.case
        if case is not None:
            study = case.study  # its notes begin with why each series is shown or not: the rows say that
            notes = study.notes[len(study.acquisitions) + len(study.anatomies) :]
            self.choices.open_below(self.window.top.pair, case.choices, case.asides, notes)

    def show_protocol(self) -> None:
        """The quieter choices, below the top bar."""
        bar = self.window.top
        corner = bar.mapToGlobal(bar.rect().bottomLeft())
        self.protocol.open_at(corner.x() + 120, corner.y() + 6)

    def show_facts(self) -> None:
        """Every fact that may be entered, below the check strip."""
        self.ask(self.window.strip, "injected_activity_bq")

    def enter_fact(self) -> None:
        """Ask for what SUV is withheld for."""
        scale = self.window.document.scale
        code = scale.refused.code if scale is not None and scale.refused is not None else ""
        self.ask(self.window.column.values.enter, needed_fact(code) or "weight_kg")

    def ask_of_chip(self, fact: str) -> None:
        """Ask for the fact of a chip, below it."""
        self.ask(self.window.strip.chip_of(fact) or self.window.strip, fact)

    def ask(self, below: QWidget, fact: str) -> None:
        """Ask for one fact, below a part of the window, with its left edge where the window has room."""
        corner = below.mapToGlobal(below.rect().bottomLeft())
        left = self.window.mapToGlobal(self.window.rect().topLeft()).x() + EDGE_PX
        right = left + self.window.width() - 2 * EDGE_PX - self.facts.width()
        self.facts.move(max(left, min(corner.x(), right)), corner.y() + 6)
        self.facts.ask(fact)
