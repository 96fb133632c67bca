"""Proposals: the list, one proposal as it grows and when it is ready, accepting, discarding, comparing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from core.errors import PlannerError
from core.secrets.digest import FIELD
from core.web import address, htmx
from core.web.pages import asked_page
from planner.models import Proposal
from planner.proposals import accepting, running, starting
from planner.proposals.accepting import AcceptedProposal
from planner.proposals.showing import page_of, published_in, rows_of, side_by_side, title_of, with_needs
from planner.scheduling.placement.undo_effects import address_of
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison

ROWS = 25
State = Proposal.State


def proposals_of(prison: Prison) -> QuerySet[Proposal]:
    return Proposal.objects.in_prison(prison).select_related("by", "job", "prison", "closure")


@require_GET
@prison_view(Right.PLACE)
def proposal_list(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """The newest first; two can be ticked to lay them side by side."""
    running.tidy(prison)
    page = asked_page(request, proposals_of(prison), ROWS)
    rows = [page_of(one, request.access) for one in page]
    return render(request, "planner/proposals/proposal_list.html", {"page": page, "rows": rows})


@require_GET
@prison_view(Right.PLACE)
def proposal_detail(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """While it is made: how far it is, every two seconds. Then what it proposes."""
    running.tidy(prison)
    return _detail(request, prison, get_object_or_404(proposals_of(prison), pk=pk))


def _detail(
    request: PrisonRequest, prison: Prison, proposal: Proposal, error: PlannerError | None = None
) -> HttpResponse:
    prison.refresh_from_db(fields=["plan_version", "rules_version"])
    shown = page_of(proposal, request.access)
    if htmx.is_partial(request) and request.method == "GET":
        if not shown.is_going:
            return htmx.redirect(request.path)
        return render(request, "planner/proposals/_progress.html", {"shown": shown})
    context: dict[str, Any] = {"shown": shown, "error": error, "rows": []}
    if not shown.is_going:
        context["rows"] = rows_of(proposal, request.access)
        context["can_accept"] = shown.may_change and any(row.can_tick for row in context["rows"])
        if context["can_accept"]:
            context["rows"] = with_needs(context["rows"], proposal)
            context["published"] = published_in(context["rows"])
        context["seen"] = accepting.digest_of(proposal)
        context["siblings"] = _siblings(proposal)
    status = error.status if error else 200
    return render(request, "planner/proposals/proposal_detail.html", context, status=status)


def _siblings(proposal: Proposal) -> list[tuple[int, str]]:
    """Ready proposals of the same days, to compare with."""
    rows = proposals_of(proposal.prison).filter(
        first_on=proposal.first_on, last_on=proposal.last_on, cost__isnull=False
    )
    return [
        (one.pk, f"{title_of(one)} ({one.created_at:%H:%M})") for one in rows.exclude(pk=proposal.pk)[:10]
    ]


@require_POST
@prison_view(Right.PLACE)
def proposal_stop(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    proposal = get_object_or_404(proposals_of(prison), pk=pk)
    try:
        starting.require_maker(proposal, request.user)
        starting.stop(proposal, by=request.user)
    except PlannerError as error:
        return _detail(request, prison, proposal, error)
    messages.success(request, _("It stops now, and keeps the best that it has found."))
    return redirect("planner:proposal_detail", prison.slug, pk)


@require_POST
@prison_view(Right.PLACE)
def proposal_accept(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """Enter all of it, or the lines that are ticked."""
    proposal = get_object_or_404(proposals_of(prison), pk=pk)
    ticked = set(address.numbers(request.POST.getlist("line")))
    chosen = None if request.POST.get("action") == "all" else ticked
    try:
        seen = request.POST.get(FIELD, "")
        done = accepting.accept(proposal, chosen, by=request.user, seen=seen, access=request.access)
    except PlannerError as error:
        return _detail(request, prison, proposal, error)
    _tell(request, prison, done)
    return redirect("planner:proposal_detail", prison.slug, pk)


def _tell(request: PrisonRequest, prison: Prison, done: AcceptedProposal) -> None:
    if done.entered:
        text = ngettext("%(count)s session is entered.", "%(count)s sessions are entered.", done.entered) % {
            "count": done.entered
        }
        undo = address_of(done.change_set) if done.change_set else ""
        messages.success(request, text, extra_tags=undo)
    if done.joined:
        text = ngettext(
            "%(count)s line that was not ticked went along: the ticked ones need its place.",
            "%(count)s lines that were not ticked went along: the ticked ones need their places.",
            done.joined,
        )
        messages.info(request, text % {"count": done.joined})
    if done.asked:
        text = ngettext(
            "%(count)s session belongs to another service: it is asked.",
            "%(count)s sessions belong to other services: they are asked.",
            done.asked,
        )
        messages.info(request, text % {"count": done.asked})
    if done.refused:
        text = ngettext(
            "%(count)s session could not be entered any more. Its line says why.",
            "%(count)s sessions could not be entered any more. Their lines say why.",
            done.refused,
        )
        messages.warning(request, text % {"count": done.refused})


@require_POST
@prison_view(Right.PLACE)
def proposal_discard(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    proposal = get_object_or_404(proposals_of(prison), pk=pk)
    try:
        starting.discard(proposal, by=request.user)
    except PlannerError as error:
        return _detail(request, prison, proposal, error)
    messages.success(request, _("Discarded. Nothing was changed on the plan."))
    return redirect("planner:proposal_list", prison.slug)


@require_GET
@prison_view(Right.PLACE)
def proposal_compare(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """Two proposals side by side: what they place, leave out and cost, rule by rule."""
    wanted = address.numbers(request.GET.getlist("with"))[:2]
    found = {one.pk: one for one in proposals_of(prison).filter(pk__in=wanted)}
    pages = [page_of(found[pk], request.access) for pk in wanted if pk in found]
    if len(pages) != 2:
        messages.info(request, _("Tick two proposals to lay them side by side."))
        return redirect("planner:proposal_list", prison.slug)
    context = {"pages": pages, "rows": side_by_side(pages)}
    return render(request, "planner/proposals/proposal_compare.html", context)
