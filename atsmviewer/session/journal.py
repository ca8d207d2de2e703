"""The session on disk: an append-only journal in which every committed change is safe once it returns."""

from __future__ import annotations

import getpass
import hashlib
import os
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from platformdirs import user_data_path

from atsmviewer.model.errors import ReviewError
from atsmviewer.model.session import Session, Stamp
from atsmviewer.session import chain as chained
from atsmviewer.session import changes, disk, wire
from atsmviewer.session.chain import Chain
from atsmviewer.session.history import History
from atsmviewer.session.lock import Lock
from atsmviewer.session.replay import replay
from atsmviewer.session.written import Written

Clock = Callable[[], datetime]
SUFFIX = ".atsm.jsonl"


def now() -> datetime:
    """The local time with its zone."""
    return datetime.now().astimezone()


def reader_name() -> str:
    """The user of this computer, who signs each change; "unknown" where the system has no name for them."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container's uid without a passwd entry
        return "unknown"


def default_path(case_key: str) -> Path:
    """Where a case's journal lives: the user's data folder, or below $ATSMVIEWER_DATA.

    A key that is no plain word (it may hold text of a header) is named by its SHA-256.
    """
    chosen = os.environ.get("ATSMVIEWER_DATA")
    base = Path(chosen) if chosen else user_data_path("atsmviewer", appauthor=False)
    plain = re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}", case_key)
    name = case_key if plain else hashlib.sha256(case_key.encode("utf-8", "surrogatepass")).hexdigest()
    return base / "sessions" / f"{name}{SUFFIX}"


def load(path: Path) -> tuple[History, Stamp | None, str | None]:
    """A session file to look at, never to write: its history, last stamp, and what was lost, if anything.

    The session's ``case_key`` says whose it is. ReviewError("SESSION_UNREADABLE") where there is no
    such file or its first line does not hold, ("SESSION_NEWER") where a later version wrote it.
    """
    data = disk.read(path)
    if data is None:
        raise ReviewError("SESSION_UNREADABLE", f"There is no file {path.name}.", "Choose a session file.")
    read = replay(data)
    if read.newer:
        raise _newer(path)
    if read.chain is None:
        raise _no_session(path)
    return read.chain.history, read.chain.stamp, read.recovery


class Journal:
    """One case's session, its history, and its file.

    ``commit``, ``undo`` and ``redo`` return when the change is on the disk. Where it cannot get there
    they raise a ReviewError and the history keeps the change all the same; the next one writes all
    that is missing. ``read_only`` says why nothing can be written now, ``recovery`` what a damaged
    file lost; both are None where all is well.
    """

    def __init__(self, path: Path, chain: Chain, who: str, clock: Clock) -> None:
        self.path = path
        self.read_only: str | None = None
        self.recovery: str | None = None
        self._chain, self._who, self._clock = chain, who, clock
        self._lock = Lock(path)
        self._file = Written()

    @classmethod
    def open(cls, path: Path, case_key: str, who: str, clock: Clock = now) -> Journal:
        """The journal of a case; a file is made by the first commit, not before.

        ReviewError("SESSION_OTHER_CASE") where the file is of another case, ("SESSION_UNREADABLE")
        where it cannot be read, or is no session and not named like one. ``clock`` gives aware times.
        """
        who = who.encode("utf-8", "replace").decode("utf-8")[:1_000]
        journal = cls(path, chained.begin(Session(case_key), who, _text(clock())), who, clock)
        try:
            journal.read_only = journal._try_lock()
            journal._read(case_key)
        except BaseException:
            journal._lock.release()
            raise
        return journal

    @property
    def history(self) -> History:
        """Every step, in memory; on the disk too unless the last change raised."""
        return self._chain.history

    @property
    def session(self) -> Session:
        """The present state."""
        return self._chain.history.present.session

    @property
    def stamp(self) -> Stamp | None:
        """Who made the last change and when; None before the first."""
        return self._chain.stamp

    @property
    def unwritten(self) -> int:
        """How many changes are in memory only."""
        return len(self._chain.lines) - max(1, self._file.lines)

    def commit(self, session: Session, label: str) -> None:
        """One gesture, one step, one line on the disk; nothing where the session did not change.

        ReviewError("CHANGE_NOT_KEPT") where it can be neither kept nor undone (a NaN): the history
        stays as it was. With ("JOURNAL_NOT_WRITTEN"), ("SESSION_LOCKED"), ("SESSION_CHANGED") and
        ("SESSION_NEWER") the history has the change and the disk has not.
        """
        if session == self.session:
            return
        longer = self._longer(changes.difference(self.session, session), label)
        if longer.history.present.session != session:
            raise RuntimeError("the journal line does not replay to the session it was made of")
        self._keep(longer)

    def undo(self) -> None:
        """One step back, as a line of its own; raises as ``commit`` does."""
        if self.history.can_undo:
            self._keep(self._longer((wire.Undo(),), f"Undo {self.history.undo_label}"))

    def redo(self) -> None:
        """One step on again, as a line of its own; raises as ``commit`` does."""
        if self.history.can_redo:
            self._keep(self._longer((wire.Redo(),), f"Redo {self.history.redo_label}"))

    def save_as(self, path: Path) -> None:
        """A copy of everything, changes in memory included, at another place: whole, or not at all."""
        if path.resolve() == self.path.resolve():
            self._write()
            return
        lock = Lock(path)
        try:
            held_by = lock.take()
            if held_by is not None:
                raise _locked(held_by)
            disk.replace_file(path, b"".join(self._chain.lines))
        except OSError as error:
            raise _not_written(path, error) from error
        finally:
            lock.release()

    def close(self) -> None:
        """Let go of the file, with a last try to write what is in memory only.

        Where that fails too nothing is raised: the change that was not written said so.
        """
        try:
            if self.unwritten:
                with suppress(ReviewError):
                    self._write()
        finally:
            self._lock.release()

    def _try_lock(self) -> str | None:
        if not self.path.parent.is_dir():
            return None  # nobody has a file open there; the first commit makes the folder
        try:
            return self._lock.take()
        except OSError as error:
            why = error.strerror or str(error)
            return f"The session's folder cannot be written: {why}. Changes here stay in memory."

    def _read(self, case_key: str) -> None:
        data = disk.read(self.path)
        if not data:
            return
        read = replay(data)
        if read.newer:
            self.read_only = _newer(self.path).what
            self._file = Written(newer=True)
            return
        if read.chain is None and not self.path.name.endswith(SUFFIX):
            raise _no_session(self.path)
        if read.chain is not None:
            if read.chain.case_key != case_key:
                what = f"{self.path.name} is the session of another case."
                raise ReviewError("SESSION_OTHER_CASE", what, "Choose the session of this case.")
            self._chain = read.chain
        lines = 0 if read.chain is None else len(read.chain.lines)
        self._file = Written(lines, len(data) - len(read.rest), read.rest, read.damaged)
        if read.damaged or self._lock.held:  # else the line is still being written by its owner
            self.recovery = read.recovery

    def _longer(self, made: Sequence[wire.Change], label: str) -> Chain:
        chain, when = self._chain, _text(self._clock())
        if len(chain.lines) == 1 and not self._file.lines:
            chain = chained.begin(self.session, self._who, when)  # created now, not when it was looked at
        return chained.extend(chain, made, label[:1_000], self._who, when)

    def _keep(self, longer: Chain) -> None:
        self._chain = longer
        self._write()

    def _write(self) -> None:
        if self._file.newer:
            raise _newer(self.path)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            held_by = self._lock.take()
            if held_by is not None:
                raise _locked(held_by)
            self._file = self._file.put(self.path, self._chain.lines)
        except OSError as error:
            raise _not_written(self.path, error) from error
        self.read_only = None


def _text(when: datetime) -> str:
    if when.tzinfo is None:
        raise ValueError("a journal's clock gives a time with its zone")
    return when.isoformat(timespec="milliseconds")


def _locked(held_by: str) -> ReviewError:
    return ReviewError("SESSION_LOCKED", held_by, "Save as keeps them in a file of their own.")


def _newer(path: Path) -> ReviewError:
    what = f"{path.name} was written by a newer version of atsmviewer; it is neither shown nor changed here."
    return ReviewError("SESSION_NEWER", what, "Open it with that version; Save as keeps new changes apart.")


def _no_session(path: Path) -> ReviewError:
    what = f"{path.name} is not a session of this program, or its first line is damaged."
    return ReviewError("SESSION_UNREADABLE", what, "Choose a session file.")


def _not_written(path: Path, error: OSError) -> ReviewError:
    return ReviewError(
        "JOURNAL_NOT_WRITTEN",
        f"{path.name} was not written: {error.strerror or error}. Your changes are kept in memory.",
        "Free space or restore the folder: the next change writes all of them. Or save a copy elsewhere.",
    )
