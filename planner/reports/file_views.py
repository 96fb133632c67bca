"""Files to make: the year report, a month of sheets, hours that count as work."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core.dates import clock
from core.paper.answering import answer
from planner.reports import long_work, work_hours
from planner.reports.file_forms import MonthForm, SheetsForm, YearReportForm
from planner.reports.periods import Month
from prisons.access import PrisonRequest, Right, prison_view
from prisons.domain.records import audit
from prisons.models import Prison


@prison_view(Right.REPORT, Right.DOWNLOAD_LISTS)
def report_files(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """The forms that this reader's rights allow."""
    return _show(request)


def _show(request: PrisonRequest, *, status: int = 200, **forms: Any) -> HttpResponse:
    access = request.access
    context: dict[str, Any] = {
        "year_form": YearReportForm(access=access, prefix="year")
        if access.has(Right.REPORT) and access.authorities
        else None,
        "sheets_form": SheetsForm(ahead=2, prefix="sheets") if access.has(Right.DOWNLOAD_LISTS) else None,
        "sees_hours": access.has(Right.DECIDE),
    }
    return render(request, "planner/reports/files.html", {**context, **forms}, status=status)


@prison_view(Right.REPORT)
@require_POST
def year_report_start(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """Has the worker make it, over all prisons of the authority."""
    form = YearReportForm(request.POST, access=request.access, prefix="year")
    if not form.is_valid():
        return _show(request, status=422, year_form=form if request.access.authorities else None)
    data = form.cleaned_data
    job = long_work.start_year_report(
        request.access,
        data["authority"],
        data["year"],
        data["kind"],
        ending=data["ending"],
        language=request.LANGUAGE_CODE,
        back=reverse("planner:report_files", args=[prison.slug]),
        by=request.user,
    )
    return redirect("prisons:job_detail", prison.slug, job.pk)


@prison_view(Right.DOWNLOAD_LISTS)
@require_POST
def month_of_sheets_start(request: PrisonRequest, prison: Prison) -> HttpResponse:
    form = SheetsForm(request.POST, ahead=2, prefix="sheets")
    if not form.is_valid():
        return _show(request, status=422, sheets_form=form)
    back = reverse("planner:report_files", args=[prison.slug])
    job = long_work.start_month_of_sheets(
        request.access, form.chosen(), form.cleaned_data["ending"], back=back, by=request.user
    )
    return redirect("prisons:job_detail", prison.slug, job.pk)


@prison_view(Right.DECIDE)
@never_cache
def work_hours_page(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """Who was present how long, before it is printed and signed."""
    form = MonthForm(request.GET or None)
    month = form.chosen()
    work = work_hours.month_of_work(request.access, month)
    audit.record(prison, request.user, "read_hours", prison)
    context = {
        "form": MonthForm(initial={"month": month.key}),
        "month": month,
        "work": work,
        "people": work.people(),
        "missing": work_hours.without_marks(request.access, month).select_related("series__activity"),
    }
    return render(request, "planner/reports/hours.html", context)


@prison_view(Right.DECIDE)
@never_cache
def work_hours_file(request: PrisonRequest, prison: Prison, month: Month, ending: str) -> HttpResponse:
    """The same on paper, with lines to sign."""
    paper = work_hours.paper_of_hours(work_hours.month_of_work(request.access, month), now=clock.now())
    audit.record(prison, request.user, "download_hours", prison)
    return answer(paper, f"{prison.slug}-{month.key}-{slugify(_('hours that count as work'))}", ending)
