"""Draws the cells and cards of a week as HTML, in Python.

A template took some ten times the CPU for three hundred cards and a thousand cells: the one place where
a page is not a template (docs/decisions/0009). Every value goes through `format_html`, so all is escaped.

What was drawn is kept by value: the functions at the end get all that they show as arguments, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.dates.clock import today
from core.templatetags.ui import icon
from planner.board.week.cards import Card, CardMark, hyphenated
from planner.board.week.table import Board, BoardCell, BoardColumn, BoardRow, WeekBoard
from prisons.access import Access, Right
from rooms.domain.facts import rules_of

EMPTY, CELL_END = SafeString(""), SafeString("</td>")
MINE, THEIRS = SafeString(" data-mine"), SafeString(" data-theirs")
MOST_CARDS, MOST_CELLS = 4096, 8192
"""How many are kept drawn in a process: some weeks of a large prison."""


@dataclass(frozen=True)
class Drawn:
    """The two parts of the board that hold cards, and the hours of a day."""

    rows: SafeString
    tray: SafeString
    head: SafeString = EMPTY


def draw(board: WeekBoard, access: Access, is_selecting: bool = False) -> Drawn:
    """Everything that depends on the number of sessions."""
    pen = WeekRenderer(board, access, is_selecting)
    return Drawn(pen.joined(pen.row(row) for row in board.rows), pen.cards(board.tray))


@dataclass(frozen=True, eq=False)
class WeekStyle:
    """Words and drawings of one language that every card shares."""

    language: str
    select: str
    enrolled: str
    people: SafeString
    megaphone: SafeString
    hard: SafeString
    soft: SafeString
    draft: SafeString
    cancelled: SafeString


class WeekRenderer:
    """Draws for one reader; what all its cards share is looked up once."""

    def __init__(self, board: Board, access: Access, is_selecting: bool = False) -> None:
        self.is_selecting, self.today = is_selecting, today()
        self.ink = _ink(get_language())
        self.rooms = {} if board.filter.rows == "rooms" else rules_of(board.prison).rooms
        self.address = reverse("planner:session_detail", args=[board.prison.slug, 0]).removesuffix("0/")
        self.may_ask = access.has(Right.PLACE)

    @staticmethod
    def joined(parts: Iterable[SafeString]) -> SafeString:
        return SafeString("".join(parts))

    def row(self, row: BoardRow) -> SafeString:
        cells = self.joined(self.cell(cell) for cell in row.cells)
        return format_html("<tr>{}{}</tr>", self.head(row.title, row.detail, row.warning), cells)

    def head(self, title: str, detail: str, warning: str) -> SafeString:
        return _head(self.ink, title, detail, warning)

    def cell(self, cell: BoardCell) -> SafeString:
        opened = _opened(self.ink, cell.row_id, cell.column, cell.closed, cell.announced, cell.is_said)
        taken = self.joined(_taken(hours) for hours in cell.taken)
        return opened + self.cards(cell.cards, with_day=cell.column is None) + taken + CELL_END

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
        handle, room = self.handle(card), self.rooms.get(card.room_id or 0)
        picks = self.is_selecting and handle == MINE
        address = f"{self.address}{card.session_id}/"
        name = room.name if room else ""
        return _card(self.ink, card, address, handle, picks, name, css, more, after, time or card.start)

    def handle(self, card: Card) -> SafeString:
        """What may be dragged: the own to move it, another's to ask for it; nothing of a day that is over."""
        if card.state == "cancelled" or not self.may_ask or (card.day and card.day < self.today):
            return EMPTY
        if card.is_mine:
            return MINE
        return THEIRS


@lru_cache(maxsize=8)
def _ink(language: str | None) -> WeekStyle:
    """Of the language that is active now, which is the key."""
    stop = format_html('<span class="card-mark tone-stop">{}{}</span>', icon("x-circle"), _("cancelled"))
    draft = format_html('{}<span class="visually-hidden">{}: </span>', icon("pencil"), _("draft"))
    return WeekStyle(
        language=language or "nl",
        select=_("Select"),
        enrolled=_("enrolled of places:"),
        people=icon("people"),
        megaphone=icon("megaphone"),
        hard=icon("x-octagon"),
        soft=icon("exclamation-triangle"),
        draft=draft,
        cancelled=stop,
    )


