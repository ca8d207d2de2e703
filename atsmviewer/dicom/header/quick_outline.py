"""Owns the comparison of a header with an outline: the same bytes but for the values of some elements."""

from __future__ import annotations

from dataclasses import dataclass, field
from struct import Struct
from typing import Generic, NamedTuple, TypeVar

from pydicom.dataset import FileDataset

FIRST = 144
"""Where the group length of the file meta information, an UL, ends: what differs lies behind it."""
LAYOUTS = 16
"""How many layouts of one outline are kept."""

T = TypeVar("T")


class Likeness(NamedTuple, Generic[T]):
    """What a like header tells: its outline's ``what``, the values asked for by tag, the header's end."""

    what: T
    values: dict[int, bytes]
    end: int


class Layout(NamedTuple):
    """An outline with the lengths of all that may differ: every byte of a like header has its place.

    ``fixed`` takes out what has to be ``expected``, ``asked`` the values of ``tags``.
    """

    fixed: Struct
    expected: tuple[bytes, ...]
    asked: Struct
    tags: tuple[int, ...]

    def values(self, head: bytes) -> dict[int, bytes] | None:
        """The values asked for, of a header that lies like this."""
        if len(head) < self.fixed.size or self.fixed.unpack_from(head) != self.expected:
            return None
        return dict(zip(self.tags, self.asked.unpack_from(head), strict=True))


@dataclass(eq=False)
class Outline(Generic[T]):
    """A parsed header, cut at the elements that may differ.

    ``parts`` are (bytes before a length, their number, width of the length field, tag where it is asked
    for, else 0) from ``FIRST`` on; ``tail`` are the bytes from the last of them to ``end``. Neighbours
    mostly have values of the same lengths too: the layout seen last is tried before the parts.
    """

    head: bytes
    dataset: FileDataset
    end: int
    what: T
    parts: tuple[tuple[bytes, int, int, int], ...]
    tail: bytes
    limit: int
    layouts: dict[tuple[int, ...], Layout] = field(default_factory=dict)
    last: Layout | None = None

    def like(self, head: bytes) -> Likeness[T] | None:
        """The values in which a header of the same form differs; None where it is another."""
        values = None if self.last is None else self.last.values(head)
        if self.last is None or values is None:
            lengths = self._lengths(head)
            if lengths is None:
                return None
            self.last = self.layouts.get(lengths) or self._laid(lengths)
            values = self.last.values(head) or {}
        return Likeness(self.what, values, self.last.fixed.size)

    def _lengths(self, head: bytes) -> tuple[int, ...] | None:
        """The lengths of all that may differ, in a header of the same form; None where it is another."""
        at, lengths, limit, starts, number = FIRST, [], self.limit, head.startswith, int.from_bytes
        for before, count, width, _ in self.parts:
            if not starts(before, at):
                return None
            lies = at + count
            begins = lies + width
            length = number(head[lies:begins], "little")
            if length > limit:
                return None
            lengths.append(length)
            at = begins + length
        return tuple(lengths) if starts(self.tail, at) else None

    def _laid(self, lengths: tuple[int, ...]) -> Layout:
        if len(self.layouts) == LAYOUTS:
            self.layouts.clear()
        places = list(zip(self.parts, lengths, strict=True))
        fixed = "".join(f"{count + width}s{length}x" for (_, count, width, _), length in places)
        asked = "".join(
            f"{count + width}x{length}{'s' if tag else 'x'}" for (_, count, width, tag), length in places
        )
        self.layouts[lengths] = layout = Layout(
            Struct(f"<{FIRST}x{fixed}{len(self.tail)}s"),
            (
                *(before + length.to_bytes(width, "little") for (before, _, width, _), length in places),
                self.tail,
            ),
            Struct(f"<{FIRST}x{asked}"),
            tuple(tag for _, _, _, tag in self.parts if tag),
        )
        return layout
