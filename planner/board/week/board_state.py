"""What somebody looks at on the board: week or day, rows, filter. All of it stands in the address.

Steps, switches and answers after an act are made of it, so that nothing that was chosen gets lost on the way.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, fields, replace
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

from core.dates.clock import today
from core.dates.weeks import Week
from core.web import address
from planner.board.week.filters import BoardFilter
from prisons.access import Access, PrisonRequest
from prisons.models import Prison
from rooms.domain.facts import Rules, rules_of

WEEK, DAY = "week", "day"
COOKIE = "board"
"""What was looked at last, for the way without JavaScript: forms there come back from other pages."""


@dataclass(frozen=True)
class BoardState:
    """`on` is the date of the day view, and any date of the week in the week view."""

    on: dt.date
    view: str = WEEK
    filter: BoardFilter = field(default_factory=BoardFilter)
    is_selecting: bool = False

    @classmethod
    def read(cls, query: QueryDict, access: Access, otherwise: dt.date | None = None) -> BoardState:
        """From the address. A week or day that cannot be read is `otherwise`, or that of today."""
        view = DAY if query.get("view") == DAY else WEEK
        on = address.day(query.get("day")) if view == DAY else None
        return cls(
            on or _in_week(query.get("week", "")) or otherwise or today(),
            view,
            BoardFilter.read(query, access),
            query.get("select") == "1",
        )

    @property
    def is_day(self) -> bool:
        return self.view == DAY

    @property
    def week(self) -> Week:
        return Week.from_date(self.on)

    @property
    def query(self) -> str:
        """The address that shows the same, without what is left at its default."""
        when = {"view": DAY, "day": self.on.isoformat()} if self.is_day else {"week": str(self.week)}
        chosen = {one.name: getattr(self.filter, one.name) for one in fields(self.filter)}
        kept = {name: _text(value) for name, value in chosen.items() if value and value != "rooms"}
        return "?" + urlencode(kept | ({"select": "1"} if self.is_selecting else {}) | when)

    def at(self, on: dt.date) -> BoardState:
        return replace(self, on=on)

    def shows(self, day: dt.date) -> bool:
        """Whether a session of that date stands in front of the reader."""
        return day == self.on if self.is_day else day in self.week

    def with_rows(self, rows: str) -> BoardState:
        return replace(self, filter=replace(self.filter, rows=rows))

    def selecting(self, is_selecting: bool) -> BoardState:
        return replace(self, is_selecting=is_selecting)

    @property
    def everything(self) -> BoardState:
        return replace(self, filter=BoardFilter(rows=self.filter.rows))


@dataclass(frozen=True)
class BoardSteps:
    """Where one can go from here, as addresses."""

    before: str
    after: str
    now: str
    as_week: str
    as_day: str
    a_day: str
    """The day view up to the date, which the page adds."""
    rooms: str
    units: str
    workers: str
    everything: str
    selecting: str
    not_selecting: str


def steps(shown: BoardState, prison: Prison) -> BoardSteps:
    """One week or one day on and back; days on which nobody can be brought are stepped over."""
    rules, monday = rules_of(prison), shown.week.monday
    present = today() if today() in shown.week else _next_day(rules, monday - dt.timedelta(days=1), 1)
    if shown.is_day:
        before, after = (_next_day(rules, shown.on, step) for step in (-1, 1))
    else:
        before, after = (monday + dt.timedelta(days=step) for step in (-7, 7))
    return BoardSteps(
        before=shown.at(before).query,
        after=shown.at(after).query,
        now=shown.at(today()).query,
        as_week=replace(shown, view=WEEK).query,
        as_day=shown.query if shown.is_day else replace(shown, view=DAY, on=present).query,
        a_day=replace(shown, view=DAY).query.rpartition("=")[0] + "=",
        rooms=shown.with_rows("rooms").query,
        units=shown.with_rows("units").query,
        workers=shown.with_rows("workers").query,
        everything=shown.everything.query,
        selecting=shown.selecting(True).query,
        not_selecting=shown.selecting(False).query,
    )


def _next_day(rules: Rules, day: dt.date, step: int) -> dt.date:
    for count in range(1, 8):
        near = day + dt.timedelta(days=step * count)
        if rules.slots_on(near):
            return near
    return day + dt.timedelta(days=step)


def board_address(prison: Prison) -> str:
    return reverse("planner:board", args=[prison.slug])


def shown_behind(request: PrisonRequest, prison: Prison, otherwise: dt.date) -> BoardState:
    """What the person who sends this was looking at: the page in front of them, else what they saw last.

    `otherwise` is the date that the act was about, for whoever saw no board before.
    """
    page = getattr(getattr(request, "htmx", None), "current_url_abs_path", None)
    if page and urlsplit(page).path == board_address(prison):
        return BoardState.read(QueryDict(urlsplit(page).query), request.access, otherwise)
    if request.GET and request.method == "POST":
        return BoardState.read(request.GET, request.access, otherwise)
    seen = BoardState.read(QueryDict(request.COOKIES.get(COOKIE, "")), request.access, otherwise)
    return seen if seen.shows(otherwise) else seen.at(otherwise)


def remember(request: HttpRequest, response: HttpResponse, prison: Prison, shown: BoardState) -> None:
    """Kept until the browser is closed, and sent to pages of this prison only."""
    text = shown.selecting(False).query[1:]
    if request.COOKIES.get(COOKIE) != text:
        path = reverse("planner:today", args=[prison.slug])
        response.set_cookie(
            COOKIE, text, path=path, httponly=True, samesite="Lax", secure=request.is_secure()
        )


def _text(value: Any) -> str:
    return "1" if value is True else str(value)


def _in_week(text: str) -> dt.date | None:
    """Today when it lies in that week, else its Monday."""
    week = address.week(text)
    if week is None:
        return None
    return today() if today() in week else week.monday
