"""Pages of facilitators: who may enter until when, their languages, and the dates they cannot."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from core.dates.clock import now
from core.web.pages import asked_page
from core.words.folding import begins, fold
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Organisation, Prison
from rooms.views.editing import act_and_return, edit
from sessions.domain import workers
from sessions.forms import AbsenceForm, WishForm, WorkerFilter, WorkerForm, own_services
from sessions.models import SessionWorker, Worker, WorkerAbsence, WorkerAccess, WorkerWish


@prison_view(Right.MANAGE_WORKERS)
def worker_list(request: PrisonRequest, prison: Prison) -> HttpResponse:
    filters = WorkerFilter(request.GET or None, prison=prison)
    entries = _with_permission(_filtered(_entries(prison), filters))
    wanted = request.GET.get("permission", "")
    if wanted in {"urgent", "granted"}:
        entries = [entry for entry in entries if entry.permission.is_urgent == (wanted == "urgent")]  # type: ignore[attr-defined]
    spoken = request.GET.get("language", "")
    entries = [entry for entry in entries if not spoken or spoken in entry.worker.languages]
    context = {"page": asked_page(request, entries), "filters": filters}
    return render(request, "sessions/worker_list.html", context)


def _entries(prison: Prison) -> QuerySet[WorkerAccess]:
    """Everybody who works here, those who are gone last, with how many sessions they still lead here."""
    coming = SessionWorker.objects.filter(
        worker=OuterRef("worker"), session__prison=prison, live=True, starts_at__gte=now()
    )
    count = coming.order_by().values("worker").annotate(count=Count("pk")).values("count")
    rows = WorkerAccess.objects.in_prison(prison).select_related("worker")
    rows = rows.prefetch_related("worker__organisations")
    rows = rows.annotate(session_count=Coalesce(Subquery(count), 0))
    return rows.order_by("-worker__is_active", "worker__name")


def _filtered(rows: QuerySet[WorkerAccess], filters: WorkerFilter) -> QuerySet[WorkerAccess]:
    filters.is_valid()
    data: dict[str, Any] = getattr(filters, "cleaned_data", {})
    for word in fold(data.get("q") or "").split()[:5]:
        rows = rows.filter(worker__name_words__contains=begins(word))
    if data.get("organisation"):
        rows = rows.filter(worker__organisations=data["organisation"])
    return rows


def _with_permission(rows: QuerySet[WorkerAccess]) -> list[WorkerAccess]:
    found = list(rows)
    for entry in found:
        entry.permission = workers.permission_of(entry)  # type: ignore[attr-defined]
    return found


@prison_view(Right.MANAGE_WORKERS)
def worker_add(request: PrisonRequest, prison: Prison) -> HttpResponse:
    mine = list(own_services(request.access))
    form = WorkerForm(request.POST or None, prison=prison, initial={"organisations": mine[:1]})

    def add(values: dict[str, Any]) -> None:
        services = values["organisations"]
        added = workers.add_worker(prison, form.values, form.entry, by=request.user, organisations=services)
        if added.was_known:
            messages.info(
                request,
                _("%(name)s works in another prison already: the details known there were kept.")
                % {"name": added.worker.name},
            )

    return edit(
        request,
        form,
        add,
        back=reverse("sessions:worker_list", args=[prison.slug]),
        done=_("The facilitator was added."),
        heading=_("Add a facilitator"),
        once_more=request.path,
        template="sessions/worker_edit.html",
    )


@prison_view(Right.MANAGE_WORKERS)
def worker_edit(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    entry = _entry(prison, pk)
    name = entry.worker.name
    form = WorkerForm(request.POST or None, instance=entry.worker, prison=prison, entry=entry)

    def save(values: dict[str, Any]) -> Worker:
        services: list[Organisation] = list(values["organisations"])
        return workers.change_worker(
            entry, form.values, form.entry, by=request.user, seen=values["seen"], organisations=services
        )

    return edit(
        request,
        form,
        save,
        back=reverse("sessions:worker_list", args=[prison.slug]),
        done=_("Saved."),
        heading=name,
        template="sessions/worker_edit.html",
        **_about(prison, entry),
    )


def _about(prison: Prison, entry: WorkerAccess) -> dict[str, Any]:
    return {
        "entry": entry,
        "permission": workers.permission_of(entry),
        "absences": entry.worker.absences.filter(ends_at__gte=now()),
        "wishes": entry.worker.wishes.all(),
        "absence_form": AbsenceForm(auto_id="absence_%s"),
        "wish_form": WishForm(auto_id="wish_%s"),
        "absence_add": reverse("sessions:absence_add", args=[prison.slug, entry.worker_id]),
        "wish_add": reverse("sessions:wish_add", args=[prison.slug, entry.worker_id]),
        "end_url": reverse("sessions:worker_end", args=[prison.slug, entry.worker_id]),
    }


def _entry(prison: Prison, worker_id: int) -> WorkerAccess:
    return get_object_or_404(
        WorkerAccess.objects.in_prison(prison).select_related("worker"), worker=worker_id
    )


@require_POST
@prison_view(Right.MANAGE_WORKERS)
def worker_end(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    entry = _entry(prison, pk)
    return act_and_return(
        request,
        lambda: workers.end_access(entry, by=request.user),
        back=reverse("sessions:worker_list", args=[prison.slug]),
        done=_("%(name)s no longer works here.") % {"name": entry.worker.name},
    )


@prison_view(Right.SEE_OWN_SESSIONS)
def my_dates(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """The facilitator's own dates and wishes."""
    worker = getattr(request.user, "worker", None)
    entry = WorkerAccess.objects.in_prison(prison).filter(worker=worker).first() if worker else None
    if entry is None:
        return render(request, "sessions/my_dates.html", {"entry": None})
    return render(request, "sessions/my_dates.html", _about(prison, entry))


