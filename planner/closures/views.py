"""Closures: the list, announcing with a look before, deciding, the cover sheet."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.dates.clock import now, today
from core.errors import PlannerError
from core.paper.answering import answer
from core.secrets.digest import FIELD, NotAsShown
from planner.closures import showing
from planner.closures.cover import cover_sheet
from planner.closures.forms import PRESETS, ClosureForm, form_of
from planner.closures.upcoming import services_not_called
from planner.scheduling.bulk.returning import Ruling, what_can_return
from planner.scheduling.closures import closing
from planner.scheduling.closures.effects import effects_of
from planner.scheduling.closures.parts import ClosureDraft
from planner.scheduling.closures.refusals import refuse_unusable
from prisons import gate
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison
from rooms.models import Closure
from sessions.models import GroupSession

SHOWN_AFTER = dt.timedelta(days=28)
State = Closure.State


def closures_of(prison: Prison) -> QuerySet[Closure]:
    return Closure.objects.in_prison(prison).select_related("room", "unit")


@require_GET
@prison_view(Right.SEE_BOARD)
def closure_list(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """What is coming and what holds now; below, what is lifted or over since four weeks."""
    rows = closures_of(prison).filter(ends_at__gt=now() - SHOWN_AFTER).order_by("starts_at", "pk")
    lines = showing.lines_of(rows)
    is_ahead = [line for line in lines if line.root.state != State.LIFTED and line.ends_at > now()]
    context = {
        "ahead": is_ahead,
        "past": [line for line in reversed(lines) if line not in is_ahead],
        "may_close": request.access.has(Right.CLOSE),
    }
    return render(request, "planner/closures/closure_list.html", context)


@require_http_methods(["GET", "POST"])
@prison_view(Right.CLOSE)
def closure_announce(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """First look: what would it hit? Then announce exactly that."""
    preset = request.GET.get("preset", "")
    preset = preset if preset in PRESETS else "strike-24"
    form = form_of(preset, prison, request.POST or None)
    if request.method == "GET":
        return _announce_page(request, prison, preset, form)
    if not form.is_valid():
        return _announce_page(request, prison, preset, form, status=422)
    try:
        refuse_unusable(prison, form.draft())
    except PlannerError as error:
        form.refuse(error)
        return _announce_page(request, prison, preset, form, status=error.status)
    return _look_or_announce(request, prison, preset, form)


def _look_or_announce(request: PrisonRequest, prison: Prison, preset: str, form: ClosureForm) -> HttpResponse:
    status = 200
    if request.POST.get("step") == "announce":
        seen = request.POST.get(FIELD, "")
        try:
            return _announced(request, prison, form.draft(), seen)
        except PlannerError as error:
            form.refuse(error)
            status = error.status
    effects = effects_of(prison, form.draft().parts).known_to(request.access)
    told = showing.tell(effects, request.access)
    seen = closing.digest_of_draft(form.draft(), effects)
    return _announce_page(request, prison, preset, form, status=status, told=told, seen=seen)


def _announced(request: PrisonRequest, prison: Prison, draft: ClosureDraft, seen: str) -> HttpResponse:
    decision = closing.announce(prison, draft, by=request.user, seen=seen, access=request.access)
    messages.success(request, _("It is announced. Nothing is cancelled yet."))
    return redirect("planner:closure_detail", prison.slug, decision.closures[0].pk)


def _announce_page(
    request: PrisonRequest,
    prison: Prison,
    preset: str,
    form: ClosureForm,
    status: int = 200,
    told: Any = None,
    seen: str = "",
) -> HttpResponse:
    context = {
        "seen": seen,
        "form": form,
        "preset": preset,
        "presets": [(code, label) for code, (label, _form) in PRESETS.items()],
        "told": told,
        "is_look": True,
    }
    return render(request, "planner/closures/closure_announce.html", context, status=status)


@require_GET
@prison_view(Right.SEE_BOARD)
def closure_detail(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """What it hits or has hit, and everything that can be done about it."""
    return _detail(request, prison, get_object_or_404(closures_of(prison), pk=pk))


def _detail(
    request: PrisonRequest,
    prison: Prison,
    closure: Closure,
    error: PlannerError | None = None,
    ruling: Ruling | None = None,
) -> HttpResponse:
    prison.refresh_from_db(fields=["plan_version", "rules_version"])
    shown = showing.page_of(closure, request.access)
    effects = showing.effects_now(prison, shown).known_to(request.access)
    is_confirmed = shown.state == State.CONFIRMED
    context = {
        "shown": shown,
        "told": showing.tell(effects, request.access),
        "not_called": services_not_called(shown.closures) if is_confirmed and effects.hits else [],
        "has_calls": bool(showing.own_part(effects, request.access).workers),
        "may_call": request.access.has_any({Right.CLOSE, Right.MANAGE_WORKERS}),
        "may_make_up": request.access.has(Right.PLACE),
        "error": error,
        "cannot": _cannot(request, ruling) if ruling else [],
    }
    status = error.status if error else 200
    return render(request, "planner/closures/closure_detail.html", context, status=status)


@require_POST
@prison_view(Right.CLOSE)
def closure_confirm(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """Cancel exactly what the page showed."""
    closure = get_object_or_404(closures_of(prison), pk=pk)
    seen = request.POST.get(FIELD, "")
    try:
        decision = closing.confirm(closure, by=request.user, seen=seen, access=request.access)
    except PlannerError as error:
        return _detail(request, prison, closure, error)
    count = _known(request, decision)
    text = ngettext(
        "Confirmed: %(count)s session is cancelled. Enrolments stay.",
        "Confirmed: %(count)s sessions are cancelled. Enrolments stay.",
        count,
    )
    messages.success(request, text % {"count": count})
    return redirect("planner:closure_detail", prison.slug, decision.closures[0].pk)


@require_http_methods(["GET", "POST"])
@prison_view(Right.CLOSE)
def closure_lift(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """What was confirmed: first shows what can return and what cannot. Then lifts it."""
    closure = get_object_or_404(closures_of(prison), pk=pk)
    if request.method == "GET":
        return _lift_page(request, prison, closure)
    try:
        seen = request.POST.get(FIELD, "")
        decision = closing.lift(closure, by=request.user, seen=seen, access=request.access)
    except NotAsShown as error:
        return _lift_page(request, prison, closure, error)
    except PlannerError as error:
        return _detail(request, prison, closure, error)
    messages.success(request, _returned(request, decision))
    return redirect("planner:closure_detail", prison.slug, decision.closures[0].pk)


def _known(request: PrisonRequest, decision: closing.ClosureDecision) -> int:
    """How many of its sessions exist for whoever asked for it."""
    sessions = GroupSession.objects.filter(pk__in=decision.session_ids)
    return sessions.filter(gate.sessions_for(request.access)).count()


def _returned(request: PrisonRequest, decision: closing.ClosureDecision) -> str:
    count, left = _known(request, decision), len(decision.ruling.known_to(request.access).cannot)
    if not count and not left:
        return _("It is lifted. No session was cancelled by it.")
    text = ngettext(
        "It is lifted: %(count)s session takes place after all.",
        "It is lifted: %(count)s sessions take place after all.",
        count,
    ) % {"count": count}
    if left:
        text += " " + ngettext("%(left)s could not return.", "%(left)s could not return.", left) % {
            "left": left
        }
    return text


def _lift_page(
    request: PrisonRequest, prison: Prison, closure: Closure, error: NotAsShown | None = None
) -> HttpResponse:
    shown = showing.page_of(closure, request.access)
    ids = closing.sessions_taken_by(prison, shown.closures)
    ruling = what_can_return(prison, ids, without_closures={row.pk for row in shown.closures})
    ruling = ruling.known_to(request.access)
    context = {
        "shown": shown,
        "can": [(showing.name_of(one.session, request.access), one) for one in ruling.can],
        "cannot": _cannot(request, ruling),
        "seen": closing.digest_of_return(ruling),
        "error": error,
    }
    status = error.status if error else 200
    return render(request, "planner/closures/closure_lift.html", context, status=status)


def _cannot(request: PrisonRequest, ruling: Ruling) -> list[dict[str, Any]]:
    """Each session that cannot, by name, with why."""
    access = request.access
    return [
        {"session": one.session, "name": showing.name_of(one.session, access), "why": why}
        for one, why in zip(ruling.cannot, showing.reasons_of(ruling.cannot, access), strict=True)
    ]


@require_http_methods(["GET", "POST"])
@prison_view(Right.CLOSE)
def closure_restore(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """What could not return when it was lifted: first shows what can by now. Then lets it."""
    closure = get_object_or_404(closures_of(prison), pk=pk)
    if request.method == "GET":
        return _lift_page(request, prison, closure)
    try:
        seen = request.POST.get(FIELD, "")
        decision = closing.restore(closure, by=request.user, seen=seen, access=request.access)
    except NotAsShown as error:
        return _lift_page(request, prison, closure, error)
    except PlannerError as error:
        return _detail(request, prison, closure, error)
    if _known(request, decision):
        messages.success(request, _returned(request, decision))
        return redirect("planner:closure_detail", prison.slug, pk)
    refusal = PlannerError("nothing_returns", _("None of them can return: see why below."))
    return _detail(request, prison, closure, refusal, decision.ruling.known_to(request.access))


@require_GET
@prison_view(Right.CLOSE, Right.DOWNLOAD_LISTS)
def closure_cover(request: PrisonRequest, prison: Prison, pk: int, ending: str) -> HttpResponse:
    """What is laid over the lists of the closed days."""
    shown = showing.page_of(get_object_or_404(closures_of(prison), pk=pk), request.access)
    if shown.state != State.CONFIRMED:
        error = PlannerError("not_confirmed", _("There is a cover sheet once it is confirmed."))
        return _detail(request, prison, shown.root, error)
    paper = cover_sheet(prison, shown, showing.effects_now(prison, shown), now=now())
    return answer(paper, f"geannuleerd-annule-{prison.slug}-{today(shown.starts_at):%Y-%m-%d}", ending)
