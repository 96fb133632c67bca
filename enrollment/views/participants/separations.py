"""Who is kept apart from whom: only for the prison.

Everybody else learns `cannot`, and this page says 403.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.dates import clock
from core.errors import PlannerError
from core.web.pages import asked_page
from enrollment.domain.participants import finding, separations
from enrollment.models import Separation
from enrollment.views.shared import PageNotice
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison


@prison_view(Right.SEPARATE)
def separation_list(request: PrisonRequest, prison: Prison) -> HttpResponse:
    if request.method != "POST":
        return _show(request)
    try:
        one, other = (
            finding.the_one(prison, request.POST.get(name, ""), day=clock.today())
            for name in ("one", "other")
        )
        separations.separate(prison, one, other, by=request.user)
    except PlannerError as error:
        return _show(request, PageNotice("stop", str(error)), error.status)
    messages.success(request, _("From today they are never in one slot."))
    return redirect("enrollment:separation_list", prison.slug)


def _show(request: PrisonRequest, notice: PageNotice | None = None, status: int = 200) -> HttpResponse:
    rows = Separation.objects.in_prison(request.prison).filter(ends_on__isnull=True)
    context = {
        "page": asked_page(request, rows.select_related("one", "other").order_by("one__last_name", "pk")),
        "notice": notice,
        "typed": {name: request.POST.get(name, "") for name in ("one", "other")},
    }
    return render(request, "enrollment/separation_list.html", context, status=status)


@prison_view(Right.SEPARATE)
@require_POST
def separation_end(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    row = get_object_or_404(Separation.objects.in_prison(prison).filter(ends_on__isnull=True), pk=pk)
    separations.end(row, by=request.user)
    messages.success(request, _("Today is the last day on which they are kept apart."))
    return redirect("enrollment:separation_list", prison.slug)
