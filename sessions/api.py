"""Sessions and series of a prison, for programs. Never a participant; neutral names where they must be."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Field, Path, Query, Router, Schema

from core.dates.clock import BRUSSELS, today
from core.dates.weeks import YEARS, Week
from core.errors import PlannerError
from core.web import address
from prisons import gate
from prisons.access import Access, Right
from prisons.api import REFUSALS, ApiPage, Numbered, page_of, require
from sessions.models import GroupSession, Series

router = Router(tags=["sessions"])
_LONGEST = dt.timedelta(days=366)


class Titles(Schema):
    nl: str
    fr: str
    en: str


class WorkerName(Schema):
    name: str
    part: str = Field(description="leader, substitute or interpreter")


class NamedOut(Schema):
    title: str = Field(
        description="in the language of Accept-Language; the neutral name where the token may not know"
    )
    list_name: str = Field(description="the neutral name, in Dutch and French")
    titles: Titles | None = Field(description="null where the token may not know")
    organisation: str | None = Field(
        description="the service that owns it; null where the token may not know"
    )
    domain: str | None = Field(description="the life domain; null where the token may not know")
    places: int


class SessionOut(NamedOut):
    id: int
    series_id: int
    room_id: int | None
    room: str | None
    starts_at: dt.datetime | None = Field(description="with the offset of Brussels; null in the tray")
    ends_at: dt.datetime | None
    week: str = Field(description="ISO week, as 2026-W48")
    state: str = Field(description="draft (holds its room), published or cancelled")
    workers: list[WorkerName]
    version: int = Field(description="rises with every change")


class SeriesOut(NamedOut):
    id: int
    list_code: str
    is_drop_in: bool
    starts_on: dt.date = Field(description="date of the first session in the pattern")
    weeks: int
    every_weeks: int


class SpanIn(Numbered):
    """A week, or the days from-to (both included, at most a year). Nothing: this week."""

    week: str | None = Field(None, description="ISO week, as 2026-W48")
    from_: dt.date | None = Field(None, alias="from")
    to: dt.date | None = None


@router.get(
    "/{prison}/sessions",
    response={200: ApiPage[SessionOut], **REFUSALS},
    summary="Sessions of a week, or of days",
)
def list_sessions(request: HttpRequest, prison: Path[str], asked: Query[SpanIn]) -> dict[str, Any]:
    """In order of time, last those without a time. A facilitator's token gives own sessions only."""
    access = require(request, prison, Right.SEE_BOARD, Right.SEE_OWN_SESSIONS)
    rows = _visible(access).filter(_within(asked)).order_by(F("starts_at").asc(nulls_last=True), "pk")
    rows = rows.select_related("series__activity__organisation", "room")
    rows = rows.prefetch_related("session_workers__worker")
    return page_of(rows, asked, lambda row: _session_out(row, access))


@router.get("/{prison}/series", response={200: ApiPage[SeriesOut], **REFUSALS}, summary="Series of a prison")
def list_series(request: HttpRequest, prison: Path[str], asked: Query[Numbered]) -> dict[str, Any]:
    access = require(request, prison, Right.SEE_BOARD)
    rows = (
        gate.series_for(access, Series.objects.in_prison(access.prison))
        .select_related("activity__organisation")
        .order_by("pk")
    )
    return page_of(rows, asked, lambda row: _series_out(row, access))


def _visible(access: Access) -> QuerySet[GroupSession]:
    """Drafts are for those who plan; the prison and facilitators see what is published or was."""
    rows = GroupSession.objects.in_prison(access.prison).filter(gate.sessions_for(access))
    if not access.has(Right.SEE_BOARD):
        rows = rows.filter(session_workers__worker__user=access.user)
    return rows


def _within(asked: SpanIn) -> Q:
    first, last = _days(asked)
    starts_at = dt.datetime.combine(first, dt.time(), BRUSSELS)
    ends_at = dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), BRUSSELS)
    in_tray = Q(starts_at__isnull=True, week_on__gte=Week.from_date(first).monday, week_on__lte=last)
    return Q(starts_at__gte=starts_at, starts_at__lt=ends_at) | in_tray


def _days(asked: SpanIn) -> tuple[dt.date, dt.date]:
    """Raises PlannerError 422 for a week that is none, and for days the wrong way round or too many."""
    if asked.week is not None:
        week = _week(asked.week)
        return week.monday, week.sunday
    given = asked.from_ or asked.to
    if any(day and day.year not in YEARS for day in (asked.from_, asked.to)):
        raise _bad_days()
    week = Week.from_date(given or today())
    first, last = asked.from_ or given or week.monday, asked.to or given or week.sunday
    if not dt.timedelta(0) <= last - first <= _LONGEST:
        raise _bad_days()
    return first, last


def _bad_days() -> PlannerError:
    return PlannerError("bad_days", _("From must not come after to, and a year is the longest."), 422)


def _week(text: str) -> Week:
    if (week := address.week(text)) is None:
        raise PlannerError("not_a_week", _("A week is written like 2026-W48."), 422)
    return week


def _session_out(session: GroupSession, access: Access) -> dict[str, Any]:
    return _names(session.series, access) | {
        "id": session.pk,
        "series_id": session.series_id,
        "room_id": session.room_id,
        "room": str(session.room) if session.room else None,
        "starts_at": session.starts_at.astimezone(BRUSSELS) if session.starts_at else None,
        "ends_at": session.ends_at.astimezone(BRUSSELS) if session.ends_at else None,
        "week": str(Week.from_date(session.week_on)),
        "state": session.state,
        "workers": [{"name": row.worker.name, "part": row.part} for row in session.session_workers.all()],
        "version": session.version,
    }


def _series_out(series: Series, access: Access) -> dict[str, Any]:
    fields = ("id", "list_code", "is_drop_in", "starts_on", "weeks", "every_weeks")
    return _names(series, access) | {field: getattr(series, field) for field in fields}


def _names(series: Series, access: Access) -> dict[str, Any]:
    told: dict[str, Any] = {"list_name": series.neutral_name, "places": series.places}
    if not gate.may_ask(access, gate.Fact.TITLE):
        return told | {"title": series.neutral_name, "titles": None, "organisation": None, "domain": None}
    activity = series.activity
    return told | {
        "title": str(series),
        "titles": {"nl": activity.title_nl, "fr": activity.title_fr, "en": activity.title_en},
        "organisation": activity.organisation.short_name,
        "domain": activity.domain,
    }
