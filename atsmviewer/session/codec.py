"""Nouns to the file's words and back, bit for bit, and the hash that names a state."""

from __future__ import annotations

import hashlib
from dataclasses import fields
from typing import Any, TypeVar

import msgspec
import numpy as np

from atsmviewer.model.roi import Roi, Role
from atsmviewer.model.session import Alignment, Override, Protocol, Session
from atsmviewer.session import wire
from atsmviewer.session.shapes import read_shape, unreadable, wire_shape

Wired = TypeVar("Wired", bound=msgspec.Struct)


def encode(value: msgspec.Struct) -> bytes:
    """One line of JSON, the same bytes for the same value; floats as the shortest text that reads back."""
    try:
        return _ENCODER.encode(value)
    except UnicodeEncodeError as error:
        raise unreadable("a text that is not valid Unicode") from error


def decode(line: bytes, kind: type[Wired]) -> Wired:
    """A typed value; ReviewError("SESSION_UNREADABLE") for unknown keys, wrong types, or past a cap."""
    try:
        return msgspec.json.decode(line, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise unreadable(str(error)) from error


def state_bytes(session: Session) -> bytes:
    """The canonical bytes of a Session: its one JSON form."""
    return encode(wire_session(session))


def state_hash(session: Session) -> str:
    """SHA-256 of the canonical bytes, hex: equal for equal states, in any version of the program."""
    return hashlib.sha256(state_bytes(session)).hexdigest()


def wire_session(session: Session) -> wire.Session:
    """A whole Session in the file's words."""
    return wire.Session(
        case_key=session.case_key,
        protocol=wire_protocol(session.protocol),
        rois=tuple(wire_roi(roi) for roi in session.rois),
        alignments=tuple(wire_alignment(alignment) for alignment in session.alignments),
        overrides=tuple(wire_override(override) for override in session.overrides),
        remarks=session.remarks,
    )


def wire_roi(roi: Roi, with_shape: bool = True) -> wire.Roi:
    """A roi in the file's words, its shape left out where it stays as it was."""
    shape = wire_shape(roi.shape) if with_shape else None
    return wire.Roi(**{**_facts(roi), "role": roi.role.value, "shape": shape})


def wire_protocol(protocol: Protocol) -> wire.Protocol:
    """A protocol in the file's words; a choice that a later version added is left out while neutral."""
    neutral = {f.name: f.default for f in msgspec.structs.fields(wire.Protocol)}
    return wire.Protocol(**{name: v for name, v in _facts(protocol).items() if v != neutral[name]})


def wire_alignment(alignment: Alignment) -> wire.Alignment:
    """An alignment in the file's words."""
    return wire.Alignment(**_facts(alignment))


def wire_override(override: Override) -> wire.Override:
    """An override in the file's words."""
    return wire.Override(**_facts(override))


def read_session(words: wire.Session) -> Session:
    """A Session of the file's words."""
    return Session(
        case_key=words.case_key,
        protocol=read_protocol_words(words.protocol),
        rois=tuple(read_roi(roi) for roi in words.rois),
        alignments=tuple(read_alignment(alignment) for alignment in words.alignments),
        overrides=tuple(read_override(override) for override in words.overrides),
        remarks=words.remarks,
    )


def read_roi(words: wire.Roi, before: Roi | None = None) -> Roi:
    """A roi of the file's words; where they leave the shape out it is that of ``before``."""
    if words.role not in set(Role):
        raise unreadable(f"a region of the unknown role {words.role!r}")
    if words.shape is not None:
        shape = read_shape(words.shape)
    elif before is not None:
        shape = before.shape
    else:
        raise unreadable("a region without a shape")
    return Roi(**{**_fields(words), "role": Role(words.role), "shape": shape})


def read_protocol_words(words: wire.Protocol) -> Protocol:
    """A Protocol of the file's words; its own rules hold."""
    try:
        return Protocol(**_fields(words))
    except ValueError as error:
        raise unreadable(f"a protocol that is not one ({error})") from error


def read_alignment(words: wire.Alignment) -> Alignment:
    """An Alignment of the file's words."""
    return Alignment(**_fields(words))


def read_override(words: wire.Override) -> Override:
    """An Override of the file's words."""
    return Override(**_fields(words))


def _facts(noun: Roi | Protocol | Alignment | Override) -> dict[str, Any]:
    """Every field, so that one the file has no word for is a loud TypeError, not a silent loss."""
    return {field.name: getattr(noun, field.name) for field in fields(noun)}


def _fields(words: msgspec.Struct) -> dict[str, Any]:
    return {name: getattr(words, name) for name in words.__struct_fields__}


def _plain(value: object) -> object:
    """A numpy scalar (np.float64 is a float to the type checker) as the Python number it stands for."""
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} is not a value of a session")


_ENCODER = msgspec.json.Encoder(enc_hook=_plain)
