"""Reply slips: a page to print, folded so that only name and cell show, and what was handed out."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from core.errors import PlannerError
from enrollment.domain import counts, slip_text, slips
from enrollment.domain.slip_text import SlipText
from enrollment.domain.slips import BatchLine
from enrollment.models import Slip
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison


@dataclass(frozen=True)
class Printed:
    """One slip on paper: outside name, unit and cell; inside the answer, and its translation below."""

    line: BatchLine
    text: SlipText
    third: SlipText | None


def _chosen(request: PrisonRequest) -> QuerySet[Slip]:
    """Slips of the own services on the desk; ?unit= and ?slip= narrow them."""
    rows = counts.to_hand_out(request.access)
    ids = [int(pk) for pk in request.GET.getlist("slip") + request.POST.getlist("slip") if pk.isdigit()]
    return rows.filter(pk__in=ids) if ids else rows


@prison_view(Right.ENTER_REQUESTS)
def slip_print(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """The batch, sorted by unit and cell, one folded A4 each."""
    lines = slips.batch(prison, _chosen(request))
    pages = [printed(line) for line in lines]
    slips.mark_printed([line.slip for line in lines])
    return render(request, "enrollment/slip_print.html", {"pages": pages})


def printed(line: BatchLine) -> Printed:
    """Both texts of one slip."""
    slip = line.slip
    series = slip_text.series_of(slip)
    dates = slip_text.next_dates(series) if series and slip.kind == Slip.Kind.PLACED else ()
    third = slip_text.write(slip, slip.third_language, dates=dates) if slip.third_language else None
    return Printed(line, slip_text.write(slip, slip.language, dates=dates), third)


@prison_view(Right.ENTER_REQUESTS)
@require_POST
def slip_hand_out(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """Marks what is ticked as handed out; without a tick nothing."""
    ids = [int(pk) for pk in request.POST.getlist("slip") if pk.isdigit()]
    wanted = list(counts.to_hand_out(request.access).filter(pk__in=ids).values_list("pk", flat=True))
    number = slips.hand_out(prison, wanted, by=request.user)
    sentence = ngettext("%(number)s slip is handed out.", "%(number)s slips are handed out.", number)
    messages.success(request, sentence % {"number": number})
    return redirect(f"{reverse('enrollment:request_list', args=[prison.slug])}?tab=hand_out")


@prison_view(Right.ENTER_REQUESTS)
@require_POST
def slip_take_back(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """It was marked as handed out by mistake."""
    slip = get_object_or_404(Slip.objects.in_prison(prison), pk=pk, handed_out_by=request.user)
    try:
        slips.take_back_handing_out(slip, by=request.user)
        messages.success(request, _("The slip lies on the desk again."))
    except PlannerError as error:
        messages.error(request, str(error))
    return redirect(f"{reverse('enrollment:request_list', args=[prison.slug])}?tab=hand_out")
