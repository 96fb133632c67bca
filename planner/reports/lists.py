"""The list behind every number of the reports page: the number is its length."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from django.http import Http404

from planner.reports.demand import Offered, offered_of
from planner.reports.figures import taken_places
from planner.reports.scope import ReportScope
from sessions.models import GroupSession, Series

SESSIONS, MARKS, REQUESTS, WAITING = "sessions", "marks", "requests", "waiting"
SEATS, PLACES = "seats", "places"


@dataclass(frozen=True)
class Seat:
    """One place at one session, or one place of one series."""

    of: Any
    number: int
    places: int
    is_taken: bool = False


class SeatCounts(Sequence[Any]):
    """Places one by one without making them all: only those of the page that is shown."""

    def __init__(self, model: Any, related: tuple[str, ...], counts: list[tuple[int, int, int]]) -> None:
        """`counts`: (row, how many of its places are listed, how many of these are taken)."""
        self.model, self.related = model, related
        self.counts = [one for one in counts if one[1]]
        self.ends = list(accumulate(number for _pk, number, _taken in self.counts))

    def __len__(self) -> int:
        return self.ends[-1] if self.ends else 0

    def __getitem__(self, wanted: Any) -> Any:
        places = range(len(self))[wanted]
        if isinstance(places, int):
            return self[places : places + 1][0]
        found = [
            (pk, place - (end - number) + 1, number, taken)
            for (pk, number, taken), end in zip(self.counts, self.ends, strict=True)
            for place in range(max(end - number, places.start), min(end, places.stop))
        ]
        rows = self.model.objects.select_related(*self.related).in_bulk({pk for pk, *_rest in found})
        return [Seat(rows[pk], place, number, place <= taken) for pk, place, number, taken in found]


def rows_of(scope: ReportScope, what: str, code: str) -> tuple[str, Any]:
    """Which kind of rows, and the rows themselves. Raises Http404 for a list that there is not."""
    if what in _SIMPLE:
        kind, rows = _SIMPLE[what]
        return kind, rows(scope)
    if what in _BY_CODE:
        kind, rows_by = _BY_CODE[what]
        return kind, rows_by(scope, code)
    raise Http404


def _seats_taken(scope: ReportScope) -> SeatCounts:
    counts = [(pk, taken, taken) for pk, _places, taken in taken_places(scope)]
    return SeatCounts(GroupSession, ("series__activity__organisation", "room"), counts)


def _seats(scope: ReportScope) -> SeatCounts:
    return SeatCounts(GroupSession, ("series__activity__organisation", "room"), taken_places(scope))


def _places(scope: ReportScope, is_wanted: Callable[[Offered], bool]) -> SeatCounts:
    counts = [(one.pk, one.places, 0) for one in offered_of(scope).values() if is_wanted(one)]
    return SeatCounts(Series, ("activity__organisation",), counts)


def _asked_in_language(scope: ReportScope, code: str) -> Any:
    groups = [one.pk for one in offered_of(scope).values() if code in (one.languages or [""])]
    return scope.readable().filter(series__in=groups)


_SIMPLE: dict[str, tuple[str, Callable[[ReportScope], Any]]] = {
    "planned": (SESSIONS, ReportScope.planned),
    "held": (SESSIONS, ReportScope.held),
    "to-come": (SESSIONS, ReportScope.to_come),
    "without-marks": (SESSIONS, ReportScope.without_marks),
    "drop-ins": (SESSIONS, ReportScope.drop_ins),
    "new-people": (MARKS, ReportScope.first_times),
    "brought": (MARKS, ReportScope.brought),
    "requests": (REQUESTS, ReportScope.requests),
    "unanswered": (REQUESTS, ReportScope.unanswered),
    "undecided": (REQUESTS, ReportScope.undecided),
    "not-handed-out": (REQUESTS, ReportScope.not_handed_out),
    "decided": (REQUESTS, ReportScope.decided),
    "waiting": (WAITING, ReportScope.waiting),
    "places-taken": (SEATS, _seats_taken),
    "all-places": (SEATS, _seats),
}
_BY_CODE: dict[str, tuple[str, Callable[[ReportScope, str], Any]]] = {
    "cancelled": (SESSIONS, ReportScope.cancelled),
    "marks": (MARKS, ReportScope.marks),
    "ended": (REQUESTS, ReportScope.ended),
    "asked-by-domain": (REQUESTS, ReportScope.asked_of_domain),
    "asked-by-language": (REQUESTS, _asked_in_language),
    "asked-by-unit": (REQUESTS, ReportScope.asked_by_unit),
    "places-by-domain": (PLACES, lambda scope, code: _places(scope, lambda one: one.domain == code)),
    "places-by-language": (
        PLACES,
        lambda scope, code: _places(scope, lambda one: code in (one.languages or [""])),
    ),
    "places-by-unit": (PLACES, lambda scope, code: _places(scope, lambda one: code in one.units)),
}
LISTS = (*_SIMPLE, *_BY_CODE)
