"""Reading what has changed, with an account or without; who is still to be called; I cannot come."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core.errors import PlannerError
from planner.telling import calls, letters, own_sessions, staff_letters
from planner.telling.sentences import sentence
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Letters, Prison, User
from sessions.models import Worker


@never_cache
def read_notices(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a letter: it works without signing in, and opening it is not yet having read it."""
    rows = letters.notices_of(token)
    if not rows:
        raise Http404
    with translation.override(rows[0].worker.language):
        if request.method == "POST":
            letters.mark_read(rows)
        is_read = request.method == "POST" or all(row.read_at for row in rows)
        sentences = [sentence(row) for row in rows]
        return render(request, "planner/telling/read.html", {"sentences": sentences, "is_read": is_read})


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
        sentences = [line for row in rows for line in staff_letters.lines_of(row)]
        return render(request, "planner/telling/read.html", {"sentences": sentences, "is_read": is_read})


@login_required
@never_cache
def own_session_list(request: HttpRequest) -> HttpResponse:
    """A facilitator's sessions in every prison."""
    worker = _worker(request)
    context = {
        "worker": worker,
        "sessions": own_sessions.coming(worker),
        "said_no": own_sessions.said_no(worker),
        "notices": [(row, sentence(row)) for row in own_sessions.unread(worker)],
        "letters": Letters.choices,
    }
    return render(request, "planner/telling/own_sessions.html", context)


@login_required
@require_POST
def own_notices_read(request: HttpRequest) -> HttpResponse:
    letters.mark_read(own_sessions.unread(_worker(request)))
    return redirect("own_sessions")


@login_required
@require_POST
def own_letters(request: HttpRequest) -> HttpResponse:
    """When to hear of what is not urgent."""
    choice = request.POST.get("letters", "")
    if choice not in Letters.values:
        raise Http404
    letters.choose_letters(_worker(request), choice)
    messages.success(request, _("Saved. What changes within two days is told at once in any case."))
    return redirect("own_sessions")


@login_required
def cannot_come(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks once more, then tells the service."""
    worker = _worker(request)
    session = get_object_or_404(own_sessions.coming(worker), pk=pk)
    if request.method != "POST":
        return render(request, "planner/telling/cannot_come.html", {"session": session})
    try:
        own_sessions.cannot_come(session, worker)
    except PlannerError as error:
        messages.error(request, str(error))
    else:
        told = _("%(service)s knows. The session stays in your list until somebody else leads it.")
        messages.success(request, told % {"service": session.series.activity.organisation})
    return redirect("own_sessions")


def _worker(request: HttpRequest) -> Worker:
    worker = own_sessions.worker_of(request.user) if isinstance(request.user, User) else None
    if worker is None:
        raise Http404
    return worker


@prison_view(Right.MANAGE_WORKERS)
def call_list(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """Facilitators who have not read what cannot wait, with their telephone."""
    context = {"calls": calls.calls(request.access), "staff": calls.staff_not_read(request.access)}
    return render(request, "planner/telling/call_list.html", context)


@prison_view(Right.MANAGE_WORKERS)
@require_POST
def called(request: PrisonRequest, prison: Prison, worker: int) -> HttpResponse:
    if not calls.mark_called(request.access, worker, by=request.user):
        raise Http404
    return redirect("planner:call_list", prison.slug)
