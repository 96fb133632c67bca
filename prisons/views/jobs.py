"""Long work: the list of one's own, how far one is, stopping it, fetching what it made."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core.errors import PlannerError
from core.web.htmx import render_part, trigger
from core.web.pages import asked_page
from prisons.access import Access, PrisonRequest, Right, prison_view
from prisons.domain.background import jobs
from prisons.domain.records import audit
from prisons.models import Job, JobFile, Prison
from prisons.signing_in.second_factor import fresh_second_factor

ROWS = 25


@prison_view()
def job_list(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """What I started here, the newest first: whoever left the page finds it again."""
    mine = Job.objects.in_prison(prison).filter(by=request.user).select_related("prison", "file")
    page = asked_page(request, mine.defer("file__content"), ROWS)
    rows = [_row(job, request.access) for job in page]
    return render(request, "prisons/job_list.html", {"page": page, "rows": rows})


@prison_view()
def job_detail(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """How far it is. The part asks again every second, until it comes back without that wish."""
    return _job(request, _find(request, pk))


def _find(request: PrisonRequest, pk: int) -> Job:
    """Of whoever started it, and of those who may stop any; to everybody else it is not there."""
    rows = Job.objects.in_prison(request.prison).select_related("prison", "file").defer("file__content")
    job = get_object_or_404(rows, pk=pk)
    if not may_stop(job, request.access):
        raise Http404
    return job


@prison_view()
@require_POST
def job_stop(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    jobs.stop(_find(request, pk), by=request.user)
    return _job(request, _find(request, pk))


@prison_view()
@fresh_second_factor
@never_cache
def job_file(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """The result, for whoever started it and may still see what is in it."""
    job = _find(request, pk)
    if job.by_id != request.user.pk:
        raise Http404
    if not hasattr(job, "file"):
        raise PlannerError(
            "file_gone", _("This file has been deleted. Make it anew if you still need it."), status=404
        )
    if not may_open(job, request.access):
        raise PermissionDenied(_("Your role no longer includes this file."))
    file = JobFile.objects.get(job=job)
    audit.record(prison, request.user, "download_file", file)
    response = HttpResponse(bytes(file.content), content_type=file.content_type)
    response["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return response


def may_open(job: Job, access: Access) -> bool:
    """Whoever lost the right, or the authority that the file is about, may no longer."""
    if job.file.right and not access.has(Right(job.file.right)):
        return False
    return "authority" not in job.facts or job.facts["authority"] in access.authorities


def may_stop(job: Job, access: Access) -> bool:
    return job.by_id == access.user.pk or access.has(Right.MANAGE_RULES)


def _row(job: Job, access: Access) -> dict[str, Any]:
    """Everything that the list and the page say of one job."""
    file = getattr(job, "file", None)
    is_mine = job.by_id == access.user.pk
    return {
        "job": job,
        "job_title": jobs.title_of(job),
        "job_failure": jobs.FAILURES.get(job.failure, job.failure),
        "job_is_going": job.state in (Job.State.WAITING, Job.State.RUNNING),
        "may_stop_job": may_stop(job, access),
        "job_file": file if file and is_mine and may_open(job, access) else None,
        "job_had_file": is_mine and file is None and bool(job.facts.get("made_file")),
        "job_look": "queued" if job.state == Job.State.WAITING else job.state,
    }


def _job(request: PrisonRequest, job: Job) -> HttpResponse:
    context = _row(job, request.access)
    response = render_part(request, "prisons/job_detail.html", "prisons/_job.html", context)
    return (
        response if context["job_is_going"] else trigger(response, "job-ended", job=job.pk, state=job.state)
    )
