"""Where all trouble ends in the window: a refusal becomes a sentence, a bug a log file; nothing is lost."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from platformdirs import user_log_path
from PySide6.QtCore import QtMsgType, qInstallMessageHandler

from atsmviewer.model.errors import ReviewError

Say = Callable[[str, str], None]
log = logging.getLogger("atsmviewer")


def log_path() -> Path:
    """The file bugs are written to; no patient data goes there."""
    return Path(user_log_path("atsmviewer", appauthor=False)) / "atsmviewer.log"


def tell(error: object, say: Say) -> None:
    """Say an error to the reader; ``say(light, text)``."""
    if isinstance(error, ReviewError):
        say("warn", f"{error.what} {error.remedy}".strip())
        return
    if isinstance(error, BaseException):
        _write(error)
    say("bad", f"Something broke. Your regions are safe. The report is in {log_path()}.")


def watch(say: Say) -> None:
    """Lead every unhandled exception, of any thread, and Qt's own warnings here."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        tell(error, say)

    def thread_hook(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            _write(args.exc_value)

    def qt(kind: QtMsgType, _context: object, text: str | None) -> None:
        if kind in (QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg, QtMsgType.QtWarningMsg):
            log.warning("Qt: %s", text)

    sys.excepthook = hook
    threading.excepthook = thread_hook
    qInstallMessageHandler(qt)


def _write(error: BaseException) -> None:
    """Types, files and lines only: messages may carry patient text."""
    path = log_path()
    lines = [f"{type(error).__name__}"]
    for frame in traceback.extract_tb(error.__traceback__):
        lines.append(f"  {Path(frame.filename).name}:{frame.lineno} {frame.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    except OSError:
        log.warning("the log could not be written")
    log.debug("bug", exc_info=error)
