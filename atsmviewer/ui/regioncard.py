"""The list of regions: sign, name, volume, mean; select, rename, change role, delete."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
)

from atsmviewer.model.assessment import Assessment, Depth
from atsmviewer.model.roi import Ellipsoid, Roi, Role
from atsmviewer.render.theme import TOKENS, role_style
from atsmviewer.session.edits import remove_roi, rename_roi, set_role
from atsmviewer.ui.document import Document
from atsmviewer.ui.origin import of_roi
from atsmviewer.ui.parts import Card, label
from atsmviewer.ui.words import shown, valued

ROW_PX = 24
SHOWN_ROWS = 4
NUMBER_PX, EDGES_PX = 82, 22
"""Least width of a column of numbers, and what the edges of its heading take."""
NUMBERS = {1: "volume_ml", 2: "mean"}
"""Columns that hold a number, which a click or Enter opens."""


class RegionCard(Card):
    """Regions of the frame of reference being looked at, in drawing order."""

    asked = Signal(object)

    def __init__(self, document: Document) -> None:
        super().__init__()
        self.document = document
        self.empty = label("No regions yet.", "body")
        self.column.addWidget(self.empty)
        self.table = QTableWidget(0, 3)
        self.table.setHorizontalHeaderLabels(["Regions", "volume ml", "mean"])
        heading = self.table.horizontalHeaderItem(0)
        if heading is not None:
            heading.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            self.table.setColumnWidth(column, NUMBER_PX)
        self.column.addWidget(self.table)
        self.table.itemSelectionChanged.connect(self._selected)
        self.table.itemChanged.connect(self._renamed)
        self.table.customContextMenuRequested.connect(self._menu)
        for column in NUMBERS:
            self.table.setItemDelegateForColumn(column, Underlined(self.table))
        self.table.cellClicked.connect(self._ask)
        self.table.cellActivated.connect(self._ask)
        self._rois: tuple[Roi, ...] = ()
        self._shown = Assessment(Depth.LIVE)
        self._filling = False

    def show_assessment(self, assessment: Assessment, rois: tuple[Roi, ...], unit: str) -> None:
        """Fill the rows; the same rows keep their place while a region is dragged."""
        self._filling = True
        self._shown = assessment
        self.empty.setVisible(not rois)
        self.table.setVisible(bool(rois))
        names = [(r.uid, r.name, r.role) for r in rois]
        if names != [(r.uid, r.name, r.role) for r in self._rois]:
            self._build(rois)
        self._rois = rois
        self._head(f"mean {unit}".rstrip())
        for line, roi in enumerate(rois):
            numbers = assessment.of_roi(roi.uid)
            texts = ("…", "…")
            if numbers is not None:
                texts = shown(numbers["volume_ml"], 1), valued(numbers["mean"], numbers.unit)
            for column, text in zip(NUMBERS, texts, strict=True):
                cell = self.table.item(line, column)
                if cell is not None:
                    cell.setText(text)
        self.select(self.document.viewing.selected_roi)
        self._filling = False

    def _head(self, mean: str) -> None:
        """A unit may be a word or two: its column is as wide as its name."""
        item = self.table.horizontalHeaderItem(2)
        if item is not None and item.text() == mean:
            return
        self.table.setHorizontalHeaderLabels(["Regions", "volume ml", mean])
        wide = self.table.horizontalHeader().fontMetrics().horizontalAdvance(mean) + EDGES_PX
        self.table.setColumnWidth(2, max(NUMBER_PX, wide))

    def select(self, uid: str | None) -> None:
        """Mark the selected region's row."""
        was, self._filling = self._filling, True
        line = next((i for i, roi in enumerate(self._rois) if roi.uid == uid), -1)
        if line < 0:
            self.table.clearSelection()
        elif self.table.currentRow() != line or not self.table.selectedItems():
            self.table.selectRow(line)
        self._filling = was

    def _build(self, rois: tuple[Roi, ...]) -> None:
        self.table.setRowCount(len(rois))
        for line, roi in enumerate(rois):
            name = QTableWidgetItem(sign(roi.role), roi.name)
            name.setToolTip(f"{roi.role.value}; double click renames, right click for more")
            self.table.setItem(line, 0, name)
            for column in (1, 2):
                item = QTableWidgetItem("")
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
                self.table.setItem(line, column, item)
            self.table.setRowHeight(line, ROW_PX)
        head = self.table.horizontalHeader().sizeHint().height()
        self.table.setFixedHeight(min(len(rois), SHOWN_ROWS) * ROW_PX + head + 2)

    def _selected(self) -> None:
        line = self.table.currentRow()
        if self._filling or not 0 <= line < len(self._rois):
            return
        roi = self._rois[line]
        viewing = replace(self.document.viewing, selected_roi=roi.uid)
        if isinstance(roi.shape, Ellipsoid):
            viewing = replace(viewing, cursor_mm=roi.shape.centre_mm)
        self.document.look(viewing)

    def _ask(self, line: int, column: int) -> None:
        """Open the origin of a volume or a mean."""
        if column not in NUMBERS or not 0 <= line < len(self._rois):
            return
        numbers = self._shown.of_roi(self._rois[line].uid)
        if numbers is not None:
            self.asked.emit(of_roi(numbers, NUMBERS[column], self.document.study))

    def _renamed(self, item: QTableWidgetItem) -> None:
        if self._filling or item.column() != 0 or item.row() >= len(self._rois):
            return
        roi, name = self._rois[item.row()], item.text().strip()
        if name and name != roi.name:
            self.document.commit(rename_roi(self.document.session, roi.uid, name), f"Rename {roi.name}")

    def _menu(self, at: QPoint) -> None:
        line = self.table.rowAt(at.y())
        if not 0 <= line < len(self._rois):
            return
        roi = self._rois[line]
        menu = QMenu(self)
        menu.addAction("Rename", lambda: self.table.edit(self.table.model().index(line, 0)))
        roles = menu.addMenu("Role")
        for role in Role:
            action = roles.addAction(role.value, lambda role=role: self._set_role(roi, role))
            action.setCheckable(True)
            action.setChecked(role is roi.role)
        menu.addSeparator()
        menu.addAction("Delete", lambda: self._delete(roi))
        menu.exec(self.table.viewport().mapToGlobal(at))

    def _set_role(self, roi: Roi, role: Role) -> None:
        changed = set_role(self.document.session, roi.uid, role)
        self.document.commit(changed, f"{roi.name} is {role.value}")

    def _delete(self, roi: Roi) -> None:
        self.document.commit(remove_roi(self.document.session, roi.uid), f"Delete {roi.name}")


class Underlined(QStyledItemDelegate):
    """A number in the table wears the dotted line of every number that can be opened."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """The cell, and the line below its text."""
        super().paint(painter, option, index)
        wide = option.fontMetrics.horizontalAdvance(str(index.data() or ""))
        rect = option.rect.adjusted(0, 0, -7, -3)
        painter.setPen(QPen(QColor(TOKENS["t3"]), 1, Qt.PenStyle.DotLine))
        painter.drawLine(rect.right() - wide, rect.bottom(), rect.right(), rect.bottom())


def sign(role: Role) -> QIcon:
    """A short line in the role's colour and dash: colour never speaks alone."""
    colour, dash = role_style(role)
    picture = QPixmap(44, 20)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    pen = QPen(QColor(colour), 4)
    if dash:
        pen.setDashPattern([max(0.5, length * 0.7) for length in dash])
    painter.setPen(pen)
    painter.drawLine(2, 10, 42, 10)
    painter.end()
    return QIcon(picture)
