"""Requests: what is undecided, wished for, parked or to be handed out."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from core.dates import clock
from core.errors import PlannerError
from core.web import address
from core.web.htmx import render_part
from core.web.pages import asked_page
from enrollment.domain.notes.asking import live_of
from enrollment.domain.participants.visibility import own_requests, own_series
from enrollment.domain.requests import answers, counts
from enrollment.domain.requests.decisions import DECLINE_REASONS
from enrollment.domain.requests.seats import Seats, asked_in_order, count_all
from enrollment.domain.slips import reply_slips, slip_batches
from enrollment.models import Request, Stay
from enrollment.views.shared import PageNotice, PageTab, seen_version
from prisons.access import Access, PrisonRequest, Right, prison_view
from prisons.models import Prison, Unit
from sessions.domain.running import runs

TAB_LABELS: dict[str, str | Promise] = {
    "undecided": gettext_lazy("To decide"),
    "overdue": "",  # says within how many days this prison answers
    "hand_out": gettext_lazy("Slips to hand out"),
    "wishes": gettext_lazy("Wishes"),
    "parked": gettext_lazy("Parked notes"),
    "apart": gettext_lazy("Ended without an answer"),
}


@dataclass(frozen=True)
class RequestLine:
    """A request with its age in days, where the person lives, and how full the group is."""

    request: Request
    age: int
    is_late: bool
    stay: Stay | None
    places: Seats | None = None
    position: int = 0
    """Which of those who asked for this series and are undecided, in the order of asking, from 1."""


@prison_view(Right.ENTER_REQUESTS)
def request_list(request: PrisonRequest, prison: Prison) -> HttpResponse:
    tab = request.GET.get("tab", "undecided")
    tab = tab if tab in TAB_LABELS else "undecided"
    pages = {"undecided": _undecided, "overdue": _overdue, "wishes": _wishes, "apart": _apart}
    only = request.prison.organisations.filter(pk=address.number(request.GET.get("service")) or 0)
    context = _tabs(request, tab) | {"only": only.first()} | pages.get(tab, _nothing)(request)
    if tab == "hand_out":
        context |= _slips(request)
    if tab == "parked":
        context["notes"] = counts.parked(request.access)
    return render_part(request, "enrollment/request_list.html", "enrollment/_requests.html", context)


def _tabs(request: PrisonRequest, tab: str) -> dict[str, Any]:
    numbers, apart = counts.of(request.access), counts.counted_apart(request.access)
    of_tab = {
        "undecided": numbers.undecided,
        "overdue": numbers.overdue,
        "hand_out": numbers.to_hand_out,
        "wishes": numbers.wishes,
        "parked": numbers.parked,
        "apart": apart.all,
    }
    days = request.prison.promise_days
    late = ngettext("Older than %(days)s day", "Older than %(days)s days", days) % {"days": days}
    tabs = [
        PageTab(f"{request.path}?tab={key}", label or late, of_tab[key], key == tab)
        for key, label in TAB_LABELS.items()
    ]
    return {"tab": tab, "tabs": tabs, "numbers": numbers, "apart": apart}


def _nothing(request: PrisonRequest) -> dict[str, Any]:
    return {}


def _slips(request: PrisonRequest) -> dict[str, Any]:
    """What lies on the desk, what of it is on no paper yet, and the batches that were printed."""
    rows = counts.to_hand_out(request.access)
    printed_at = rows.values_list("printed_at", flat=True)
    if (service := address.number(request.GET.get("service"))) is not None:
        rows = rows.of_service(service)
    batches = slip_batches.batches(counts.own_slips(request.access))
    return {
        "lines": reply_slips.batch(request.prison, rows),
        "not_printed": sum(at is None for at in printed_at),
        "batches": [batch for batch in batches if batch.to_hand_out],
        "done_batches": [batch for batch in batches if not batch.to_hand_out],
    }


def _undecided(request: PrisonRequest) -> dict[str, Any]:
    rows = filtered(counts.undecided(request.access), request.GET, request.access)
    page = asked_page(request, rows)
    return {
        "page": page,
        "lines": _lines(request.prison, list(page.object_list)),
        "series_choices": own_series(request.access).filter(requests__state="open").distinct(),
        "unit_choices": Unit.objects.in_prison(request.prison),
        "chosen": {"series": request.GET.get("series", ""), "unit": request.GET.get("unit", "")},
    }


def _overdue(request: PrisonRequest) -> dict[str, Any]:
    """The alarm list: whatever is undecided for longer than the prison promises, wishes too."""
    rows = filtered(counts.overdue(request.access), request.GET, request.access)
    page = asked_page(request, rows)
    return {"page": page, "lines": _lines(request.prison, list(page.object_list))}


def _wishes(request: PrisonRequest) -> dict[str, Any]:
    page = asked_page(request, _with_names(counts.wishes(request.access)))
    return {"page": page, "lines": _lines(request.prison, list(page.object_list))}


def _apart(request: PrisonRequest) -> dict[str, Any]:
    """Requests that ended and notes that nobody could read, in one list; of each page the rows are read by number."""
    rows, cards = counts.ended_unanswered(request.access), counts.unreadable_notes(request.access)
    both = [
        (*row, is_card)
        for is_card, part in enumerate((rows, cards))
        for row in part.values_list("received_on", "pk")
    ]
    page = asked_page(request, sorted(both, reverse=True))
    found = [
        each.order_by().in_bulk([pk for _on, pk, is_card in page.object_list if is_card == which])
        for which, each in enumerate((_with_names(rows), cards))
    ]
    page.object_list = [
        (None, found[1].get(pk)) if is_card else (found[0].get(pk), None)
        for _on, pk, is_card in page.object_list
    ]
    return {"page": page}


def _with_names(rows: QuerySet[Request]) -> QuerySet[Request]:
    return rows.select_related("participant", "series__activity", "activity", "organisation", "enrollment")


def filtered(rows: QuerySet[Request], query: QueryDict, access: Access) -> QuerySet[Request]:
    """Filters stand in the address: series=, unit=, service=."""
    if (service := address.number(query.get("service"))) is not None:
        rows = rows.filter(organisation=service)
    series, unit = address.number(query.get("series")), address.number(query.get("unit"))
    if series is not None:
        rows = rows.filter(series=series)
    if unit is not None:
        living = Stay.objects.in_prison(access.prison).open_on(clock.today()).filter(unit=unit)
        rows = rows.filter(participant__in=living.values("participant"))
    return _with_names(rows)


def _lines(prison: Prison, rows: list[Request]) -> list[RequestLine]:
    day = clock.today()
    stays = Stay.objects.in_prison(prison).open_on(day).select_related("unit")
    where = {
        stay.participant_id: stay for stay in stays.filter(participant__in={r.participant_id for r in rows})
    }
    oldest = day - dt.timedelta(days=prison.promise_days)
    wanted = {row.series_id for row in rows if row.series_id}
    places, asked = count_all(wanted), asked_in_order(wanted)
    return [
        RequestLine(
            row,
            (day - row.received_on).days,
            row.received_on < oldest,
            where.get(row.participant_id),
            places.get(row.series_id or 0),
            asked.get(row.pk, 0),
        )
        for row in rows
    ]


@prison_view(Right.ENTER_REQUESTS)
def request_detail(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """A request for an activity or a wish; one for a series goes to its own page."""
    return _show(request, _find(request, pk))


def _find(request: PrisonRequest, pk: int) -> Request:
    return get_object_or_404(_with_names(own_requests(request.access)).select_related("note"), pk=pk)


def _show(
    request: PrisonRequest, row: Request, *, notice: PageNotice | None = None, status: int = 200
) -> HttpResponse:
    if getattr(row, "enrollment", None):
        return redirect("enrollment:enrollment_detail", request.prison.slug, row.enrollment.pk)
    series = own_series(request.access).filter(runs(request.prison, clock.today()), activity=row.activity_id)
    context = {
        "row": row,
        "notice": notice,
        "series_choices": series if row.activity_id else [],
        "decline_reasons": [(reason.value, reason.label) for reason in DECLINE_REASONS],
        "is_open": row.state == Request.State.OPEN,
        "first": live_of(row.series, row.participant_id) if row.series else None,
    }
    return render(request, "enrollment/request_detail.html", context, status=status)


@prison_view(Right.DECIDE)
@require_POST
def request_decide(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """Names a series for it, declines it with a reason, notes a wish, or writes down that it is withdrawn."""
    row = _find(request, pk)
    try:
        sentence = _decide(request, row)
    except PlannerError as error:
        return _show(request, _find(request, pk), notice=PageNotice("stop", str(error)), status=error.status)
    messages.success(request, sentence)
    tab = "wishes" if row.wish_title else "undecided"
    return redirect(f"{reverse('enrollment:request_list', args=[prison.slug])}?tab={tab}")


def _decide(request: PrisonRequest, row: Request) -> str:
    action, seen, by = request.POST.get("action", ""), seen_version(request.POST.get("seen")), request.user
    name = {"name": str(row.participant)}
    if action == "series":
        pk = address.number(request.POST.get("series"))
        series = get_object_or_404(own_series(request.access), pk=pk)
        enrollment = answers.decide_activity_request(row, series, by=by, seen=seen)
        return _("%(name)s: %(state)s.") % (name | {"state": enrollment.get_state_display()})
    if action == "double":
        enrollment = answers.settle_double(row, by=by, seen=seen)
        return _("%(name)s: %(state)s.") % (name | {"state": enrollment.get_state_display()})
    if action == "note":
        answers.note_wish(row, by=by, seen=seen)
        return _("The wish of %(name)s is noted; a slip says so.") % name
    if action == "withdraw":
        answers.withdraw_request(row, by=by, seen=seen)
        return _("%(name)s has withdrawn.") % name
    answers.decline_request(row, request.POST.get("reason", ""), by=by, seen=seen)
    return _("%(name)s has no place; the reply slip says why.") % name
