"""What can be done from the search box: each page that is an act, for whoever has its right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.urls import NoReverseMatch, resolve, reverse
from django.utils.translation import gettext_lazy as _

from prisons.access import Access, Right


@dataclass(frozen=True)
class Action:
    label: Any
    view: str
    icon: str
    query: str = ""
    also: str = ""
    """Words under which people look for it too, whichever language they read."""


ACTIONS = [
    Action(_("Enter notes"), "enrollment:note_entry", "pencil-square"),
    Action(_("Hand out reply slips"), "enrollment:request_list", "envelope", "?tab=hand_out"),
    Action(_("Type in an attendance sheet"), "enrollment:attendance_list", "check2-square"),
    Action(_("New arrivals"), "enrollment:new_arrivals", "people"),
    Action(_("Add a person"), "enrollment:person_add", "person"),
    Action(_("Plan a series"), "planner:series_add", "plus-lg"),
    Action(_("Add a group activity"), "sessions:activity_add", "plus-lg"),
    Action(_("Copy series to another term"), "planner:term_copy", "copy"),
    Action(_("Propose a schedule"), "planner:proposal_list", "magic"),
    Action(_("See the whole term"), "planner:term_overview", "calendar-week"),
    Action(_("Publish sessions"), "planner:board_publish", "send"),
    Action(_("Solve conflicts"), "planner:conflicts", "x-octagon"),
    Action(_("Answer asks of other services"), "planner:ask_list", "send"),
    Action(
        _("Announce a strike"),
        "planner:closure_announce",
        "megaphone",
        "?preset=strike-24",
        also="strike staking grève stakingsaanzegging préavis",
    ),
    Action(
        _("Announce a closure"), "planner:closure_announce", "door-closed", also="sluiting fermeture closure"
    ),
    Action(_("Closures"), "planner:closure_list", "door-closed"),
    Action(_("Make the programme leaflet"), "planner:leaflet", "printer"),
    Action(_("Call facilitators"), "planner:call_list", "person-vcard"),
    Action(_("Add a facilitator"), "sessions:worker_add", "person"),
    Action(_("Dates I cannot come"), "sessions:my_dates", "calendar-x"),
    Action(_("Calendar addresses"), "sessions:feed_list", "calendar-event"),
    Action(_("Write an announcement"), "prisons:announcement_add", "megaphone"),
    Action(_("Invite somebody"), "prisons:invite", "envelope"),
    Action(_("People and rights"), "prisons:membership_list", "people"),
    Action(_("Organisations"), "prisons:organisation_list", "house-heart"),
    Action(_("Rooms"), "rooms:room_list", "door-open"),
    Action(_("Time slots"), "rooms:slot_list", "clock"),
    Action(_("Living units"), "rooms:unit_list", "building"),
    Action(_("Holidays and periods"), "rooms:calendar_list", "calendar-x"),
    Action(_("Terms"), "sessions:term_list", "calendar-week"),
    Action(_("Facilitators"), "sessions:worker_list", "person-vcard"),
    Action(_("Messages sent"), "prisons:outbox_list", "envelope"),
    Action(_("Who did what"), "enrollment:audit_list", "clock-history"),
]


def actions_for(access: Access) -> Iterator[tuple[Action, str]]:
    """What this reader may do, with its address: the page itself says which right it asks for."""
    for action in ACTIONS:
        url = address_of(action.view, access.prison.slug)
        if url and (not (rights := _rights(action.view)) or access.has_any(rights)):
            yield action, url + action.query


def address_of(view: str, slug: str) -> str:
    """Empty while the page is not there."""
    try:
        return reverse(view, args=[slug])
    except NoReverseMatch:
        return ""


@lru_cache(maxsize=128)
def _rights(view: str) -> tuple[Right, ...]:
    return tuple(getattr(resolve(address_of(view, "x")).func, "asks_for", ()))
