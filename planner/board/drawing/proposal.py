"""A proposal laid over the week: what stands now, what would come, what would leave, as one table."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.dates.clock import BRUSSELS
from core.templatetags.ui import icon
from core.words.languages import localized
from planner.board.drawing.week import EMPTY, Drawn, WeekRenderer
from planner.board.week.cards import Card, hyphenated
from planner.board.week.table import BoardCell, WeekBoard
from planner.models import Proposal, ProposalLine
from planner.proposals.accepting import open_lines
from planner.proposals.lines.making import changes_of, sessions_of
from prisons.access import Access

Outcome = ProposalLine.Outcome


@dataclass(frozen=True)
class Ghost:
    """A session where the proposal would put it."""

    line_id: int
    title: str
    domain: str
    start: int
    day: dt.date
    room_id: int
    is_new: bool


@dataclass(frozen=True)
class Overlay:
    """What a proposal changes in one week."""

    ghosts: tuple[Ghost, ...]
    leaving: Mapping[int, dt.datetime]
    """Sessions that would go elsewhere, and when that is."""
    placed: frozenset[int]
    """Sessions of the tray that would get a place."""
    left_out: frozenset[int]


def overlay_of(proposal: Proposal, board: WeekBoard) -> Overlay:
    """Of the lines that can still be accepted; a fixed number of queries."""
    lines = open_lines(proposal)
    by_id = {line.pk: line for line in proposal.lines.select_related("series__activity")}
    sessions = sessions_of(lines)
    ghosts: list[Ghost] = []
    leaving: dict[int, dt.datetime] = {}
    placed: set[int] = set()
    for line in lines:
        for session_id, change in changes_of(line, sessions).items():
            session = sessions[session_id]
            if session.week_on != board.week.monday or not isinstance(change.starts_at, dt.datetime):
                continue
            ghosts.append(_ghost(by_id[line.pk], session.week_on))
            if session.room_id is None:
                placed.add(session_id)
            else:
                leaving[session_id] = change.starts_at
    lost = [line for line in by_id.values() if line.outcome == Outcome.LEFT_OUT]
    left_out = {pk for line in lost for pk, _version in line.sessions}
    return Overlay(tuple(ghosts), leaving, frozenset(placed), frozenset(left_out))


def _ghost(line: ProposalLine, monday: dt.date) -> Ghost:
    starts, weekday = line.starts or dt.time(), line.weekday or 1
    return Ghost(
        line.pk,
        f"{localized(line.series.activity, 'title')} {line.series.label}".strip(),
        line.series.activity.domain,
        starts.hour * 60 + starts.minute,
        line.on or monday + dt.timedelta(days=weekday - 1),
        line.room_id or 0,
        line.outcome == Outcome.PLACED,
    )


def draw_overlay(board: WeekBoard, access: Access, proposal: Proposal) -> Drawn:
    """The rows with marks, and the tray; nothing can be dragged here."""
    pen = ProposalPen(board, access, overlay_of(proposal, board), proposal)
    return Drawn(pen.joined(pen.row(row) for row in board.rows), pen.cards(board.tray))


class ProposalPen(WeekRenderer):
    def __init__(self, board: WeekBoard, access: Access, overlay: Overlay, proposal: Proposal) -> None:
        super().__init__(board, access)
        self.overlay = overlay
        self.ghosts = _by_cell(overlay.ghosts)
        self.line_address = reverse("planner:proposal_line", args=[board.prison.slug, proposal.pk, 0])
        self.gets = self.words("check2", _("gets a place"), "tone-info")
        self.lost = self.words("dash-circle", _("left out"), "tone-stop")
        self.comes = self.words("arrows-move", _("would come here"), "tone-info")
        self.new = self.words("plus-lg", _("new here"), "tone-info")

    @staticmethod
    def words(drawing: str, text: str, tone: str) -> SafeString:
        return format_html('<span class="card-mark {}">{}{}</span>', tone, icon(drawing), text)

    def handle(self, card: Card) -> SafeString:
        """Here one looks; the plan is changed on the board itself."""
        return EMPTY

    def cards(self, cards: Iterable[Card], *, with_day: bool = False) -> SafeString:
        return self.joined(self.marked(card) for card in cards)

    def marked(self, card: Card) -> SafeString:
        if to := self.overlay.leaving.get(card.session_id):
            return self.card(card, css=" is-leaving", after=self.words("arrow-right", _goes(to), "tone-warn"))
        if card.session_id in self.overlay.placed:
            return self.card(card, after=self.gets)
        if card.session_id in self.overlay.left_out:
            return self.card(card, after=self.lost)
        return self.card(card)

    def cell(self, cell: BoardCell) -> SafeString:
        drawn = super().cell(cell)
        found = self.ghosts_in(cell)
        if not found:
            return drawn
        body = SafeString(drawn.removesuffix("</td>"))
        return format_html("{}{}</td>", body, self.joined(self.ghost(one) for one in found))

    def ghosts_in(self, cell: BoardCell) -> list[Ghost]:
        column = cell.column
        if column is None:
            return []
        there = self.ghosts.get((cell.row_id, column.day), ())
        return [one for one in there if column.start <= one.start < column.end]

    def ghost(self, ghost: Ghost) -> SafeString:
        return format_html(
            '<article class="slip card-slip is-ghost domain-{}"><a class="slip-title" href="{}" title="{}">{}</a>'
            '<span class="slip-line number">{}</span>{}</article>',
            ghost.domain,
            f"{self.line_address[:-2]}{ghost.line_id}/",
            ghost.title,
            hyphenated(ghost.title, get_language() or "nl"),
            f"{ghost.start // 60:02d}:{ghost.start % 60:02d}",
            self.new if ghost.is_new else self.comes,
        )


def _goes(to: dt.datetime) -> str:
    local = to.astimezone(BRUSSELS)
    return _("to %(when)s") % {"when": f"{date_format(local, 'D j N')} {local:%H:%M}"}


def _by_cell(ghosts: Iterable[Ghost]) -> Mapping[tuple[int, dt.date], list[Ghost]]:
    found: dict[tuple[int, dt.date], list[Ghost]] = defaultdict(list)
    for ghost in ghosts:
        found[ghost.room_id, ghost.day].append(ghost)
    return found
