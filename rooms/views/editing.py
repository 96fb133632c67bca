"""The one way in which a rule is added, changed or removed on a page of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from core.forms import DONE, PlainTexts
from prisons.access import PrisonRequest
from prisons.seen_forms import look_again
from rooms.domain import consent
from rooms.domain.consent import RuleHits


def edit(
    request: PrisonRequest,
    form: PlainTexts,
    act: Callable[[dict[str, Any]], object],
    *,
    back: str,
    done: object,
    template: str = "rooms/edit.html",
    is_fact: Any = False,
    **context: Any,
) -> HttpResponse:
    """Shows the form, or hands its values to `act` and goes `back` saying `done`.

    Unusable input comes back with 422, a refusal with its own status: in place, with all that was typed. What
    hits coming sessions is shown and must be accepted, unless it `is_fact`: nobody can refuse that a
    facilitator is ill.
    """

    def asked(values: dict[str, Any]) -> object:
        return act(values) if is_fact else _consented(request, lambda: act(values))

    status = form.attempt(asked) if request.method == "POST" else 200
    if status == DONE:
        messages.success(request, str(done))
        return redirect(back)
    if form.refusal is not None:
        look_again(form, form.refusal)
    context |= {"form": form, "back": back, "hits": None}
    if isinstance(form.refusal, RuleHits):
        context["hits"] = _shown(request, form.refusal)
    return render(request, template, context, status=status)


def act_and_return(
    request: PrisonRequest, act: Callable[[], object], *, back: str, done: object
) -> HttpResponse:
    """For a button: does it and goes `back` saying `done`, which may be told from what `act` returned.

    What it hits is shown on a page of its own, to be accepted. Any other refusal becomes a page with its status.
    """
    try:
        result = _consented(request, act)
    except RuleHits as refusal:
        sent = [
            (name, value)
            for name, values in request.POST.lists()
            for value in values
            if name not in ("csrfmiddlewaretoken", consent.FIELD, "once")
        ]
        shown = {"hits": _shown(request, refusal), "back": back, "sent": sent, "refusal": refusal}
        return render(request, "rooms/hits.html", shown, status=refusal.status)
    messages.success(request, str(done(result) if callable(done) else done))
    return redirect(back)


def _consented(request: PrisonRequest, act: Callable[[], object]) -> object:
    return consent.consented(request.prison, act, accepted=request.POST.get(consent.FIELD, ""))


def _shown(request: PrisonRequest, refusal: RuleHits) -> dict[str, Any]:
    """The sessions that would be hit, and the word that accepts just those."""
    lines = consent.engine().in_words(refusal.hits[:MOST], request.access)
    return {"lines": lines, "more": max(len(refusal.hits) - MOST, 0), "digest": refusal.digest}


MOST = 20
"""So many are listed; the rest is counted."""
