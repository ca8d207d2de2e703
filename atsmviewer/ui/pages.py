"""What stands in the middle without a picture: the empty state, the first-run notice, the banner."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from atsmviewer.ui.parts import label, set_property
from atsmviewer.ui.theme import icon
from atsmviewer.ui.words import RESEARCH

PAGE_PX = 860
COLUMN_ROOM_PX = 390
"""The banner stands over the views, never over the readout."""


class EmptyPage(QWidget):
    """Drop a folder, open one, or open the demonstration."""

    open_asked = Signal()
    demo_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("Body")
        outer = QVBoxLayout(self)
        outer.addStretch(1)
        field = QFrame()
        field.setObjectName("DropField")
        field.setFixedWidth(PAGE_PX)
        inside = QVBoxLayout(field)
        inside.setContentsMargins(30, 30, 30, 36)
        inside.setSpacing(8)
        picture = QLabel()
        picture.setPixmap(icon("drop").pixmap(QSize(150, 150)))
        self.title = label("Drop a PET/CT folder here", "key")
        self.hint = label("DICOM folder or files. PET and CT are paired and fused for you.")
        for part in (picture, self.title, self.hint):
            inside.addWidget(part, alignment=Qt.AlignmentFlag.AlignHCenter)
        self.open = QPushButton(icon("folder"), "Open folder…")
        self.open.setProperty("main", True)
        self.demo = QPushButton("Open demonstration")
        self.open.clicked.connect(self.open_asked)
        self.demo.clicked.connect(self.demo_asked)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.open)
        buttons.addWidget(self.demo)
        buttons.addStretch(1)
        inside.addSpacing(12)
        inside.addLayout(buttons)
        outer.addWidget(field, alignment=Qt.AlignmentFlag.AlignHCenter)
        notice = QFrame()
        notice.setProperty("card", True)
        notice.setFixedWidth(PAGE_PX)
        lines = QVBoxLayout(notice)
        lines.setContentsMargins(16, 12, 16, 12)
        lines.addWidget(label(RESEARCH))
        lines.addWidget(label("Images and patient data stay on this computer."))
        outer.addSpacing(18)
        outer.addWidget(notice, alignment=Qt.AlignmentFlag.AlignHCenter)
        outer.addStretch(2)


class Banner(QFrame):
    """What happened, what to do, one button; the last good picture stays behind it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("Banner")
        line = QHBoxLayout(self)
        line.setContentsMargins(14, 9, 10, 9)
        self.picture = QLabel()
        self.what = label("", "body", wrap=True, selectable=True)
        self.action = QPushButton("")
        self.close_button = QPushButton("Close")
        self.close_button.clicked.connect(self.hide)
        line.addWidget(self.picture)
        line.addWidget(self.what, 1)
        line.addWidget(self.action)
        line.addWidget(self.close_button)
        self._slot: object = None
        self.hide()

    def say(self, light: str, text: str, action: str = "", slot: object = None) -> None:
        """``light`` is ok, warn or bad; ``slot`` is called by the one button."""
        set_property(self, "light", light)
        self.picture.setPixmap(icon(light).pixmap(QSize(20, 20)))
        self.what.setText(text)
        self.action.setVisible(bool(action))
        self.action.setText(action)
        if self._slot is not None:
            self.action.clicked.disconnect()
        self._slot = slot
        if callable(slot):
            self.action.clicked.connect(slot)
        self.place()
        self.show()
        self.raise_()

    def place(self) -> None:
        """Centred near the top of its parent."""
        parent = self.parentWidget()
        if parent is not None:
            room = parent.width() - COLUMN_ROOM_PX
            width = min(780, room - 40)
            self.setFixedWidth(width)
            self.adjustSize()
            self.move((room - width) // 2 + 20, 92)
