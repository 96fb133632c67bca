"""Half-open spans of time, and how they meet."""

import datetime as dt
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, TypeVar

from django.utils.translation import gettext_lazy as _

from core.errors import PlannerError

Payload = TypeVar("Payload")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From `starts_at` up to, and without, `ends_at`.

    Both must be aware and are kept in UTC: Python compares and subtracts two instants of one zone by their
    wall clocks, which is an hour wrong in the nights in which the clocks change.
    Raises PlannerError `ends_before_start` (422) when nothing lies between them.
    """

    starts_at: dt.datetime
    ends_at: dt.datetime

    def __post_init__(self) -> None:
        for name in ("starts_at", "ends_at"):
            instant: dt.datetime = getattr(self, name)
            if instant.tzinfo is None:
                raise ValueError(f"{name} must be aware: {instant!r}")
            object.__setattr__(self, name, instant.astimezone(dt.UTC))
        if self.ends_at <= self.starts_at:
            raise PlannerError("ends_before_start", _("The end must come after the start."), status=422)

    @property
    def duration(self) -> dt.timedelta:
        """The time that really passes, also in a night in which the clocks change."""
        return self.ends_at - self.starts_at

    def overlaps(self, other: "Span") -> bool:
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

    def touches(self, other: "Span") -> bool:
        """Whether one begins at the very instant the other ends."""
        return self.ends_at == other.starts_at or other.ends_at == self.starts_at

    def contains(self, other: "Span | dt.datetime") -> bool:
        """Whether all of `other` lies within; the instant of the end does not."""
        if isinstance(other, Span):
            return self.starts_at <= other.starts_at and other.ends_at <= self.ends_at
        return self.starts_at <= other < self.ends_at


def sweep_overlaps(items: Iterable[tuple[Hashable, Any, Any, Payload]]) -> list[tuple[Payload, Payload]]:
    """The pairs of payloads whose rows `(key, start, end, payload)` share a key and overlap, earlier first.

    Plain tuples, so that thousands of rows can come straight from `values_list`. Starts and ends are of any
    one ordered kind: instants in UTC (as the database gives them) or numbers. Rows that touch, or that have
    no length, do not overlap. Sorted once, then swept: O(n log n + pairs).
    """
    pairs: list[tuple[Payload, Payload]] = []
    running: dict[Hashable, list[tuple[Any, Payload]]] = {}
    latest_end: dict[Hashable, Any] = {}
    for key, start, end, payload in sorted(items, key=itemgetter(1)):
        if end <= start:
            continue
        latest = latest_end.get(key)
        if latest is None or latest <= start:  # nearly every row of a schedule: nothing of its key is running
            running[key] = [(end, payload)]
            latest_end[key] = end
            continue
        still_running = [row for row in running[key] if row[0] > start]
        pairs.extend((earlier, payload) for _end, earlier in still_running)
        running[key] = [*still_running, (end, payload)]
        latest_end[key] = max(latest, end)
    return pairs
