"""Draws the cells and cards of a week as HTML, in Python.

A template took some ten times the CPU for three hundred cards and a thousand cells: the one place where
a page is not a template (docs/decisions/0009). Every value goes through `format_html`, so all is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.clock import today
from core.templatetags.ui import icon
from planner.board.cards import Card, hyphenated
from planner.board.week import Board, BoardRow, Cell, WeekBoard
from prisons.access import Access, Right
from rooms.domain.facts import rules_of

EMPTY = SafeString("")
MINE, THEIRS = SafeString(" data-mine"), SafeString(" data-theirs")


@dataclass(frozen=True)
class Drawn:
    """The two parts of the board that hold cards, and the hours of a day."""

    rows: SafeString
    tray: SafeString
    head: SafeString = EMPTY


def draw(board: WeekBoard, access: Access, is_selecting: bool = False) -> Drawn:
    """Everything that depends on the number of sessions."""
    pen = Pen(board, access, is_selecting)
    return Drawn(pen.joined(pen.row(row) for row in board.rows), pen.cards(board.tray))


class Pen:
    """Words and drawings that every card shares are looked up once."""

    def __init__(self, board: Board, access: Access, is_selecting: bool = False) -> None:
        self.is_selecting, self.today = is_selecting, today()
        self.select, self.language = _("Select"), get_language() or "nl"
        self.rooms = {} if board.filter.rows == "rooms" else rules_of(board.prison).rooms
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
        return format_html(
            "<tr>{}{}</tr>",
            self.head(row.title, row.detail, row.warning),
            self.joined(self.cell(cell) for cell in row.cells),
        )

    def head(self, title: str, detail: str, warning: str) -> SafeString:
        """What the row is: a room with its places, a living unit, a facilitator."""
        return format_html(
            '<th class="board-row" scope="row">{}{}{}</th>',
            hyphenated(title, "nl"),
            format_html('<span class="sub">{}{}</span>', self.people, detail) if detail else EMPTY,
            format_html('<span class="sub">{}</span>', warning) if warning else EMPTY,
        )

    def cell(self, cell: Cell) -> SafeString:
        where = SafeString(' data-day="other"')
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
            self.cards(cell.cards, with_day=cell.column is None) if cell.cards else EMPTY,
        )

    def note(self, cell: Cell) -> SafeString:
        drawing = EMPTY if cell.closed else self.megaphone
        return format_html('<span class="cell-note">{}{}</span>', drawing, cell.closed or cell.announced)

    def cards(self, cards: Iterable[Card], *, with_day: bool = False) -> SafeString:
        """`with_day` for the column of other times, which is of no day."""
        if with_day:
            return self.joined(self.card(card, time=f"{_weekday(card)} {card.start}") for card in cards)
        return self.joined(self.card(card) for card in cards)

    def card(
        self,
        card: Card,
        css: str = "",
        more: SafeString = EMPTY,
        after: SafeString = EMPTY,
        time: str = "",
    ) -> SafeString:
        """`css`, `more` attributes and what stands `after` the words are the day's."""
        address = f"{self.address[:-2]}{card.session_id}/"
        handle = self.handle(card)
        return format_html(
            '<article class="slip card-slip domain-{} {}{}" data-session="{}" data-version="{}"{}{}>'
            '{}<a class="slip-title" lang="{}" href="{}" hx-get="{}" hx-target="#panel"'
            ' hx-swap="innerHTML">{}</a><span class="slip-line number">{} '
            '<b{}><span class="visually-hidden">{} </span>{}/{}</b>{}</span>'
            "{}{}{}{}</article>",
            card.domain,
            card.css,
            css,
            card.session_id,
            card.version,
            handle,
            more,
            self.pick(card) if self.is_selecting and handle == MINE else EMPTY,
            card.title_language,
            address,
            address,
            card.hyphenated,
            time or card.start,
            SafeString(' class="is-full"') if card.is_full else EMPTY,
            self.enrolled,
            card.enrolled,
            card.places,
            self.languages(card),
            self.who_and_where(card),
            {"draft": self.draft, "cancelled": self.cancelled}.get(card.state, EMPTY),
            self.mark(card) if card.mark else EMPTY,
            after,
        )

    def who_and_where(self, card: Card) -> SafeString:
        """Who leads it; where the rows are no rooms, also in which room."""
        said = [card.workers] if card.workers else []
        if card.room_id in self.rooms:
            said.insert(0, self.rooms[card.room_id].name)
        return (
            format_html('<span class="slip-line card-workers">{}</span>', " · ".join(said)) if said else EMPTY
        )

    def pick(self, card: Card) -> SafeString:
        """The tick box of the page for several at once; with JavaScript static/js/picks.js makes it."""
        return format_html(
            '<input type="checkbox" class="form-check-input card-pick" form="board-picks" name="pick"'
            ' value="{}:{}" aria-label="{} {} {}">',
            card.session_id,
            card.version,
            self.select,
            card.title,
            card.start,
        )

    def handle(self, card: Card) -> SafeString:
        """What may be dragged: the own to move it, another's to ask for it; nothing of a day that is over."""
        if card.state == "cancelled" or not self.may_ask or (card.day and card.day < self.today):
            return EMPTY
        if card.is_mine:
            return MINE
        return THEIRS

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
            '<span class="card-mark {}">{}<span>{}{}</span></span>',
            "tone-stop" if card.mark.is_hard else "tone-warn",
            self.hard if card.mark.is_hard else self.soft,
            hyphenated(card.mark.word, self.language),
            more,
        )


def _weekday(card: Card) -> str:
    return date_format(card.day, "D j") if card.day else ""
