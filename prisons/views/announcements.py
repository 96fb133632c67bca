"""Pages of announcements: the list, writing one, ending one; and putting one away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core.dates.clock import today
from core.web import htmx
from core.web.forms import DONE
from core.web.pages import asked_page
from prisons.access import PrisonRequest, Right, prison_view
from prisons.announcement_forms import AnnouncementForm
from prisons.domain.people import announcements
from prisons.models import Announcement, Prison, Role
from prisons.seen_forms import look_again, sees


@dataclass(frozen=True)
class AnnouncementRow:
    announcement: Announcement
    state: str
    """`now`, `later` or `over`."""
    roles: str
    services: str
    is_mine: bool


@require_GET
@prison_view(Right.ANNOUNCE)
def announcement_list(request: PrisonRequest, prison: Prison) -> HttpResponse:
    found = Announcement.objects.in_prison(prison).select_related("by").prefetch_related("organisations")
    order = {"now": 0, "later": 1, "over": 2}
    page = asked_page(request, sorted(found, key=lambda one: order[_state(one)]))
    rows = [_row(request, one) for one in page]
    return render(request, "prisons/announcement_list.html", {"page": page, "rows": rows})


def _row(request: PrisonRequest, one: Announcement) -> AnnouncementRow:
    labels = dict(Role.choices)
    return AnnouncementRow(
        one,
        _state(one),
        ", ".join(str(labels.get(role, role)) for role in one.roles),
        ", ".join(service.short_name for service in one.organisations.all()),
        one.by_id == request.user.pk,
    )


def _state(one: Announcement) -> str:
    if one.ended_at is not None or (one.ends_on is not None and one.ends_on < today()):
        return "over"
    return "later" if one.starts_on > today() else "now"


@prison_view(Right.ANNOUNCE)
def announcement_add(request: PrisonRequest, prison: Prison) -> HttpResponse:
    form = AnnouncementForm(request.POST or None, access=request.access)
    if request.method != "POST":
        return _form(request, form)
    status = form.attempt(lambda values: announcements.announce(prison, values, by=request.user))
    if status != DONE:
        return _form(request, form, status=status)
    messages.success(request, _("Announced: it stands on the first page of those it is for."))
    return redirect("prisons:announcement_list", prison.slug)


@prison_view(Right.ANNOUNCE)
def announcement_edit(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    row = _found(prison, pk)
    names = [*announcements.FIELDS]
    initial = {name: getattr(row, name) for name in names} | {"organisations": row.organisations.all()}
    form = AnnouncementForm(request.POST or None, access=request.access, initial=initial)
    sees(form, row)
    if request.method != "POST":
        return _form(request, form, row)

    def save(values: dict[str, Any]) -> object:
        return announcements.change_announcement(row, values, by=request.user, seen=values["seen"])

    status = form.attempt(save)
    if status != DONE:
        if form.refusal is not None:
            look_again(form, form.refusal)
        return _form(request, form, row, status=status)
    messages.success(request, _("Saved."))
    return redirect("prisons:announcement_list", prison.slug)


def _form(
    request: PrisonRequest, form: AnnouncementForm, row: Announcement | None = None, *, status: int = 200
) -> HttpResponse:
    context = {"form": form, "announcement": row}
    return render(request, "prisons/announcement_edit.html", context, status=status)


@require_POST
@prison_view(Right.ANNOUNCE)
def announcement_end(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    announcements.end_announcement(_found(prison, pk), by=request.user)
    messages.success(request, _("Ended: nobody reads it any more."))
    return redirect("prisons:announcement_list", prison.slug)


@require_POST
@prison_view()
def announcement_put_away(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """From the first page, by whoever it is for."""
    row = _found(prison, pk)
    if announcements.is_for(row, request.access):
        announcements.put_away(row, by=request.user)
    if htmx.is_partial(request):
        return HttpResponse()
    return redirect("planner:today", prison.slug)


def _found(prison: Prison, pk: int) -> Announcement:
    return get_object_or_404(Announcement.objects.in_prison(prison), pk=pk)
