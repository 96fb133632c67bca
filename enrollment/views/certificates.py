"""Participation certificates of a group, each a PDF in Dutch and French."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string

from core import clock
from core.errors import PlannerError
from core.pdf import render_pdf
from enrollment.domain import certificates
from enrollment.domain.secrecy import own_series
from enrollment.views.shared import Notice, find_enrollment
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison


@prison_view(Right.ENTER_REQUESTS)
def certificate_list(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    series = get_object_or_404(own_series(request.access), pk=pk)
    context = {"series": series, "rows": certificates.of_series(series)}
    return render(request, "enrollment/certificate_list.html", context)


@prison_view(Right.ENTER_REQUESTS)
def certificate_pdf(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """One A4 page, nl above and fr below, of equal size; the file's name betrays nobody."""
    enrollment = find_enrollment(request.access, pk)
    found = certificates.of_series(enrollment.series)
    row = next((each for each in found if each.enrollment.participant_id == enrollment.participant_id), None)
    if row is None:
        raise Http404
    context = {"row": row, "titles": {code: row.title(code) for code in ("nl", "fr")}, "on": clock.today()}
    try:
        content = render_pdf(
            render_to_string("enrollment/certificate.html", context), ["css/certificate.css"]
        )
    except PlannerError as error:
        page = {"series": enrollment.series, "rows": found, "notice": Notice("stop", str(error))}
        return render(request, "enrollment/certificate_list.html", page, status=error.status)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="attest-attestation-{enrollment.pk}.pdf"'
    return response
