"""What the mouse means in a plane: cross, place, move, resize, align, window, pan; a drag is one edit."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent

from atsmviewer.model.grid import vector
from atsmviewer.model.roi import Ellipsoid, Roi, Role, sphere
from atsmviewer.model.session import Session
from atsmviewer.session.edits import add_roi, move_roi, new_roi, resize_roi
from atsmviewer.ui.alignment import ALIGN, holding

if TYPE_CHECKING:
    from atsmviewer.ui.planeview import PlaneView

PLACED_RADIUS_MM = {Role.TUMOUR: 20.0, Role.MUSCLE: 15.0}
SMALLEST_RADIUS_MM = 2.0
Drag = Callable[[QPointF], None]


class Gestures:
    """The state of one press; between presses there is none."""

    def __init__(self, view: PlaneView) -> None:
        self.view = view
        self.document = view.document
        self._drag: Drag | None = None
        self._label = ""
        self._last = QPointF()
        self._edited: Session | None = None
        self._button = Qt.MouseButton.NoButton
        self.document.study_changed.connect(lambda _: self.drop())
        self.document.committed.connect(self.drop)

    def drop(self) -> None:
        """Let go: the session changed by another hand (undo, delete, another case) while one was dragging."""
        self._drag = None
        self._edited = None

    # -- the three moments ------------------------------------------------------------------------

    def press(self, event: QMouseEvent) -> None:
        """Decide what the drag will do."""
        if self.document.acquisition is None or self._drag is not None:
            return
        self._last = event.position()
        self._button = event.button()
        if event.button() == Qt.MouseButton.RightButton:
            alt = event.modifiers() & Qt.KeyboardModifier.AltModifier
            self._drag = self._window_ct if alt else self._window_pet
        elif event.button() == Qt.MouseButton.MiddleButton:
            self._drag = self._pan
        elif self.document.viewing.tool == ALIGN:
            turn = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self._drag = holding(self.view, event.position(), bool(turn), self._preview)
        else:
            self._drag = self._left(event.position())

    def move(self, event: QMouseEvent) -> None:
        """Follow the hand."""
        if self._drag is not None and event.buttons() != Qt.MouseButton.NoButton:
            self._drag(event.position())
            self._last = event.position()
        elif self._drag is None:
            self.view.layer.hover(event.position())

    def release(self, event: QMouseEvent) -> None:
        """What was previewed becomes one undo step; another button's release means nothing."""
        if event.button() is not self._button:
            return
        self._drag = None
        if self._edited is not None:
            edited, self._edited = self._edited, None
            self.document.commit(edited, self._label)

    # -- left -------------------------------------------------------------------------------------

    def _left(self, position: QPointF) -> Drag | None:
        layer, viewing = self.view.layer, self.document.viewing
        resized = layer.handle_at(position)
        if resized is not None:
            return self._resizing(resized)
        placing = viewing.tool.startswith("sphere")
        grabbed = layer.roi_at(position, inside=placing)
        if grabbed is not None:
            self.document.look(replace(viewing, selected_roi=grabbed.uid))
            return self._moving(grabbed, position)
        if placing:
            self._place(position, Role(viewing.tool.partition(":")[2]))
            return None
        self._cross(position)
        return self._cross

    def _cross(self, position: QPointF) -> None:
        self.document.look(replace(self.document.viewing, cursor_mm=self.view.point_mm(position)))

    def _place(self, position: QPointF, role: Role) -> None:
        acquisition = self.document.acquisition
        if acquisition is None:
            return
        shape = sphere(self.view.point_mm(position), PLACED_RADIUS_MM.get(role, 15.0))
        roi = new_roi(self.document.session, role, acquisition.frame_of_reference_uid, shape)
        self.document.look(replace(self.document.viewing, selected_roi=roi.uid, cursor_mm=shape.centre_mm))
        self.document.commit(add_roi(self.document.session, roi), f"Place {roi.name}")

    def _moving(self, roi: Roi, position: QPointF) -> Drag | None:
        if not isinstance(roi.shape, Ellipsoid):
            return None
        start = np.asarray(self.view.point_mm(position))
        centre = np.asarray(roi.shape.centre_mm)

        def drag(at: QPointF) -> None:
            moved = vector(centre + np.asarray(self.view.point_mm(at)) - start)
            self._preview(move_roi(self.document.session, roi.uid, moved), f"Move {roi.name}")

        return drag

    def _resizing(self, roi: Roi) -> Drag | None:
        shape = roi.shape
        if not isinstance(shape, Ellipsoid):
            return None
        centre = np.asarray(shape.centre_mm)

        def drag(at: QPointF) -> None:
            # A handle lies on the surface: its distance from the centre is the radius, in any plane.
            radius = float(np.linalg.norm(np.asarray(self.view.point_mm(at)) - centre))
            scale = max(SMALLEST_RADIUS_MM, radius) / max(shape.radii_mm)
            a, b, c = (r * scale for r in shape.radii_mm)
            self._preview(resize_roi(self.document.session, roi.uid, (a, b, c)), f"Resize {roi.name}")

        return drag

    def _preview(self, session: Session, label: str) -> None:
        self._edited, self._label = session, label
        self.document.preview(session)

    # -- looking ----------------------------------------------------------------------------------

    def _pan(self, at: QPointF) -> None:
        delta = (at - self._last) / max(self.view.px_per_mm, 1e-6)
        self.view.pan(delta.x(), delta.y())

    def _window_pet(self, at: QPointF) -> None:
        viewing = self.document.viewing
        low, high = viewing.pet_window
        span = max(high - low, 1e-9)
        delta = at - self._last
        # The floor of a PET window stays: width is its top, level moves both.
        shift = -delta.y() * span / 300
        high = max(low + 1e-9, high * math.exp(delta.x() / 200) + shift)
        self.document.look(replace(viewing, pet_window=(max(0.0, low), high)))

    def _window_ct(self, at: QPointF) -> None:
        viewing = self.document.viewing
        low, high = viewing.ct_window
        delta = at - self._last
        width = max(1.0, (high - low) * math.exp(delta.x() / 200))
        level = (low + high) / 2 - delta.y() * 2
        self.document.look(replace(viewing, ct_window=(level - width / 2, level + width / 2)))
