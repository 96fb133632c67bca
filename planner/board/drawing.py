"""Draws the cells and cards of a week as HTML, in Python.

A template took some ten times the CPU for three hundred cards and a thousand cells: the one place where
a page is not a template (docs/decisions/0009). Every value goes through `format_html`, so all is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.templatetags.ui import icon
from planner.board.cards import Card
from planner.board.week import BoardRow, Cell, WeekBoard
from prisons.access import Access, Right

EMPTY = SafeString("")


@dataclass(frozen=True)
class Drawn:
    """The two parts of the board that hold cards."""

    rows: SafeString
    tray: SafeString


def draw(board: WeekBoard, access: Access) -> Drawn:
    """Everything that depends on the number of sessions."""
    pen = _Pen(board, access)
    return Drawn(pen.joined(pen.row(row) for row in board.rows), pen.cards(board.tray))


class _Pen:
    """Words and drawings that every card shares are looked up once."""

    def __init__(self, board: WeekBoard, access: Access) -> None:
        self.address = reverse("planner:session_detail", args=[board.prison.slug, 0])
        self.may_ask = access.has(Right.PLACE)
        self.enrolled = _("enrolled of places:")
        self.people, self.megaphone = icon("people"), icon("megaphone")
        self.hard, self.soft = icon("x-octagon"), icon("exclamation-triangle")
        self.draft = format_html('<span class="card-mark">{}{}</span>', icon("pencil"), _("draft"))
        self.cancelled = format_html(
            '<span class="card-mark tone-stop">{}{}</span>', icon("x-circle"), _("cancelled")
        )

    @staticmethod
    def joined(parts: Iterable[SafeString]) -> SafeString:
        return format_html_join("", "{}", ((part,) for part in parts))

    def row(self, row: BoardRow) -> SafeString:
        detail = (
            format_html('<span class="sub">{}{}</span>', self.people, row.detail) if row.detail else EMPTY
        )
        warning = format_html('<span class="sub">{}</span>', row.warning) if row.warning else EMPTY
        return format_html(
            '<tr><th class="board-row" scope="row">{}{}{}</th>{}</tr>',
            row.title,
            detail,
            warning,
            self.joined(self.cell(cell) for cell in row.cells),
        )

    def cell(self, cell: Cell) -> SafeString:
        where = EMPTY
        if cell.column is not None:
            where = format_html(
                ' data-day="{}" data-slot="{}"', f"{cell.column.day:%Y%m%d}", cell.column.slot_id
            )
        return format_html(
            '<td class="cell{}{}" data-cell="{}" data-row="{}"{}>{}{}</td>',
            " is-closed" if cell.closed else "",
            " is-announced" if cell.announced else "",
            cell.key,
            cell.row_id,
            where,
            self.note(cell) if cell.closed or cell.announced else EMPTY,
            self.cards(cell.cards) if cell.cards else EMPTY,
        )

    def note(self, cell: Cell) -> SafeString:
        drawing = EMPTY if cell.closed else self.megaphone
        return format_html('<span class="cell-note">{}{}</span>', drawing, cell.closed or cell.announced)

    def cards(self, cards: Iterable[Card]) -> SafeString:
        return self.joined(self.card(card) for card in cards)

    def card(self, card: Card) -> SafeString:
        address = f"{self.address[:-2]}{card.session_id}/"
        return format_html(
            '<article class="slip card-slip domain-{} {}" data-session="{}" data-version="{}"{}>'
            '<a class="slip-title" lang="{}" href="{}" hx-get="{}" hx-target="#panel"'
            ' hx-swap="innerHTML">{}</a><span class="slip-line number">{} '
            '<b{}><span class="visually-hidden">{} </span>{}/{}</b>{}</span>'
            "{}{}{}</article>",
            card.domain,
            card.css,
            card.session_id,
            card.version,
            self.handle(card),
            card.title_language,
            address,
            address,
            card.hyphenated,
            card.start,
            SafeString(' class="is-full"') if card.is_full else EMPTY,
            self.enrolled,
            card.enrolled,
            card.places,
            self.languages(card),
            format_html('<span class="slip-line card-workers">{}</span>', card.workers)
            if card.workers
            else EMPTY,
            {"draft": self.draft, "cancelled": self.cancelled}.get(card.state, EMPTY),
            self.mark(card) if card.mark else EMPTY,
        )

    def handle(self, card: Card) -> SafeString:
        """What may be dragged: the own to move it, another's to ask for it."""
        if card.state == "cancelled":
            return EMPTY
        if card.is_mine:
            return SafeString(" data-mine")
        return SafeString(" data-theirs") if self.may_ask else EMPTY

    @staticmethod
    def languages(card: Card) -> SafeString:
        return (
            format_html(' <span class="card-languages">{}</span>', card.languages)
            if card.languages
            else EMPTY
        )

    def mark(self, card: Card) -> SafeString:
        if card.mark is None:
            return EMPTY
        more = f" +{card.mark.count - 1}" if card.mark.count > 1 else ""
        return format_html(
            '<span class="card-mark {}">{}{}{}</span>',
            "tone-stop" if card.mark.is_hard else "tone-warn",
            self.hard if card.mark.is_hard else self.soft,
            card.mark.word,
            more,
        )
