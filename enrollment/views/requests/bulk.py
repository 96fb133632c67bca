"""One answer to many requests: first what it would do to each, then the act, which does exactly that."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from core.errors import PlannerError
from core.secrets.digest import FIELD
from enrollment.domain.requests import bulk
from enrollment.domain.requests.decisions import DECLINE_REASONS
from enrollment.domain.requests.states import Verb
from enrollment.models import Enrollment
from enrollment.views.shared import PageNotice, seen_version
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison
from sessions.models import Series

VERBS = {
    Verb.APPROVE: _("Approve"),
    Verb.PUT_ON_LIST: _("Waiting list"),
    Verb.DECLINE: _("Decline"),
    Verb.WITHDRAW: _("They withdraw"),
}


@prison_view(Right.DECIDE)
@require_POST
def bulk_decide(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """Without `seen` a preview; with it the act, or the new preview (409) when it would do something else."""
    verb = Verb(request.POST["action"]) if request.POST.get("action") in set(VERBS) else Verb.APPROVE
    ids = [pk for pk in map(seen_version, request.POST.getlist("row")) if pk is not None]
    reason, seen = request.POST.get("reason", ""), request.POST.get(FIELD)
    if verb == Verb.DECLINE and reason not in DECLINE_REASONS:
        return _preview(request, verb, ids, "")
    if seen:
        try:
            outcome = bulk.decide_as_shown(request.access, verb, ids, seen, by=request.user, reason=reason)
        except PlannerError as error:
            notice = PageNotice("stop", str(error))
            return _preview(request, verb, ids, reason, notice=notice, status=error.status)
        return render(
            request, "enrollment/bulk_decided.html", {"outcome": outcome, "series": _series(request)}
        )
    return _preview(request, verb, ids, reason)


def _preview(
    request: PrisonRequest,
    verb: Verb,
    ids: list[int],
    reason: str,
    *,
    notice: PageNotice | None = None,
    status: int = 200,
) -> HttpResponse:
    needs_reason = verb == Verb.DECLINE and not reason
    shown = [] if needs_reason else ids
    outcome = bulk.preview(request.access, verb, shown, by=request.user, reason=reason)
    context: dict[str, Any] = {
        "outcome": outcome,
        "verb": verb,
        "verb_label": VERBS[verb],
        "ids": ids,
        "reason": reason,
        "reason_label": dict(Enrollment.Reason.choices).get(reason, ""),
        "seen": "" if needs_reason else outcome.digest(verb, reason),
        "needs_reason": needs_reason,
        "decline_reasons": [(each.value, each.label) for each in DECLINE_REASONS],
        "series": _series(request),
        "notice": notice,
    }
    return render(request, "enrollment/bulk_preview.html", context, status=status)


def _series(request: PrisonRequest) -> Series | None:
    """The series from whose page it was asked, to go back there."""
    pk = seen_version(request.POST.get("series"))
    return Series.objects.in_prison(request.prison).filter(pk=pk).first() if pk is not None else None
