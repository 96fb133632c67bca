"""Sessions for programs: `GET /api/v1/{prison}/sessions?week=2026-W48`."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router, Schema

from core import clock
from core.clock import BRUSSELS
from core.errors import PlannerError
from core.weeks import Week
from prisons.access import Access, Right
from prisons.api import Refusal, require
from sessions.models import GroupSession

router = Router(tags=["sessions"])


class SessionOut(Schema):
    id: int
    series_id: int
    title: str
    """In the language of `Accept-Language`; the neutral name for whoever may not learn more."""
    organisation: str
    state: str
    """draft (holds its room), published or cancelled."""
    week: str
    starts_at: dt.datetime | None
    """On the wall clock of Brussels, with its offset. Null while nobody has given it a time."""
    ends_at: dt.datetime | None
    room_id: int | None
    room: str | None
    places: int
    version: int
    """Rises with every change."""


@router.get(
    "/{prison}/sessions",
    response={200: list[SessionOut], 401: Refusal, 403: Refusal, 404: Refusal, 422: Refusal},
)
def list_sessions(
    request: HttpRequest,
    prison: str,
    week: str = Query("", description="ISO week, such as 2026-W48; this week when left out"),
) -> list[SessionOut]:
    """The sessions of one calendar week in order of time; last those without a time."""
    access = require(request, prison, Right.SEE_BOARD)
    rows = GroupSession.objects.in_prison(access.prison).in_week(_week(week))
    if access.uses_neutral_names:
        published = Q(state=GroupSession.State.PUBLISHED)
        rows = rows.filter(published | Q(state=GroupSession.State.CANCELLED, published_at__isnull=False))
    rows = rows.select_related("series__activity__organisation", "room")
    ordered = sorted(rows, key=lambda row: (row.starts_at is None, row.starts_at or clock.now(), row.pk))
    return [_session(row, access) for row in ordered]


def _week(text: str) -> Week:
    try:
        return Week.parse(text) if text else Week.from_date(clock.today())
    except ValueError as error:
        message = _("A week is written like 2026-W48.")
        raise PlannerError("not_a_week", message, 422) from error


def _session(row: GroupSession, access: Access) -> SessionOut:
    series = row.series
    return SessionOut(
        id=row.pk,
        series_id=series.pk,
        title=series.neutral_name if access.uses_neutral_names else str(series),
        organisation=series.activity.organisation.short_name,
        state=row.state,
        week=str(Week.from_date(row.week_on)),
        starts_at=row.starts_at.astimezone(BRUSSELS) if row.starts_at else None,
        ends_at=row.ends_at.astimezone(BRUSSELS) if row.ends_at else None,
        room_id=row.room_id,
        room=row.room.name if row.room else None,
        places=series.places,
        version=row.version,
    )
