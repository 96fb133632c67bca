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
class Group:
    title: str
    text: str
    url: str


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


def groups(access: Access) -> list[Group]:
    """The lists of settings that this reader may open."""
    wanted: list[tuple[Right, str, str, str]] = [
        (
            Right.MANAGE_RULES,
            "rooms:house_edit",
            _("Rules of the house"),
            _("Names, words, promises, what never mixes"),
        ),
        (
            Right.MANAGE_RULES,
            "rooms:building_list",
            _("Buildings and features"),
            _("Where rooms stand and what they have"),
        ),
        (Right.SEE_BOARD, "rooms:room_list", _("Rooms"), _("Capacity, opening hours, who can reach them")),
        (Right.MANAGE_RULES, "rooms:slot_list", _("Time slots"), _("When people can be brought, how many")),
        (Right.MANAGE_RULES, "rooms:unit_list", _("Living units"), _("Regime, population, yard, visits")),
        (
            Right.MANAGE_RULES,
            "rooms:calendar_list",
            _("Holidays and periods"),
            _("Public and school holidays, Ramadan"),
        ),
        (
            Right.DISTRIBUTE,
            "enrollment:list_settings",
            _("Lists on paper"),
            _("When lists close, which post gets which list"),
        ),
        (
            Right.DISTRIBUTE,
            "planner:emergency_pack",
            _("Emergency pack"),
            _("The next days' lists in a locked file"),
        ),
        (Right.SEE_BOARD, "planner:closure_list", _("Closures"), _("Strikes, works, reduced regime")),
        (Right.MANAGE_RULES, "sessions:term_list", _("Terms"), _("What is planned and published as one")),
        (
            Right.PLACE,
            "sessions:activity_list",
            _("Group activities"),
            _("Titles in three languages, life domain"),
        ),
        (
            Right.MANAGE_WORKERS,
            "sessions:worker_list",
            _("Facilitators"),
            _("Permissions, languages, dates they cannot"),
        ),
        (
            Right.MANAGE_PEOPLE,
            "prisons:membership_list",
            _("People and rights"),
            _("Who may do what, until when"),
        ),
        (
            Right.ANNOUNCE,
            "prisons:announcement_list",
            _("Announcements"),
            _("What stands on everybody's first page"),
        ),
        (
            Right.READ_OUTBOX,
            "prisons:outbox_list",
            _("Messages sent"),
            _("Mail that left, mail that did not"),
        ),
        (Right.READ_AUDIT, "enrollment:audit_list", _("Who did what"), _("Every change, with its author")),
    ]
    mine = [
        Group(title, text, _url(name, access)) for right, name, title, text in wanted if access.has(right)
    ]
    return [group for group in mine if group.url]


def _url(name: str, access: Access) -> str:
    """Empty while the page is not there."""
    try:
        return reverse(name, args=[access.prison.slug])
    except NoReverseMatch:
        return ""
