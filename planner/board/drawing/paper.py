"""The board on paper: a page for each day, rows by time slots, so that it can be read on a wall."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from core.dates.clock import BRUSSELS
from core.paper import PAGE_WORDS, page_words, printed
from planner.board.week.board_state import BoardState
from planner.board.week.cards import Card
from planner.board.week.choices import in_words
from planner.board.week.table import BoardCell, BoardColumn, BoardDay, BoardRow, WeekBoard, week_board
from prisons import gate
from prisons.access import Access
from rooms.domain.facts import rules_of


def board_paper(access: Access, shown: BoardState, *, now: dt.datetime) -> bytes:
    """The week that is shown, or only its day, with the same filter and the same rows."""
    prison = access.prison
    board = week_board(prison, shown.week, access, shown.filter)
    pages = _BoardPages(board, tells_service=gate.may_ask(access, gate.Fact.SERVICE))
    told = [pages.day(on) for on in ([shown.on] if shown.is_day else pages.days())]
    if board.tray and not shown.is_day:
        told[-1]["below"].append(_tray(board.tray))
    made = date_format(now.astimezone(BRUSSELS), "SHORT_DATETIME_FORMAT")
    title = _("Week %(number)s") % {"number": board.week.number}
    facts = {
        "language": get_language() or "nl",
        "title": f"{prison} · {title}",
        "product": settings.PRODUCT_NAME,
        "corner": corner(shown.filter.rows),
        "lead": " · ".join([str(prison), title, *in_words(shown.filter, access)]),
        "foot": " · ".join([str(prison), title, _("as it was on %(when)s") % {"when": made}]),
        "page_words": page_words(str(PAGE_WORDS)),
        "days": told,
    }
    return printed("week", facts, made_at=now)


def corner(rows: str) -> str:
    """What stands in the first column."""
    if rows == "units":
        return _("Living unit")
    return _("Facilitator") if rows == "workers" else _("Room")


class _BoardPages:
    """The days of one board, each as the facts of a page."""

    def __init__(self, board: WeekBoard, *, tells_service: bool) -> None:
        self.board, self.tells_service = board, tells_service
        self.known = {day.on: day for day in board.days}
        self.rooms = {} if board.filter.rows == "rooms" else rules_of(board.prison).rooms

    def days(self) -> list[dt.date]:
        """Those with time slots, and any other on which something stands."""
        cards = (card for row in self.board.rows for cell in row.cells for card in cell.cards)
        return sorted({*self.known, *(card.day for card in cards if card.day)}) or [self.board.week.monday]

    def day(self, on: dt.date) -> dict[str, Any]:
        day = self.known.get(on)
        columns = day.columns if day else ()
        rows = [(row, self._cells(row, on, columns)) for row in self.board.rows]
        has_other = any(cells[-1]["cards"] for _row, cells in rows)
        taken = [(row, cells) for row, cells in rows if any(map(_is_used, cells))]
        empty = [row.title for row, cells in rows if not any(map(_is_used, cells))]
        return {
            "title": capfirst(date_format(on, "l j F Y")),
            "notes": _notes(day) + ([] if taken else [_("There is nothing on this day.")]),
            "columns": [column.label for column in columns] + ([_("other times")] if has_other else []),
            "rows": [
                {
                    "title": row.title.replace(" · ", "\n"),
                    "detail": self._places(row),
                    "warning": row.warning,
                    "cells": cells if has_other else cells[:-1],
                }
                for row, cells in taken
            ],
            "below": [_("Nothing here: %(rows)s") % {"rows": ", ".join(empty)}] if empty and taken else [],
        }

    def _places(self, row: BoardRow) -> str:
        if not row.detail or self.board.filter.rows != "rooms":
            return row.detail
        number = int(row.detail)
        return ngettext("%(number)s place", "%(number)s places", number) % {"number": number}

    def _cells(self, row: BoardRow, on: dt.date, columns: Sequence[BoardColumn]) -> list[dict[str, Any]]:
        """One for each slot of that day, and one for what stands outside all of them."""
        by_column = {cell.column: cell for cell in row.cells}
        found = [self._cell(by_column[column]) for column in columns]
        other = [card for card in by_column[None].cards if card.day == on] if None in by_column else []
        return [*found, {"closed": "", "announced": "", "cards": [self._card(card) for card in other]}]

    def _cell(self, cell: BoardCell) -> dict[str, Any]:
        announced = _("announced: %(reason)s") % {"reason": cell.announced} if cell.announced else ""
        hidden = [_("taken %(hours)s") % {"hours": hours} for hours in cell.taken]
        return {
            "closed": cell.closed,
            "announced": " · ".join(filter(None, (announced, *hidden))),
            "taken": hidden,
            "cards": [self._card(card) for card in cell.cards],
        }

    def _card(self, card: Card) -> dict[str, Any]:
        room = self.rooms.get(card.room_id or 0)
        lines = [
            room.name if room else "",
            "" if self.board.filter.rows == "workers" else card.workers,
            " · ".join(filter(None, (card.organisation if self.tells_service else "", card.languages))),
        ]
        return {
            "time": f"{card.start}–{card.end}",
            "count": "" if card.state == "cancelled" else f"{card.enrolled}/{card.places}",
            "title": card.title,
            "language": card.title_language,
            "state": card.state,
            "word": {"draft": _("draft"), "cancelled": _("cancelled")}.get(card.state, ""),
            "lines": [line for line in lines if line],
            "mark": f"{card.mark.word}{f' ({card.mark.count})' if card.mark.count > 1 else ''}"
            if card.mark
            else "",
            "hard": bool(card.mark and card.mark.is_hard),
        }


def _is_used(cell: dict[str, Any]) -> bool:
    """By a card, or by what the filter leaves out: neither is a place where nothing is."""
    return bool(cell["cards"] or cell.get("taken"))


def _notes(day: BoardDay | None) -> list[str]:
    if day is None:
        return []
    announced = _("announced: %(reason)s") % {"reason": day.announced} if day.announced else ""
    return [told for told in (day.note, day.closed, announced) if told]


def _tray(cards: Iterable[Card]) -> str:
    """What has no room or no time yet, in one line."""
    return _("In the tray: %(titles)s") % {"titles": ", ".join(card.title for card in cards)}
