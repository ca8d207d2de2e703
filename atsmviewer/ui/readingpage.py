"""The three linked planes; one can be enlarged and put back; every change repaints only what it touches."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from atsmviewer.model.viewing import Viewing
from atsmviewer.render.raster import Plane
from atsmviewer.ui.document import Document
from atsmviewer.ui.mipview import MipView
from atsmviewer.ui.planeview import PlaneView

MIP_FROM_PX = 1200


class ReadingPage(QWidget):
    """Axial at the left, coronal over sagittal at the right, and the MIP where there is room."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        self.document = document
        self.axial, self.coronal, self.sagittal = (PlaneView(plane, document) for plane in Plane)
        self.views = (self.axial, self.coronal, self.sagittal)
        self.side = QSplitter(Qt.Orientation.Vertical)
        self.side.addWidget(self.coronal)
        self.side.addWidget(self.sagittal)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.addWidget(self.axial)
        self.split.addWidget(self.side)
        self.mip = MipView(document)
        self.split.addWidget(self.mip)
        for splitter in (self.split, self.side):
            splitter.setHandleWidth(2)
            splitter.setChildrenCollapsible(False)
        self.split.setStretchFactor(0, 3)
        self.split.setStretchFactor(1, 2)
        self.split.setStretchFactor(2, 1)
        self.split.setSizes([790, 410, 300])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.split)
        self._large: PlaneView | None = None
        for view in self.views:
            view.enlarged.connect(self.enlarge)
            view.zoomed.connect(self._follow_zoom)
        document.viewing_changed.connect(self._looked)
        document.session_changed.connect(lambda _: self._each(PlaneView.mark_regions))
        document.assessment_changed.connect(lambda _: self._each(PlaneView.refresh))
        self._was = document.viewing

    def fit(self) -> None:
        """Fit all three."""
        self._each(PlaneView.fit)

    def enlarge(self, view: PlaneView) -> None:
        """One view large; again, back."""
        self._large = None if self._large is view else view
        for other in self.views:
            other.setVisible(self._large in (None, other))
        self.mip.setVisible(self._large is None and self._roomy())
        self.side.setVisible(self._large in (None, self.coronal, self.sagittal))

    def _follow_zoom(self, zoomed: PlaneView, factor: float) -> None:
        """One scale in all planes."""
        for view in self.views:
            if view is not zoomed:
                view.scale_about(factor, QPointF(*view.uv(self.document.viewing.cursor_mm)))

    def _roomy(self) -> bool:
        return self.width() >= MIP_FROM_PX

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The MIP comes and goes with the width."""
        super().resizeEvent(event)
        self.mip.setVisible(self._large is None and self._roomy())

    def _looked(self, viewing: Viewing) -> None:
        was, self._was = self._was, viewing
        if viewing.acquisition_uid != was.acquisition_uid:
            self.fit()
            return
        self._each(PlaneView.refresh)

    def _each(self, act: Callable[[PlaneView], object]) -> None:
        for view in self.views:
            if view.isVisible():
                act(view)
