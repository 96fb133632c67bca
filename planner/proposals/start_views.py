"""Asking for a proposal: mend what broke, from nothing, by hand, for a closure, once more."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import PlannerError
from core.web import address
from core.web.forms import DONE
from planner.models import Proposal
from planner.proposals import starting
from planner.proposals.forms import ProposalForm, closure_wish
from planner.proposals.problem.planning_request import WhatIf
from planner.proposals.starting import PlanningWish
from planner.scheduling.closures.closing import group_of
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison
from rooms.models import Closure
from sessions.models import Term

Aim = Proposal.Aim


@require_http_methods(["GET", "POST"])
@prison_view(Right.PLACE)
def proposal_mend(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """What waits in the tray and what is in conflict gets a place, with the fewest moves."""
    return _ask(request, prison, Aim.REPAIR)


@require_http_methods(["GET", "POST"])
@prison_view(Right.PLACE)
def proposal_fresh(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """As if nothing of what may move had a place yet."""
    return _ask(request, prison, Aim.FRESH)


@require_http_methods(["GET", "POST"])
@prison_view(Right.PLACE)
def proposal_by_hand(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """An empty one, to which moves are added."""
    return _ask(request, prison, Aim.BY_HAND)


def _ask(request: PrisonRequest, prison: Prison, aim: str) -> HttpResponse:
    made: list[Proposal] = []
    if request.method == "POST":
        form = ProposalForm(request.POST, prison=prison, aim=aim)
        start = starting.make_by_hand if aim == Aim.BY_HAND else starting.start_proposal

        def act(_data: object) -> None:
            made.append(start(prison, form.wish(), by=request.user, access=request.access))

        status = form.attempt(act)
        if status == DONE:
            return redirect("planner:proposal_detail", prison.slug, made[0].pk)
    else:
        pk = address.number(request.GET.get("term"))
        term = Term.objects.in_prison(prison).filter(pk=pk).first() if pk else None
        form = ProposalForm(prison=prison, aim=aim, initial=ProposalForm.initial_of(prison, aim, term))
        status = 200
    return render(request, "planner/proposals/proposal_new.html", {"form": form, "aim": aim}, status=status)


@require_POST
@prison_view(Right.PLACE)
def closure_repair(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """The fewest moves out of the way of a closure that is announced."""
    closure = get_object_or_404(Closure.objects.in_prison(prison), pk=pk)
    if closure.state != Closure.State.ANNOUNCED:
        raise PlannerError(
            "not_announced",
            _("Only before it is confirmed can sessions be moved out of its way. After that, make them up."),
        )
    wish = closure_wish(closure, group_of(closure))
    proposal = starting.start_proposal(prison, wish, by=request.user, access=request.access)
    return redirect("planner:proposal_detail", prison.slug, proposal.pk)


@require_POST
@prison_view(Right.PLACE)
def proposal_again(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """The same question to the plan of now; with `more_rooms`, as it would be with a room more."""
    old = get_object_or_404(Proposal.objects.in_prison(prison).select_related("closure"), pk=pk)
    more = address.number(request.POST.get("more_rooms"))
    what_if = WhatIf.from_json(old.what_if) if more is None else WhatIf(more_rooms=min(more, 9))
    wish = PlanningWish(
        first=old.first_on,
        last=old.last_on,
        aim=old.aim,
        scope=old.scope,
        series_ids=old.series_ids,
        preset=old.preset,
        weights=old.weights,
        seconds=old.seconds,
        seed=old.seed,
        what_if=what_if,
        closure=old.closure,
        is_weekly=old.is_weekly,
    )
    proposal = starting.start_proposal(prison, wish, by=request.user, access=request.access)
    messages.info(request, _("The planner looks once more."))
    return redirect("planner:proposal_detail", prison.slug, proposal.pk)
