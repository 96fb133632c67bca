"""Fairness: how long people wait for a place, by living unit and by language; each number is a list.

From dated facts: the day on the note, the step that gave the place, the living unit of that day. Wishes for
what does not exist yet are no waiting.
"""

from __future__ import annotations

import datetime as dt
import statistics
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Min
from django.utils.translation import gettext as _

from core.dates.clock import BRUSSELS, today
from core.words.languages import language_names
from core.words.text import as_counted
from enrollment.domain.participants.visibility import own_requests
from enrollment.models import Enrollment, EnrollmentStep, Request, Stay
from enrollment.models.requests import RequestQuerySet
from prisons.access import Access, Right

FEW = 5
"""Below this a number could point at a person: others see only that there are few."""
ASKED, PLACED, WAITING, NO_PLACE = "asked", "placed", "waiting", "no_place"
WHAT = (ASKED, PLACED, WAITING, NO_PLACE)
UNIT, LANGUAGE = "unit", "language"
_E = Enrollment.State


@dataclass(frozen=True)
class Asked:
    """One request and what became of it; `days` until the place, or so far."""

    request_id: int
    what: str
    days: int
    unit: str
    language: str


@dataclass(frozen=True)
class FairnessLine:
    """One living unit or language. What a reader may not know is None with `is_few`."""

    key: str
    label: str
    asked: int
    placed: int
    waiting: int
    no_place: int
    days_to_place: float | None
    days_waiting: float | None

    def may_show(self, number: int) -> bool:
        return number == 0 or number >= FEW


def may_see_lists(access: Access) -> bool:
    """The own services' numbers with the people behind them; everybody else sees the whole prison, masked."""
    return access.has(Right.ENTER_REQUESTS)


class _Row(NamedTuple):
    """What is read of one request: no more, for a year of them is read at once."""

    pk: int
    participant_id: int
    received_on: dt.date
    state: str
    enrollment: str | None
    language: str
    third_language: str


def asked_between(
    access: Access, first: dt.date, last: dt.date, *, now: dt.datetime | None = None
) -> list[Asked]:
    """Every request of those days that asks for a group. Three queries."""
    found = (
        _requests(access)
        .filter(received_on__gte=first, received_on__lte=last, wish_title="")
        .exclude(state=Request.State.UNREADABLE)
        .order_by("received_on", "pk")
    )
    told = ("pk", "participant_id", "received_on", "state", "enrollment__state")
    of_person = ("participant__language", "participant__third_language")
    rows = [_Row(*values) for values in found.values_list(*told, *of_person)]
    units = _units(access, found)
    placed_at = _placed_at(found)
    day = today(now)
    return [
        Asked(
            row.pk,
            what := _what(row, placed_at),
            (_until(row, what, placed_at, day) - row.received_on).days,
            _unit_on(units.get(row.participant_id, []), row.received_on),
            row.third_language or row.language,
        )
        for row in rows
    ]


def _requests(access: Access) -> RequestQuerySet:
    return own_requests(access) if may_see_lists(access) else Request.objects.in_prison(access.prison)


def _placed_at(found: RequestQuerySet) -> dict[int, dt.date]:
    """Request -> the day on which a place was first given."""
    asked = found.order_by().values("pk")
    steps = EnrollmentStep.objects.filter(enrollment__request__in=asked, state=_E.PLACED)
    first = steps.order_by().values_list("enrollment__request").annotate(first=Min("at"))
    return {pk: at.astimezone(BRUSSELS).date() for pk, at in first}


def _what(row: _Row, placed_at: dict[int, dt.date]) -> str:
    if row.pk in placed_at:
        return PLACED
    if row.enrollment in (_E.REQUESTED, _E.AWAITING, _E.WAITING) or row.state == Request.State.OPEN:
        return WAITING
    return NO_PLACE


def _until(row: _Row, what: str, placed_at: dict[int, dt.date], day: dt.date) -> dt.date:
    if what == PLACED:
        return max(placed_at[row.pk], row.received_on)
    return day


def _units(access: Access, asked: RequestQuerySet) -> dict[int, list[tuple[dt.date, dt.date | None, str]]]:
    found: dict[int, list[tuple[dt.date, dt.date | None, str]]] = defaultdict(list)
    stays = Stay.objects.in_prison(access.prison).order_by("starts_on", "pk")
    stays = stays.filter(participant__in=asked.order_by().values("participant"))
    for person, starts, ends, code in stays.values_list("participant", "starts_on", "ends_on", "unit__code"):
        found[person].append((starts, ends, code or ""))
    return found


def _unit_on(stays: list[tuple[dt.date, dt.date | None, str]], day: dt.date) -> str:
    """Where the person lived on the day of the note; a note from before the first stay belongs to that one."""
    for starts, ends, code in reversed(stays):
        if starts <= day and (ends is None or day <= ends):
            return code
    return stays[0][2] if stays else ""


def lines(rows: Iterable[Asked], by: str) -> list[FairnessLine]:
    """A line per living unit or language, in the order in which people count."""
    groups: dict[str, list[Asked]] = defaultdict(list)
    for row in rows:
        groups[getattr(row, by)].append(row)
    made = [_line(key, _label(key, by), group) for key, group in groups.items()]
    return sorted(made, key=lambda line: (not line.key, as_counted(line.label)))


def _label(key: str, by: str) -> str:
    if by == LANGUAGE:
        return language_names([key])
    return key or _("no unit known")


def _line(key: str, label: str, group: list[Asked]) -> FairnessLine:
    days: dict[str, list[int]] = defaultdict(list)
    for row in group:
        days[row.what].append(row.days)
    return FairnessLine(
        key,
        label,
        len(group),
        len(days[PLACED]),
        len(days[WAITING]),
        len(days[NO_PLACE]),
        statistics.median(days[PLACED]) if days[PLACED] else None,
        statistics.median(days[WAITING]) if days[WAITING] else None,
    )


def behind(rows: Iterable[Asked], by: str, key: str, what: str) -> list[Asked]:
    """The list behind one number: its length is the number."""
    return [row for row in rows if getattr(row, by) == key and what in (ASKED, row.what)]
