"""The report: the very page that will be written, a remark, a folder, one button."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from platformdirs import user_documents_path
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from atsmviewer.model.session import Session
from atsmviewer.session.edits import set_remarks
from atsmviewer.ui.document import Document
from atsmviewer.ui.lane import Lane
from atsmviewer.ui.parts import label

PAGE_PX = 620


class ReportDialog(QDialog):
    """Writes PDF, CSV and JSON; the preview is the first page of that PDF, not a likeness."""

    saved = Signal(str)
    trouble = Signal(object)

    def __init__(self, document: Document, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Report")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.document = document
        self.previews, self.writing = Lane("preview", self), Lane("report", self)
        self.previews.answered.connect(self._show_page)
        self.previews.failed.connect(self._failed)
        self.writing.answered.connect(self._written)
        self.writing.failed.connect(self._failed)
        self.page = QLabel("Making the page")
        self.page.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.page.setFixedSize(PAGE_PX, round(PAGE_PX * 297 / 210))
        self.remark = QPlainTextEdit(document.session.remarks)
        self.remark.setPlaceholderText("Remark by the reader")
        self.remark.setAccessibleName("Remark by the reader")
        self.folder = QLineEdit(str(default_folder(document)))
        self.folder.setAccessibleName("Folder")
        self.browse = QPushButton("Choose…")
        self.save = QPushButton("Save PDF, CSV, JSON")
        self.save.setProperty("main", True)
        self.save.setDefault(True)
        self.cancel = QPushButton("Cancel")
        self.note = label("", "bad", wrap=True)
        self._lay_out()
        self._typing = QTimer(self, singleShot=True, interval=400)
        self._typing.timeout.connect(self._preview)
        self.remark.textChanged.connect(self._typing.start)
        self.browse.clicked.connect(self._choose)
        self.save.clicked.connect(self._save)
        self.cancel.clicked.connect(self.reject)
        self.remark.setFocus()
        self._preview()

    def _lay_out(self) -> None:
        form = QVBoxLayout()
        form.setSpacing(8)
        form.addWidget(label("Remark", "head"))
        self.remark.setFixedHeight(130)
        form.addWidget(self.remark)
        form.addSpacing(6)
        form.addWidget(label("Folder", "head"))
        form.addWidget(self.folder)
        form.addWidget(self.browse, alignment=Qt.AlignmentFlag.AlignLeft)
        form.addStretch(1)
        form.addWidget(self.note)
        form.addWidget(self.save)
        form.addWidget(self.cancel)
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 16, 16, 16)
        line.setSpacing(18)
        screen = self.screen().availableGeometry().height() if self.screen() else 800
        height = min(self.page.height(), screen - 120)
        self.page.setFixedSize(round(height * 210 / 297), height)
        line.addWidget(self.page)
        side = QWidget()
        side.setFixedWidth(300)
        side.setLayout(form)
        line.addWidget(side)

    def _remarked(self) -> Session:
        return set_remarks(self.document.session, self.remark.toPlainText().strip())

    def _preview(self) -> None:
        study, session, stamp = self.document.study, self._remarked(), self.document.stamp
        uid, width = self.document.viewing.acquisition_uid, self.page.width()
        frame = self.document.viewing.frame
        if study is None:
            return

        def work(_progress: Callable[[int, int], None], _cancelled: Callable[[], bool]) -> object:
            from atsmviewer.workflow.reporting import (
                make_report,
            )  # reportlab is not imported before it is used

            with TemporaryDirectory(prefix="atsmviewer-") as folder:
                made = make_report(study, session, stamp, Path(folder), ("pdf",), uid, frame)
                return first_page(made[0], width)

        self.previews.submit(work)

    def _show_page(self, image: QImage) -> None:
        self.page.setPixmap(QPixmap.fromImage(image))

    def _choose(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Folder for the report", self.folder.text())
        if folder:
            self.folder.setText(folder)

    def _save(self) -> None:
        remarked = self._remarked()
        if remarked != self.document.session:
            self.document.commit(remarked, "Remark")
        study, session, stamp = self.document.study, self.document.session, self.document.stamp
        frame = self.document.viewing.frame
        uid, out = self.document.viewing.acquisition_uid, Path(self.folder.text()).expanduser()
        if study is None:
            return
        for button in (self.save, self.cancel):
            button.setEnabled(False)

        def work(_progress: Callable[[int, int], None], _cancelled: Callable[[], bool]) -> object:
            from atsmviewer.workflow.reporting import make_report  # as above

            return make_report(study, session, stamp, out, acquisition_uid=uid, frame=frame)

        self.writing.submit(work)

    def _written(self, files: tuple[Path, ...]) -> None:
        names = ", ".join(path.name for path in files)
        self.saved.emit(f"Report saved in {files[0].parent}: {names}")
        self.accept()

    def _failed(self, error: object) -> None:
        for button in (self.save, self.cancel):
            button.setEnabled(True)
        self.note.setText(getattr(error, "what", "The report could not be made."))
        self.trouble.emit(error)

    def reject(self) -> None:
        """Esc and Cancel; not while files are being written."""
        if not self.writing.busy:
            super().reject()

    def done(self, result: int) -> None:
        """Let go of the workers."""
        self.previews.close()
        self.writing.close()
        super().done(result)


def default_folder(document: Document) -> Path:
    """A folder of this case under the user's documents; its name holds no patient text."""
    key = document.study.key if document.study is not None else "case"
    return Path(user_documents_path()) / "atsmviewer" / key


def first_page(pdf: Path, width_px: int) -> QImage:
    """The first page of a PDF as a picture, at twice the width so that it stays crisp when scaled."""
    import pypdfium2  # only the preview needs it

    document = pypdfium2.PdfDocument(pdf)
    try:
        page = document[0]
        pixels = page.render(scale=2 * width_px / page.get_width(), rev_byteorder=True).to_numpy()
        height, width, channels = pixels.shape
        kind = QImage.Format.Format_RGB888 if channels == 3 else QImage.Format.Format_RGBX8888
        image = QImage(pixels.tobytes(), width, height, width * channels, kind).copy()
    finally:
        document.close()
    return image.scaledToWidth(width_px, Qt.TransformationMode.SmoothTransformation)
