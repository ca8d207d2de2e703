"""The top bar and the tool rail: whose case it is, undo and redo, and which tool the left button holds."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QMenu,
    QToolButton,
    QVBoxLayout,
)

from atsmviewer.model.choice import series_name
from atsmviewer.model.study import Acquisition, Study
from atsmviewer.model.undated import NO_DATE, is_dated
from atsmviewer.ui.pairbutton import PairButton
from atsmviewer.ui.parts import label, set_property
from atsmviewer.ui.theme import icon

TOOLS = (
    ("cross", "cross", "Cross: click to move the three planes (Esc)"),
    ("sphere:tumour", "tumour", "Tumour sphere: one click places it (T)"),
    ("sphere:muscle", "muscle", "Muscle sphere: one click places it (M)"),
    ("align", "align", "Align: drag the CT under the PET (A)"),
)


def tool_button(name: str, tip: str, checkable: bool = False) -> QToolButton:
    """A flat icon button."""
    made = QToolButton()
    made.setIcon(icon(name))
    made.setIconSize(QSize(19, 19))
    made.setToolTip(tip)
    made.setAccessibleName(tip)
    made.setCheckable(checkable)
    return made


class TopBar(QFrame):
    """Name of the case, the time point being looked at, undo and redo, and what was saved."""

    acquisition_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("TopBar")
        self.setFixedHeight(44)
        line = QHBoxLayout(self)
        line.setContentsMargins(10, 0, 8, 0)
        line.setSpacing(8)
        mark = tool_button("app", "atsmviewer")
        mark.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        line.addWidget(mark)
        line.addWidget(label("atsmviewer", "head"))
        self.file = QToolButton()
        self.file.setText("File")
        self.file.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = QMenu(self.file)
        self.file.setMenu(self.menu)
        line.addWidget(self.file)
        self.open = tool_button("folder", "Open folder (Ctrl+O)")
        line.addWidget(self.open)
        self.patient = label("", "head")
        self.facts = label("", "body")
        line.addSpacing(6)
        line.addWidget(self.patient)
        line.addWidget(self.facts)
        self._choosers(line)
        line.addStretch(1)
        self.undo = tool_button("undo", "Undo (Ctrl+Z)")
        self.redo = tool_button("redo", "Redo (Ctrl+Shift+Z)")
        self.saved = label("", "label")
        self.help = tool_button("help", "Keys and mouse (F1)")
        for part in (self.undo, self.redo, self.saved, self.help):
            line.addWidget(part)
        self.show_study(None, [], "")

    def _choosers(self, line: QHBoxLayout) -> None:
        """What is shown with what, and the time points."""
        self.acquisitions = QComboBox()
        self.acquisitions.setToolTip("Time point")
        self.acquisitions.setMinimumWidth(110)
        self.acquisitions.setMaximumWidth(290)
        self.acquisitions.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.acquisitions.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.acquisitions.activated.connect(
            lambda at: self.acquisition_chosen.emit(self.acquisitions.itemData(at))
        )
        self.pair = PairButton()
        line.addWidget(self.pair)
        line.addWidget(self.acquisitions)

    def show_acquisition(self, acquisition: Acquisition) -> None:
        """The box and the button name what is on screen."""
        self.acquisitions.setCurrentIndex(self.acquisitions.findData(acquisition.uid))
        anatomy = "" if acquisition.anatomy is None else series_name(acquisition.anatomy)
        self.pair.name(series_name(acquisition.pet), anatomy)
        self.pair.show()

    def show_saved(self, clock: str, unwritten: int) -> None:
        """When the last change reached the disk; in amber how many did not."""
        set_property(self.saved, "kind", "warn" if unwritten else "label")
        self.saved.setText(
            f"Not saved: {unwritten} changes" if unwritten else f"Saved {clock}" if clock else ""
        )

    def show_study(self, study: Study | None, points: list[tuple[str, str]], facts: str) -> None:
        """``points`` are (acquisition uid, words) of the time points."""
        self.patient.setText("" if study is None else study.patient.id or "No patient id")
        self.facts.setText(facts)
        self.acquisitions.clear()
        for uid, words in points:
            self.acquisitions.addItem(words, uid)
        self.acquisitions.setVisible(len(points) > 1)
        self.pair.setVisible(study is not None)


def time_points(study: Study) -> list[tuple[str, str]]:
    """(acquisition uid, words) of each PET: scans lettered in order of time, an uncorrected one said so."""
    points = []
    for at, acquisition in enumerate(study.acquisitions):
        when = acquisition.pet.when
        form = "%d %b %Y %H:%M" if when is not None and is_dated(when) else f"%H:%M ({NO_DATE})"
        day = "" if when is None else f"{when:{form}}"
        state = "not corrected  " if acquisition.pet.attenuation_corrected is False else ""
        points.append((acquisition.uid, f"{chr(65 + at % 26)}  {day}  {state}{acquisition.pet.description}"))
    return points


class Rail(QFrame):
    """Tools down the left edge; one is armed at a time."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("Rail")
        self.setFixedWidth(46)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 8, 6, 8)
        column.setSpacing(5)
        self._group = QButtonGroup(self, exclusive=True)
        self.tools: dict[str, QToolButton] = {}
        for tool, picture, tip in TOOLS:
            button = tool_button(picture, tip, checkable=True)
            button.clicked.connect(lambda _=False, tool=tool: self.chosen.emit(tool))
            self._group.addButton(button)
            self.tools[tool] = button
            column.addWidget(button)
        self.tools["cross"].setChecked(True)
        column.addSpacing(10)
        self.look = tool_button("look", "Windows, opacity, colour map (L)")
        self.overlay = tool_button("hatch", "Show or hide the volume above the threshold (H)", checkable=True)
        self.overlay.setChecked(True)
        self.fit = tool_button("fit", "Fit all views (0)")
        self.delete = tool_button("trash", "Delete the selected region (Delete)")
        for part in (self.look, self.overlay, self.fit, self.delete):
            column.addWidget(part)
        column.addStretch(1)

    def show_tool(self, tool: str) -> None:
        """Mark the armed tool."""
        if tool in self.tools:
            self.tools[tool].setChecked(True)
