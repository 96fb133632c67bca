"""The list of series of a prison: one row each with its coming sessions, by one query."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, F, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, ExtractIsoWeekDay

from core import clock
from core.folding import begins, fold
from core.weeks import Week
from enrollment.models import Enrollment
from prisons.models import Prison
from sessions.models import GroupSession, Series

SORTS: dict[str, tuple[str, ...]] = {
    "title": ("activity__title_nl", "label"),
    "service": ("activity__organisation__short_name", "activity__title_nl", "label"),
    "day": ("weekday", "start_time", "activity__title_nl"),
    "places": ("places", "activity__title_nl"),
    "next": ("next_at", "activity__title_nl"),
    "tray": ("tray_count", "activity__title_nl"),
}
NEUTRAL_SORTS = {**SORTS, "title": ("list_code",)}
RUNNING, OVER, ALL = "running", "over", "all"


def series_rows(prison: Prison, *, now: dt.datetime | None = None) -> QuerySet[Series]:
    """Every series with what is coming: `next_at`, `coming_count`, `tray_count`, `draft_count`, `held`."""
    now = now or clock.now()
    monday = Week.from_instant(now).monday
    live = ~Q(group_sessions__state=GroupSession.State.CANCELLED)
    coming = live & Q(group_sessions__starts_at__gte=now)
    tray = live & Q(group_sessions__room__isnull=True, group_sessions__week_on__gte=monday)
    return (
        Series.objects.in_prison(prison)
        .select_related("activity__organisation", "term", "default_room")
        .annotate(
            weekday=ExtractIsoWeekDay("starts_on"),
            next_at=Min("group_sessions__starts_at", filter=coming),
            last_week_on=Max("group_sessions__week_on", filter=live),
            coming_count=Count("group_sessions", filter=coming, distinct=True),
            tray_count=Count("group_sessions", filter=tray, distinct=True),
            draft_count=Count(
                "group_sessions",
                filter=coming & Q(group_sessions__state=GroupSession.State.DRAFT),
                distinct=True,
            ),
            held=Coalesce(Subquery(_held()), 0),
        )
    )


def _held() -> QuerySet[Any]:
    """How many places of a series are taken: given, or kept while the prison decides."""
    holding = Enrollment.objects.filter(
        series=OuterRef("pk"), state__in=(Enrollment.State.PLACED, Enrollment.State.AWAITING)
    )
    return holding.order_by().values("series").annotate(count=Count("pk")).values("count")


def filtered(
    rows: QuerySet[Series], wanted: dict[str, Any], *, now: dt.datetime | None = None
) -> QuerySet[Series]:
    """Keeps what the filters say; `wanted` are cleaned values, empty ones filter nothing."""
    monday = Week.from_instant(now or clock.now()).monday
    over = Q(last_week_on__lt=monday) | Q(ended_on__lt=clock.today(now))
    when = wanted.get("when") or RUNNING
    if when != ALL:
        rows = rows.filter(over) if when == OVER else rows.exclude(over)
    if words := wanted.get("q"):
        rows = rows.filter(_named(words))
    for name, lookup in (("service", "activity__organisation"), ("term", "term"), ("activity", "activity")):
        if wanted.get(name):
            rows = rows.filter(**{lookup: wanted[name]})
    if wanted.get("domain"):
        rows = rows.filter(activity__domain=wanted["domain"])
    return rows


def _named(words: str) -> Q:
    found = Q()
    for word in fold(words).split()[:6]:
        either = Q(list_code__istartswith=word) | Q(list_code__iendswith=f"-{word}")
        for name in ("activity__title_words", "label_words", "list_name_words"):
            either |= Q(**{f"{name}__contains": begins(word)})
        found &= either
    return found


def in_order(rows: QuerySet[Series], sort: str, *, neutral: bool = False) -> QuerySet[Series]:
    """By a name of SORTS, with a minus the other way round; unknown names sort by title."""
    sorts = NEUTRAL_SORTS if neutral else SORTS
    fields = sorts.get(sort.removeprefix("-"), sorts["title"])
    if sort.startswith("-"):
        return rows.order_by(F(fields[0]).desc(nulls_last=True), *fields[1:], "pk")
    return rows.order_by(F(fields[0]).asc(nulls_last=True), *fields[1:], "pk")
