"""The hours of a day as a line that is drawn: what lies between the slots is squeezed, a slot never is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

STEP = 5
"""Minutes: what a drag or an arrow key moves, and what a place on the line is rounded to."""
SQUEEZED = 30
"""How long a stretch looks in which nobody can be brought and nothing stands."""


@dataclass(frozen=True)
class Piece:
    """Minutes from `first` to `last` lie from `begin` to `end` on the line."""

    first: int
    last: int
    begin: int
    end: int


@dataclass(frozen=True)
class Axis:
    pieces: tuple[Piece, ...]

    @property
    def end(self) -> int:
        return self.pieces[-1].end

    def at(self, minute: int) -> int:
        """Where a minute lies; one outside of the line at its nearer end."""
        for piece in self.pieces:
            if minute <= piece.last:
                share = (max(minute, piece.first) - piece.first) / (piece.last - piece.first)
                return round((piece.begin + share * (piece.end - piece.begin)) / STEP) * STEP
        return self.end

    @property
    def told(self) -> str:
        """For static/js/day.js, which turns a pointer into a minute."""
        return ";".join(f"{one.first},{one.last},{one.begin},{one.end}" for one in self.pieces)

    def is_squeezed(self, minute: int) -> bool:
        return any(
            one.first < minute < one.last and one.end - one.begin < one.last - one.first
            for one in self.pieces
        )


def axis(first: int, last: int, used: Iterable[tuple[int, int]]) -> Axis:
    """From `first` to `last`, both full hours; `used` are the spans of slots and sessions. Ends at a full hour too."""
    edges = _edges(first, last, used)
    lengths = [end - begin if is_used else min(end - begin, SQUEEZED) for begin, end, is_used in edges]
    gaps = [number for number, (_begin, _end, is_used) in enumerate(edges) if not is_used]
    if gaps:
        lengths[gaps[-1]] += -(first + sum(lengths)) % 60
    pieces, at = [], first
    for (begin, end, _is_used), length in zip(edges, lengths, strict=True):
        pieces.append(Piece(begin, end, at, at + length))
        at += length
    return Axis(tuple(pieces))


def _edges(first: int, last: int, used: Iterable[tuple[int, int]]) -> Sequence[tuple[int, int, bool]]:
    """The day cut where use begins and ends; what is used begins and ends at a step."""
    found: list[tuple[int, int, bool]] = []
    at = first
    for start, end in sorted(used):
        begin, until = max(start // STEP * STEP, at), min(-(-end // STEP) * STEP, last)
        if until <= begin:
            continue
        if begin > at:
            found.append((at, begin, False))
        found.append((begin, until, True))
        at = until
    return [*found, (at, last, False)] if at < last else found
