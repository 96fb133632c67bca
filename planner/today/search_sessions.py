"""Sessions in the search: “yoga 8 Dec”, “tomorrow”, “cancelled”, in Dutch, French or English."""

from __future__ import annotations

import datetime as dt
import re

from django.urls import reverse
from django.utils.formats import date_format

from core.dates import clock
from core.words.folding import fold
from planner.today.search_hits import SearchHit
from prisons import gate
from prisons.access import Access, Right
from sessions.models import GroupSession, Series

MOST = 6
AHEAD = dt.timedelta(days=14)
_MONTHS = (
    "januari janvier january jan",
    "februari fevrier february feb fev",
    "maart mars march mrt mar",
    "april avril apr avr",
    "mei mai may",
    "juni juin june jun",
    "juli juillet july jul juil",
    "augustus aout august aug",
    "september septembre sep sept",
    "oktober octobre october okt oct",
    "november novembre nov",
    "december decembre dec",
)
_NEAR = {"vandaag": 0, "today": 0, "morgen": 1, "demain": 1, "tomorrow": 1, "overmorgen": 2}
_WEEKDAYS = frozenset(
    (
        *("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"),
        *("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
        *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
        *("op", "le", "on"),
    )
)
_CANCELLED = frozenset(
    (
        "geannuleerd",
        "geannuleerde",
        "afgelast",
        "annule",
        "annulee",
        "annules",
        "annulees",
        "cancelled",
        "canceled",
    )
)
_SIGNS = re.compile(
    r"\b(\d{1,2})\s*[/.-]\s*(\d{1,2})(?:\s*[/.-]\s*(\d{4}|\d{2}))?\b|\b(\d{4})-(\d{2})-(\d{2})\b"
)


def find(words: str, access: Access, *, now: dt.datetime | None = None) -> list[SearchHit]:
    """Of a day when one is named, else only those that are cancelled when that is asked; nothing otherwise."""
    if not access.has(Right.SEE_BOARD):
        return []
    today = clock.today(now)
    on, rest = day_in(words, today)
    wanted = [word for word in fold(rest).split() if word not in _CANCELLED]
    is_cancelled = len(wanted) < len(fold(rest).split())
    if on is None and not is_cancelled:
        return []
    rows = GroupSession.objects.in_prison(access.prison).filter(gate.sessions_for(access))
    rows = rows.filter(**clock.within("starts_at", on or today, on or today + AHEAD))
    if is_cancelled:
        rows = rows.filter(state=GroupSession.State.CANCELLED)
    if wanted:
        named = gate.series_for(access, Series.objects.in_prison(access.prison))
        for word in wanted[:4]:
            named = named.filter(gate.named(access, word))
        rows = rows.filter(series__in=named.values("pk"))
    rows = rows.select_related("series__activity__organisation", "room").order_by("starts_at", "pk")
    return [_hit(row, access) for row in rows[:MOST]]


def _hit(session: GroupSession, access: Access) -> SearchHit:
    url = reverse("planner:session_detail", args=[access.prison.slug, session.pk])
    starts = session.starts_at.astimezone(clock.BRUSSELS) if session.starts_at else None
    parts = [date_format(starts, "D j N H:i") if starts else "", str(session.room or "")]
    if not session.is_live:
        parts.append(str(session.get_state_display()))
    return SearchHit(
        gate.name_of(access, session.series), " · ".join(filter(None, parts)), url, "calendar-event"
    )


def day_in(words: str, today: dt.date) -> tuple[dt.date | None, str]:
    """The day that is named, and the words that are left: “yoga 8 dec” is (8 December, “yoga”)."""
    found = _SIGNS.search(words)
    if found:
        year, month, day = (found[4], found[5], found[6]) if found[4] else (found[3], found[2], found[1])
        on = _day(int(day), int(month), year, today)
        return on, words if on is None else words[: found.start()] + " " + words[found.end() :]
    folded = fold(words).split()
    for index, word in enumerate(folded):
        if word in _NEAR:
            return today + dt.timedelta(days=_NEAR[word]), _without(folded, index, index + 1)
        month = next((number for number, names in enumerate(_MONTHS, 1) if word in names.split()), 0)
        if month and index and re.fullmatch(r"\d{1,2}(?:e|er|ste|de|st|nd|rd|th)?", folded[index - 1]):
            on = _day(int(re.sub(r"\D", "", folded[index - 1])), month, None, today)
            if on is not None:
                return on, _without(folded, index - 1, index + 1)
    return None, words


def _without(words: list[str], start: int, end: int) -> str:
    return " ".join(word for word in words[:start] + words[end:] if word not in _WEEKDAYS)


def _day(day: int, month: int, year: str | None, today: dt.date) -> dt.date | None:
    """Without a year the one that lies nearest. None for what is no day."""
    years = (
        [int(year) if len(year) == 4 else 2000 + int(year)] if year else [today.year + n for n in (0, 1, -1)]
    )
    days = []
    for number in years:
        try:
            days.append(dt.date(number, month, day))
        except ValueError:
            continue
    return min(days, key=lambda each: abs((each - today).days), default=None)