def _worker_of(request: PrisonRequest, prison: Prison, pk: int) -> Worker:
    """Of this prison, and for a facilitator only the own row. Raises Http404."""
    worker = _entry(prison, pk).worker
    if not request.access.has(Right.MANAGE_WORKERS) and worker.user_id != request.user.pk:
        raise Http404
    return worker


def _page_of(request: PrisonRequest, prison: Prison, worker: Worker) -> str:
    if request.access.has(Right.MANAGE_WORKERS):
        return reverse("sessions:worker_edit", args=[prison.slug, worker.pk])
    return reverse("sessions:my_dates", args=[prison.slug])


@require_POST
@prison_view(Right.MANAGE_WORKERS, Right.SEE_OWN_SESSIONS)
def absence_add(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    worker, form = _worker_of(request, prison, pk), AbsenceForm(request.POST)

    def add(_values: dict[str, Any]) -> None:
        hits = workers.coming_hits(worker, prison, *form.span)
        workers.add_absence(worker, prison, *form.span, by=request.user)
        if hits:
            messages.warning(
                request,
                ngettext(
                    "%(count)s session falls on these dates: an open conflict until somebody else leads it.",
                    "%(count)s sessions fall on these dates: open conflicts until somebody else leads them.",
                    len(hits),
                )
                % {"count": len(hits)},
            )

    return edit(
        request,
        form,
        add,
        back=_page_of(request, prison, worker) + "#absences",
        done=_("The dates were added."),
        is_fact=True,
        heading=_("Dates %(name)s cannot") % {"name": worker.name},
        template="sessions/part_edit.html",
    )


@require_POST
@prison_view(Right.MANAGE_WORKERS, Right.SEE_OWN_SESSIONS)
def absence_remove(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    absence = get_object_or_404(WorkerAbsence.objects.select_related("worker"), pk=pk)
    worker = _worker_of(request, prison, absence.worker_id)
    return act_and_return(
        request,
        lambda: workers.remove_absence(absence, prison, by=request.user),
        back=_page_of(request, prison, worker) + "#absences",
        done=_("The dates were removed."),
    )


@require_POST
@prison_view(Right.MANAGE_WORKERS, Right.SEE_OWN_SESSIONS)
def wish_add(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    worker, form = _worker_of(request, prison, pk), WishForm(request.POST)
    return edit(
        request,
        form,
        lambda values: workers.add_wish(worker, prison, **values, by=request.user),
        back=_page_of(request, prison, worker) + "#wishes",
        done=_("The wish was added."),
        heading=_("Wishes of %(name)s") % {"name": worker.name},
        template="sessions/part_edit.html",
    )


@require_POST
@prison_view(Right.MANAGE_WORKERS, Right.SEE_OWN_SESSIONS)
def wish_remove(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    wish = get_object_or_404(WorkerWish.objects.select_related("worker"), pk=pk)
    worker = _worker_of(request, prison, wish.worker_id)
    return act_and_return(
        request,
        lambda: workers.remove_wish(wish, prison, by=request.user),
        back=_page_of(request, prison, worker) + "#wishes",
        done=_("The wish was removed."),
    )
