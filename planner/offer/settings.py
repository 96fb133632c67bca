"""The first page of the settings: the checklist, and the way to every list of rules."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, resolve, reverse
from django.utils.translation import gettext as _

from planner.offer.readiness import Step, is_ready, steps
from prisons.access import Access, PrisonRequest, Right, prison_view
from prisons.models import Prison


@dataclass(frozen=True)
class Link:
    title: str
    text: str
    url: str


@dataclass(frozen=True)
class SettingsGroup:
    title: str
    links: list[Link]


@prison_view(Right.MANAGE_RULES, Right.MANAGE_PEOPLE, Right.MANAGE_WORKERS)
def settings(request: PrisonRequest, prison: Prison) -> HttpResponse:
    checklist = [_openable(step, request.access) for step in steps(prison)]
    context = {
        "steps": checklist,
        "is_ready": is_ready(checklist),
        "next_step": next((step for step in checklist if step.state == "current"), None),
        "groups": groups(request.access),
    }
    return render(request, "planner/offer/settings.html", context)


def _openable(step: Step, access: Access) -> Step:
    """Whoever may not open a page reads how far it is, without a link that would refuse."""
    asks_for = getattr(resolve(step.url).func, "asks_for", ())
    return step if not asks_for or access.has_any(asks_for) else replace(step, url="")


def groups(access: Access) -> list[SettingsGroup]:
    """The lists of settings that this reader may open, in four groups; without an empty one."""
    found = [
        SettingsGroup(_("The place"), _links(access, _place())),
        SettingsGroup(_("The offer"), _links(access, _offer())),
        SettingsGroup(_("People and messages"), _links(access, _people())),
        SettingsGroup(_("Paper and closures"), _links(access, _paper())),
    ]
    return [group for group in found if group.links]


Wanted = list[tuple[Right, str, str, str]]


def _place() -> Wanted:
    rules = Right.MANAGE_RULES
    return [
        (Right.SEE_BOARD, "rooms:room_list", _("Rooms"), _("Capacity, opening hours, who can reach them")),
        (
            rules,
            "rooms:building_list",
            _("Buildings and features"),
            _("Where rooms stand and what they have"),
        ),
        (rules, "rooms:unit_list", _("Living units"), _("Regime, population, yard, visits")),
        (rules, "rooms:slot_list", _("Time slots"), _("When people can be brought, how many")),
        (rules, "rooms:calendar_list", _("Holidays and periods"), _("Public and school holidays, Ramadan")),
        (rules, "rooms:house_edit", _("Rules of the house"), _("Names, words, promises, what never mixes")),
    ]


def _offer() -> Wanted:
    workers, place = Right.MANAGE_WORKERS, Right.PLACE
    return [
        (Right.MANAGE_RULES, "sessions:term_list", _("Terms"), _("What is planned and published as one")),
        (place, "sessions:activity_list", _("Group activities"), _("Titles in three languages, life domain")),
        (workers, "sessions:worker_list", _("Facilitators"), _("Permissions, languages, dates they cannot")),
    ]


def _people() -> Wanted:
    people, outbox = Right.MANAGE_PEOPLE, Right.READ_OUTBOX
    return [
        (people, "prisons:membership_list", _("People and rights"), _("Who may do what, until when")),
        (
            Right.ANNOUNCE,
            "prisons:announcement_list",
            _("Announcements"),
            _("What stands on everybody's first page"),
        ),
        (outbox, "prisons:outbox_list", _("Messages sent"), _("Mail that left, mail that did not")),
        (Right.READ_AUDIT, "enrollment:audit_list", _("Who did what"), _("Every change, with its author")),
    ]


def _paper() -> Wanted:
    paper = Right.DISTRIBUTE
    return [
        (
            paper,
            "enrollment:list_settings",
            _("Lists on paper"),
            _("When lists close, which post gets which list"),
        ),
        (paper, "planner:emergency_pack", _("Emergency pack"), _("The next days' lists in a locked file")),
        (Right.SEE_BOARD, "planner:closure_list", _("Closures"), _("Strikes, works, reduced regime")),
    ]


def _links(access: Access, wanted: Wanted) -> list[Link]:
    mine = [Link(title, text, _url(name, access)) for right, name, title, text in wanted if access.has(right)]
    return [link for link in mine if link.url]


def _url(name: str, access: Access) -> str:
    """Empty while the page is not there."""
    try:
        return reverse(name, args=[access.prison.slug])
    except NoReverseMatch:
        return ""
