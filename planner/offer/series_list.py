"""The list of series of a prison: one row each with its coming sessions, by one query."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Case, Count, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from core.dates import clock
from core.dates.weeks import Week
from core.words.folding import fold, in_reading_order
from enrollment.models import Enrollment
from prisons import gate
from prisons.access import Access
from sessions.domain.running import over_for, runs_for
from sessions.models import Activity, GroupSession, Series

SORTS: dict[str, tuple[str, ...]] = {
    "title": ("title", "label"),
    "service": ("activity__organisation__short_name", "title", "label"),
    "day": ("weekday", "start_time", "title"),
    "places": ("places", "title"),
    "next": ("next_at", "title"),
    "tray": ("tray_count", "title"),
}
NEUTRAL_SORTS = {name: (fields[0], "list_code") for name, fields in SORTS.items()} | {"title": ("list_code",)}
del NEUTRAL_SORTS["service"]
"""Without title or service, not even where two rows are otherwise equal."""
RUNNING, OVER, ALL = "running", "over", "all"


def series_rows(access: Access, *, now: dt.datetime | None = None) -> QuerySet[Series]:
    """Every series that the reader may know of, with what is coming:

    `next_at`, `coming_count`, `tray_count`, `draft_count`, `held`.
    """
    now = now or clock.now()
    live = GroupSession.objects.in_prison(access.prison).live().filter(gate.sessions_for(access))
    live = live.filter(series=OuterRef("pk")).order_by()
    coming = live.filter(starts_at__gte=now)
    tray = live.filter(room__isnull=True, week_on__gte=Week.from_instant(now).monday)
    return (
        gate.series_for(access, Series.objects.in_prison(access.prison))
        .select_related("activity__organisation", "term", "default_room")
        .annotate(
            next_at=Subquery(coming.order_by("starts_at").values("starts_at")[:1]),
            coming_count=_number_of(coming),
            tray_count=_number_of(tray),
            draft_count=_number_of(coming.filter(state=GroupSession.State.DRAFT)),
            held=_number_of(Enrollment.objects.holding_a_place().filter(series=OuterRef("pk")).order_by()),
        )
    )


def _number_of(rows: QuerySet[Any]) -> Coalesce:
    """Of each series on its own: joined and counted at once, they would be counted over all the years."""
    return Coalesce(Subquery(rows.values("series").annotate(count=Count("pk")).values("count")), 0)


def filtered(
    rows: QuerySet[Series], wanted: dict[str, Any], access: Access, *, now: dt.datetime | None = None
) -> QuerySet[Series]:
    """Keeps what the filters say; `wanted` are cleaned values, empty ones filter nothing."""
    wanted = gate.answered(access, wanted)
    day, when = clock.today(now), wanted.get("when") or RUNNING
    if when != ALL:
        rows = rows.filter((over_for if when == OVER else runs_for)(access, day))
    if words := wanted.get("q"):
        for word in fold(words).split()[:6]:
            rows = rows.filter(gate.named(access, word))
    for name, lookup in (("service", "activity__organisation"), ("term", "term"), ("activity", "activity")):
        if wanted.get(name):
            rows = rows.filter(**{lookup: wanted[name]})
    if wanted.get("domain"):
        rows = rows.filter(activity__domain=wanted["domain"])
    return rows


def in_order(rows: QuerySet[Series], sort: str, access: Access) -> QuerySet[Series]:
    """By a name of SORTS, with a minus the other way round; unknown names sort by title."""
    sorts = SORTS if gate.may_ask(access, gate.Fact.TITLE) else NEUTRAL_SORTS
    fields = sorts.get(sort.removeprefix("-"), sorts["title"])
    if sorts is SORTS:
        rows = rows.annotate(title=_place_of_title(rows))
    if sort.startswith("-"):
        return rows.order_by(F(fields[0]).desc(nulls_last=True), *fields[1:], "pk")
    return rows.order_by(F(fields[0]).asc(nulls_last=True), *fields[1:], "pk")


def _place_of_title(rows: QuerySet[Series]) -> Case:
    """No two databases agree on accents, so the places are told to them."""
    offered = in_reading_order(Activity.objects.filter(pk__in=rows.order_by().values("activity")))
    places = (When(activity=one.pk, then=Value(place)) for place, one in enumerate(offered, start=1))
    return Case(*places, default=Value(0))
