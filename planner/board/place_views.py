"""Where can it go? As a page of choices, and as the marks that a drag shows on the cells."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core import address
from core.clock import BRUSSELS, today
from core.htmx import render_part
from core.weeks import Week
from planner.board.answers import board_url
from planner.board.nearest import nearest
from planner.board.shown import Shown
from planner.board.week import neighbours
from planner.plan.alternatives import free_of
from planner.plan.conflicts import without_twins
from planner.plan.minutes import Stretch, edges, starts
from planner.plan.places import Choice, choices
from planner.plan.sentences import Spoken, speak, when
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison
from rooms.domain.facts import rules_of
from sessions.models import GroupSession


def _session(prison: Prison, pk: int) -> GroupSession:
    sessions = GroupSession.objects.in_prison(prison).live()
    return get_object_or_404(
        sessions.select_related("series__activity__organisation", "room", "prison"), pk=pk
    )


def _week(request: PrisonRequest, session: GroupSession) -> Week:
    on = today(session.starts_at) if session.starts_at else session.week_on
    return address.week(request.GET.get("week")) or Week.from_date(on)


@require_GET
@prison_view(Right.PLACE)
def session_cells(request: PrisonRequest, prison: Prison, pk: int) -> JsonResponse:
    """Cell -> free, soft or refused, with the first reason in words: what a drag shows."""
    session = _session(prison, pk)
    found = choices(session, _week(request, session))
    words, rooms = _words(found, session, request), rules_of(prison).rooms
    return JsonResponse(
        {
            f"{one.room_id}-{one.day:%Y%m%d}-{one.slot_id}": _told_of_cell(one, said, rooms[one.room_id].name)
            for one, said in zip(found, words, strict=True)
        }
    )


def _told_of_cell(one: Choice, said: list[Spoken], room: str) -> dict[str, str]:
    """What a cell shows in a tone and as its title, and what is said of it to somebody who hears the board."""
    why = " ".join(spoken.sentence for spoken in _that_matter(said))
    kind = "free" if one.is_free and not one.to_ask else "soft" if one.is_free else "refused"
    facts = {"room": room, "when": date_format(one.starts_at.astimezone(BRUSSELS), "l j F H:i"), "why": why}
    if kind == "free":
        return {"kind": kind, "why": why, "said": _("%(room)s, %(when)s: free.") % facts}
    if kind == "soft":
        return {"kind": kind, "why": why, "said": _("%(room)s, %(when)s: free, but: %(why)s") % facts}
    return {"kind": kind, "why": why, "said": _("%(room)s, %(when)s: %(why)s") % facts}


@require_GET
@prison_view(Right.PLACE)
def session_minutes(request: PrisonRequest, prison: Prison, pk: int) -> JsonResponse:
    """For the timeline of a day: room -> stretches of starts; with `edge`, of the own room: where that lies.

    Each stretch is [first minute, minute after the last, free or soft or refused, the first reason in words].
    """
    session = _session(prison, pk)
    if (edge := request.GET.get("edge")) in ("start", "end"):
        found = {session.room_id or 0: edges(session, "start" if edge == "start" else "end")}
    else:
        usual = today(session.starts_at) if session.starts_at else session.week_on
        minutes = address.number(request.GET.get("minutes")) or None
        found = starts(session, Shown.read(request.GET, request.access, usual).on, minutes=minutes)
    words = iter(_words([one for stretches in found.values() for one in stretches], session, request))
    told = {str(room): [_told(one, next(words)) for one in stretches] for room, stretches in found.items()}
    return JsonResponse(told)


def _told(one: Stretch, said: list[Spoken]) -> tuple[int, int, str, str]:
    return one.first, one.until, one.kind, " ".join(_of_a_stretch(reason) for reason in _that_matter(said))


def _that_matter(reasons: list[Spoken]) -> list[Spoken]:
    """Two at most; where something forbids it, what is only to watch is beside the point."""
    return ([reason for reason in reasons if reason.is_hard] or reasons)[:2]


def _of_a_stretch(reason: Spoken) -> str:
    """The sentence; where that would name one minute of many, the rule."""
    if reason.code in ("outside_slot", "room_closed_hours", "turnaround"):
        return f"{reason.title[:1].upper()}{reason.title[1:]}."
    return reason.sentence


@require_GET
@prison_view(Right.PLACE)
def session_places(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """The choices of a week, best first; one click moves."""
    session = _session(prison, pk)
    week = _week(request, session)
    found = choices(session, week)
    words = _words(found, session, request)
    rooms = rules_of(prison).rooms
    rows = [
        {
            "choice": one,
            "room": rooms[one.room_id],
            "when": when(one.starts_at, one.ends_at),
            "reasons": said,
        }
        for one, said in zip(found, words, strict=True)
    ]
    before, after = neighbours(week)
    context = {
        "session": session,
        "nearest": {} if free_of(found) else nearest(session, week, found, request.access),
        "owner": session.series.activity.organisation,
        "is_mine": request.access.may_change(session.series.activity.organisation),
        "week": week,
        "back": board_url(prison, week, request),
        "before": before,
        "after": after,
        "free": [row for row in rows if row["choice"].is_free and not row["choice"].is_present],  # type: ignore[attr-defined]
        "refused": [row for row in rows if not row["choice"].is_free],  # type: ignore[attr-defined]
    }
    return render_part(request, "planner/board/places.html", "planner/board/_places.html", context)


def _words(
    found: Sequence[Choice | Stretch], session: GroupSession, request: PrisonRequest
) -> list[list[Spoken]]:
    """The reasons of each choice, hard ones first; names are looked up once for all of them."""
    each = [without_twins(one.conflicts, session.pk) for one in found]
    spoken = iter(speak([conflict for kept in each for conflict in kept], session.prison, request.access))
    return [[next(spoken) for _conflict in kept] for kept in each]
