"""The align tool: a hand moves and turns the CT or MR under the PET; every gesture is one undo step."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeySequence, QShortcut

from atsmviewer.model.errors import ReviewError
from atsmviewer.model.grid import Floats
from atsmviewer.model.movement import Matrix, shifting, turning
from atsmviewer.model.session import Session
from atsmviewer.quant.aligned import anatomy_way
from atsmviewer.session.edits import align_by_hand, move_anatomy, reset_alignment
from atsmviewer.session.journal import reader_name
from atsmviewer.ui.alignmentbar import AlignmentBar
from atsmviewer.ui.document import Document

if TYPE_CHECKING:
    from atsmviewer.ui.planeview import PlaneView
    from atsmviewer.ui.window import MainWindow

ALIGN = "align"
"""Name of the tool in ``Viewing.tool``."""
TURN_DEG = 1.0
STEPS_MM = (("", 1.0), ("Shift+", 5.0), ("Alt+", 0.2))
"""How far an arrow moves with which key held."""

Drag = Callable[[QPointF], None]
Preview = Callable[[Session, str], None]


def holding(view: PlaneView, at: QPointF, turn: bool, preview: Preview) -> Drag | None:
    """What a drag that begins at a widget position does to the CT or MR: follow the hand, or turn with it.

    It turns about the cross. None where there is nothing in this space to be moved.
    """
    acquisition = view.document.acquisition
    if acquisition is None or view.document.anatomy is None:
        return None
    before = anatomy_way(acquisition, view.document.alignments)
    start = np.asarray(view.point_mm(at))
    cross = np.asarray(view.document.viewing.cursor_mm)

    def drag(now: QPointF) -> None:
        point = np.asarray(view.point_mm(now))
        by = _turned(view, start - cross, point - cross) if turn else shifting(point - start)
        moved = move_anatomy(view.document.session, acquisition, before, by, reader_name())
        preview(moved, f"{'Turn' if turn else 'Move'} {_name(view.document)}")

    return drag


def _turned(view: PlaneView, start: Floats, now: Floats) -> Matrix:
    """The turn about the cross, in a view's plane, that takes one direction to another."""
    angles = [math.atan2(float(arm @ view.down), float(arm @ view.right)) for arm in (start, now)]
    normal = np.cross(view.right, view.down)
    return turning(normal, math.degrees(angles[1] - angles[0]), view.document.viewing.cursor_mm)


def _name(document: Document) -> str:
    acquisition = document.acquisition
    return "CT" if acquisition is None or acquisition.anatomy is None else acquisition.anatomy.modality


class AlignTool:
    """The tool's keys and its bar; what it changes is in the session, it holds nothing itself."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.document = window.document
        self.bar = AlignmentBar(window.page, window.document)
        window.banner.spare(self.bar)
        self.bar.start.clicked.connect(self.start)
        self.bar.reset.clicked.connect(self.reset)
        self.bar.done.clicked.connect(lambda: window.arm("cross"))
        self._keys = self._shortcuts()
        self.document.viewing_changed.connect(lambda _: self.follow())
        self.document.assessment_changed.connect(lambda _: self.follow())
        self.follow()

    @property
    def armed(self) -> bool:
        """Whether the left button holds the CT."""
        return self.document.viewing.tool == ALIGN

    def arm(self) -> None:
        """Take the CT into the hand; again, let go of it."""
        if self.document.acquisition is not None:
            self.window.arm("cross" if self.armed else ALIGN)

    def follow(self) -> None:
        """Keys and bar are there while the tool is armed."""
        for key in self._keys:
            key.setEnabled(self.armed)
        self.bar.follow(self.armed)

    def start(self) -> None:
        """Show a CT of another frame of reference: its middle on that of the PET."""
        document, acquisition = self.document, self.document.acquisition
        if document.study is None or acquisition is None or acquisition.anatomy is None:
            return
        made = align_by_hand(
            document.session, document.study, acquisition.uid, acquisition.anatomy.uid, reader_name()
        )
        if made != document.session:
            document.commit(made, f"Align {_name(document)} by hand")

    def reset(self) -> None:
        """Take the reader's alignment away: one step, like any other."""
        acquisition = self.document.acquisition
        if acquisition is None:
            return
        made = reset_alignment(self.document.session, acquisition)
        if made != self.document.session:
            self.document.commit(made, "Reset alignment")

    def nudge(self, right_mm: float, down_mm: float) -> None:
        """Move along the screen, in the view that has the focus, else in the axial one."""
        view = self._view()
        self._move(shifting(right_mm * view.right + down_mm * view.down), "Move")

    def turn(self, degrees: float) -> None:
        """Turn clockwise on the screen, about the cross."""
        view = self._view()
        normal = np.cross(view.right, view.down)
        self._move(turning(normal, degrees, self.document.viewing.cursor_mm), "Turn")

    def _move(self, by: Matrix, verb: str) -> None:
        document, acquisition = self.document, self.document.acquisition
        if acquisition is None:
            return
        try:
            before = anatomy_way(acquisition, document.alignments)
            made = move_anatomy(document.session, acquisition, before, by, reader_name())
        except ReviewError as error:
            document.trouble.emit(error)
        else:
            document.commit(made, f"{verb} {_name(document)}")

    def _view(self) -> PlaneView:
        page = self.window.page
        return next((view for view in page.views if view.hasFocus()), page.axial)

    def _shortcuts(self) -> list[QShortcut]:
        """Sideways and turning keys, and up and down with a key held; plain up and down step slices else."""
        made = []
        for held, mm in STEPS_MM:
            ways = {"Left": (-mm, 0.0), "Right": (mm, 0.0), "Up": (0.0, -mm), "Down": (0.0, mm)}
            for key, way in ways.items():
                if held or key in ("Left", "Right"):
                    made.append(self._shortcut(held + key, partial(self.nudge, *way)))
        for key, degrees in (("<", -TURN_DEG), (">", TURN_DEG)):
            made.append(self._shortcut(key, partial(self.turn, degrees)))
        for key, degrees in (("Ctrl+Left", -TURN_DEG), ("Ctrl+Right", TURN_DEG)):
            made.append(self._shortcut(key, partial(self.turn, degrees)))
        return made

    def _shortcut(self, keys: str, act: Callable[[], object]) -> QShortcut:
        shortcut = QShortcut(QKeySequence(keys), self.window)
        shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
        shortcut.activated.connect(act)
        return shortcut
