"""The sheet that a school fills in on a computer: downloaded, sent back, looked at, accepted."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core.dates import clock
from core.errors import PlannerError
from core.tables.values import MOST_BYTES
from core.web import address
from core.xlsx import CONTENT_TYPE
from enrollment.domain.attendance import marking, sheet_file, sheet_return
from enrollment.domain.attendance.sheet_codes import code_of
from enrollment.domain.attendance.sheet_file import FaultyFile
from enrollment.domain.attendance.sheet_lines import fill_sheet
from enrollment.exports.fill_in import fill_in_sheet
from enrollment.models import SheetDraft
from prisons.access import PrisonRequest, Right, prison_view
from prisons.domain.records import audit
from prisons.models import Prison
from sessions.models import GroupSession


@prison_view(Right.MARK)
@never_cache
def sheet_to_fill_in(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """The sheet of one of one's own sessions."""
    session = _find(request, prison, pk)
    if session.series.is_drop_in or session.state != GroupSession.State.PUBLISHED:
        raise Http404
    body = fill_in_sheet(fill_sheet(session), language=request.LANGUAGE_CODE, made_at=clock.now())
    audit.record(prison, request.user, "download_sheet_to_fill_in", session)
    response = HttpResponse(body, content_type=CONTENT_TYPE)
    name = f"{clock.today(session.starts_at)}-{code_of(session.pk)}"
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


def _find(request: PrisonRequest, prison: Prison, pk: int) -> GroupSession:
    """A session that this reader may mark; any other does not exist."""
    rows = GroupSession.objects.in_prison(prison).filter(starts_at__isnull=False)
    session = get_object_or_404(
        rows.select_related("prison", "series__activity__organisation", "room"), pk=pk
    )
    if not marking.may_mark(session, request.access):
        raise Http404
    return session


@prison_view(Right.MARK)
def send_sheet(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """Choose the file; the answer is the preview. From the page of a session it must be that session's."""
    expected = request.POST.get("session", "")
    if request.method != "POST":
        return _choose(request)
    try:
        draft = _draft(request, prison, address.number(expected))
    except PlannerError as error:
        return _choose(request, error)
    return redirect("enrollment:read_sheet", prison.slug, draft.pk)


def _draft(request: PrisonRequest, prison: Prison, expected: int | None) -> SheetDraft:
    file = request.FILES.get("file")
    if file is None:
        raise PlannerError("no_file", _("Choose the file first."), status=422)
    if (file.size or 0) > MOST_BYTES:
        text = _("The file is larger than 5 MB. A sheet never is: check the file.")
        raise PlannerError("file_too_large", text, status=422)
    found = sheet_file.read(file.read())
    try:
        session = _find(request, prison, found.session_id)
    except Http404:
        text = _("This is the sheet of a session that is not yours to mark, or that no longer exists.")
        raise PlannerError("sheet_not_yours", text, status=422) from None
    if expected is not None and session.pk != expected:
        text = _("This is the sheet of another session: %(session)s, %(day)s. Send it from its own page.")
        day = f"{session.starts_at.astimezone(clock.BRUSSELS):%d/%m/%Y %H:%M}" if session.starts_at else ""
        raise PlannerError("sheet_other", text, status=422, session=str(session.series), day=day)
    return sheet_return.draft(session, found, by=request.user)


def _choose(request: PrisonRequest, error: PlannerError | None = None) -> HttpResponse:
    context = {
        "error": error,
        "faults": error.faults if isinstance(error, FaultyFile) else [],
        "session": request.POST.get("session", ""),
    }
    return render(request, "enrollment/sheet_send.html", context, status=error.status if error else 200)


@prison_view(Right.MARK)
@never_cache
def read_sheet(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    return _preview(request, _own_draft(request, prison, pk))


def _own_draft(request: PrisonRequest, prison: Prison, pk: int) -> SheetDraft:
    """Only whoever sent the file sees what was in it."""
    rows = SheetDraft.objects.in_prison(prison).filter(by=request.user)
    draft = get_object_or_404(rows, pk=pk)
    draft.session = _find(request, prison, draft.session_id)
    return draft


def _preview(request: PrisonRequest, draft: SheetDraft, error: PlannerError | None = None) -> HttpResponse:
    context: dict[str, Any] = {
        "draft": draft,
        "session": draft.session,
        "preview": sheet_return.preview(draft),
        "error": error,
        "rest_present": "rest_present" in request.POST,
        "confirmed": "confirmed" in request.POST,
    }
    return render(request, "enrollment/sheet_read.html", context, status=error.status if error else 200)


@prison_view(Right.MARK)
@require_POST
def accept_sheet(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    draft = _own_draft(request, prison, pk)
    try:
        changed = sheet_return.accept(
            draft,
            seen=request.POST.get("seen", ""),
            confirmed="confirmed" in request.POST,
            rest_present="rest_present" in request.POST,
            by=request.user,
        )
    except PlannerError as error:
        return _preview(request, draft, error)
    told = ngettext("Taken over: %(number)s mark.", "Taken over: %(number)s marks.", changed)
    messages.success(request, told % {"number": changed})
    return redirect("enrollment:session_attendance", prison.slug, draft.session_id)
