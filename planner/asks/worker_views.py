"""Who leads one session: the panel with who could come, and the clicks in it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.errors import PlannerError
from core.web.htmx import render_part
from core.words.languages import by_name
from planner.asks.forms import AskedWorkerForm
from planner.asks.session_views import session_of, week_of
from planner.board.answers import board_url, done, refused
from planner.scheduling.asks.offers import allowed
from planner.scheduling.placement.session_changes import Change
from planner.scheduling.placement.session_workers import candidates, with_part, without
from planner.scheduling.placement.writer import apply
from planner.scheduling.rules.sentences import speak_lists, when
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison
from sessions.domain.placing import Part
from sessions.models import GroupSession, SessionWorker, Worker

Role = SessionWorker.Part


@require_http_methods(["GET", "POST"])
@prison_view(Right.PLACE)
def session_workers(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """A substitute, an interpreter, one more or one fewer, for this date only."""
    session = session_of(prison, pk)
    if request.method == "POST":
        return _change(request, prison, session)
    return render_part(
        request,
        "planner/asks/session_workers.html",
        "planner/asks/_session_workers.html",
        _panel(request, prison, session),
    )


def _panel(request: PrisonRequest, prison: Prison, session: GroupSession) -> dict[str, Any]:
    part = request.GET.get("part", Role.SUBSTITUTE)
    part = part if part in Role.values else Role.SUBSTITUTE
    language = request.GET.get("language", "")
    there = list(session.session_workers.select_related("worker"))
    found = [one for one in candidates(session, part, language) if not one.is_there]
    reasons = speak_lists([one.conflicts for one in found], prison, request.access)
    rows = [{"candidate": one, "reasons": said} for one, said in zip(found, reasons, strict=True)]
    return {
        "session": session,
        "week": week_of(session),
        "when": when(session.starts_at, session.ends_at),
        "there": there,
        "part": part,
        "language": language,
        "instead_of": _instead_of(request, there, part),
        "languages": _languages(prison),
        "free": [row for row in rows if row["candidate"].is_free],  # type: ignore[attr-defined]
        "refused": [row for row in rows if not row["candidate"].is_free],  # type: ignore[attr-defined]
        "is_mine": request.access.may_change(session.series.activity.organisation),
    }


def _instead_of(request: PrisonRequest, there: list[SessionWorker], part: str) -> SessionWorker | None:
    """Whom a substitute replaces: as the address says, else the first who leads it."""
    if part != Role.SUBSTITUTE:
        return None
    wanted = request.GET.get("instead_of", "")
    named = [one for one in there if str(one.worker_id) == wanted]
    leading = [one for one in there if one.part != Role.INTERPRETER]
    return next(iter(named or leading), None)


def _languages(prison: Prison) -> list[tuple[str, str]]:
    """Languages that some interpreter of this prison speaks."""
    rows = Worker.objects.in_prison(prison).active().filter(is_interpreter=True)
    spoken = {code for languages in rows.values_list("languages", flat=True) for code in languages}
    return by_name(spoken)


def _change(request: PrisonRequest, prison: Prison, session: GroupSession) -> HttpResponse:
    form = AskedWorkerForm(request.POST)
    back = board_url(prison, week_of(session), request)
    fields = [(k, v) for k, v in request.POST.items() if k not in _NOT_SENT_AGAIN]
    sent = {"url": request.path, "fields": fields, "back_url": back, "session": session}
    try:
        if not form.is_valid():
            raise PlannerError("unusable", _("Choose somebody from the list."), status=422)
        data = form.cleaned_data
        change = allowed(request, session, _wanted(session, data))
        outcome = apply(
            prison, [change], by=request.user, verb="workers", seen={session.pk: data["version"]},
            accept_soft=data["accept_soft"] or bool(change.allow), access=request.access,
        )  # fmt: skip
    except PlannerError as error:
        return refused(request, prison, error, form=sent)
    text = _("Who leads %(session)s is changed, for this date only.") % {"session": session.series}
    return done(request, prison, week_of(session), text, outcome)


_NOT_SENT_AGAIN = {"csrfmiddlewaretoken", "accept_soft", "allow", "why"}


def _wanted(session: GroupSession, data: dict[str, Any]) -> Change:
    if data["off"]:
        return without(session, data["worker"])
    part = Part(data["worker"], data["part"] or Role.LEADER.value, data["language"])
    return with_part(session, part, instead_of=data["instead_of"])
