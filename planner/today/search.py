"""Search over everything: people and facilitators (by right), series, rooms, actions and places to go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.dates.clock import now, today
from core.words.folding import as_filed, begins, fold
from enrollment.domain.participants.finding import find_people
from enrollment.models import Stay
from planner.scheduling.rules.sentences import when
from planner.today import search_sessions
from planner.today.actions import actions_for
from planner.today.navigation import places_for
from planner.today.search_hits import SearchHit
from prisons import gate
from prisons.access import Access, Right
from rooms.models import Closure, Room
from sessions.domain import running
from sessions.models import Series, Worker

MOST = 6


@dataclass(frozen=True)
class FoundGroup:
    title: str
    hits: list[SearchHit]


def find(words: str, access: Access) -> list[FoundGroup]:
    """At most six hits a group; nothing for fewer than two letters. Only what the reader may open."""
    if len(words) < 2:
        return []
    rooms = FoundGroup(_("Rooms"), _rooms(words, access))
    groups = [
        FoundGroup(pgettext("several", "Sessions"), search_sessions.find(words, access)),
        FoundGroup(_("People"), _people(words, access)),
        FoundGroup(pgettext("several", "Series"), _series(words, access)),
        rooms,
        FoundGroup(_("Facilitators"), _workers(words, access)),
        FoundGroup(_("Closures"), _closures(words, access)),
        FoundGroup(_("Do"), _actions(words, access)),
        FoundGroup(_("Go to"), _places(words, access)),
    ]
    if rooms.hits and fold(rooms.hits[0].label).startswith(fold(words)):
        groups.sort(key=lambda group: group is not rooms)  # whoever types its name means the room
    return [group for group in groups if group.hits]


def _people(words: str, access: Access) -> list[SearchHit]:
    if not access.has(Right.ENTER_REQUESTS):
        return []
    return [
        SearchHit(
            str(person),
            _where(person.current[0]),  # type: ignore[attr-defined]
            reverse("enrollment:person_detail", args=[access.prison.slug, person.pk]),
            "person",
        )
        for person in find_people(access.prison, words, day=today(), most=MOST, near=True)
    ]


def _where(stay: Stay) -> str:
    return " · ".join(filter(None, [stay.register_number, stay.unit.code if stay.unit else "", stay.cell]))


def _series(words: str, access: Access) -> list[SearchHit]:
    """Every word stands in a title, the group or the code: "dutch 2" finds the second group of Dutch."""
    if not access.has(Right.SEE_BOARD):
        return []
    series = gate.series_for(access, Series.objects.filter(running.runs_for(access, today())))
    for word in fold(words).split()[:4]:
        series = series.filter(gate.named(access, word))
    found = series.select_related("activity__organisation").order_by("-starts_on", "pk")[:MOST]
    return [_series_hit(one, access) for one in found]


def _series_hit(series: Series, access: Access) -> SearchHit:
    url = reverse("enrollment:series_detail", args=[access.prison.slug, series.pk])
    when = f"{date_format(series.usual_day, 'D')} {series.start_time:%H:%M}"
    detail = " · ".join(filter(None, [when, gate.service_of(access, series.activity.organisation)]))
    return SearchHit(gate.name_of(access, series), detail, url, "collection")


def _rooms(words: str, access: Access) -> list[SearchHit]:
    if not access.has(Right.SEE_BOARD):
        return []
    in_use: Any = Room.objects.in_prison(access.prison).in_use().select_related("building")
    wanted = fold(words)
    rooms = sorted(
        (room for room in in_use if any(wanted in fold(name) for name in room.every_name)),
        key=lambda room: (
            fold(str(room)) != wanted,
            not fold(str(room)).startswith(wanted),
            as_filed(str(room)),
        ),
    )[:MOST]
    board = reverse("planner:board", args=[access.prison.slug])
    may_edit = access.has(Right.MANAGE_RULES)
    return [
        SearchHit(
            str(room),
            str(room.building),
            reverse("rooms:room_edit", args=[access.prison.slug, room.pk]) if may_edit else board,
            "door-open",
        )
        for room in rooms
    ]


def _workers(words: str, access: Access) -> list[SearchHit]:
    if not access.has(Right.MANAGE_WORKERS):
        return []
    workers = Worker.objects.in_prison(access.prison).active()
    for word in fold(words).split()[:4]:
        workers = workers.filter(name_words__contains=begins(word))
    return [
        SearchHit(
            one.name, "", reverse("sessions:worker_edit", args=[access.prison.slug, one.pk]), "person-vcard"
        )
        for one in workers.distinct()[:MOST]
    ]


def _closures(words: str, access: Access) -> list[SearchHit]:
    """Those of now and later, by kind in any of the languages, or by reason."""
    if not access.has(Right.SEE_BOARD):
        return []
    rows = Closure.objects.in_prison(access.prison).filter(ends_at__gt=now()).exclude(state="lifted")
    wanted = fold(words)
    found = [row for row in rows.select_related("room", "unit") if wanted in fold(_called(row))]
    return [
        SearchHit(
            str(row.get_kind_display()).capitalize(),
            f"{when(row.starts_at, row.ends_at)} · {row.get_state_display()}",
            reverse("planner:closure_detail", args=[access.prison.slug, row.pk]),
            "door-closed",
        )
        for row in found[:MOST]
    ]


_KINDS = {
    "strike": "staking grève strike",
    "works": "werken werkzaamheden travaux works",
    "lockdown": "lockdown",
    "reduced": "aangepast regime régime adapté reduced regime",
}


def _called(closure: Closure) -> str:
    room = " ".join(closure.room.every_name) if closure.room else ""
    return f"{closure.get_kind_display()} {_KINDS.get(closure.kind, '')} {room or closure.unit or ''}"


def _actions(words: str, access: Access) -> list[SearchHit]:
    wanted = fold(words).split()
    return [
        SearchHit(str(action.label), "", url, action.icon)
        for action, url in actions_for(access)
        if all(word in fold(f"{action.label} {action.also}") for word in wanted)
    ][:MOST]


def _places(words: str, access: Access) -> list[SearchHit]:
    wanted = fold(words)
    return [
        SearchHit(str(place.label), "", url, place.icon)
        for place, url in places_for(access)
        if wanted in fold(str(place.label))
    ]
