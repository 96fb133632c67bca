"""A card stands for its series: the dates that follow go along with one that was moved."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from core.dates.clock import today
from core.dates.weeks import Week
from core.errors import PlannerError
from core.secrets.digest import FIELD
from core.web import address
from planner.board.answers import board_url, done, refused
from planner.board.views.bulk import effect_rows
from planner.scheduling.bulk.effects import BulkEffect
from planner.scheduling.bulk.following import along, fit_at, fit_of_cell, move_of, take_along
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import ChangeSet, Prison
from rooms.domain.facts import MINUTES_OF_DAY, rules_of
from sessions.models import GroupSession


@require_http_methods(["GET", "POST"])
@prison_view(Right.PLACE)
def dates_along(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """Which of the dates that follow can go along, and why the others cannot; then the act."""
    act = get_object_or_404(ChangeSet.objects.in_prison(prison).filter(by=request.user, verb="move"), pk=pk)
    if request.method != "POST":
        return _page(request, act)
    try:
        outcome = take_along(
            act, by=request.user, seen=request.POST.get(FIELD, ""), access=request.access,
            leave_out=request.POST.get("leave_out") == "1",
        )  # fmt: skip
    except PlannerError as error:
        if request.htmx:
            return refused(request, prison, error, form={"url": request.path, "fields": []})
        return _page(request, act, error=error)
    count = len(outcome.session_ids)
    text = ngettext("%(count)s more date went along.", "%(count)s more dates went along.", count)
    return done(request, prison, _week(act), text % {"count": count}, outcome)


def _week(act: ChangeSet) -> Week:
    move = move_of(act)
    return Week.from_date(today(move.session.starts_at) if move else today())


def _page(request: PrisonRequest, act: ChangeSet, *, error: PlannerError | None = None) -> HttpResponse:
    move = move_of(act)
    effect = along(move) if move else BulkEffect("along")
    context: dict[str, Any] = {
        "move": move,
        "effect": effect_rows(effect.ruling.can, request, effect),
        "cannot": effect_rows(effect.ruling.cannot, request, BulkEffect()),
        "seen": effect.digest,
        "told": effect.told,
        "error": error,
        "back": board_url(act.prison, _week(act), request),
    }
    return render(request, "planner/board/along.html", context, status=error.status if error else 200)


@require_GET
@prison_view(Right.PLACE)
def session_along(request: PrisonRequest, prison: Prison, pk: int) -> JsonResponse:
    """Under a card that is carried with Shift: for how many of the dates from here on the cell, or the minute of the
    day (`start`), is free.
    """
    sessions = GroupSession.objects.in_prison(prison).live().select_related("series__activity__organisation")
    session = get_object_or_404(sessions, pk=pk)
    day = address.day(request.GET.get("day"))
    number, room, start = (address.number(request.GET.get(name)) for name in ("slot", "room", "start"))
    slots = [slot for slot in rules_of(prison).slots_on(day) if slot.slot_id == number] if day else []
    is_minute = start is not None and start < MINUTES_OF_DAY
    if day is None or not (slots or is_minute) or room not in rules_of(prison).rooms:
        return JsonResponse({}, status=422)
    if is_minute:
        free, every = fit_at(session, room or 0, day, start or 0)
    else:
        free, every = fit_of_cell(session, room or 0, day, slots[0])
    said = ngettext("Free for %(free)s of %(all)s date.", "Free for %(free)s of %(all)s dates.", every)
    return JsonResponse({"free": free, "all": every, "said": said % {"free": free, "all": every}})
