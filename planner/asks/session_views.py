"""Asking the owner of one session: to move it here, to swap it with an own one, to let it not take place."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core.dates.clock import now, today
from core.dates.weeks import Week
from core.errors import PlannerError
from core.web.htmx import render_part
from planner.asks.forms import AskToCancelForm, AskToSwapForm
from planner.board import moves
from planner.board.answers import board_url, done, refused
from planner.board.forms import DropForm, MoveForm
from planner.models import Ask
from planner.scheduling.asks import ask_acts
from planner.scheduling.placement.session_changes import Change
from planner.scheduling.rules.sentences import when
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison
from sessions.models import GroupSession

MOST_OWN = 60


def session_of(prison: Prison, pk: int) -> GroupSession:
    sessions = GroupSession.objects.in_prison(prison).select_related(
        "prison", "series__activity__organisation", "room", "changed_by", "cancellation"
    )
    return get_object_or_404(sessions, pk=pk)


def week_of(session: GroupSession) -> Week:
    return Week.from_date(today(session.starts_at) if session.starts_at else session.week_on)


@require_GET
@prison_view(Right.PLACE)
def session_ask(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """What can be asked of the owner of this session."""
    session = session_of(prison, pk)
    own = _own_in_week(request, session)
    context = {
        "session": session,
        "owner": session.series.activity.organisation,
        "when": when(session.starts_at, session.ends_at),
        "week": week_of(session),
        "swap": AskToSwapForm(own=own, prison=prison) if own and session.room_id else None,
        "cancel": AskToCancelForm(),
        "is_mine": request.access.may_change(session.series.activity.organisation),
    }
    return render_part(request, "planner/asks/session_ask.html", "planner/asks/_session_ask.html", context)


def _own_in_week(request: PrisonRequest, session: GroupSession) -> list[tuple[int, str]]:
    """Own sessions of that week with a room, ahead of us, as choices; those of the same day first."""
    access, day = request.access, today(session.starts_at) if session.starts_at else None
    rows = (
        GroupSession.objects.in_prison(session.prison_id)
        .live()
        .in_week(week_of(session))
        .filter(room__isnull=False, starts_at__gte=now())
        .select_related("series__activity__organisation", "room")
        .order_by("starts_at", "pk")
    )
    own = [row for row in rows if access.may_change(row.series.activity.organisation)]
    own.sort(key=lambda row: today(row.starts_at) != day)
    return [
        (row.pk, f"{row.series} · {row.room} · {when(row.starts_at, row.ends_at)}") for row in own[:MOST_OWN]
    ]


@require_POST
@prison_view(Right.PLACE)
def session_ask_move(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """To the cell where it was dropped, or to the room and time of the form."""
    session = session_of(prison, pk)
    return _asked(request, prison, session, lambda: _move(request, prison, session))


def _move(request: PrisonRequest, prison: Prison, session: GroupSession) -> Ask:
    change = _wanted(request, prison, session)
    return ask_acts.ask_to_move(session, change, by=request.user, access=request.access)


def _wanted(request: PrisonRequest, prison: Prison, session: GroupSession) -> Change:
    """Raises PlannerError `unusable` (422) when the place cannot be read."""
    if "start" in request.POST:
        form = MoveForm(request.POST, prison=prison)
        if form.is_valid():
            data = form.cleaned_data
            room = data["room"] and data["room"].pk
            return moves.at_time(session, room, data["day"], data["start"], data["minutes"])
    else:
        drop = DropForm(request.POST)
        if drop.is_valid():
            data = drop.cleaned_data
            if data["room"]:
                return moves.into_cell(session, data["room"], data["day"], data["slot"])
            return moves.into_tray(session)
    raise PlannerError("unusable", _("Choose a room, a day and a time slot."), status=422)


@require_POST
@prison_view(Right.PLACE)
def session_ask_swap(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """With the own session that the form names."""
    session = session_of(prison, pk)

    def swap() -> Ask:
        form = AskToSwapForm(request.POST, own=[], prison=prison)
        if not form.is_valid():
            raise PlannerError("unusable", _("Choose one of your sessions."), status=422)
        own = form.cleaned_data["own"]
        return ask_acts.ask_to_swap(session, own, by=request.user, access=request.access)

    return _asked(request, prison, session, swap)


@require_POST
@prison_view(Right.PLACE)
def session_ask_cancel(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """With a reason from the list."""
    session = session_of(prison, pk)
    reason = request.POST.get("reason", "")

    def cancel() -> Ask:
        return ask_acts.ask_to_cancel(session, reason, by=request.user, access=request.access)

    return _asked(request, prison, session, cancel)


def _asked(request: PrisonRequest, prison: Prison, session: GroupSession, act: Any) -> HttpResponse:
    week = week_of(session)
    form = {"url": request.path, "fields": [], "back_url": board_url(prison, week, request)}
    try:
        ask: Ask = act()
    except PlannerError as error:
        return refused(request, prison, error, form=form)
    text = _("%(owner)s is asked. Nothing changes until they answer.")
    return done(request, prison, week, text % {"owner": ask.to_organisation.short_name}, None)
