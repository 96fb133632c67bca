"""Taking over the list of the prison: read, look, accept, take back; and the inbox of what changed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.dates import clock
from core.errors import PlannerError
from core.secrets.digest import FIELD
from core.tables.values import MOST_BYTES
from core.web import address
from core.web.pages import NewestPages
from enrollment.domain.requests import inbox
from enrollment.domain.roster import acceptance_undo, comparison
from enrollment.domain.roster.acceptance import accept
from enrollment.models import RosterDraft
from enrollment.views.shared import PageNotice
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison

PER_PAGE = 20


@prison_view(Right.KEEP_ROSTER)
def roster_read(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """Choose the file; the answer is the preview."""
    if request.method != "POST":
        return _choose(request)
    file, pasted = request.FILES.get("file"), request.POST.get("pasted", "")
    if file is None and not pasted.strip():
        return _choose(request, PageNotice("stop", _("Choose the file first, or paste the rows.")), 422)
    if file and (file.size or 0) > MOST_BYTES:
        text = _("The file is larger than 5 MB. A list of people never is: check the file.")
        return _choose(request, PageNotice("stop", text), 422)
    name, content = (file.name or "", file.read()) if file else (_("pasted"), pasted.encode())
    try:
        draft = comparison.draft(prison, name, content, by=request.user)
    except PlannerError as error:
        return _choose(request, PageNotice("stop", str(error)), error.status)
    return redirect("enrollment:roster_preview", prison.slug, draft.pk)


def _choose(request: PrisonRequest, notice: PageNotice | None = None, status: int = 200) -> HttpResponse:
    drafts = RosterDraft.objects.in_prison(request.prison).select_related("by", "change_set__by")
    drafts = drafts.filter(accepted_at__isnull=False).order_by("-accepted_at", "-pk")
    context = {
        "notice": notice,
        "page": NewestPages(drafts, PER_PAGE).get_page(request.GET.get("page")),
        "latest": acceptance_undo.latest_in_force(request.prison),
        "pasted": request.POST.get("pasted", ""),
        "as_of": request.prison.roster_as_of,
        "an_hour_ago": clock.now() - acceptance_undo.WITHIN,
    }
    return render(request, "enrollment/roster_read.html", context, status=status)


@prison_view(Right.KEEP_ROSTER)
def roster_preview(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    draft = get_object_or_404(RosterDraft.objects.in_prison(prison), pk=pk)
    return _preview(request, draft)


def _preview(
    request: PrisonRequest, draft: RosterDraft, notice: PageNotice | None = None, status: int = 200
) -> HttpResponse:
    if draft.accepted_at:
        return render(
            request, "enrollment/roster_accepted.html", {"draft": draft, "notice": notice}, status=status
        )
    draft.prison = request.prison
    context: dict[str, Any] = {
        "draft": draft,
        "preview": comparison.preview(draft),
        "notice": notice,
        "sure": request.POST.getlist("sure"),
        "links": _links(request),
    }
    return render(request, "enrollment/roster_preview.html", context, status=status)


def _links(request: PrisonRequest) -> dict[int, int]:
    """Row of the file -> the person whom somebody chose, 0 for somebody new."""
    pairs = (
        (address.number(name[5:]), 0 if value == "0" else address.number(str(value)))
        for name, value in request.POST.items()
        if name.startswith("link-")
    )
    return {line: person for line, person in pairs if line is not None and person is not None}


@prison_view(Right.KEEP_ROSTER)
@require_POST
def roster_accept(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    draft = get_object_or_404(RosterDraft.objects.in_prison(prison), pk=pk)
    try:
        done = accept(
            draft,
            _links(request),
            by=request.user,
            sure=request.POST.getlist("sure"),
            seen=request.POST.get(FIELD, ""),
        )
    except PlannerError as error:
        draft.refresh_from_db()
        return _preview(request, draft, PageNotice("stop", str(error)), error.status)
    words = _("Accepted: %(new)s new, %(moved)s moved, %(gone)s gone.")
    messages.success(request, words % {"new": done.new, "moved": done.moved, "gone": done.gone})
    return redirect("enrollment:roster_read", prison.slug)


@prison_view(Right.KEEP_ROSTER)
@require_POST
def roster_take_back(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    draft = get_object_or_404(RosterDraft.objects.in_prison(prison), pk=pk, change_set__isnull=False)
    try:
        taken = acceptance_undo.undo(draft.change_set, by=request.user)  # type: ignore[arg-type]
    except PlannerError as error:
        return _choose(request, PageNotice("stop", str(error)), error.status)
    messages.success(request, _taken_back(taken))
    return redirect("enrollment:roster_read", prison.slug)


def _taken_back(taken: acceptance_undo.TakenBack) -> str:
    if not taken.left:
        return _("The list is taken back: everybody stays as before.")
    names = "; ".join(map(_left_alone, taken.left))
    words = _("The list is taken back. Left as they are, because somebody worked on them since: %(names)s.")
    return words % {"names": names}


def _left_alone(each: acceptance_undo.LeftAlone) -> str:
    if not each.by or not each.at:
        return str(each.person)
    hour = date_format(each.at.astimezone(clock.BRUSSELS), "TIME_FORMAT")
    return _("%(name)s (by %(who)s at %(hour)s)") % {"name": each.person, "who": each.by, "hour": hour}


@prison_view(Right.ENTER_REQUESTS)
def change_inbox(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """People with a place who moved, left or stay away, to be worked through; all or one kind."""
    kinds = {inbox.ROSTER: _("Moved or left"), inbox.DROP_OUT: _("Stay away")}
    only = request.GET.get("only", "")
    only = only if only in kinds else ""
    choices = [("", _("All")), *kinds.items()]
    context = {
        "lines": inbox.lines(request.access, only),
        "chips": [
            {
                "url": f"{request.path}?only={kind}" if kind else request.path,
                "label": label,
                "is_on": kind == only,
            }
            for kind, label in choices
        ],
    }
    return render(request, "enrollment/change_inbox.html", context)


@prison_view(Right.ENTER_REQUESTS)
@require_POST
def change_seen(request: PrisonRequest, prison: Prison) -> HttpResponse:
    ids = address.numbers(request.POST.getlist("row"))
    inbox.acknowledge(request.access, ids, by=request.user)
    return redirect("enrollment:change_inbox", prison.slug)
