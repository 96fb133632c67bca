"""The files of a day: one list, the whole day, or what one post gets, as workbook or as PDF."""

from __future__ import annotations

import datetime as dt

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache

from core.dates import clock
from core.paper.answering import CONTENT_TYPES, answer
from core.web import address
from enrollment.domain.lists import day_lists
from enrollment.domain.lists.day import Day
from enrollment.exports import papers
from enrollment.exports.requested import WantedFiles, requested
from enrollment.exports.worker_sheet import worker_sheet as worker_paper
from prisons.access import PrisonRequest, Right, prison_view
from prisons.domain.records import audit
from prisons.models import Prison
from sessions.models import GroupSession


@prison_view(Right.DOWNLOAD_LISTS)
@never_cache
def list_file(request: PrisonRequest, prison: Prison, on: dt.date, kind: str, ending: str) -> HttpResponse:
    """A list of the day, or the whole of it: as frozen, or provisional before the cut-off."""
    if kind == "post":
        raise Http404
    return _wanted(request, prison, WantedFiles(on, kind, number=_number(request)), ending)


@prison_view(Right.DOWNLOAD_LISTS)
@never_cache
def post_file(request: PrisonRequest, prison: Prison, on: dt.date, post: int, ending: str) -> HttpResponse:
    """What one post gets, with a cover."""
    return _wanted(request, prison, WantedFiles(on, "post", post=post, number=_number(request)), ending)


def _wanted(request: PrisonRequest, prison: Prison, wanted: WantedFiles, ending: str) -> HttpResponse:
    if ending not in CONTENT_TYPES:
        raise Http404
    found = requested(request.access, wanted)
    audit.record(prison, request.user, f"download_{wanted.kind}", found.version or prison)
    return answer(found.paper, found.name, ending)


def _number(request: PrisonRequest) -> int | None:
    return address.number(request.GET.get("version"), digits=4)


@prison_view(Right.DOWNLOAD_LISTS)
@never_cache
def session_sheet(request: PrisonRequest, prison: Prison, pk: int, ending: str) -> HttpResponse:
    """The attendance sheet of one session, as the facts stand now."""
    session, day = _session_day(prison, pk)
    sheet = day_lists.scoped(day, request.access).only(lambda meeting: meeting.id == session.pk)
    if not sheet.meetings or ending not in CONTENT_TYPES:
        raise Http404
    audit.record(prison, request.user, "download_sheet", session)
    name = f"{prison.slug}-{day.on}-{sheet.meetings[0].code}"
    return answer(papers.attendance_sheets(sheet), name, ending)


@prison_view(Right.SEE_OWN_SESSIONS, Right.PLACE)
@never_cache
def worker_sheet(request: PrisonRequest, prison: Prison, pk: int, ending: str) -> HttpResponse:
    """The sheet for whoever leads the session; a service has those of its own sessions."""
    session, day = _session_day(prison, pk)
    access = request.access
    leads = session.session_workers.filter(worker__user=request.user).exists()
    if not leads and not access.may_change(session.series.activity.organisation):
        raise Http404
    meeting = day.meeting(session.pk)
    if meeting is None or ending not in CONTENT_TYPES:
        raise Http404
    audit.record(prison, request.user, "download_worker_sheet", session)
    paper = worker_paper(day, meeting, title=str(session.series), language=request.LANGUAGE_CODE)
    return answer(paper, f"{day.on}-{meeting.code}", ending)


def _session_day(prison: Prison, pk: int) -> tuple[GroupSession, Day]:
    rows = GroupSession.objects.in_prison(prison).published().select_related("series__activity__organisation")
    session = get_object_or_404(rows, pk=pk, starts_at__isnull=False)
    return session, day_lists.day_lists(prison, clock.today(session.starts_at))
