"""The board on paper, as it is shown."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from core.dates import clock
from core.paper.answering import shown_pdf
from planner.board.drawing.paper import board_paper
from planner.board.week.board_state import BoardState
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison


@require_GET
@prison_view(Right.SEE_BOARD)
@never_cache
def board_file(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """The same address as the board, with the same filter: a page for each day, or for the one day."""
    shown = BoardState.read(request.GET, request.access)
    body = board_paper(request.access, shown, now=clock.now())
    return shown_pdf(body, f"{prison.slug}-{shown.on if shown.is_day else shown.week}")
