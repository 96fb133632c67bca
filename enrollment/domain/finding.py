"""What a note asks for, found by part of a title or by its code on lists."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from core.text import one_line
from enrollment.domain.asking import is_over
from enrollment.domain.notes import Ask
from prisons.models import Prison
from sessions.models import Activity, Series


@dataclass(frozen=True)
class Thing:
    """A series, or any group of an activity. `key` is what the form sends back: s12 or a3."""

    key: str
    title: str
    line: str
    series: Series | None = None
    activity: Activity | None = None
    is_over: bool = False

    def as_ask(self) -> Ask:
        return Ask(series=self.series, activity=self.activity)


def find_things(prison: Prison, text: str, *, day: dt.date, most: int = 12) -> list[Thing]:
    """Open series first, then activities without exactly one of them; ended series when nothing else fits.

    Three queries. Every word of the text must occur in a title (in any language), the group or the list code.
    """
    words = one_line(text).split()[:6]
    if not words:
        return []
    rows = Series.objects.in_prison(prison).filter(is_drop_in=False).select_related("activity__organisation")
    found = [series for series in rows.filter(_matches(words, "activity__")) if series]
    over = {series.pk for series in found if is_over(series, day)}
    running = [series for series in found if series.pk not in over]
    activities = list(
        Activity.objects.filter(_titles(words, ""), organisation__prisons=prison, is_active=True)
        .select_related("organisation")
        .distinct()
    )
    exact = [series for series in running if series.list_code.lower() == text.strip().lower()]
    things = [
        *_series_things(exact or running),
        *([] if exact else _activity_things(activities, running)),
    ]
    return (things or [*_series_things((s for s in found if s.pk in over), is_over=True)])[:most]


def _matches(words: list[str], path: str) -> Q:
    condition = Q()
    for word in words:
        condition &= _title(word, path) | Q(label__icontains=word) | Q(list_code__iexact=word)
    return condition


def _titles(words: list[str], path: str) -> Q:
    condition = Q()
    for word in words:
        condition &= _title(word, path)
    return condition


def _title(word: str, path: str) -> Q:
    condition = Q()
    for language in ("nl", "fr", "en"):
        condition |= Q(**{f"{path}title_{language}__icontains": word})
    return condition


def _series_things(rows: Iterable[Series], *, is_over: bool = False) -> list[Thing]:
    return [
        Thing(
            f"s{series.pk}",
            str(series),
            f"{series.activity.organisation} · {series.list_code}",
            series=series,
            is_over=is_over,
        )
        for series in rows
    ]


def _activity_things(activities: Iterable[Activity], running: Iterable[Series]) -> list[Thing]:
    """Any group: only where that says something else than the one open series."""
    groups: dict[int, int] = defaultdict(int)
    for series in running:
        groups[series.activity_id] += 1
    return [
        Thing(
            f"a{activity.pk}", str(activity), f"{activity.organisation} · {_('any group')}", activity=activity
        )
        for activity in activities
        if groups[activity.pk] != 1
    ]


def thing_of(prison: Prison, key: str, *, day: dt.date) -> Thing | None:
    """The series or activity that a form names by its key; None for anything that is not in this prison."""
    kind, number = key[:1], key[1:]
    if not number.isdigit() or len(number) > 12:
        return None
    if kind == "s":
        rows = (
            Series.objects.in_prison(prison).filter(pk=int(number)).select_related("activity__organisation")
        )
        return next(iter(_series_things(rows)), None)
    if kind == "a":
        activities = Activity.objects.filter(pk=int(number), organisation__prisons=prison)
        found = activities.select_related("organisation").first()
        return Thing(f"a{found.pk}", str(found), str(found.organisation), activity=found) if found else None
    return None
