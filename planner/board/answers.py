"""What the board answers: the table again with a word of what happened, or a refusal in place."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse

from core.dates.weeks import Week
from core.errors import PlannerError
from core.web.address import of_this_site
from core.web.htmx import is_partial
from core.web.htmx import redirect as htmx_redirect
from planner.board.drawing.shared import table
from planner.board.week.board_state import BoardState, board_address, shown_behind
from planner.scheduling.asks.offers import offers_for
from planner.scheduling.bulk.following import along, move_just_done
from planner.scheduling.placement.session_changes import Outcome, Refused
from planner.scheduling.placement.undo_effects import address_of
from planner.scheduling.rules.codes import OF_THE_CHOICE
from planner.scheduling.rules.conflicts import without_twins
from planner.scheduling.rules.known_conflicts import told
from planner.scheduling.rules.sentences import Spoken, speak
from prisons.access import PrisonRequest
from prisons.models import Prison
from sessions.models import GroupSession


def done(
    request: PrisonRequest, prison: Prison, week: Week, text: str, outcome: Outcome | None
) -> HttpResponse:
    """After a change: for HTMX the table with a toast that offers undo, and after a move to take the dates that
    follow along; else the board with a message.
    """
    undo_url = outcome and address_of(outcome.change_set, outcome.sessions)
    if not is_partial(request):
        messages.success(request, text, extra_tags=undo_url or "")
        return redirect(_landing(request, prison, week, outcome))
    if not _stands_on_board(request, prison):
        messages.success(request, text, extra_tags=undo_url or "")
        return htmx_redirect(_landing(request, prison, week, outcome))
    prison.refresh_from_db(fields=["plan_version", "rules_version"])  # what was just written counts
    shown = shown_behind(request, prison, week.monday)
    toast = render_to_string(
        "planner/board/_toast.html",
        {"text": text, "tone": "ok", "undo_url": undo_url, "along": _along(prison, outcome)},
        request=request,
    )
    response = HttpResponse(table(request.access, shown) + toast)
    response["HX-Retarget"], response["HX-Reswap"] = "#board", "outerHTML"
    # Only after the swap: closing the panel takes away the form that asked, and htmx would lose its place.
    response["HX-Trigger-After-Settle"] = json.dumps({"plan-changed": {}, "panel-close": {}})
    return response


def _along(prison: Prison, outcome: Outcome | None) -> dict[str, Any] | None:
    """The dates that follow what was just moved: how many there are, and for how many the same place is free.

    Taken along at once only where that is `is_plain`: what cannot go, and points to watch, are shown on a page first.
    """
    move = move_just_done(outcome) if outcome else None
    effect = along(move) if move else None
    if outcome is None or move is None or effect is None or not effect.ruling.can:
        return None
    return {
        "on": move.session.starts_at,
        "free": len(effect.ruling.can),
        "all": len(effect.ruling.can) + len(effect.ruling.cannot),
        "is_plain": not effect.ruling.cannot and {one.code for one in effect.ruling.soft} <= OF_THE_CHOICE,
        "seen": effect.digest,
        "url": reverse("planner:dates_along", args=[prison.slug, outcome.change_set.pk]),
    }


def _landing(request: PrisonRequest, prison: Prison, week: Week, outcome: Outcome | None) -> str:
    """Where somebody goes on after an act from another page: a filter of the board that would hide what they
    have just changed is taken off.
    """
    address = board_url(prison, week, request)
    board, query = board_address(prison), urlsplit(address).query
    if outcome is None or urlsplit(address).path != board:
        return address
    shown = BoardState.read(QueryDict(query), request.access, week.monday)
    changed = GroupSession.objects.in_prison(prison).filter(pk__in=outcome.session_ids)
    seen = changed.filter(shown.filter.condition(request.access.organisation_ids)).distinct()
    return address if seen.count() == changed.count() else board + shown.everything.query


def _stands_on_board(request: PrisonRequest, prison: Prison) -> bool:
    """Whether the page in front of the reader has the table that an answer swaps."""
    page = request.htmx.current_url_abs_path
    return page is None or urlsplit(page).path == board_address(prison)


def refused(
    request: PrisonRequest, prison: Prison, error: PlannerError, *, form: dict[str, Any]
) -> HttpResponse:
    """409 (or 422) with every reason in words; where only points to watch stand in the way, a way on.

    `form` is what was sent (url and fields), so that consent sends the same again; its `session` is the one
    that was to be changed: then the refusal offers what else can be done (planner/scheduling/asks/offers.py).
    """
    session: GroupSession | None = form.get("session")
    found = error.conflicts if isinstance(error, Refused) else ()
    access = getattr(request, "access", None)
    known = without_twins(told(access, found, refuses=True), session.pk if session else None)
    context = {
        "error": error,
        "reasons": _each_once(speak(known, prison, access)),
        "offers": offers_for(request, prison, error, session),
        "needs_consent": isinstance(error, Refused) and error.needs_consent,
        "form_url": form["url"],
        "fields": form["fields"],
        "prison": prison,
        "back_url": form.get("back_url", ""),
    }
    if is_partial(request):
        response = render(request, "planner/board/_refusal.html", context, status=error.status)
        response["HX-Retarget"], response["HX-Reswap"] = "#board-answer", "innerHTML"
        return response
    return render(request, "planner/board/refusal.html", context, status=error.status)


def _each_once(reasons: list[Spoken]) -> list[Spoken]:
    return list({(reason.code, reason.sentence): reason for reason in reasons}.values())


def board_url(prison: Prison, week: Week, request: PrisonRequest) -> str:
    """The board of this week as it was looked at last, or where the form says that the person came from."""
    if wanted := of_this_site(request.POST.get("next"), request):
        return wanted
    behind = shown_behind(request, prison, week.monday)
    shown = behind if behind.week == week else behind.at(week.monday)
    return board_address(prison) + shown.query
