"""Undo and redo: whole Sessions before, now and after, one step per gesture; no command classes."""

from __future__ import annotations

from dataclasses import dataclass

from atsmviewer.model.session import Session


@dataclass(frozen=True)
class Step:
    """A Session and what was done to reach it ("Move Tumour 1"); empty for the first one."""

    session: Session
    label: str = ""


@dataclass(frozen=True)
class History:
    """Every step: ``past`` oldest first, ``future`` nearest first. Steps share their unchanged parts."""

    past: tuple[Step, ...]
    present: Step
    future: tuple[Step, ...] = ()

    @classmethod
    def of(cls, session: Session) -> History:
        """The history in which nothing was done yet."""
        return cls((), Step(session))

    def commit(self, session: Session, label: str) -> History:
        """One step on, and what was undone is let go; the same History where nothing changed."""
        if session == self.present.session:
            return self
        return History((*self.past, self.present), Step(session, label))

    def undo(self) -> History:
        """One step back; the same History at the first step."""
        if not self.past:
            return self
        return History(self.past[:-1], self.past[-1], (self.present, *self.future))

    def redo(self) -> History:
        """One step on again; the same History where nothing was undone."""
        if not self.future:
            return self
        return History((*self.past, self.present), self.future[0], self.future[1:])

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self.past)

    @property
    def can_redo(self) -> bool:
        """Whether a step was taken back."""
        return bool(self.future)

    @property
    def undo_label(self) -> str | None:
        """What undo takes back, or None."""
        return self.present.label if self.past else None

    @property
    def redo_label(self) -> str | None:
        """What redo does again, or None."""
        return self.future[0].label if self.future else None
