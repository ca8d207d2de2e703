"""Owns how caches are keyed: by weak references, which hash big nouns once and keep no scan in memory."""

from __future__ import annotations

from typing import TypeVar
from weakref import ref

T = TypeVar("T")


def alive(reference: ref[T]) -> T:
    """The noun that a key stands for; the caller holds it, so it is there."""
    noun = reference()
    if noun is None:
        raise ReferenceError("a noun was let go of while it was being measured")
    return noun
