"""The page of lists: the day, its frozen version and the changes since, and the files to print."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core import clock
from core.xlsx import CONTENT_TYPE
from enrollment import exports
from enrollment.domain import list_changes, lists, versions
from enrollment.domain.day import Day
from enrollment.models import ListVersion
from prisons.access import PrisonRequest, Right, prison_view
from prisons.domain import audit
from prisons.models import Prison
from sessions.models import GroupSession

_FILES: dict[str, Callable[..., bytes]] = {
    "movements": exports.movement_list,
    "sheets": exports.attendance_sheets,
    "gate": exports.gate_list,
}


@prison_view(Right.DOWNLOAD_LISTS)
@never_cache
def list_day(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """The lists of one day; without a day, of the next one on which people come together."""
    now = clock.now()
    on = _day_asked(request) or lists.next_day(prison, now=now)
    version = versions.latest(prison, on, now=now)
    current = lists.scoped(lists.day_lists(prison, on, now=now), request.access)
    frozen = _frozen(version, request)
    shown = frozen or current
    context = {
        "day": shown,
        "counts": _table_of_counts(shown),
        "version": version,
        "changes": list_changes.changes(frozen, current) if frozen else [],
        "cut_off": versions.cut_off_of(prison, on, now),
        "is_past": on < clock.today(now),
        "previous": on - dt.timedelta(days=1),
        "next": on + dt.timedelta(days=1),
        "visitors": sum(len(meeting.visitors) for meeting in shown.taking_place),
        "movements": len(shown.movements()),
        "titles": {} if request.access.uses_neutral_names else lists.titles(prison, shown),
    }
    return render(request, "enrollment/lists.html", context)


@prison_view(Right.DOWNLOAD_LISTS)
@never_cache
def list_file(request: PrisonRequest, prison: Prison, on: dt.date, kind: str) -> HttpResponse:
    """One of the workbooks of the day: as frozen, or provisional before the cut-off."""
    if kind not in _FILES:
        raise Http404
    version = versions.latest(prison, on)
    frozen = _frozen(version, request)
    number = version.number if version and frozen else None
    day = frozen or lists.scoped(lists.day_lists(prison, on), request.access)
    audit.record(prison, request.user, f"download_{kind}", version or prison)
    return _file(_FILES[kind](day, version=number), f"{prison.slug}-{on}-{kind}")


@prison_view(Right.DOWNLOAD_LISTS)
@never_cache
def list_change_file(request: PrisonRequest, prison: Prison, on: dt.date) -> HttpResponse:
    """The page of changes since the version; 404 before there is one."""
    version = versions.latest(prison, on)
    frozen = _frozen(version, request)
    if version is None or frozen is None:
        raise Http404
    current = lists.scoped(lists.day_lists(prison, on), request.access)
    audit.record(prison, request.user, "download_changes", version)
    return _file(exports.changes_page(frozen, current, version=version.number), f"{prison.slug}-{on}-changes")


@prison_view(Right.DOWNLOAD_LISTS)
@never_cache
def session_sheet(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """The attendance sheet of one session, as the facts stand now."""
    session, day = _session_day(request, prison, pk)
    sheet = lists.scoped(day, request.access).only(lambda meeting: meeting.id == session.pk)
    if not sheet.meetings:
        raise Http404
    audit.record(prison, request.user, "download_sheet", session)
    return _file(exports.attendance_sheets(sheet), f"{prison.slug}-{day.on}-{sheet.meetings[0].code}")


@prison_view(Right.SEE_OWN_SESSIONS, Right.PLACE)
@never_cache
def worker_sheet(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """The sheet for whoever leads the session; a service has those of its own sessions."""
    session, day = _session_day(request, prison, pk)
    access = request.access
    leads = session.session_workers.filter(worker__user=request.user).exists()
    if not leads and not access.may_change(session.series.activity.organisation):
        raise Http404
    meeting = day.meeting(session.pk)
    if meeting is None:
        raise Http404
    audit.record(prison, request.user, "download_worker_sheet", session)
    body = exports.worker_sheet(day, meeting, title=str(session.series), language=request.LANGUAGE_CODE)
    return _file(body, f"{day.on}-{meeting.code}")


@prison_view(Right.DOWNLOAD_LISTS)
@require_POST
def list_confirm(request: PrisonRequest, prison: Prison, pk: int, what: str) -> HttpResponse:
    """Printed, or handed over: said once per version."""
    verbs = {"printed": versions.confirm_printed, "handed-over": versions.confirm_handed_over}
    if what not in verbs:
        raise Http404
    version = get_object_or_404(ListVersion.objects.in_prison(prison), pk=pk)
    verbs[what](version, by=request.user)
    messages.success(request, _("Noted. The services can see it."))
    return redirect(f"{reverse('enrollment:lists', args=[prison.slug])}?day={version.on}")


def _day_asked(request: PrisonRequest) -> dt.date | None:
    try:
        return dt.date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return None


def _frozen(version: ListVersion | None, request: PrisonRequest) -> Day | None:
    day = versions.day_of(version) if version else None
    return lists.scoped(day, request.access) if day else None


def _session_day(request: PrisonRequest, prison: Prison, pk: int) -> tuple[GroupSession, Day]:
    rows = GroupSession.objects.in_prison(prison).published().select_related("series__activity__organisation")
    session = get_object_or_404(rows, pk=pk, starts_at__isnull=False)
    return session, lists.day_lists(prison, clock.today(session.starts_at))


def _table_of_counts(day: Day) -> dict[str, Any]:
    """Units down, time slots across."""
    counts = day.counts()
    slots = sorted({(count.starts, count.ends) for count in counts})
    found = {(count.unit, count.starts, count.ends): count.people for count in counts}
    rows = [(unit, [found.get((unit, *slot), 0) for slot in slots]) for unit in day.units()]
    return {
        "slots": slots,
        "rows": rows,
        "totals": [sum(column) for column in zip(*(row for _unit, row in rows), strict=True)],
    }


def _file(body: bytes, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type=CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response
