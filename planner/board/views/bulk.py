"""Several sessions ticked on the board: what an act would do to each of them, and the act."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from core.dates.clock import today
from core.dates.weeks import Week
from core.errors import PlannerError
from core.secrets.digest import FIELD
from core.web import address
from core.web.htmx import is_partial
from planner.board.answers import board_url, done
from planner.board.bulk_forms import FORMS, BulkForm
from planner.notifications.session_change import SessionChange
from planner.scheduling.bulk import bulk_edits, cancelling
from planner.scheduling.bulk.effects import BulkEffect
from planner.scheduling.bulk.returning import ReturnVerdict
from planner.scheduling.placement.session_changes import Outcome
from planner.scheduling.rules.sentences import reasons_of_each, when
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison
from rooms.models import Room
from sessions.models import GroupSession, Worker

TITLES = {
    "weeks": gettext_lazy("Move by weeks"),
    "room": gettext_lazy("Another room"),
    "worker": gettext_lazy("Put a facilitator on them"),
    "cancel": gettext_lazy("Cancel sessions"),
}


@require_POST
@prison_view(Right.PLACE)
def board_bulk(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """The effect on what is ticked; with `step=do`, the act: all that can, in one."""
    act = request.POST.get("act", "")
    ids, versions = picked(request)
    if act not in FORMS:
        act = "weeks"
    sent = request.POST if "sent" in request.POST else None
    form = FORMS[act](sent, prison=prison)
    error: PlannerError | None = None
    if request.POST.get("step") == "do" and form.is_valid():
        try:
            return _did(request, prison, act, _do(request, prison, form, ids, versions))
        except PlannerError as refusal:
            error = refusal
    return _look(request, prison, act, form, ids, error)


def picked(request: PrisonRequest) -> tuple[list[int], dict[int, int]]:
    """Each tick says which session, and in which version it was seen: `12:3`."""
    seen = {}
    for text in request.POST.getlist("pick"):
        pk, _colon, version = text.partition(":")
        if (number := address.number(pk)) is not None:
            seen[number] = address.number(version) or 0
    return list(seen), seen


def _do(
    request: PrisonRequest, prison: Prison, form: BulkForm, ids: list[int], versions: dict[int, int]
) -> Outcome:
    how: dict[str, Any] = {"by": request.user, "versions": versions, "access": request.access}
    how["seen"] = request.POST.get(FIELD, "")
    how["leave_out"] = request.POST.get("leave_out") == "1"
    if (edit := form.edit()) is None:
        return cancelling.cancel_many(prison, ids, reason=form.cleaned_data["reason"], **how)
    return bulk_edits.edit_many(prison, ids, edit, **how)


def _did(request: PrisonRequest, prison: Prison, act: str, outcome: Outcome) -> HttpResponse:
    count = len(outcome.session_ids)
    if act == "cancel":
        text = ngettext("%(count)s session is cancelled.", "%(count)s sessions are cancelled.", count)
    else:
        text = ngettext("%(count)s session is changed.", "%(count)s sessions are changed.", count)
    first = GroupSession.objects.filter(pk__in=outcome.session_ids).order_by("starts_at", "week_on").first()
    on = today(first.starts_at) if first and first.starts_at else first.week_on if first else today()
    response = done(request, prison, Week.from_date(on), text % {"count": count}, outcome)
    if (events := response.headers.get("HX-Trigger-After-Settle")) is not None:
        # First: closing the panel takes away the form that all of these are told to.
        response["HX-Trigger-After-Settle"] = json.dumps({"picks-done": {}} | json.loads(events))
    return response


def _look(
    request: PrisonRequest,
    prison: Prison,
    act: str,
    form: BulkForm,
    ids: list[int],
    error: PlannerError | None,
) -> HttpResponse:
    """What can, what cannot and why; nothing is written."""
    prison.refresh_from_db(fields=["plan_version", "rules_version"])
    effect = BulkEffect()
    if not ids:
        error = error or PlannerError("nothing_chosen", _("Tick the sessions first."), status=422)
    else:
        try:
            effect = _effect(request, prison, act, form, ids)
        except PlannerError as refusal:
            error = error or refusal
    ruling = effect.ruling
    context = {
        "act": act,
        "title": TITLES[act],
        "form": form,
        "ids": ids,
        "effect": effect_rows(ruling.can, request, effect),
        "cannot": effect_rows(ruling.cannot, request, BulkEffect()),
        "seen": effect.digest,
        "is_asked": bool(ruling.can or ruling.cannot),
        "picks": [f"{one.session.pk}:{one.session.version}" for one in (*ruling.can, *ruling.cannot)]
        or request.POST.getlist("pick"),
        "told": effect.told,
        "error": error,
        "next": board_url(prison, Week.from_date(today()), request),
    }
    status = error.status if error else 422 if form.is_bound and not form.is_valid() else 200
    return render(request, _template(request), context, status=status)


def _template(request: PrisonRequest) -> str:
    """A page; the panel; or its body, when something in its form was changed."""
    if not is_partial(request):
        return "planner/board/bulk.html"
    inside = request.htmx.target == "bulk-body"
    return "planner/board/_bulk_body.html" if inside else "planner/board/_bulk.html"


def _effect(request: PrisonRequest, prison: Prison, act: str, form: BulkForm, ids: list[int]) -> BulkEffect:
    """Nothing is asked before a room or a facilitator is chosen."""
    if act == "cancel":
        ruling = cancelling.what_can_be_cancelled(prison, ids, access=request.access)
        return cancelling.effect_of_cancelling(prison, ruling)
    if form.is_bound and form.is_valid():
        edit = form.edit()
    else:
        edit = bulk_edits.ByWeeks(1) if act == "weeks" and not form.is_bound else None
    if edit is None:
        return BulkEffect()
    ruling = bulk_edits.what_can_be_edited(prison, ids, edit, access=request.access)
    return bulk_edits.effect_of_edit(prison, ruling, edit)


def effect_rows(
    verdicts: Sequence[ReturnVerdict], request: PrisonRequest, effect: BulkEffect
) -> list[dict[str, Any]]:
    """Each session with what it would become, and in words what stands against it or is to watch."""
    names = _BulkNames(effect)
    reasons = reasons_of_each(request.access, [verdict.conflicts for verdict in verdicts], most=3)
    rows = []
    for verdict, spoken in zip(verdicts, reasons, strict=True):
        said = list(dict.fromkeys(one.sentence for one in spoken))
        change = effect.then.get(verdict.session.pk)
        rows.append(
            {
                "session": verdict.session,
                "name": verdict.session.series,
                "when": when(verdict.session.starts_at, verdict.session.ends_at),
                "then": names.then(change) if change else "",
                "whys": [str(verdict.why)] if verdict.why else said,
            }
        )
    return rows


class _BulkNames:
    """Rooms and facilitators of an effect, looked up once for all of its lines."""

    def __init__(self, effect: BulkEffect) -> None:
        placings = [one.after for one in effect.then.values()]
        self.rooms = Room.objects.in_bulk({one.room_id for one in placings if one.room_id})
        self.workers = Worker.objects.in_bulk({part.worker_id for one in placings for part in one.workers})

    def then(self, change: SessionChange) -> str:
        """What is different: its new time, its new room, who is there then."""
        before, after = change.before, change.after
        said = []
        if (before.starts_at, before.ends_at) != (after.starts_at, after.ends_at):
            said.append(when(after.starts_at, after.ends_at))
        if before.room_id != after.room_id:
            said.append(str(self.rooms[after.room_id]) if after.room_id else "–")
        if before.workers != after.workers:
            said.append(", ".join(str(self.workers[part.worker_id]) for part in after.workers) or "–")
        return " · ".join(said)
