"""The keyboard: every key in one table, which is also the sheet F1 shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QFileDialog, QGridLayout

from atsmviewer.model.assessment import Measurement
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.roi import Ellipsoid
from atsmviewer.render.windows import CT_WINDOWS
from atsmviewer.report.words import ratio_name
from atsmviewer.session.edits import remove_roi, resize_roi, set_protocol
from atsmviewer.ui.frames import step_frame
from atsmviewer.ui.parts import label
from atsmviewer.ui.reportdialog import ReportDialog
from atsmviewer.ui.threshold import HIGHEST, LOWEST, STEP

if TYPE_CHECKING:
    from atsmviewer.ui.window import MainWindow

MOUSE = (
    ("wheel · Ctrl+wheel · Shift+wheel", "slice · zoom at the pointer · five slices"),
    ("left", "armed tool; on the picture moves the cross; a region's centre or outline moves it"),
    ("handle", "resize the selected region"),
    ("aligning: drag · Shift+drag", "move the CT · turn it about the cross"),
    ("aligning: arrows · Shift · Alt", "1 mm · 5 mm · 0.2 mm; < and > turn by 1 degree"),
    ("right drag · Alt+right drag", "PET window · CT window"),
    ("middle drag", "pan"),
    ("double click", "this view large, again back"),
    ("on the curve: drag", "T/M threshold"),
    ("on a number: click", "where it comes from"),
)


def bind_keys(window: MainWindow) -> None:
    """Make one shortcut of each line of the table."""
    for keys, _, act in table(window):
        for key in keys.split(" · "):
            shortcut = QShortcut(QKeySequence(key), window)
            shortcut.activated.connect(act)
    window.column.report.clicked.connect(lambda: open_report(window))
    menu = window.top.menu
    menu.addAction("Open folder…\tCtrl+O", window.opener.ask)
    menu.addAction("Open files…\tCtrl+Shift+O", window.opener.ask_files)
    menu.addAction("Open demonstration", window.opener.open_demo)
    menu.addSeparator()
    menu.addAction("Save a copy of the session…\tCtrl+S", lambda: save_as(window))
    menu.addAction("Report…\tF10", window.column.report.click)
    menu.addSeparator()
    menu.addAction("Facts behind SUV…\tF2", window.popovers.show_facts)
    menu.addAction("Series of this case…\tF4", window.popovers.show_choices)
    menu.addAction("Species, resolution, mask rule…\tF3", window.popovers.show_protocol)
    menu.addSeparator()
    menu.addAction("Quit", window.close)
    window.top.help.clicked.connect(lambda: show_sheet(window))
    window.rail.delete.clicked.connect(lambda: delete(window))


def table(window: MainWindow) -> list[tuple[str, str, Callable[[], object]]]:
    """(keys, meaning, act)."""
    document = window.document
    return [
        ("Ctrl+O", "open a folder", window.opener.ask),
        ("Ctrl+Shift+O", "open files: zip, DICOMDIR, NIfTI, DICOM", window.opener.ask_files),
        ("Ctrl+Z", "undo", document.undo),
        ("Ctrl+Shift+Z", "redo", document.redo),
        ("Ctrl+S", "save a copy of the session", lambda: save_as(window)),
        ("Ctrl+C", "copy the ratios with their kinds", lambda: copy(window)),
        ("Esc", "cross", lambda: window.arm("cross")),
        ("S", "tumour sphere", lambda: window.arm("sphere:tumour")),
        ("Shift+S", "muscle sphere", lambda: window.arm("sphere:muscle")),
        ("A", "align: move the CT under the PET, and back", lambda: window.aligning.arm()),
        ("[", "smaller region", lambda: grow(window, -1.0)),
        ("]", "larger region", lambda: grow(window, 1.0)),
        ("Delete", "delete the selected region", lambda: delete(window)),
        ("+ · =", "threshold + 0.1", lambda: threshold(window, STEP)),
        ("-", "threshold − 0.1", lambda: threshold(window, -STEP)),
        ("Up", "next slice", lambda: step(window, 1)),
        ("Down", "previous slice", lambda: step(window, -1)),
        ("PgUp", "ten slices on", lambda: step(window, 10)),
        ("PgDown", "ten slices back", lambda: step(window, -10)),
        (".", "next time frame or gate", lambda: step_frame(document, 1)),
        (",", "previous time frame or gate", lambda: step_frame(document, -1)),
        ("B", "more PET", lambda: blend(window, 0.08)),
        ("Shift+B", "less PET", lambda: blend(window, -0.08)),
        ("W", "next CT window preset", lambda: preset(window)),
        ("I", "inverse grey PET, and back", lambda: invert(window)),
        ("H", "volume above the threshold on, off", window.rail.overlay.toggle),
        ("L", "windows, opacity, colour map", window.popovers.show_look),
        ("0", "fit", lambda: window.page.fit()),
        ("F2", "facts: enter, correct, take back", window.popovers.show_facts),
        ("F3", "choices that change a number", window.popovers.show_protocol),
        ("F4", "what the case holds: another PET, CT or MR", window.popovers.show_choices),
        ("N", "PET without attenuation correction, and back", window.series.toggle_corrected),
        ("F9", "fold the column", lambda: window.column.setVisible(not window.column.isVisible())),
        ("F10", "report", window.column.report.click),
        (
            "F11",
            "full screen",
            lambda: window.setWindowState(window.windowState() ^ Qt.WindowState.WindowFullScreen),
        ),
        ("F1", "this sheet", lambda: show_sheet(window)),
    ]


def step(window: MainWindow, slices: int) -> None:
    """Slices in the view that has the focus, else in the axial one; a single one moves a CT in the hand."""
    if window.aligning.armed and abs(slices) == 1:
        window.aligning.nudge(0.0, -float(slices))
        return
    focused = next((view for view in window.page.views if view.hasFocus()), window.page.axial)
    focused.step(slices)


def blend(window: MainWindow, by: float) -> None:
    """More or less PET over the CT."""
    viewing = window.document.viewing
    window.document.look(replace(viewing, blend=min(1.0, max(0.0, round(viewing.blend + by, 3)))))


def preset(window: MainWindow) -> None:
    """Soft tissue, lung, bone in turn."""
    viewing = window.document.viewing
    windows = list(CT_WINDOWS.values())
    at = windows.index(viewing.ct_window) if viewing.ct_window in windows else -1
    window.document.look(replace(viewing, ct_window=windows[(at + 1) % len(windows)]))


def invert(window: MainWindow) -> None:
    """The inverted grey readers expect, and back to inferno."""
    viewing = window.document.viewing
    grey = viewing.colour_map != "inverse grey"
    window.document.look(replace(viewing, colour_map="inverse grey" if grey else "inferno"))


def threshold(window: MainWindow, by: float) -> None:
    """One undo step of the T/M threshold."""
    document = window.document
    protocol = document.session.protocol
    value = min(HIGHEST, max(LOWEST, round(protocol.tm_threshold + by, 2)))
    if document.study is not None and value != protocol.tm_threshold:
        changed = set_protocol(document.session, replace(protocol, tm_threshold=value))
        document.commit(changed, f"T/M threshold {value:g}")


def grow(window: MainWindow, by_mm: float) -> None:
    """Radius of the selected region."""
    document = window.document
    uid = document.viewing.selected_roi
    roi = next((r for r in document.session.rois if r.uid == uid), None)
    if roi is not None and isinstance(roi.shape, Ellipsoid):
        a, b, c = (max(2.0, radius + by_mm) for radius in roi.shape.radii_mm)
        document.commit(resize_roi(document.session, roi.uid, (a, b, c)), f"Resize {roi.name}")


def delete(window: MainWindow) -> None:
    """The selected region."""
    document = window.document
    uid = document.viewing.selected_roi
    roi = next((r for r in document.session.rois if r.uid == uid), None)
    if roi is not None:
        document.look(replace(document.viewing, selected_roi=None))
        document.commit(remove_roi(document.session, roi.uid), f"Delete {roi.name}")


def copy(window: MainWindow) -> None:
    """The ratios of the shown tumours as text, each with its name and kind."""
    lines = [
        f"{ratio.tumour}: {ratio_name(ratio.reference_role)} {ratio.kind} {ratio.number.value:.3g}"
        for ratio in window.document.here.ratios
        if isinstance(ratio.number, Measurement)
    ]
    QGuiApplication.clipboard().setText("\n".join(lines))


def save_as(window: MainWindow) -> None:
    """A copy of the session elsewhere; the journal itself is always saved."""
    journal = window.document.journal
    if journal is None:
        return
    name, _ = QFileDialog.getSaveFileName(window, "Save a copy of the session", "session.atsm.jsonl")
    if name:
        try:
            journal.save_as(Path(name))
        except ReviewError as error:
            window.tell(error)
        else:
            window.say("ok", f"Session copied to {Path(name).name}.")


def open_report(window: MainWindow) -> None:
    """Preview, remark, save."""
    if window.document.study is not None:
        dialog = ReportDialog(window.document, window)
        dialog.saved.connect(lambda text: window.say("ok", text))
        dialog.trouble.connect(window.tell)
        dialog.open()


def show_sheet(window: MainWindow) -> None:
    """Keys and mouse."""
    sheet = QDialog(window)
    sheet.setWindowTitle("Keys and mouse")
    grid = QGridLayout(sheet)
    grid.setContentsMargins(22, 18, 22, 20)
    grid.setHorizontalSpacing(22)
    lines = [(keys.replace(" · ", "  "), meaning) for keys, meaning, _ in table(window)]
    half = (len(lines) + 1) // 2
    for at, (keys, meaning) in enumerate(lines):
        grid.addWidget(label(keys, "head"), at % half, at // half * 2)
        grid.addWidget(label(meaning), at % half, at // half * 2 + 1)
    for at, (keys, meaning) in enumerate(MOUSE):
        grid.addWidget(label(keys, "head"), half + 1 + at, 0)
        grid.addWidget(label(meaning), half + 1 + at, 1, 1, 3)
    sheet.open()
