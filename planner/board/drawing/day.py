"""Draws the rows of a day as HTML, in Python like the week (docs/decisions/0009).

Minutes stand in classes (`at-540 for-90`): the page's policy allows no inline style, and without JavaScript
it looks the same. static/css/minutes.css turns them into places.
"""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString

from planner.board.drawing.week import EMPTY, MINE, Drawn, WeekRenderer
from planner.board.week.axis import STEP
from planner.board.week.cards import Card
from planner.board.week.day import Block, DayBoard, Lane, Shade, clock
from prisons.access import Access

MOST_LANES = 8
GRIPS = SafeString(
    '<span class="grip grip-start" data-grip="start" aria-hidden="true"></span>'
    '<span class="grip grip-end" data-grip="end" aria-hidden="true"></span>'
)


def draw_day(board: DayBoard, access: Access, is_selecting: bool = False) -> Drawn:
    """Everything that depends on the number of sessions."""
    pen = _DayPen(board, access, is_selecting)
    rows = pen.joined(pen.lane(lane) for lane in board.rows)
    return Drawn(rows, pen.in_tray(board.tray), pen.head_of_day(board))


class _DayPen(WeekRenderer):
    def __init__(self, board: DayBoard, access: Access, is_selecting: bool) -> None:
        super().__init__(board, access, is_selecting)
        self.first, self.last, self.axis = board.first, board.last, board.axis
        self.slots = self.joined(
            format_html('<i class="band {}"></i>', self.place(slot.start, slot.end)) for slot in board.slots
        )
        self.now = EMPTY
        if board.now_at is not None:
            self.now = format_html('<i class="now at-{}"></i>', board.axis.at(board.now_at))

    def head_of_day(self, board: DayBoard) -> SafeString:
        """The hours, and above them the slots."""
        hours = (
            format_html('<span class="hour at-{}">{}</span>', self.axis.at(hour), clock(hour))
            for hour in board.hours
            if not self.axis.is_squeezed(hour)
        )
        slots = (
            format_html(
                '<span class="slot {}">{}–{}</span>', self.place(s.start, s.end), clock(s.start), clock(s.end)
            )
            for s in board.slots
        )
        return format_html("{}{}", self.joined(slots), self.joined(hours))

    def place(self, start: int, end: int) -> str:
        """Classes for where a span lies, as far as it is drawn, in steps of five minutes."""
        start, end = max(start, self.first), min(end, self.last)
        begin, until = self.axis.at(start // STEP * STEP), self.axis.at(-(-end // STEP) * STEP)
        return f"at-{begin} for-{max(STEP, until - begin)}"

    def lane(self, lane: Lane) -> SafeString:
        count = min(lane.lanes, MOST_LANES)
        return format_html(
            '<tr>{}<td class="lane lanes-{}" data-row="{}"{}>{}{}{}{}</td></tr>',
            self.head(lane.row.title, lane.row.detail, lane.row.warning),
            count,
            lane.row.row_id,
            SafeString(" data-room") if lane.row.room is not None and lane.row.room.is_active else EMPTY,
            self.slots,
            self.joined(
                self.shade(one) for one in lane.shades if one.start < self.last and one.end > self.first
            ),
            self.now,
            self.joined(self.block(one) for one in lane.blocks),
        )

    def shade(self, shade: Shade) -> SafeString:
        return format_html(
            '<span class="shade is-{} {}" title="{}"><span>{}</span></span>',
            shade.kind,
            self.place(shade.start, shade.end),
            shade.reason,
            shade.reason,
        )

    def block(self, block: Block) -> SafeString:
        card = block.card
        more = format_html(
            ' data-start="{}" data-end="{}" data-room-id="{}" title="{} {}–{}"',
            block.start,
            block.end,
            card.room_id,
            card.title,
            card.start,
            card.end,
        )
        lane = min(block.lane, MOST_LANES - 1)
        css = f" block {self.place(block.start, block.end)} on-{lane}"
        grips = GRIPS if self.handle(card) == MINE else EMPTY
        return self.card(card, css, more, grips, time=f"{card.start}–{card.end}")

    def in_tray(self, cards: tuple[Card, ...]) -> SafeString:
        return self.joined(
            self.card(card, more=format_html(' data-minutes="{}"', card.minutes)) for card in cards
        )
