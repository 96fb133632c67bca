"""The call list of a closure: whom to call first, on paper and on screen, and the tick of who was reached."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from core.dates.clock import now, today
from core.paper.answering import answer
from planner.closures import showing
from planner.closures.call_paper import call_paper, standing_words
from planner.closures.views import closures_of
from planner.scheduling.closures import closing, todos
from planner.scheduling.closures.call_ticks import calls_about, tick, untick
from prisons.access import PrisonRequest, Right, prison_view
from prisons.domain.records import audit
from prisons.models import Organisation, Prison


@require_GET
@prison_view(Right.CLOSE, Right.MANAGE_WORKERS)
def closure_calls(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """Whom to call, with telephone numbers."""
    shown, calls = _calls(request, prison, pk)
    context = {
        "shown": shown,
        "calls": calls,
        "left": sum(1 for call in calls if not call.is_done),
        "standing": standing_words(shown.state),
    }
    return render(request, "planner/closures/closure_calls.html", context)


@require_GET
@prison_view(Right.CLOSE, Right.MANAGE_WORKERS)
@never_cache
def closure_calls_file(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """The same on paper, beside the telephone."""
    shown, calls = _calls(request, prison, pk)
    audit.record(prison, request.user, "print_calls", shown.root)
    name = f"{prison.slug}-{slugify(_('Call list'))}-{today(shown.starts_at):%Y-%m-%d}"
    return answer(call_paper(prison, shown, calls, now=now()), name, "pdf")


def _calls(
    request: PrisonRequest, prison: Prison, pk: int
) -> tuple[showing.ClosurePage, list[showing.ClosureCallRow]]:
    shown = showing.page_of(get_object_or_404(closures_of(prison), pk=pk), request.access)
    effects = showing.own_part(showing.effects_now(prison, shown), request.access)
    return shown, showing.calls_of(effects, request.access, calls_about(shown.root))


@require_POST
@prison_view(Right.CLOSE, Right.MANAGE_WORKERS)
def closure_call(request: PrisonRequest, prison: Prison, pk: int, worker: int) -> HttpResponse:
    """The tick beside a facilitator whom this reader may call; `reached=no` takes it away again."""
    shown, calls = _calls(request, prison, pk)
    call = next((one for one in calls if one.worker.pk == worker), None)
    if call is None:
        raise Http404
    act = untick if request.POST.get("reached") == "no" else tick
    act(shown.root, call.worker, call.sessions, by=request.user)
    return redirect(reverse("planner:closure_calls", args=[prison.slug, pk]) + f"#call-{worker}")


@require_POST
@prison_view(Right.CLOSE, Right.MANAGE_WORKERS)
def closure_called(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """Everybody of the own services has been called: nothing to do any more."""
    rows = closing.group_of(get_object_or_404(closures_of(prison), pk=pk))
    access = request.access
    own = [one for one in Organisation.objects.filter(prisons=prison) if access.may_change(one)]
    everybody: list[Organisation | None] = [None]  # the liaison calls for all
    for organisation in own or (everybody if access.has(Right.CLOSE) else []):
        todos.close(rows, by=request.user, now=now(), organisation=organisation)
    messages.success(request, _("Noted: everybody has been called."))
    return redirect("planner:closure_detail", prison.slug, pk)