@lru_cache(maxsize=512)
def _head(ink: WeekStyle, title: str, detail: str, warning: str) -> SafeString:
    """What the row is: a room with its places, a living unit, a facilitator."""
    return format_html(
        '<th class="board-row" scope="row"><span class="board-row-name">{}</span>{}{}</th>',
        hyphenated(title, "nl"),
        format_html('<span class="sub number">{}{}</span>', ink.people, detail) if detail else EMPTY,
        format_html('<span class="sub">{}</span>', warning) if warning else EMPTY,
    )


@lru_cache(maxsize=MOST_CELLS)
def _opened(
    ink: WeekStyle, row_id: int, column: BoardColumn | None, closed: str, announced: str, is_said: bool
) -> SafeString:
    """A cell up to its cards: where it is, and why nothing can be there unless the head of the day says it."""
    where = SafeString(' data-day="other"')
    if column is not None:
        where = format_html(' data-day="{}" data-slot="{}"', f"{column.day:%Y%m%d}", column.slot_id)
    note = EMPTY
    if (closed or announced) and not is_said:
        drawing = EMPTY if closed else ink.megaphone
        note = format_html('<span class="cell-note">{}{}</span>', drawing, closed or announced)
    return format_html(
        '<td class="cell{}{}" data-cell="{}-{}" data-row="{}"{}>{}',
        " is-closed" if closed else "",
        " is-announced" if announced else "",
        row_id,
        column.key if column else "other",
        row_id,
        where,
        note,
    )


@lru_cache(maxsize=MOST_CARDS)
def _card(
    ink: WeekStyle,
    card: Card,
    address: str,
    handle: SafeString,
    picks: bool,
    room: str,
    css: str,
    more: SafeString,
    after: SafeString,
    time: str,
) -> SafeString:
    """`room` where the rows are no rooms; `picks` with its tick box."""
    return format_html(
        '<article class="slip card-slip domain-{} {}{}" data-session="{}" data-version="{}"{}{}>'
        '{}<span class="slip-line number">{}{}{}</span>'
        '<a class="slip-title" lang="{}" href="{}" hx-get="{}" hx-target="#panel"'
        ' hx-swap="innerHTML" title="{}">{}{}</a>'
        "{}{}{}{}</article>",
        card.domain,
        card.css,
        css,
        card.session_id,
        card.version,
        handle,
        more,
        _pick(ink, card) if picks else EMPTY,
        time,
        EMPTY if card.state == "cancelled" else _places(ink, card),
        format_html(' <span class="card-languages">{}</span>', card.languages) if card.languages else EMPTY,
        card.title_language,
        address,
        address,
        " · ".join(part for part in (card.title, room, card.languages, card.workers) if part),
        ink.draft if card.state == "draft" else EMPTY,
        card.hyphenated,
        _who_and_where(card, room),
        ink.cancelled if card.state == "cancelled" else EMPTY,
        _mark(ink, card.mark) if card.mark else EMPTY,
        after,
    )


def _places(ink: WeekStyle, card: Card) -> SafeString:
    return format_html(
        ' <b{}><span class="visually-hidden">{} </span>{}/{}</b>',
        SafeString(' class="is-full"') if card.is_full else EMPTY,
        ink.enrolled,
        card.enrolled,
        card.places,
    )


def _taken(hours: str) -> SafeString:
    """A hatched strip where the filter hides something: the place is not free, and nothing more is told."""
    said = _("taken %(hours)s") % {"hours": hours}
    return format_html('<span class="cell-taken number" title="{}">{}</span>', said, said)


def _who_and_where(card: Card, room: str) -> SafeString:
    """Who leads it; where the rows are no rooms, also in which room."""
    said = " · ".join(part for part in (room, card.workers) if part)
    return format_html('<span class="slip-line card-workers">{}</span>', said) if said else EMPTY


def _pick(ink: WeekStyle, card: Card) -> SafeString:
    """The tick box of the page for several at once; with JavaScript static/js/picks.js makes it."""
    return format_html(
        '<input type="checkbox" class="form-check-input card-pick" form="board-picks" name="pick"'
        ' value="{}:{}" aria-label="{} {} {}">',
        card.session_id,
        card.version,
        ink.select,
        card.title,
        card.start,
    )


@lru_cache(maxsize=256)
def _mark(ink: WeekStyle, mark: CardMark) -> SafeString:
    return format_html(
        '<span class="card-mark {}" title="{}">{}<span>{}{}</span></span>',
        "tone-stop" if mark.is_hard else "tone-warn",
        mark.word,
        ink.hard if mark.is_hard else ink.soft,
        hyphenated(mark.word, ink.language),
        f" +{mark.count - 1}" if mark.count > 1 else "",
    )


def _weekday(card: Card) -> str:
    return date_format(card.day, "D j") if card.day else ""
