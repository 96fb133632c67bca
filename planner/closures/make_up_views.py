"""Other dates for cancelled sessions: proposals one by one, as they come into view; one click makes it so."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from core.errors import PlannerError
from core.secrets.digest import FIELD
from core.web.forms import PlainForm
from core.web.htmx import is_partial, render_part
from planner.closures import showing
from planner.models import MadeUp
from planner.scheduling.placement.session_changes import Refused
from planner.scheduling.rules.codes import Conflict
from planner.scheduling.rules.known_conflicts import told
from planner.scheduling.rules.sentences import speak, when
from planner.scheduling.series.make_up import dates_for, digest_of, make_up
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison
from rooms.domain.facts import rules_of
from rooms.models import Closure
from sessions.models import GroupSession


class DateForm(PlainForm):
    """One proposal, as its button sends it; the instants come back as they were given."""

    room = forms.IntegerField(min_value=1)
    starts_at = forms.DateTimeField(input_formats=["%Y-%m-%dT%H:%M:%S%z"])
    ends_at = forms.DateTimeField(input_formats=["%Y-%m-%dT%H:%M:%S%z"])


def _sessions(prison: Prison) -> QuerySet[GroupSession]:
    return (
        GroupSession.objects.in_prison(prison)
        .filter(state=GroupSession.State.CANCELLED)
        .select_related("series__activity__organisation", "room", "cancellation", "prison")
    )


@require_GET
@prison_view(Right.PLACE)
def closure_make_up(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """The own sessions that a closure cancelled; the dates of each are looked up when its row is seen."""
    closure = get_object_or_404(Closure.objects.in_prison(prison), pk=pk)
    shown = showing.page_of(closure, request.access)
    effects = showing.effects_now(prison, shown)
    own = showing.Effects(tuple(hit for hit in effects.hits if request.access.may_change(hit.owner)))
    is_cancelled = shown.state != Closure.State.ANNOUNCED
    told = showing.tell(own, request.access)
    rows = [row for owner in told.owners for row in owner.rows] if is_cancelled else []
    return render(request, "planner/closures/closure_make_up.html", {"shown": shown, "rows": rows})


@require_http_methods(["GET", "POST"])
@prison_view(Right.PLACE)
def session_make_up(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """The nearest dates for one cancelled session; a POST takes one of them."""
    session = get_object_or_404(_sessions(prison), pk=pk)
    if request.method == "GET":
        return _proposals(request, prison, session)
    form = DateForm(request.POST)
    if not form.is_valid():
        error = PlannerError("unusable", _("Choose one of the dates."), status=422)
        return _proposals(request, prison, session, error)
    data = form.cleaned_data
    try:
        make_up(
            session,
            room_id=data["room"],
            starts_at=data["starts_at"],
            ends_at=data["ends_at"],
            by=request.user,
            accept_soft=True,
            seen=request.POST.get(FIELD, ""),
            access=request.access,
        )
    except PlannerError as error:
        return _proposals(request, prison, session, error)
    if is_partial(request):
        return _proposals(request, prison, session)
    messages.success(request, _("It is made up: the new session stands on the board."))
    return redirect("planner:session_make_up", prison.slug, pk)


def _proposals(
    request: PrisonRequest, prison: Prison, session: GroupSession, error: PlannerError | None = None
) -> HttpResponse:
    prison.refresh_from_db(fields=["plan_version", "rules_version"])
    session.prison = prison
    row = MadeUp.objects.filter(session=session).select_related("instead__room").first()
    context = {
        "session": session,
        "name": showing.name_of(session, request.access),
        "when": when(session.starts_at, session.ends_at),
        "is_mine": request.access.may_change(session.series.activity.organisation),
        "made_up": row and {"session": row.instead, "when": when(row.instead.starts_at, row.instead.ends_at)},
        "choices": [] if row else _told(request, prison, session),
        "error": error,
        "reasons": speak(_against(error, request), prison, request.access),
    }
    page, part = "planner/closures/session_make_up.html", "planner/closures/_dates.html"
    return render_part(request, page, part, context, status=error.status if error else 200)


def _against(error: PlannerError | None, request: PrisonRequest) -> list[Conflict]:
    return told(request.access, error.conflicts, refuses=True) if isinstance(error, Refused) else []


def _told(request: PrisonRequest, prison: Prison, session: GroupSession) -> list[dict[str, Any]]:
    """Each proposal with its room and its points to watch in words."""
    rooms = rules_of(prison).rooms
    return [
        {
            "choice": choice,
            "room": rooms[choice.room_id],
            "is_same_room": choice.room_id == session.room_id,
            "when": when(choice.starts_at, choice.ends_at),
            "starts_at": f"{choice.starts_at:%Y-%m-%dT%H:%M:%S%z}",
            "ends_at": f"{choice.ends_at:%Y-%m-%dT%H:%M:%S%z}",
            "seen": digest_of(session, choice.room_id, choice.starts_at, choice.ends_at, choice.conflicts),
            "reasons": speak(choice.conflicts, prison, request.access),
        }
        for choice in dates_for(session)
    ]
