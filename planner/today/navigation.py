"""The rail of every page: where one can go, and how much waits there (the length of that list)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from enrollment.domain.attendance import sheet_entry
from enrollment.domain.requests import counts
from planner.scheduling.rules.open_conflicts import to_solve
from prisons.access import Access, Right, access_for
from prisons.models import Prison, User


@dataclass(frozen=True)
class NavigationEntry:
    """One place in the rail; `count` None shows no number."""

    name: str
    label: Any
    icon: str
    url: str
    is_current: bool
    count: int | None = None
    is_alarm: bool = False


@dataclass(frozen=True)
class _Place:
    name: str
    label: Any
    icon: str
    view: str
    rights: frozenset[Right]
    count: Callable[[Access], int] | None = None
    is_alarm: bool = False
    holds: tuple[str, ...] = ()
    """Folders of other pages that belong here: they light up the same place."""
    is_of_prison: bool = True
    """False for a page across prisons: its address names none."""

    def address(self, prison: Prison) -> str:
        return reverse(self.view, args=[prison.slug] if self.is_of_prison else [])


_PLACES = [
    _Place("today", _("Today"), "house", "planner:today", frozenset(), holds=("jobs/", "prisons/")),
    _Place(
        "own-sessions",
        _("My sessions"),
        "calendar-week",
        "own_sessions",
        frozenset({Right.SEE_OWN_SESSIONS}),
        is_of_prison=False,
    ),
    _Place(
        "attendance",
        _("Attendance"),
        "check2-square",
        "enrollment:attendance_list",
        frozenset({Right.SEE_OWN_SESSIONS}),
        lambda access: sheet_entry.to_type_in(access).count(),
    ),
    _Place(
        "calendar",
        _("Calendar"),
        "calendar-event",
        "sessions:feed_list",
        frozenset({Right.SEE_OWN_SESSIONS}),
    ),
    _Place(
        "board",
        _("Board"),
        "grid-3x3-gap",
        "planner:board",
        frozenset({Right.SEE_BOARD}),
        to_solve,
        True,
        holds=("conflicts/", "asks/", "closures/", "cannot-come/", "call-list/", "leaflet/"),
    ),
    _Place(
        "series",
        pgettext_lazy("several", "Series"),
        "collection",
        "planner:series_list",
        frozenset({Right.SEE_BOARD}),
    ),
    _Place(
        "requests",
        _("Requests"),
        "inbox",
        "enrollment:request_list",
        frozenset({Right.ENTER_REQUESTS}),
        lambda access: counts.undecided(access).count(),
        holds=("notes/", "slips/", "changes/", "wishes/", "agreement/", "waiting-times/"),
    ),
    _Place(
        "people",
        _("People"),
        "people",
        "enrollment:person_list",
        frozenset({Right.ENTER_REQUESTS, Right.KEEP_ROSTER}),
        holds=("roster/", "separations/", "who-looked/"),
    ),
    _Place("lists", _("Lists"), "printer", "enrollment:lists", frozenset({Right.DOWNLOAD_LISTS})),
    _Place("reports", _("Reports"), "bar-chart", "planner:reports", frozenset({Right.REPORT})),
    _Place(
        "settings",
        _("Settings"),
        "gear",
        "planner:settings",
        frozenset({Right.MANAGE_RULES, Right.MANAGE_PEOPLE, Right.MANAGE_WORKERS}),
        holds=("people-and-rights/", "organisations/", "announcements/", "audit/", "outbox/"),
    ),
]


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `nav` on pages of a prison, counted only when the page draws its rail."""
    access: Access | None = getattr(request, "access", None) or _of_facilitator(request)
    if access is None:
        return {}
    return {"nav": SimpleLazyObject(lambda: list(_entries(access, request.path)))}


def _of_facilitator(request: HttpRequest) -> Access | None:
    """A facilitator's sessions are pages of no prison; the way back is that of the prison seen last."""
    user = getattr(request, "user", None)
    is_there = request.path.startswith(reverse("own_sessions"))
    if not is_there or not isinstance(user, User) or user.last_prison is None:
        return None
    access = access_for(user, user.last_prison)
    return access if access is not None and access.has(Right.SEE_OWN_SESSIONS) else None


def places_for(access: Access) -> list[tuple[_Place, str]]:
    """Where this reader may go, with its address."""
    return [
        (place, place.address(access.prison))
        for place in _PLACES
        if not place.rights or access.has_any(place.rights)
    ]


def _entries(access: Access, path: str) -> Iterator[NavigationEntry]:
    reachable = places_for(access)
    home = reachable[0][1]  # every page of the prison lies below it
    folders = [(home + folder, url) for place, url in reachable for folder in ("", *place.holds) if folder]
    folders += [(url, url) for _place, url in reachable]
    folder, current = max(
        (pair for pair in folders if path.startswith(pair[0])),
        key=lambda pair: len(pair[0]),
        default=("", ""),
    )
    current = "" if folder == home and path != home else current
    for place, url in reachable:
        count = place.count(access) if place.count else None
        yield NavigationEntry(
            place.name,
            place.label,
            place.icon,
            url,
            url == current,
            count or None,
            bool(place.is_alarm and count),
        )
