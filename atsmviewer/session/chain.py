"""The hash chain: each line is sealed by its own hash and names that of the line before it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from atsmviewer.model.errors import ReviewError
from atsmviewer.model.session import Session, Stamp
from atsmviewer.session import changes, codec, wire
from atsmviewer.session.history import History
from atsmviewer.session.shapes import unreadable

_OPEN, _SHUT = b',"hash":"', b'"}\n'
_SEAL = re.compile(re.escape(_OPEN) + b"([0-9a-f]{64})" + re.escape(_SHUT))
_SEAL_BYTES = len(_OPEN) + 64 + len(_SHUT)


@dataclass(frozen=True)
class Chain:
    """Whole lines that follow from each other, as bytes, and the history they amount to.

    ``stamp`` is None until something changed.
    """

    case_key: str
    lines: tuple[bytes, ...]
    history: History
    stamp: Stamp | None = None

    @property
    def hash(self) -> str:
        """The hash of the last line."""
        return self.lines[-1][len(_OPEN) - _SEAL_BYTES : -len(_SHUT)].decode("ascii")


def begin(session: Session, who: str, when: str) -> Chain:
    """A chain of one line, the header, which holds the state that every change starts from."""
    return start(seal(codec.encode(wire.Header(wire.SCHEMA, when, who, codec.wire_session(session)))))


def start(raw: bytes) -> Chain:
    """The chain of a file's first line; ReviewError("SESSION_UNREADABLE") where it is no header."""
    session = codec.read_session(codec.decode(unseal(raw), wire.Header).start)
    return Chain(session.case_key, (raw,), History.of(session))


def extend(chain: Chain, made: Sequence[wire.Change], label: str, who: str, when: str) -> Chain:
    """The chain with one more line that holds one gesture.

    The line is read back and replayed before it is answered, so that memory holds what a reader of
    the file will get; ReviewError("CHANGE_NOT_KEPT") where that cannot be (a NaN, a text past its cap).
    """
    try:
        history = _next(chain.history, made, label)
        state = codec.state_hash(history.present.session)
        line = wire.Line(len(chain.lines), label, who, when, tuple(made), state, chain.hash)
        return follow(chain, seal(codec.encode(line)))
    except ReviewError as error:
        what = f"This change cannot be kept. {error.what}"
        raise ReviewError("CHANGE_NOT_KEPT", what, "Make the change in another way.") from error


def follow(chain: Chain, raw: bytes) -> Chain:
    """The chain with the next whole line of a file; ReviewError("SESSION_UNREADABLE") where it breaks."""
    line = codec.decode(unseal(raw), wire.Line)
    if line.n != len(chain.lines) or line.prev != chain.hash:
        raise unreadable("a line that does not follow the one before it")
    history = _next(chain.history, line.changes, line.label)
    if codec.state_hash(history.present.session) != line.state:
        raise unreadable("a change that does not give the state it names")
    stamp = Stamp(line.who, line.when, line.state)
    return Chain(chain.case_key, (*chain.lines, raw), history, stamp)


def seal(body: bytes) -> bytes:
    """One whole line: a JSON object with its SHA-256 added as the last key, and the line end."""
    return body[:-1] + _OPEN + hashlib.sha256(body).hexdigest().encode("ascii") + _SHUT


def unseal(raw: bytes) -> bytes:
    """The JSON object that a whole line was made of; ReviewError where a byte of it changed."""
    found = _SEAL.fullmatch(raw[-_SEAL_BYTES:])
    if found is None or len(raw) > wire.LARGEST_LINE_BYTES:
        raise unreadable("a line that is not whole")
    body = raw[:-_SEAL_BYTES] + b"}"
    if hashlib.sha256(body).hexdigest().encode("ascii") != found[1]:
        raise unreadable("a line that changed after it was written")
    return body


def _next(history: History, made: Sequence[wire.Change], label: str) -> History:
    if len(made) == 1 and isinstance(made[0], wire.Undo):
        done = history.undo()
    elif len(made) == 1 and isinstance(made[0], wire.Redo):
        done = history.redo()
    else:
        done = history.commit(changes.apply(history.present.session, made), label)
    if done is history:
        raise unreadable("a step that changes nothing")
    return done
