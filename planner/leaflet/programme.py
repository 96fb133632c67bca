"""What stands on a leaflet: titles, days and hours; no person, no room, no code."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Q

from core.dates.clock import BRUSSELS
from core.words.languages import FALLBACK_ORDER, localized
from prisons.models import Prison, Unit
from sessions.models import Activity, GroupSession


@dataclass(frozen=True)
class LeafletEntry:
    """One session as people read it on the wall."""

    starts: dt.time
    ends: dt.time
    title_nl: str
    title_fr: str
    title_en: str
    domain: str


@dataclass(frozen=True)
class Programme:
    """The leaflet of one living unit."""

    unit: Unit
    first: dt.date
    last: dt.date
    days: tuple[tuple[dt.date, tuple[LeafletEntry, ...]], ...]


def programmes(
    prison: Prison, first: dt.date, last: dt.date, units: list[Unit] | None = None
) -> list[Programme]:
    """One per living unit with something to go to, in order of code; three queries."""
    chosen = units if units is not None else list(Unit.objects.in_prison(prison).filter(is_active=True))
    sessions = [
        (session, {unit.pk for unit in session.series.units.all()})
        for session in _sessions(prison, first, last)
    ]
    found = []
    for unit in sorted(chosen, key=lambda unit: unit.code):
        days: dict[dt.date, list[LeafletEntry]] = defaultdict(list)
        for session, only in sessions:
            if (not only or unit.pk in only) and session.starts_at and session.ends_at:
                day = session.starts_at.astimezone(BRUSSELS).date()
                days[day].append(_entry(session, session.starts_at, session.ends_at))
        found.append(Programme(unit, first, last, tuple((day, tuple(days[day])) for day in sorted(days))))
    return [programme for programme in found if programme.days]


def _sessions(prison: Prison, first: dt.date, last: dt.date) -> list[GroupSession]:
    window = (
        dt.datetime.combine(first, dt.time(), BRUSSELS),
        dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), BRUSSELS),
    )
    rows = GroupSession.objects.in_prison(prison).published()
    rows = rows.filter(starts_at__gte=window[0], starts_at__lt=window[1]).select_related("series__activity")
    return list(rows.prefetch_related("series__units").order_by("starts_at", "pk"))


def _entry(session: GroupSession, starts_at: dt.datetime, ends_at: dt.datetime) -> LeafletEntry:
    activity, label = session.series.activity, session.series.label
    named = {
        language: f"{localized(activity, 'title', language)} {label}".strip() for language in FALLBACK_ORDER
    }
    return LeafletEntry(
        starts=starts_at.astimezone(BRUSSELS).time(),
        ends=ends_at.astimezone(BRUSSELS).time(),
        title_nl=named["nl"],
        title_fr=named["fr"],
        title_en=named["en"],
        domain=activity.domain,
    )


def missing_titles(
    prison: Prison, first: dt.date, last: dt.date, *, with_english: bool = False
) -> list[Activity]:
    """Activities of those days that lack a title which the leaflet needs: to be mended before printing."""
    series = {session.series_id for session in _sessions(prison, first, last)}
    lacking = Q(title_nl="") | Q(title_fr="")
    if with_english:
        lacking |= Q(title_en="")
    return list(Activity.objects.filter(lacking, series__in=series).select_related("organisation").distinct())
