"""The board: the week as a table, and every act on a session from there."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.dates.clock import BRUSSELS, today
from core.dates.weeks import Week
from core.errors import PlannerError
from core.secrets.digest import FIELD, NotAsShown, digest, require_seen
from core.web import address
from core.web.htmx import is_partial, render_part
from planner.board import moves
from planner.board.answers import board_url, done, refused
from planner.board.drawing.shared import OPENED_SECONDS, table
from planner.board.forms import CancelForm, DropForm, MoveForm
from planner.board.week.board_state import BoardState, board_address, remember, shown_behind, steps
from planner.board.week.choices import filter_choices
from planner.board.week.detail import session_detail as detail_of
from planner.scheduling.asks.offers import allowed
from planner.scheduling.choices.candidates import length_minutes
from planner.scheduling.placement.audience_counts import told_by
from planner.scheduling.placement.session_changes import Change
from planner.scheduling.placement.writer import apply
from planner.scheduling.rules.codes import OF_THE_CHOICE
from planner.scheduling.rules.sentences import when
from prisons import gate
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison
from rooms.domain.facts import rules_of
from sessions.models import GroupSession

TABLE = 'id="board-table"'
"""What the link that skips to the table leads to: a prison without hours has none."""
FIELDS_NOT_SENT_AGAIN = {"csrfmiddlewaretoken", "accept_soft", "allow", "why"}


def _week(text: str) -> Week:
    """The week of the address; this one when there is none or it cannot be read."""
    return address.week(text) or Week.from_date(today())


def _week_of(session: GroupSession) -> Week:
    return Week.from_date(
        session.starts_at.astimezone(BRUSSELS).date() if session.starts_at else session.week_on
    )


def _sessions(request: PrisonRequest, prison: Prison) -> QuerySet[GroupSession]:
    """Sessions that this reader may open: drafts are for the services only."""
    sessions = GroupSession.objects.in_prison(prison).filter(gate.sessions_for(request.access))
    return sessions.select_related(
        "prison", "series__activity__organisation", "room", "changed_by", "cancellation"
    )


def _back(request: PrisonRequest, prison: Prison, session: GroupSession) -> str:
    return board_url(prison, _week_of(session), request)


def _sent(request: PrisonRequest, prison: Prison, url: str, session: GroupSession) -> dict[str, Any]:
    fields = [(k, v) for k, v in request.POST.items() if k not in FIELDS_NOT_SENT_AGAIN]
    back = _back(request, prison, session)
    return {"url": url, "fields": fields, "back_url": back, "session": session}


@require_GET
@prison_view(Right.SEE_BOARD)
def board(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """The week or the day: the whole page, or only its table and switches for HTMX."""
    shown = BoardState.read(request.GET, request.access)
    drawn = table(request.access, shown, OPENED_SECONDS)
    context = {
        "shown": shown,
        "steps": steps(shown, prison),
        "table": drawn,
        "has_table": TABLE in drawn,
        "choices": filter_choices(request.access),
        "may_place": request.access.has(Right.PLACE),
        "opened": address.number(request.GET.get("open")),
    }
    response = render_part(request, "planner/board/board.html", "planner/board/_part.html", context)
    if is_partial(request):
        response["HX-Push-Url"] = board_address(prison) + shown.query
    remember(request, response, prison, shown)
    return response


@require_GET
@prison_view(Right.SEE_BOARD)
def board_live(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """The poll: 204 as long as nothing has changed since the version that the reader has."""
    if request.GET.get("version") == str(prison.plan_version):
        return HttpResponse(status=204)
    return HttpResponse(table(request.access, BoardState.read(request.GET, request.access)))


@require_GET
@prison_view(Right.SEE_BOARD)
def session_detail(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """Everything about one session: a side panel on the board, a page of its own elsewhere."""
    session = get_object_or_404(_sessions(request, prison), pk=pk)
    context = {
        "detail": detail_of(session, request.access),
        "on_duty": gate.on_duty(prison, today()),
        "week": _week_of(session),
        "back": _back(request, prison, session),
    }
    return render_part(request, "planner/board/session.html", "planner/board/_session.html", context)


@require_http_methods(["GET", "POST"])
@prison_view(Right.PLACE)
def session_move(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """The form that works everywhere: room, date, from when until when."""
    session = get_object_or_404(_sessions(request, prison), pk=pk)
    form = MoveForm(request.POST or None, prison=prison, initial=_present_place(session))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            change = moves.at_time(
                session, data["room"] and data["room"].pk, data["day"], data["start"], data["minutes"]
            )
            _require_shown(request, session, data)
            return _move(request, prison, session, change, data)
        except NotAsShown as error:
            form.add_error(None, str(error))
            return _form_to_move(request, prison, session, form, status=error.status)
        except PlannerError as error:
            return refused(request, prison, error, form=_sent(request, prison, request.path, session))
    return _form_to_move(request, prison, session, form)


def _require_shown(request: PrisonRequest, session: GroupSession, data: dict[str, Any]) -> None:
    """The form says whom it tells; a gesture on the board, which says `minutes`, shows no form."""
    if data["until"]:
        told = told_by(session.prison, [Change(session.pk)])
        require_seen(request.POST.get(FIELD, ""), digest("move", session.pk, told))


def _form_to_move(
    request: PrisonRequest, prison: Prison, session: GroupSession, form: MoveForm, status: int = 0
) -> HttpResponse:
    status = status or (422 if request.method == "POST" else 200)
    if status == 422 and request.htmx.target == "board":  # sent by the timeline: nobody saw the form
        error = PlannerError("unusable", _("Choose a room and a time."), status=422)
        return refused(request, prison, error, form=_sent(request, prison, request.path, session))
    context = {
        "form": form,
        "session": session,
        "week": _week_of(session),
        "back": _back(request, prison, session),
    }
    context["told"] = told_by(prison, [Change(session.pk)])
    context["seen"] = digest("move", session.pk, context["told"])
    return render_part(request, "planner/board/move.html", "planner/board/_move.html", context, status=status)


def _present_place(session: GroupSession) -> dict[str, Any]:
    local = session.starts_at.astimezone(BRUSSELS) if session.starts_at else None
    day = local.date() if local else session.series.day_in(session.week_on)
    start = local.time() if local else session.series.start_time
    lasts = dt.timedelta(minutes=length_minutes(session))
    return {
        "room": session.room_id or session.series.default_room_id,
        "day": day,
        "start": start,
        "until": (dt.datetime.combine(day, start) + lasts).time() if start else None,
        "version": session.version,
    }


@require_POST
@prison_view(Right.PLACE)
def session_drop(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """A card dropped in a cell, or back in the tray; also the one-click buttons of "Where can it go?"."""
    session = get_object_or_404(_sessions(request, prison), pk=pk)
    form = DropForm(request.POST)
    sent = _sent(request, prison, request.path, session)
    if not form.is_valid():
        error = PlannerError("unusable", _("Choose a room, a day and a time slot."), status=422)
        return refused(request, prison, error, form=sent)
    data = form.cleaned_data
    try:
        change = (
            moves.into_cell(session, data["room"], data["day"], data["slot"])
            if data["room"]
            else moves.into_tray(session)
        )
        return _move(request, prison, session, change, data)
    except PlannerError as error:
        return refused(request, prison, error, form=sent)


def _move(
    request: PrisonRequest, prison: Prison, session: GroupSession, change: Change, data: dict[str, Any]
) -> HttpResponse:
    change = allowed(request, session, change)
    if _stands_there(session, change, data["version"]):
        return done(request, prison, _week_of(session), _("Nothing changed."), None)
    outcome = apply(
        prison,
        [change],
        by=request.user,
        verb="move",
        seen={session.pk: data["version"]},
        accept_soft=data["accept_soft"] or bool(change.allow) or OF_THE_CHOICE,
        access=request.access,
    )
    (session,) = outcome.sessions
    week = _week(data.get("week") or str(_week_of(session)))
    text = _moved_in_words(session, shown_behind(request, prison, week.monday))
    return done(request, prison, week, text, outcome)


def _stands_there(session: GroupSession, change: Change, version: int) -> bool:
    """A form that nobody touched, a card put down where it lay: no act, and nobody is told."""
    standing = session.room_id, session.starts_at, session.ends_at
    asked = change.room_id, change.starts_at, change.ends_at
    return asked == standing and not change.allow and version == session.version


def _moved_in_words(session: GroupSession, shown: BoardState) -> str:
    """Where it is now; also when, where minutes matter or it is out of sight."""
    if session.room_id is None or session.starts_at is None:
        return _("%(session)s waits in the tray.") % {"session": session.series}
    room = rules_of(session.prison).rooms[session.room_id]
    facts: dict[str, Any] = {"session": session.series, "room": room.name}
    if shown.is_day or not shown.shows(today(session.starts_at)):
        facts["when"] = when(session.starts_at, session.ends_at)
        return _("%(session)s is in %(room)s now, %(when)s.") % facts
    return _("%(session)s is in %(room)s now.") % facts


@require_http_methods(["GET", "POST"])
@prison_view(Right.PLACE)
def session_cancel(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """Cancel one session, with a reason from the list."""
    session = get_object_or_404(_sessions(request, prison), pk=pk)
    form = CancelForm(request.POST or None, initial={"version": session.version})
    if request.method == "POST" and form.is_valid():
        change = Change(session.pk, state=GroupSession.State.CANCELLED, reason=form.cleaned_data["reason"])
        seen = {session.pk: form.cleaned_data["version"]}
        try:
            outcome = apply(
                prison, [change], by=request.user, verb="cancel", seen=seen, access=request.access
            )
        except PlannerError as error:
            return refused(request, prison, error, form=_sent(request, prison, request.path, session))
        text = _("%(session)s is cancelled.") % {"session": session.series}
        return done(request, prison, _week_of(session), text, outcome)
    context = {
        "form": form,
        "session": session,
        "week": _week_of(session),
        "back": _back(request, prison, session),
    }
    context["told"] = told_by(prison, [Change(session.pk)])
    status = 422 if request.method == "POST" else 200
    return render_part(
        request, "planner/board/cancel.html", "planner/board/_cancel.html", context, status=status
    )


@require_POST
@prison_view(Right.PLACE)
def session_restore(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """Let a cancelled session take place after all, where it stood, if its place is still free."""
    session = get_object_or_404(_sessions(request, prison).filter(cancellation__isnull=False), pk=pk)
    change = Change(session.pk, state=session.cancellation.was_state)
    try:
        outcome = apply(
            prison,
            [change],
            by=request.user,
            verb="restore",
            access=request.access,
            accept_soft=request.POST.get("accept_soft") == "on",
        )
    except PlannerError as error:
        return refused(request, prison, error, form=_sent(request, prison, request.path, session))
    text = _("%(session)s takes place after all.") % {"session": session.series}
    return done(request, prison, _week_of(session), text, outcome)
