"""Where can it go? As a page of choices, and as the marks that a drag shows on the cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from core.dates.clock import BRUSSELS, today
from core.dates.weeks import Week
from core.web import address
from core.web.htmx import render_part
from planner.board.answers import board_url
from planner.board.nearest import nearest
from planner.board.week.board_state import BoardState
from planner.board.week.cells import asked_of, asking, that_matter, told_cells
from planner.board.week.table import neighbours
from planner.scheduling.choices.alternatives import free_of
from planner.scheduling.choices.candidates import Choice, choices
from planner.scheduling.choices.day_starts import Edge, Stretch, edges, starts
from planner.scheduling.rules.codes import OF_THE_CHOICE
from planner.scheduling.rules.conflicts import without_twins
from planner.scheduling.rules.known_conflicts import told_each
from planner.scheduling.rules.sentences import Spoken, speak_lists, when
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison
from rooms.domain.facts import rules_of
from sessions.models import GroupSession

MOST_REASONS = 5
"""Why a session cannot be elsewhere, most frequent first: the board says it of each cell."""


def _session(prison: Prison, pk: int) -> GroupSession:
    sessions = GroupSession.objects.in_prison(prison).live()
    return get_object_or_404(
        sessions.select_related("series__activity__organisation", "room", "prison"), pk=pk
    )


def _week(request: PrisonRequest, session: GroupSession) -> Week:
    on = today(session.starts_at) if session.starts_at else session.week_on
    return address.week(request.GET.get("week")) or Week.from_date(on)


def _is_own(request: PrisonRequest, session: GroupSession) -> bool:
    return request.access.may_change(session.series.activity.organisation)


@require_GET
@prison_view(Right.PLACE)
def session_cells(request: PrisonRequest, prison: Prison, pk: int) -> JsonResponse:
    """Cell -> free, soft, ask or refused, with the first reason in words: what a drag shows."""
    session = _session(prison, pk)
    found = choices(session, _week(request, session), of_people=_is_own(request, session))
    return JsonResponse(told_cells(session, found, _words(found, session, request), request.access))


@require_GET
@prison_view(Right.PLACE)
def session_minutes(request: PrisonRequest, prison: Prison, pk: int) -> JsonResponse:
    """For the timeline of a day: room -> stretches of starts; with `edge`, of the own room: where that lies.

    Each stretch is [first minute, minute after the last, free or soft or ask or refused, the first reason in words].
    """
    session = _session(prison, pk)
    of_people = _is_own(request, session)
    if (edge := request.GET.get("edge")) in ("start", "end"):
        side: Edge = "start" if edge == "start" else "end"
        found = {session.room_id or 0: edges(session, side, of_people=of_people)}
    else:
        usual = today(session.starts_at) if session.starts_at else session.week_on
        minutes = address.number(request.GET.get("minutes")) or None
        on = BoardState.read(request.GET, request.access, usual).on
        found = starts(session, on, minutes=minutes, of_people=of_people)
    flat = [one for stretches in found.values() for one in stretches]
    words, services = iter(_words(flat, session, request)), iter(asked_of(flat, session, request.access))
    told = {
        str(room): [_told(one, next(words), next(services)) for one in stretches]
        for room, stretches in found.items()
    }
    return JsonResponse(told)


def _told(one: Stretch, said: list[Spoken], services: list[str]) -> tuple[int, int, str, str]:
    sentences = [_of_a_stretch(reason) for reason in that_matter(said)]
    kind = "ask" if services else one.kind
    why = " ".join([*sentences, asking(services)] if services else sentences)
    return one.first, one.until, kind, why


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
    is_mine = _is_own(request, session)
    found = choices(session, week, of_people=is_mine)
    words = _words(found, session, request)
    rooms = rules_of(prison).rooms
    rows = [
        {
            "choice": one,
            "room": rooms[one.room_id],
            "when": when(one.starts_at, one.ends_at),
            "reasons": [reason for reason in said if reason.code not in OF_THE_CHOICE],
            "because": _because(one, session),
        }
        for one, said in zip(found, words, strict=True)
    ]
    before, after = neighbours(week)
    refused = [said[0].title for one, said in zip(found, words, strict=True) if not one.is_free and said]
    context = {
        "session": session,
        "nearest": {} if free_of(found) else nearest(session, week, found, request.access),
        "owner": session.series.activity.organisation,
        "is_mine": is_mine,
        "week": week,
        "back": board_url(prison, week, request),
        "before": before,
        "after": after,
        "free": [row for row in rows if row["choice"].is_free and not row["choice"].is_present],  # type: ignore[attr-defined]
        "refused": len(refused),
        "why_not": Counter(refused).most_common(MOST_REASONS),
    }
    return render_part(request, "planner/board/places.html", "planner/board/_places.html", context)


def _because(one: Choice, session: GroupSession) -> list[str]:
    """What speaks for a free place, most telling first."""
    said = []
    if one.room_id == (session.room_id or session.series.default_room_id):
        said.append(_("in its own room"))
    usual = session.starts_at.astimezone(BRUSSELS).time() if session.starts_at else session.series.start_time
    if one.starts_at.astimezone(BRUSSELS).time() == usual:
        said.append(_("at its usual hour"))
    if one.fill == 0:
        said.append(_("the room is as large as the group"))
    elif not said:
        words = ngettext("%(spare)s seat to spare", "%(spare)s seats to spare", one.fill)
        said.append(words % {"spare": one.fill})
    return said[:2]


def _words(
    found: Sequence[Choice | Stretch], session: GroupSession, request: PrisonRequest
) -> list[list[Spoken]]:
    """The reasons of each choice, hard ones first; names are looked up once for all of them."""
    known = told_each(request.access, [one.conflicts for one in found], refuses=True)
    return speak_lists([without_twins(some, session.pk) for some in known], session.prison, request.access)
