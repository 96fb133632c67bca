"""Something new in a cell of the board: one more date of a series, or a new series, filled in with room and hours."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.views.decorators.http import require_GET

from core.dates.clock import today
from core.dates.weeks import Week
from core.web import address
from core.web.htmx import render_part
from core.words.folding import as_filed
from planner.board.answers import board_url
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison
from rooms.domain.facts import SlotFacts, rules_of
from sessions.models import Series

SHOWN_AT_ONCE = 6


@require_GET
@prison_view(Right.PLACE)
def board_new(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """The own series that still run, those of this room first, and the way to a new one."""
    rules, day = rules_of(prison), address.day(request.GET.get("day"))
    number, room_id = (address.number(request.GET.get(name)) for name in ("slot", "room"))
    slot = next((one for one in rules.slots_on(day) if one.slot_id == number), None) if day else None
    if day is None or slot is None:
        raise Http404
    room = rules.rooms.get(room_id or 0)
    place = {"room": room.room_id} if room else {}
    hours = {"start_time": _clock(slot.start), "end_time": _clock(slot.end)}
    rows = [_row(prison.slug, series, day, slot, place) for series in _own_series(request, prison, room_id)]
    context = {
        "room": room,
        "when": f"{date_format(day, 'D j N')} {hours['start_time']}–{hours['end_time']}",
        "is_over": day < today(),
        "first": rows[:SHOWN_AT_ONCE],
        "more": rows[SHOWN_AT_ONCE:],
        "new_url": _address("series_add", [prison.slug], {"on": day.isoformat(), **hours, **place}),
        "back": board_url(prison, Week.from_date(day), request),
    }
    return render_part(request, "planner/board/new.html", "planner/board/_new.html", context)


def _own_series(request: PrisonRequest, prison: Prison, room_id: int | None) -> list[Series]:
    rows = (
        Series.objects.in_prison(prison)
        .filter(ended_on__isnull=True)
        .select_related("activity__organisation")
    )
    recent = rows.filter(group_sessions__week_on__gte=today() - dt.timedelta(weeks=8)).distinct()
    own = [one for one in recent if request.access.may_change(one.activity.organisation)]
    return sorted(own, key=lambda one: (one.default_room_id != room_id, as_filed(str(one))))


def _row(
    slug: str, series: Series, day: dt.date, slot: SlotFacts, place: dict[str, Any]
) -> tuple[Series, str]:
    """Its usual hour where that lies in the slot, else the start of the slot."""
    usual = series.start_time.hour * 60 + series.start_time.minute
    start = usual if slot.start <= usual and usual + series.duration_minutes <= slot.end else slot.start
    wished = {"on": day.isoformat(), "starts": _clock(start), **place}
    return series, _address("series_date_add", [slug, series.pk], wished)


def _address(name: str, args: list[Any], query: dict[str, Any]) -> str:
    return f"{reverse(f'planner:{name}', args=args)}?{urlencode(query)}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"
