"""Reading what has changed, with an account or without; who is still to be called, who cannot come."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from core.dates import clock
from core.paper.answering import answer
from planner.notifications import letters, staff_letters
from planner.notifications.sentences import sentence
from planner.workers import replacements, unread
from planner.workers.call_paper import call_paper
from prisons.access import PrisonRequest, Right, prison_view
from prisons.domain.records import audit
from prisons.models import Prison


@never_cache
def read_notices(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a letter: it works without signing in, and opening it is not yet having read it."""
    rows = letters.notices_of(token)
    if not rows:
        raise Http404
    with translation.override(rows[0].worker.letter_language):
        if request.method == "POST":
            letters.mark_read(rows)
        is_read = request.method == "POST" or all(row.read_at for row in rows)
        sentences = [sentence(row) for row in rows]
        return render(request, "planner/workers/read.html", {"sentences": sentences, "is_read": is_read})


@never_cache
def read_staff_notices(request: HttpRequest, token: str) -> HttpResponse:
    """The same for the people of a service or of the prison."""
    rows = staff_letters.notices_of(token)
    if not rows:
        raise Http404
    with translation.override(rows[0].user.language):
        if request.method == "POST":
            staff_letters.mark_read(rows)
        is_read = request.method == "POST" or all(row.read_at for row in rows)
        sentences = staff_letters.lines_of(rows)
        return render(request, "planner/workers/read.html", {"sentences": sentences, "is_read": is_read})


@prison_view(Right.MANAGE_WORKERS)
def call_list(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """Facilitators who have not read what cannot wait, with their telephone."""
    context = {"calls": unread.calls(request.access), "staff": unread.staff_not_read(request.access)}
    return render(request, "planner/workers/call_list.html", context)


@prison_view(Right.MANAGE_WORKERS)
@require_GET
@never_cache
def call_list_file(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """The same on paper, beside the telephone."""
    now, access = clock.now(), request.access
    found = unread.calls(access, now=now), unread.staff_not_read(access, now=now)
    audit.record(prison, request.user, "print_calls", prison)
    return answer(
        call_paper(prison, *found, now=now),
        f"{prison.slug}-{slugify(_('Call list'))}-{clock.today(now)}",
        "pdf",
    )


@prison_view(Right.MANAGE_WORKERS)
@require_POST
def called(request: PrisonRequest, prison: Prison, worker: int) -> HttpResponse:
    if not unread.mark_called(request.access, worker, by=request.user):
        raise Http404
    return redirect("planner:call_list", prison.slug)


@prison_view(Right.PLACE)
def cannot_come_list(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """Sessions whose facilitator cannot come, with who could instead."""
    rows = replacements.missing(request.access)
    return render(request, "planner/workers/cannot_come_list.html", {"rows": rows})
