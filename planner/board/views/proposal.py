"""A proposal on the board: plan now and plan proposed as one table, week by week."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from core.dates.clock import today
from core.dates.weeks import Week
from core.web import address
from planner.board.drawing.proposal import draw_overlay
from planner.board.week.board_state import BoardState, steps
from planner.board.week.filters import BoardFilter
from planner.board.week.table import week_board
from planner.models import Proposal, ProposalLine
from planner.proposals.showing import page_of
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison


@require_GET
@prison_view(Right.PLACE)
def proposal_board(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """One week of it; the weeks of its span can be stepped through."""
    rows = Proposal.objects.in_prison(prison).select_related("by", "job", "prison")
    proposal = get_object_or_404(rows, pk=pk)
    first, last = Week.from_date(max(proposal.first_on, today())), Week.from_date(proposal.last_on)
    week = _week(request.GET.get("week", "") or str(_first_change(proposal, first)), first, last)
    board = week_board(prison, week, request.access, BoardFilter())
    here = reverse("planner:proposal_board", args=[prison.slug, pk])
    context = {
        "about": page_of(proposal, request.access),
        "board": board,
        "shown": BoardState(week.monday),
        "steps": steps(BoardState(week.monday), prison),
        "drawn": draw_overlay(board, request.access, proposal),
        "previous_url": f"{here}?week={week + -1}" if week > first else "",
        "next_url": f"{here}?week={week + 1}" if week < last else "",
    }
    return render(request, "planner/board/proposal.html", context)


def _first_change(proposal: Proposal, first: Week) -> Week:
    """The week to open with: the first in which something comes or goes; a weekly line does so in all."""
    changes = proposal.lines.exclude(outcome=ProposalLine.Outcome.LEFT_OUT).values_list("on", flat=True)
    days = [day for day in changes if day is not None]
    return Week.from_date(min(days)) if days and len(days) == len(changes) else first


def _week(text: str, first: Week, last: Week) -> Week:
    """The week of the address, within the span; the first one when there is none or it cannot be read."""
    week = address.week(text)
    return min(max(week, first), max(first, last)) if week else first
