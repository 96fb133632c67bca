"""A term on paper: as many weeks on a sheet as can be read, every series below them, and a key of the marks."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from core.dates.clock import BRUSSELS
from core.paper import PAGE_WORDS, page_words, printed
from core.words.languages import localized
from planner.terms.overview import OverviewMark, SeriesRow, Sum, TermOverview
from planner.terms.term_weeks import BandRow, WeekHead
from prisons import gate
from prisons.access import Access

MOST_WEEKS = 15
"""On one sheet: a column holds `12/12` in eleven points."""
ROOM = 277 - 66 - 16
"""Millimetres for the weeks."""
MM_OF_MARK = 1.05
"""How wide `12/12` is, for each point of its letters."""


def term_paper(overview: TermOverview, access: Access, narrowed: Sequence[str], *, now: dt.datetime) -> bytes:
    term, prison = overview.term, access.prison
    made = date_format(now.astimezone(BRUSSELS), "SHORT_DATETIME_FORMAT")
    span = f"{date_format(term.starts_on, 'j N')} – {date_format(term.ends_on, 'j N Y')}"
    facts = {
        "language": get_language() or "nl",
        "title": f"{prison} · {term.name}",
        "product": settings.PRODUCT_NAME,
        "series": _("Series"),
        "total": _("Total"),
        "sessions": _("Sessions"),
        "taken": _("places taken"),
        "lead": " · ".join([str(prison), span, *narrowed]),
        "counts": _counts(overview),
        "nothing": _("No series fits these filters") if narrowed else _("No series in this term yet"),
        "whole": _sum(overview.total),
        "key": _key(access),
        "foot": " · ".join([str(prison), term.name, _("as it was on %(when)s") % {"when": made}]),
        "page_words": page_words(str(PAGE_WORDS)),
        "parts": [_part(overview, access, first, last) for first, last in _parts(len(overview.weeks))],
    }
    return printed("term", facts, made_at=now)


def _parts(weeks: int) -> list[tuple[int, int]]:
    """The weeks on sheets of about the same number: 20 are 10 and 10."""
    sheets = max(-(-weeks // MOST_WEEKS), 1)
    ends = [weeks * number // sheets for number in range(sheets + 1)]
    return list(itertools.pairwise(ends))


def _part(overview: TermOverview, access: Access, first: int, last: int) -> dict[str, Any]:
    weeks = overview.weeks[first:last]
    signs, notes = _notes(weeks)
    told = str(overview.term.name)
    if len(weeks) < len(overview.weeks):
        words = {"term": told, "first": weeks[0].week.number, "last": weeks[-1].week.number}
        told = _("%(term)s · weeks %(first)s to %(last)s") % words
    return {
        "title": _("Term %(name)s") % {"name": told},
        "widest": int(ROOM / max(len(weeks), 1) / MM_OF_MARK),
        "weeks": [
            {
                "number": str(head.week.number),
                "monday": date_format(head.week.monday, "j/n"),
                "notes": "".join(signs.get(head.week, ())),
            }
            for head in weeks
        ],
        "bands": [_band(band, first, last) for band in overview.bands],
        "rows": [_row(row, access, first, last) for row in overview.rows],
        "sums": [_sum(one) for one in overview.sums[first:last]],
        "notes": notes,
    }


def _notes(weeks: Sequence[WeekHead]) -> tuple[dict[Any, list[str]], list[str]]:
    """Holidays and closures under the table, each with the letter that stands at its week."""
    signs: dict[Any, list[str]] = {}
    letters: dict[str, str] = {}
    for head in weeks:
        told = [f"{date_format(day.on, 'D j N')}: {day}" for day in head.holidays]
        told += [_closure(one) for one in head.closures]
        for words in told:
            letter = letters.setdefault(words, chr(ord("a") + len(letters) % 26))
            signs.setdefault(head.week, []).append(letter)
    return signs, [f"{letter}  {words}" for words, letter in letters.items()]


def _closure(closure: Any) -> str:
    where = f"{closure.room or closure.unit}: " if closure.room or closure.unit else ""
    reason = closure.reason or str(closure.get_kind_display())
    told = _("announced: %(reason)s") % {"reason": reason} if closure.state == "announced" else reason
    starts, ends = (
        date_format(at.astimezone(BRUSSELS), "j N H:i") for at in (closure.starts_at, closure.ends_at)
    )
    span = _("%(from)s to %(to)s") % {"from": starts, "to": ends}
    return f"{where}{told} ({span})"


def _band(row: BandRow, first: int, last: int) -> dict[str, Any]:
    """The part of a row of periods that stands over these weeks."""
    parts, start = [], 0
    for one in row.parts:
        weeks = min(start + one.weeks, last) - max(start, first)
        if weeks > 0:
            name = str(one.band) if one.band else ""
            parts.append({"weeks": weeks, "is_band": bool(name), "text": "" if name == row.label else name})
        start += one.weeks
    return {"label": row.label, "parts": parts}


def _row(row: SeriesRow, access: Access, first: int, last: int) -> dict[str, Any]:
    series, title = row.series, gate.name_of(access, row.series)
    if gate.may_ask(access, gate.Fact.TITLE):
        title = f"{localized(series.activity, 'title')} {series.label}"
    detail = [date_format(series.starts_on, "D"), f"{series.start_time:%H:%M}"]
    room = str(series.default_room) if series.default_room else ""
    owner = gate.service_of(access, series.activity.organisation)
    return {
        "title": title.strip(),
        "detail": " · ".join(filter(None, (" ".join(detail), room, owner))),
        "cells": [[_mark(mark) for mark in cell.marks] for cell in row.cells[first:last]],
        "sum": _sum(row.sum),
    }


def _mark(mark: OverviewMark) -> dict[str, Any]:
    count = "+" if mark.is_drop_in else f"{mark.enrolled}/{mark.places}"
    text = f"»{count}" if mark.is_moved else count
    kind = ""
    if mark.is_cancelled:
        kind = "cancelled"
    elif mark.has_conflict:
        kind, text = "conflict", f"!{count}"
    elif mark.in_tray:
        kind = "tray"
    elif mark.state == "draft":
        kind = "draft"
    return {"kind": kind, "text": text, "full": mark.is_full and not mark.is_drop_in}


def _sum(total: Sum) -> list[str]:
    """Sessions, and below them how much of their places is taken; nothing for a week without."""
    if not total.sessions and not total.cancelled:
        return []
    return [str(total.sessions), *([] if total.percent is None else [f"{total.percent}%"])]


def _counts(overview: TermOverview) -> list[str]:
    total = overview.total
    told = [
        ngettext("%(number)s session", "%(number)s sessions", total.sessions) % {"number": total.sessions}
    ]
    if total.percent is not None:
        told.append(_("%(percent)s%% of the places taken") % {"percent": total.percent})
    if total.cancelled:
        words = ngettext("%(number)s cancelled", "%(number)s cancelled", total.cancelled)
        told.append(words % {"number": total.cancelled})
    if overview.hard:
        words = ngettext("%(number)s with a conflict", "%(number)s with a conflict", overview.hard)
        told.append(words % {"number": overview.hard})
    return told


def _key(access: Access) -> list[dict[str, Any]]:
    """Every mark with its word; a draft and what waits are the services' own."""
    own = [("draft", "0/0", _("draft")), ("tray", "0/0", _("in the tray"))]
    marks = [
        ("", "8/12", _("enrolled of places")),
        ("full", "12/12", _("full")),
        ("", "»8/12", _("moved")),
        ("cancelled", "", _("cancelled")),
        ("conflict", "!8/12", _("conflict")),
        ("", "+", _("drop-in")),
        *(own if gate.may_ask(access, gate.Fact.DRAFT) else []),
    ]
    return [
        {"kind": "" if kind == "full" else kind, "text": text, "full": kind == "full", "words": words}
        for kind, text, words in marks
    ]
