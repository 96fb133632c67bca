"""One line of a proposal: put elsewhere, left out, added by hand; and why not there."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.errors import PlannerError
from core.web.forms import DONE
from planner.models import Proposal, ProposalLine
from planner.proposals.line_forms import AddForm, GoalForm, LineForm
from planner.proposals.lines import mending
from planner.proposals.showing import title_of, week_of
from planner.proposals.views import proposals_of
from planner.scheduling.placement.session_changes import Refused
from planner.scheduling.rules.codes import Conflict
from planner.scheduling.rules.known_conflicts import told
from planner.scheduling.rules.sentences import speak
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison


def _line(prison: Prison, pk: int, line: int) -> tuple[Proposal, ProposalLine]:
    proposal = get_object_or_404(proposals_of(prison), pk=pk)
    rows = proposal.lines.select_related("series__activity", "room", "proposal", "change_set")
    return proposal, get_object_or_404(rows, pk=line)


def _reasons(request: PrisonRequest, prison: Prison, found: Iterable[Conflict]) -> list[tuple[str, str]]:
    """Each sentence once, with its way out."""
    spoken = speak(told(request.access, found, refuses=True), prison, request.access)
    return list(dict.fromkeys((one.sentence, one.way_out) for one in spoken))[:8]


@require_http_methods(["GET", "POST"])
@prison_view(Right.PLACE)
def line_edit(request: PrisonRequest, prison: Prison, pk: int, line: int) -> HttpResponse:
    """Another slot or room for this line, tried against the plan and the rest of the proposal."""
    proposal, row = _line(prison, pk, line)
    form = GoalForm(request.POST or None, proposal=proposal, week=week_of(row), initial=_present(row))
    status, reasons = 200, []
    if request.method == "POST":
        status = form.attempt(lambda _data: mending.put(proposal, row, form.goal(), by=request.user))
        if status == DONE:
            messages.success(request, _("The proposal is changed. The plan itself is not."))
            return redirect("planner:proposal_detail", prison.slug, pk)
        if isinstance(form.refusal, Refused):
            reasons = _reasons(request, prison, form.refusal.conflicts)
    context = {
        "form": form,
        "proposal": proposal,
        "line": row,
        "reasons": reasons,
        "title": title_of(proposal),
    }
    return render(request, "planner/proposals/line_edit.html", context, status=status)


def _present(line: ProposalLine) -> dict[str, object]:
    if line.weekday is None or line.starts is None:
        return {}
    minute = line.starts.hour * 60 + line.starts.minute
    key = ""
    for on, weekday, start, end in mending.goals_of(line.proposal):
        if (on, weekday) == (line.on, line.weekday) and start <= minute < end:
            key = f"{on or weekday}/{start}-{end}"
    return {"slot": key, "room": line.room_id}


@require_POST
@prison_view(Right.PLACE)
def line_leave(request: PrisonRequest, prison: Prison, pk: int, line: int) -> HttpResponse:
    """Take the line out of the proposal, or back in."""
    proposal, row = _line(prison, pk, line)
    mending.leave_out(proposal, row, by=request.user)
    return redirect("planner:proposal_detail", prison.slug, pk)


@require_http_methods(["GET", "POST"])
@prison_view(Right.PLACE)
def line_add(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """One more session, put where somebody wants it."""
    proposal = get_object_or_404(proposals_of(prison), pk=pk)
    if proposal.is_weekly:
        raise PlannerError("weekly", _("To a plan of a whole term no single session can be added."))
    form = AddForm(request.POST or None, proposal=proposal, access=request.access)
    status, reasons = 200, []
    if request.method == "POST":
        status = form.attempt(
            lambda data: mending.add_line(proposal, data["session"], form.goal(), by=request.user)
        )
        if status == DONE:
            messages.success(request, _("Added to the proposal. The plan itself is not changed."))
            return redirect("planner:proposal_detail", prison.slug, pk)
        if isinstance(form.refusal, Refused):
            reasons = _reasons(request, prison, form.refusal.conflicts)
    context = {"form": form, "proposal": proposal, "reasons": reasons, "title": title_of(proposal)}
    return render(request, "planner/proposals/line_add.html", context, status=status)


@require_GET
@prison_view(Right.PLACE)
def why_not(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """For any line and any cell: what stands in the way there, with the rest of the proposal on the plan."""
    proposal = get_object_or_404(proposals_of(prison), pk=pk)
    data = request.GET if "slot" in request.GET else None
    form = LineForm(data, proposal=proposal, initial={"line": request.GET.get("line")})
    answer, status = None, 200
    if data is not None:
        answer, status = _answer(request, prison, proposal, form)
    context = {"form": form, "proposal": proposal, "answer": answer, "title": title_of(proposal)}
    return render(request, "planner/proposals/why_not.html", context, status=status)


def _answer(
    request: PrisonRequest, prison: Prison, proposal: Proposal, form: LineForm
) -> tuple[dict[str, object] | None, int]:
    found: list[Conflict] = []

    def ask(data: dict[str, object]) -> None:
        line = data["line"]
        assert isinstance(line, ProposalLine)  # noqa: S101 - the form's own field
        found.extend(mending.conflicts_at(proposal, line, form.goal())[1])

    status = form.attempt(ask)
    if status != DONE:
        return None, status
    return {"reasons": _reasons(request, prison, found), "line": form.cleaned_data["line"]}, 200
