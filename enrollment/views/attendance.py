"""Typing in what came back: by the code of a sheet with the exceptions only, by a tap per person, many at once."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from core.errors import PlannerError
from core.web import address
from core.web.htmx import is_partial
from enrollment.domain.attendance import attendance_history, marking, sheet_entry
from enrollment.domain.attendance.marking import Mark, Window
from enrollment.domain.attendance.sheet_codes import session_id_of
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison
from sessions.models import Domain, GroupSession

BY_HAND: list[Mark] = [mark for mark in Mark if mark != Mark.CANCELLED]
"""That a session was cancelled is said by cancelling it."""


@prison_view(Right.MARK)
def attendance_list(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """Which sheets are still on the desk; the code of one leads to it."""
    code, error = request.GET.get("code", "").strip(), ""
    if code:
        session = _by_code(request, prison, code)
        if session is not None:
            return redirect("enrollment:session_attendance", prison.slug, session.pk)
        error = _("No sheet of yours has this code. Look at it once more.")
    context = {
        "sessions": sheet_entry.to_type_in(request.access),
        "done": sheet_entry.typed_in_lately(request.access),
        "code": code,
        "error": error,
    }
    return render(request, "enrollment/attendance_list.html", context, status=422 if error else 200)


def _by_code(request: PrisonRequest, prison: Prison, code: str) -> GroupSession | None:
    pk = session_id_of(code)
    session = _sessions(prison).filter(pk=pk).first() if pk else None
    return session if session and marking.may_mark(session, request.access) else None


def _sessions(prison: Prison) -> Any:
    rows = GroupSession.objects.in_prison(prison).filter(starts_at__isnull=False)
    return rows.select_related("prison", "series__activity__organisation", "room")


def _find(request: PrisonRequest, prison: Prison, pk: int) -> GroupSession:
    session: GroupSession = get_object_or_404(_sessions(prison), pk=pk)
    if not marking.may_mark(session, request.access):
        raise Http404
    return session


@prison_view(Right.MARK)
def session_attendance(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    return _show(request, _find(request, prison, pk))


def _show(
    request: PrisonRequest, session: GroupSession, *, error: PlannerError | None = None, typed: str = ""
) -> HttpResponse:
    context = _context(request, session) | {"error": error, "typed": typed}
    return render(
        request, "enrollment/session_attendance.html", context, status=error.status if error else 200
    )


def _context(request: PrisonRequest, session: GroupSession) -> dict[str, Any]:
    found, window = sheet_entry.rows(session), marking.window(session)
    previous, following = sheet_entry.neighbours(session)
    return {
        "session": session,
        "rows": found,
        "names": sheet_entry.names_of(found, request.access),
        "shows_numbers": request.access.has(Right.SEE_NAMES),
        "marks": _marks(window),
        "window": window.value,
        "until": marking.last_day_to_mark(session),
        "keys": [(letter, mark.label) for letter, mark in sheet_entry.KEYS.items()],
        "headcount": getattr(session, "headcount", None),
        "unmarked": sum(not row.mark and not row.skips for row in found),
        "counts": _counts(found),
        "is_family": session.series.activity.domain == Domain.FAMILY,
        "actions": [(mark.value, mark.label, "") for mark in BY_HAND] if window == Window.OPEN else [],
        "history": attendance_history.of_session(session),
        "previous": previous,
        "following": following,
    }


def _marks(window: Window) -> list[tuple[str, Any]]:
    """Before the session somebody can be excused and nothing else; afterwards the marks stand."""
    open_for: dict[Window, list[Mark]] = {Window.OPEN: BY_HAND, Window.EXCUSE: [Mark.EXCUSED]}
    return [(mark.value, mark.label) for mark in open_for.get(window, [])]


def _counts(found: list[sheet_entry.EntryRow]) -> list[tuple[str, Any, int]]:
    """How many of each mark; not brought is the prison's and stands apart on the page."""
    totals = Counter(row.mark for row in found if row.mark)
    return [(mark.value, mark.label, totals[mark]) for mark in Mark if totals[mark]]


@prison_view(Right.MARK)
@require_POST
def enter_sheet(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """Everybody present but for what is keyed in; then on to the next sheet."""
    session = _find(request, prison, pk)
    # Whoever sees no numbers keys in none: what fits a number and what does not would tell them.
    typed = request.POST.get("exceptions", "") if request.access.has(Right.SEE_NAMES) else ""
    try:
        present = sheet_entry.enter_sheet(session, typed, by=request.user)
    except PlannerError as error:
        return _show(request, session, error=error, typed=typed)
    told = ngettext("Saved: %(number)s person was there.", "Saved: %(number)s people were there.", present)
    messages.success(request, told % {"number": present})
    return redirect("enrollment:attendance_list", prison.slug)


@prison_view(Right.MARK)
@require_POST
def mark(request: PrisonRequest, prison: Prison, pk: int, person: int) -> HttpResponse:
    """One tap: one mark of one person."""
    session = _find(request, prison, pk)
    participant = get_object_or_404(marking.group_of(session), pk=person)
    adults, children = (_number(request.POST.get(f"{name}-{person}", "")) for name in ("adults", "children"))
    value = request.POST.get("mark", "")
    try:
        marking.mark(session, participant, value, by=request.user, adults=adults, children=children)
    except PlannerError as error:
        if is_partial(request):
            raise  # told in a toast; the row stays as it is
        return _show(request, session, error=error)
    if is_partial(request):
        return _show_row(request, session, person)
    return redirect("enrollment:session_attendance", prison.slug, session.pk)


@prison_view(Right.MARK)
@require_POST
def mark_many(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """The same mark for everybody who is ticked."""
    session = _find(request, prison, pk)
    ids = address.numbers(request.POST.getlist("who"))
    people = list(marking.group_of(session).filter(pk__in=ids))
    if len(people) < len(set(ids)):
        raise Http404
    try:
        number = marking.mark_many(session, people, request.POST.get("action", "-"), by=request.user)
    except PlannerError as error:
        return _show(request, session, error=error)
    told = ngettext("Marked: %(number)s person.", "Marked: %(number)s people.", number)
    messages.success(request, told % {"number": number})
    return redirect("enrollment:session_attendance", prison.slug, session.pk)


def _number(text: str) -> int | None:
    return address.number(text, digits=3)


def _show_row(request: PrisonRequest, session: GroupSession, person: int) -> HttpResponse:
    context = _context(request, session)
    found = [row for row in context["rows"] if row.participant.pk == person]
    if not found:
        return HttpResponse()
    return render(request, "enrollment/_attendance_answer.html", {**context, "row": found[0]})


@prison_view(Right.MARK)
@require_POST
def count_heads(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """A drop-in hour has a number, no names."""
    session = _find(request, prison, pk)
    number = _number(request.POST.get("people", ""))
    try:
        marking.count_heads(session, -1 if number is None else number, by=request.user)
    except PlannerError as error:
        return _show(request, session, error=error)
    messages.success(request, _("Saved."))
    return redirect("enrollment:attendance_list", prison.slug)
