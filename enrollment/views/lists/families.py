"""Announcing the visitors of a family afternoon: numbers of adults and children per person."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from core.dates import clock
from enrollment.domain.lists import family_visits
from enrollment.forms import posted
from enrollment.list_forms import VisitorsForm
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison
from sessions.models import GroupSession


@prison_view(Right.PLACE)
def families(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """One line per person of the group; the gate reads only the sums."""
    rows = GroupSession.objects.in_prison(prison).select_related("series__activity__organisation")
    session = get_object_or_404(rows, pk=pk, starts_at__isnull=False)
    if not family_visits.welcomes_families(session) or not family_visits.may_announce(
        session, request.access
    ):
        raise Http404
    lines = family_visits.announced(session)
    form = VisitorsForm(posted(request), lines=lines)
    back = f"{reverse('enrollment:lists', args=[prison.slug])}?day={clock.today(session.starts_at)}"
    status = 200
    if request.method == "POST":
        status = form.attempt(lambda _values: family_visits.announce(session, form.numbers, by=request.user))
        if status == 302:
            messages.success(request, _("Saved. The gate list has the new numbers."))
            return redirect(back)
    context = {"session": session, "form": form, "back": back, "lines": lines}
    return render(request, "enrollment/families.html", context, status=status)
