"""The one way in which a rule is added, changed or removed on a page of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import ngettext

from core.web.forms import DONE, PlainTexts
from prisons.access import PrisonRequest
from prisons.models import ChangeSet
from prisons.seen_forms import look_again
from rooms.domain import consent
from rooms.domain.consent import RuleHits
from rooms.forms import NamesForm

Result = TypeVar("Result")


def edit(
    request: PrisonRequest,
    form: PlainTexts,
    act: Callable[[dict[str, Any]], object],
    *,
    back: str,
    done: object,
    template: str = "rooms/edit.html",
    is_fact: Any = False,
    once_more: str = "",
    **context: Any,
) -> HttpResponse:
    """Shows the form, or hands its values to `act` and goes `back` saying `done`.

    Unusable input comes back with 422, a refusal with its own status: in place, with all that was typed. What
    hits coming sessions is shown and must be accepted, unless it `is_fact`: nobody can refuse that a
    facilitator is ill. `once_more` is where "Save and next" leads.
    """

    def asked(values: dict[str, Any]) -> object:
        return act(values) if is_fact else consented(request, lambda: act(values))

    status = form.attempt(asked) if request.method == "POST" else 200
    if status == DONE:
        messages.success(request, str(done))
        return redirect(once_more if once_more and "once_more" in request.POST else back)
    if form.refusal is not None:
        look_again(form, form.refusal)
    context |= {"form": form, "back": back, "hits": None, "once_more": once_more}
    if isinstance(form.refusal, RuleHits):
        context["hits"] = shown_hits(request, form.refusal)
    return render(request, template, context, status=status)


def copy_under_names(
    request: PrisonRequest, copy: Callable[[list[str]], ChangeSet], *, back: str, heading: str
) -> HttpResponse:
    """Makes the same under the names that were typed, and offers to take it back."""
    form, made = NamesForm(request.POST), []
    status = form.attempt(lambda _values: made.append(consented(request, lambda: copy(form.values))))
    if status != DONE:
        hits = shown_hits(request, form.refusal) if isinstance(form.refusal, RuleHits) else None
        shown = {"form": form, "back": back, "heading": heading, "hits": hits}
        return render(request, "rooms/edit.html", shown, status=status)
    count = len(form.values)
    text = ngettext("%(count)s line was added.", "%(count)s lines were added.", count) % {"count": count}
    undo = reverse("rooms:paste_undo", args=[request.prison.slug, made[0].pk])
    messages.success(request, text, extra_tags=undo)
    return redirect(back)


def act_and_return(
    request: PrisonRequest, act: Callable[[], object], *, back: str, done: object
) -> HttpResponse:
    """For a button: does it and goes `back` saying `done`, which may be told from what `act` returned.

    What it hits is shown on a page of its own, to be accepted. Any other refusal becomes a page with its status.
    """
    try:
        result = consented(request, act)
    except RuleHits as refusal:
        sent = [
            (name, value)
            for name, values in request.POST.lists()
            for value in values
            if name not in ("csrfmiddlewaretoken", consent.FIELD, "once")
        ]
        shown = {"hits": shown_hits(request, refusal), "back": back, "sent": sent, "refusal": refusal}
        return render(request, "rooms/hits.html", shown, status=refusal.status)
    messages.success(request, str(done(result) if callable(done) else done))
    return redirect(back)


def consented(request: PrisonRequest, act: Callable[[], Result]) -> Result:
    """Does it, or raises RuleHits while it hits sessions that nobody has accepted."""
    return consent.consented(request.prison, act, accepted=request.POST.get(consent.FIELD, ""))


def shown_hits(request: PrisonRequest, refusal: RuleHits) -> dict[str, Any]:
    """The sessions that would be hit, one line for each group and cause, and the word that accepts just those."""
    lines = consent.engine().in_words(refusal.hits[:MOST], request.access)
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for line in lines:
        groups[line.name, line.sentence].append(line.when)
    return {
        "groups": [
            HitGroup(*what, whens[:NAMED], max(len(whens) - NAMED, 0)) for what, whens in groups.items()
        ],
        "more": max(len(refusal.hits) - MOST, 0),
        "digest": refusal.digest,
    }


class HitGroup(NamedTuple):
    """The sessions of one series that one cause hits."""

    name: str
    sentence: str
    whens: list[str]
    more: int


MOST, NAMED = 200, 3
"""So many are put into words, the rest is counted; so many dates are named in each line."""
