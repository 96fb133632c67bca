"""The sessions of a term as the page shows them, thousands of them: put together from a few pieces that recur,
where a template for each took four fifths of the page's time."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.dates.clock import BRUSSELS
from core.templatetags.ui import icon
from planner.terms.overview import OverviewMark, SeriesRow, State, WeekCell


class DrawnMarks:
    """Draws for one page, in the language that is active; what it has drawn once it has at hand."""

    def __init__(self, board_url: str) -> None:
        self._board = escape(board_url)
        self._looks: dict[OverviewMark, tuple[str, str]] = {}
        self._moments: dict[dt.datetime, str] = {}

    def cells(self, row: SeriesRow) -> SafeString:
        """The weeks of a series, a cell each."""
        return SafeString("".join(map(self._cell, row.cells)))  # each part is escaped where it comes in

    def _cell(self, cell: WeekCell) -> str:
        if not cell.marks:
            return "<td></td>"
        marks = "".join(self._mark(mark, str(cell.week)) for mark in cell.marks)
        return f'<td data-label="{cell.week.number}">{marks}</td>'

    def _mark(self, mark: OverviewMark, week: str) -> str:
        classes, content = self._look(replace(mark, session_id=0, starts_at=None))
        at = f' title="{self._moment(mark.starts_at)}"' if mark.starts_at else ""
        address = f"{self._board}?week={week}&amp;open={mark.session_id}"
        return f'<a class="{classes}" href="{address}"{at}>{content}</a>'

    def _look(self, mark: OverviewMark) -> tuple[str, str]:
        """Classes and content: the same for all that differ only in when they are."""
        if mark not in self._looks:
            self._looks[mark] = _classes(mark), _content(mark)
        return self._looks[mark]

    def _moment(self, at: dt.datetime) -> str:
        if at not in self._moments:
            self._moments[at] = escape(date_format(at.astimezone(BRUSSELS), "D j N H:i"))
        return self._moments[at]


def _classes(mark: OverviewMark) -> str:
    told = {"is-past": mark.is_past, "in-tray": mark.in_tray, "has-conflict": mark.has_conflict}
    return " ".join(["term-mark", f"is-{mark.state}", *(name for name, holds in told.items() if holds)])


def _content(mark: OverviewMark) -> str:
    if mark.is_cancelled:
        return _said("x-circle", _("cancelled"))
    parts = [_said("x-octagon", _("conflict"))] if mark.has_conflict else []
    if mark.in_tray:
        parts.append(_said("inbox", _("in the tray")))
    elif mark.is_moved:
        parts.append(_said("arrow-left-right", _("moved")))
    if not mark.is_drop_in:
        full = " is-full" if mark.is_full else ""
        parts.append(f'<span class="number{full}">{mark.enrolled}/{mark.places}</span>')
    elif not mark.in_tray:
        parts.append(_said("check2", _("drop-in")))
    if mark.state == State.DRAFT:
        parts.append(_hidden(_("draft")))
    return "".join(parts)


def _said(name: str, words: str) -> str:
    return icon(name) + _hidden(words)


def _hidden(words: str) -> str:
    """For whoever hears the page; a blank keeps it apart from what follows."""
    return f'<span class="visually-hidden"> {escape(words)} </span>'
