"""A facilitator's own page, across prisons: sessions, letters, dates, “I cannot come”."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core.dates.clock import now
from core.errors import PlannerError
from core.web import address
from core.web.forms import DONE
from planner.notifications import cannot_come as refusals
from planner.notifications import letters, own_sessions
from planner.notifications.sentences import sentence
from prisons.models import Letters, User
from sessions.domain.workers import add_absence, remove_absence
from sessions.forms import AbsenceForm
from sessions.models import GroupSession, Worker, WorkerAbsence


@login_required
@never_cache
def own_session_list(request: HttpRequest) -> HttpResponse:
    """A facilitator's sessions in every prison."""
    worker = _worker(request)
    return render(request, "planner/workers/own_sessions.html", _page(worker, AbsenceForm()))


def _page(worker: Worker, dates: AbsenceForm) -> dict[str, Any]:
    prisons = own_sessions.prisons_of(worker)
    minutes = own_sessions.gate_minutes(prisons)
    return {
        "worker": worker,
        "prisons": prisons,
        "sessions": [
            (row, _gate_at(row, minutes.get(row.prison_id, 0))) for row in own_sessions.coming(worker)
        ],
        "said_no": refusals.said_no(worker),
        "notices": [(row, sentence(row)) for row in own_sessions.unread(worker)],
        "letters": Letters.choices,
        "absences": worker.absences.filter(ends_at__gte=now()),
        "dates": dates,
    }


def _gate_at(session: GroupSession, minutes: int) -> dt.datetime | None:
    return session.starts_at - dt.timedelta(minutes=minutes) if session.starts_at else None


@login_required
@require_POST
def own_notices_read(request: HttpRequest) -> HttpResponse:
    """Those that stood on the page: what came since has not been read."""
    seen = address.numbers(request.POST.getlist("notice"))
    letters.mark_read(own_sessions.unread(_worker(request)).filter(pk__in=seen))
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
        return render(request, "planner/workers/cannot_come.html", {"session": session})
    try:
        refusals.cannot_come(session, worker)
    except PlannerError as error:
        messages.error(request, str(error))
    else:
        told = _("%(service)s knows. The session stays in your list until somebody else leads it.")
        messages.success(request, told % {"service": session.series.activity.organisation})
    return redirect("own_sessions")


@login_required
@require_POST
def can_come(request: HttpRequest, pk: int) -> HttpResponse:
    """Said too early: the service knows that as well."""
    worker = _worker(request)
    session = get_object_or_404(own_sessions.coming(worker), pk=pk)
    try:
        refusals.can_come(session, worker)
    except PlannerError as error:
        messages.error(request, str(error))
    else:
        told = _("%(service)s knows that you come.")
        messages.success(request, told % {"service": session.series.activity.organisation})
    return redirect("own_sessions")


@login_required
@require_POST
def own_dates(request: HttpRequest) -> HttpResponse:
    """Dates I cannot, in every prison at once."""
    worker, form = _worker(request), AbsenceForm(request.POST)
    prisons = own_sessions.prisons_of(worker)
    if not prisons or not isinstance(request.user, User):
        raise Http404
    user = request.user
    status = form.attempt(lambda _values: add_absence(worker, prisons[0], *form.span, by=user))
    if status != DONE:
        context = _page(worker, form)
        return render(request, "planner/workers/own_sessions.html", context, status=status)
    messages.success(request, _("The dates were added."))
    return redirect("own_sessions")


@login_required
@require_POST
def own_date_remove(request: HttpRequest, pk: int) -> HttpResponse:
    worker = _worker(request)
    absence = get_object_or_404(WorkerAbsence, pk=pk, worker=worker)
    prisons = own_sessions.prisons_of(worker)
    if not prisons or not isinstance(request.user, User):
        raise Http404
    remove_absence(absence, prisons[0], by=request.user)
    messages.success(request, _("The dates were removed."))
    return redirect("own_sessions")


def _worker(request: HttpRequest) -> Worker:
    worker = own_sessions.worker_of(request.user) if isinstance(request.user, User) else None
    if worker is None:
        raise Http404
    return worker
