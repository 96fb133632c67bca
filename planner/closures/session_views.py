"""A table of sessions: tick some, cancel or restore them together; what can and cannot is shown before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from core.dates.clock import today
from core.errors import PlannerError
from core.secrets.digest import FIELD
from core.web import address
from core.web.forms import DateInput, PlainForm
from core.web.pages import asked_page
from planner.closures import showing
from planner.scheduling.bulk import cancelling
from planner.scheduling.bulk.returning import ReturnVerdict, Ruling, what_can_return
from planner.scheduling.closures.parts import instant
from planner.scheduling.placement.undo import latest_of
from planner.scheduling.placement.undo_effects import UndoOffer, offer_of
from planner.scheduling.rules.sentences import when
from prisons import gate
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison
from rooms.models import Room
from sessions.domain.running import runs
from sessions.models import Cancellation, GroupSession, Series, SessionWorker, Worker

ROWS_PER_PAGE = 100
State = GroupSession.State
AHEAD = dt.timedelta(days=28)


class SessionFilter(PlainForm):
    """Which sessions the table shows. What cannot be read filters nothing."""

    first = forms.DateField(label=gettext_lazy("from"), required=False, widget=DateInput())
    last = forms.DateField(label=gettext_lazy("until and including"), required=False, widget=DateInput())
    series = forms.ModelChoiceField(
        label=gettext_lazy("Series"), queryset=Series.objects.none(), required=False,
        empty_label=gettext_lazy("Every series"),
    )  # fmt: skip
    room = forms.ModelChoiceField(
        label=gettext_lazy("Room"), queryset=Room.objects.none(), required=False,
        empty_label=gettext_lazy("Every room"),
    )  # fmt: skip
    worker = forms.ModelChoiceField(
        label=gettext_lazy("Facilitator"), queryset=Worker.objects.none(), required=False,
        empty_label=gettext_lazy("Every facilitator"),
    )  # fmt: skip
    state = forms.ChoiceField(
        label=gettext_lazy("State"), required=False,
        choices=[("", gettext_lazy("Every state")), *State.choices],
    )  # fmt: skip
    whose = forms.ChoiceField(
        label=gettext_lazy("Service"), required=False,
        choices=[("", gettext_lazy("Every service")), ("mine", gettext_lazy("My service only"))],
    )  # fmt: skip

    def __init__(self, *args: Any, prison: Prison, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        querysets = {
            "series": Series.objects.filter(runs(prison, today())).select_related("activity"),
            "room": Room.objects.in_prison(prison).in_use(),
            "worker": Worker.objects.in_prison(prison).active(),
        }
        for name, queryset in querysets.items():
            self.fields[name].queryset = queryset  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, Any]:
        """What could be read; from today and four weeks unless said otherwise."""
        data = self.cleaned_data if self.is_valid() else dict(getattr(self, "cleaned_data", {}))
        first = data.get("first") or today()
        return {**data, "first": first, "last": data.get("last") or first + AHEAD}


@require_GET
@prison_view(Right.PLACE)
def session_list(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """The table, with its filter in the address."""
    usual = {"first": today(), "last": today() + AHEAD, "whose": "mine"}
    form = SessionFilter(request.GET or usual, prison=prison, initial=usual)
    page = asked_page(request, _rows(request, prison, form.chosen()), ROWS_PER_PAGE)
    context = {
        "filters": form,
        "page": page,
        "rows": [_row(request, session) for session in page],
        "undo": _undo(request, prison),
    }
    return render(request, "planner/closures/session_list.html", context)


def _undo(request: PrisonRequest, prison: Prison) -> UndoOffer | None:
    act = latest_of(prison, request.user)
    return offer_of(act, request.access) if act else None


def _rows(request: PrisonRequest, prison: Prison, chosen: dict[str, Any]) -> Any:
    rows = GroupSession.objects.in_prison(prison).filter(
        starts_at__gte=instant(chosen["first"]),
        starts_at__lt=instant(chosen["last"] + dt.timedelta(days=1)),
    )
    for name in ("series", "room", "state"):
        if chosen.get(name):
            rows = rows.filter(**{name: chosen[name]})
    if chosen.get("worker"):
        rows = rows.filter(
            Exists(SessionWorker.objects.filter(session=OuterRef("pk"), worker=chosen["worker"]))
        )
    if chosen.get("whose") == "mine":
        rows = rows.filter(gate.own(request.access, "series__activity__organisation"))
    return (
        rows.select_related("series__activity__organisation", "room", "cancellation")
        .prefetch_related("session_workers__worker")
        .order_by("starts_at", "pk")
    )


def _row(request: PrisonRequest, session: GroupSession) -> dict[str, Any]:
    return {
        "session": session,
        "name": showing.name_of(session, request.access),
        "when": when(session.starts_at, session.ends_at),
        "workers": ", ".join(str(one.worker) for one in session.session_workers.all()),
        "is_mine": request.access.may_change(session.series.activity.organisation),
    }


def _reasons() -> list[tuple[str, Any]]:
    return [choice for choice in Cancellation.Reason.choices if choice[0] in cancelling.REASONS]


@require_POST
@prison_view(Right.PLACE)
def sessions_cancel(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """What cancelling the ticked sessions would do; with a reason and `step=do`, does it."""
    ids, versions = _picked(request)
    if request.POST.get("step") != "do":
        return _look(request, prison, "cancel", ids)
    try:
        outcome = cancelling.cancel_many(
            prison,
            ids,
            reason=request.POST.get("reason", ""),
            by=request.user,
            leave_out=request.POST.get("leave_out") == "1",
            versions=versions,
            seen=request.POST.get(FIELD, ""),
            access=request.access,
        )
    except PlannerError as error:
        return _look(request, prison, "cancel", ids, error)
    count = len(outcome.session_ids)
    text = ngettext("%(count)s session is cancelled.", "%(count)s sessions are cancelled.", count)
    return _done(request, prison, text % {"count": count})


@require_POST
@prison_view(Right.PLACE)
def sessions_restore(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """What restoring the ticked sessions would do; with `step=do`, does it."""
    ids, versions = _picked(request)
    if request.POST.get("step") != "do":
        return _look(request, prison, "restore", ids)
    try:
        outcome = cancelling.restore_many(
            prison,
            ids,
            by=request.user,
            leave_out=request.POST.get("leave_out") == "1",
            versions=versions,
            seen=request.POST.get(FIELD, ""),
            access=request.access,
        )
    except PlannerError as error:
        return _look(request, prison, "restore", ids, error)
    count = len(outcome.session_ids)
    text = ngettext(
        "%(count)s session takes place after all.", "%(count)s sessions take place after all.", count
    )
    return _done(request, prison, text % {"count": count})


def _picked(request: PrisonRequest) -> tuple[list[int], dict[int, int]]:
    """Each tick says which session, and in which version it was seen: `12:3`."""
    seen = {}
    for text in request.POST.getlist("pick"):
        pk, _colon, version = text.partition(":")
        if (number := address.number(pk)) is not None:
            seen[number] = address.number(version) or 0
    return list(seen), seen


def _look(
    request: PrisonRequest,
    prison: Prison,
    verb: str,
    ids: list[int],
    error: PlannerError | None = None,
) -> HttpResponse:
    """The effect before the act: what can, what cannot and why."""
    prison.refresh_from_db(fields=["plan_version", "rules_version"])
    if verb == "cancel":
        ruling = cancelling.what_can_be_cancelled(prison, ids, access=request.access)
        effect = cancelling.effect_of_cancelling(prison, ruling)
    else:
        ruling = what_can_return(prison, ids, access=request.access)
        effect = cancelling.effect_of_restoring(prison, ruling)
    if not ids and error is None:
        error = PlannerError("nothing_chosen", _("Tick the sessions first."), status=422)
    context = {
        "verb": verb,
        "can": _told(request, ruling.can),
        "cannot": _told(request, ruling.cannot),
        "picks": _picks(ruling),
        "seen": effect.digest,
        "told": effect.told if ruling.can else None,
        "reasons": _reasons(),
        "reason": request.POST.get("reason", ""),
        "error": error,
        "next": _next(request, prison),
    }
    return render(
        request, "planner/closures/sessions_look.html", context, status=error.status if error else 200
    )


def _picks(ruling: Ruling) -> list[str]:
    """Sent again with the version that is shown now: whoever decides has seen this one."""
    return [f"{one.session.pk}:{one.session.version}" for one in (*ruling.can, *ruling.cannot)]


def _told(request: PrisonRequest, verdicts: Sequence[ReturnVerdict]) -> list[dict[str, Any]]:
    reasons = showing.reasons_of(verdicts, request.access)
    return [{**_row(request, one.session), "why": why} for one, why in zip(verdicts, reasons, strict=True)]


def _next(request: PrisonRequest, prison: Prison) -> str:
    wanted = address.of_this_site(request.POST.get("next"), request)
    return wanted or reverse("planner:session_list", args=[prison.slug])


def _done(request: PrisonRequest, prison: Prison, text: str) -> HttpResponse:
    messages.success(request, text)
    return redirect(_next(request, prison))
