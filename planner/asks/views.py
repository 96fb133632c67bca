"""The page of asks: what other services ask, what was asked of them, what was answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core.dates.clock import today
from core.dates.weeks import Week
from core.errors import PlannerError
from core.secrets.digest import FIELD, NotAsShown
from core.web import address
from core.web.pages import asked_page
from planner.board.answers import done, refused
from planner.models import Ask
from planner.scheduling.asks import ask_acts
from planner.scheduling.asks.lists import answered, asks_of, received, sent
from planner.scheduling.asks.rows import rows_of
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison


class AskTab(NamedTuple):
    code: str
    label: str
    url: str
    number: int
    is_current: bool


@require_GET
@prison_view(Right.PLACE)
def ask_list(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """Received, sent and answered, each with its own address."""
    return _list(request, prison)


def _list(request: PrisonRequest, prison: Prison, error: PlannerError | None = None) -> HttpResponse:
    lists = {"received": received, "sent": sent, "answered": answered}
    chosen = request.GET.get("tab") if request.GET.get("tab") in lists else "received"
    found = lists[str(chosen)](request.access)
    if (service := address.number(request.GET.get("service"))) is not None:
        found = found.filter(to_organisation=service)
    page = asked_page(request, found)
    context = {
        "tabs": _tabs(request, prison, str(chosen), lists),
        "tab": chosen,
        "page": page,
        "rows": rows_of(page, request.access, with_told=chosen == "received"),
        "error": error,
    }
    return render(request, "planner/asks/ask_list.html", context, status=error.status if error else 200)


def _tabs(
    request: PrisonRequest, prison: Prison, chosen: str, lists: dict[str, Callable[..., Any]]
) -> list[AskTab]:
    labels = {"received": _("Asked of us"), "sent": _("Asked by us"), "answered": _("Answered")}
    here = reverse("planner:ask_list", args=[prison.slug])
    return [
        AskTab(code, labels[code], f"{here}?tab={code}", find(request.access).count(), code == chosen)
        for code, find in lists.items()
    ]


def _ask(request: PrisonRequest, prison: Prison, pk: int) -> Ask:
    """An ask that this reader's services sent or got; of others nobody knows."""
    ask = get_object_or_404(asks_of(prison), pk=pk)
    parties = (ask.from_organisation, ask.to_organisation)
    if not any(request.access.may_change(party) for party in parties):
        raise PlannerError("not_yours", _("This is between two other services."), status=403)
    return ask


@require_POST
@prison_view(Right.PLACE)
def ask_accept(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """Do what was asked, through the one writer."""

    def act(ask: Ask) -> Any:
        agreed = request.POST.get("accept_soft") == "on"
        seen = request.POST.get(FIELD, "")
        return ask_acts.accept(ask, by=request.user, access=request.access, accept_soft=agreed, seen=seen)

    return _answer(request, prison, pk, act, _("Accepted, and done."))


@require_POST
@prison_view(Right.PLACE)
def ask_refuse(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """Say no; the asker is told."""

    def act(ask: Ask) -> None:
        ask_acts.refuse(ask, by=request.user, access=request.access)

    return _answer(request, prison, pk, act, _("Refused. The other service is told."))


@require_POST
@prison_view(Right.PLACE)
def ask_take_back(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """The asker needs it no longer."""

    def act(ask: Ask) -> None:
        ask_acts.take_back(ask, by=request.user, access=request.access)

    return _answer(request, prison, pk, act, _("Taken back: nobody need answer it any more."))


def _answer(
    request: PrisonRequest, prison: Prison, pk: int, act: Callable[[Ask], Any], text: str
) -> HttpResponse:
    here = reverse("planner:ask_list", args=[prison.slug])
    fields = [("next", request.POST.get("next", here)), (FIELD, request.POST.get(FIELD, ""))]
    form = {"url": request.path, "fields": fields, "back_url": here}
    try:
        ask = _ask(request, prison, pk)
        outcome = act(ask)
    except NotAsShown as error:
        return _list(request, prison, error)
    except PlannerError as error:
        return refused(request, prison, error, form=form)
    return done(request, prison, Week.from_date(today(ask.session.starts_at)), text, outcome)
