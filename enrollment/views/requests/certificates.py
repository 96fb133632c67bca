"""Participation certificates of a group, each a PDF in Dutch and French."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from core.dates import clock
from core.paper import unprintable_names
from enrollment.domain.attendance import certificates
from enrollment.domain.participants.visibility import own_series
from enrollment.exports.certificate_pages import certificate_pages
from enrollment.views.shared import find_enrollment
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison


@prison_view(Right.ENTER_REQUESTS)
def certificate_list(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    series = get_object_or_404(own_series(request.access), pk=pk)
    rows = certificates.of_series(series)
    context = {"series": series, "rows": rows, "unprintable": unprintable_names(row.name for row in rows)}
    return render(request, "enrollment/certificate_list.html", context)


@prison_view(Right.ENTER_REQUESTS)
def certificate_pdf(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """One A4 page, nl above and fr below, of equal size; the file's name betrays nobody."""
    enrollment = find_enrollment(request.access, pk)
    found = certificates.of_series(enrollment.series)
    row = next((each for each in found if each.enrollment.participant_id == enrollment.participant_id), None)
    if row is None:
        raise Http404
    content = certificate_pages([row], clock.today())
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="attest-attestation-{enrollment.pk}.pdf"'
    return response
