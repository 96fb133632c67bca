"""Search over everything: people (by right), series, rooms, units and actions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from enrollment.models import Stay
from planner.today.navigation import places_for
from prisons.access import Access, Right
from rooms.models import Room
from sessions.models import Series

MOST = 6


@dataclass(frozen=True)
class Hit:
    label: str
    detail: str
    url: str
    icon: str


@dataclass(frozen=True)
class Group:
    title: str
    hits: list[Hit]


def find(words: str, access: Access) -> list[Group]:
    """At most six hits a group; nothing for fewer than two letters. Only what the reader may open."""
    if len(words) < 2:
        return []
    groups = [
        Group(_("People"), _people(words, access)),
        Group(pgettext("several", "Series"), _series(words, access)),
        Group(_("Rooms"), _rooms(words, access)),
        Group(_("Go to"), _places(words, access)),
    ]
    return [group for group in groups if group.hits]


def _people(words: str, access: Access) -> list[Hit]:
    if not access.has(Right.ENTER_REQUESTS):
        return []
    stays = Stay.objects.in_prison(access.prison).filter(ends_on__isnull=True)
    for word in words.split()[:4]:
        stays = stays.filter(
            Q(participant__last_name__icontains=word)
            | Q(participant__first_name__icontains=word)
            | Q(register_number__istartswith=word)
        )
    return [
        Hit(
            str(stay.participant),
            " · ".join(filter(None, [stay.register_number, stay.unit.code if stay.unit else "", stay.cell])),
            reverse("enrollment:person_detail", args=[access.prison.slug, stay.participant_id]),
            "person",
        )
        for stay in stays.select_related("participant", "unit").order_by("participant__last_name")[:MOST]
    ]


def _series(words: str, access: Access) -> list[Hit]:
    if not access.has(Right.SEE_BOARD):
        return []
    series = Series.objects.in_prison(access.prison).filter(ended_on__isnull=True)
    if access.uses_neutral_names:
        series = series.filter(Q(list_code__icontains=words) | Q(list_name__icontains=words))
    else:
        titles = Q(label__icontains=words) | Q(list_code__iexact=words)
        for language in ("nl", "fr", "en"):
            titles |= Q(**{f"activity__title_{language}__icontains": words})
        series = series.filter(titles)
    return [_series_hit(one, access) for one in series.select_related("activity__organisation")[:MOST]]


def _series_hit(series: Series, access: Access) -> Hit:
    name = series.neutral_name if access.uses_neutral_names else str(series)
    slug = access.prison.slug
    url = (
        reverse("enrollment:series_detail", args=[slug, series.pk])
        if access.has(Right.ENTER_REQUESTS)
        else f"{reverse('planner:board', args=[slug])}"
    )
    return Hit(name, series.activity.organisation.short_name, url, "collection")


def _rooms(words: str, access: Access) -> list[Hit]:
    if not access.has(Right.SEE_BOARD):
        return []
    rooms: Any = Room.objects.in_prison(access.prison).in_use().filter(name__icontains=words)
    board = reverse("planner:board", args=[access.prison.slug])
    may_edit = access.has(Right.MANAGE_RULES)
    return [
        Hit(
            room.name,
            room.building.name,
            reverse("rooms:room_edit", args=[access.prison.slug, room.pk]) if may_edit else board,
            "door-open",
        )
        for room in rooms.select_related("building")[:MOST]
    ]


def _places(words: str, access: Access) -> list[Hit]:
    wanted = words.casefold()
    return [
        Hit(str(place.label), "", url, place.icon)
        for place, url in places_for(access)
        if wanted in str(place.label).casefold()
    ]
