"""Records of a prison: the letters."""

from __future__ import annotations

from collections import Counter
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST

from core.dates.clock import within
from core.web.pages import MOST, NumberedPages, newest_of
from prisons.access import PrisonRequest, Right, prison_view
from prisons.domain.background import outbox
from prisons.forms import LetterFilter
from prisons.models import Message, Prison
from prisons.models.scoped import PrisonScoped

ROWS = 50


LOOKS: dict[str, tuple[str, str]] = {
    Message.State.WAITING: ("quiet", "hourglass-split"),
    Message.State.CLAIMED: ("info", "send"),
    Message.State.SENT: ("ok", "check-circle"),
    Message.State.FAILED: ("stop", "x-octagon"),
    Message.State.UNKNOWN: ("warn", "question-circle"),
}
"""Tone and icon of a letter's state."""


NOT_SENT = "not_sent"
"""The state to ask for when everything is wanted that somebody should look at."""
WENT_WRONG = (Message.State.FAILED, Message.State.UNKNOWN)


@prison_view(Right.READ_OUTBOX)
def outbox_list(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """Letters that went wrong stand first: those are what somebody comes here for."""
    state = request.GET.get("state", "")
    form = LetterFilter(request.GET or None)
    on = form.cleaned_data["on"] if form.is_bound and form.is_valid() else None
    numbers = _wrong_first(_letters(prison, state).filter(**within("created_at", on) if on else {}))
    page = NumberedPages(Message.objects.defer("body_html"), numbers, ROWS).get_page(request.GET.get("page"))
    rows = [
        (
            letter,
            *LOOKS[letter.state],
            outbox.FAILURES.get(letter.failure, letter.failure),
            outbox.is_resendable(letter),
            outbox.next_attempt(letter),
        )
        for letter in page
    ]
    counts = _waiting_here(prison)
    context = {
        "form": form,
        "page": page,
        "rows": rows,
        "chips": _chips(prison, state, counts, f"on={on}" if on else ""),
        "state": state,
        "on": on,
        "failed": counts[Message.State.FAILED],
        "mailbox": settings.EMAIL_FILE_PATH if settings.DEMO else "",
    }
    return render(request, "prisons/outbox_list.html", context, status=422 if form.errors else 200)


def _letters(prison: Prison, state: str) -> PrisonScoped[Message]:
    if state == NOT_SENT:
        return outbox.not_sent(prison)
    letters = Message.objects.in_prison(prison)
    if state in Message.State.values:
        return letters.filter(state=state, sent_at__isnull=state != Message.State.SENT)
    return letters


def _wrong_first(letters: PrisonScoped[Message]) -> list[int]:
    """Numbers of the newest: first what went wrong."""
    wrong = newest_of(letters.filter(sent_at__isnull=True, state__in=WENT_WRONG))
    return list(dict.fromkeys([*wrong, *newest_of(letters)]))[: MOST + 1]


def _waiting_here(prison: Prison) -> Counter[str]:
    """State -> how many letters that have not left. Those that have are of all years: nobody counts them."""
    rows = outbox.unsent().in_prison(prison).order_by().values_list("state").annotate(Count("pk"))
    return Counter(dict(rows))


def _chips(prison: Prison, chosen: str, counts: Counter[str], day: str) -> list[dict[str, Any]]:
    wanted: list[tuple[str, Any, int | None]]
    wanted = [
        ("", pgettext("letters", "All"), None),
        (NOT_SENT, _("To look at"), outbox.not_sent(prison).count()),
    ]
    wanted += [
        (value, label, None if value == Message.State.SENT else counts[value])
        for value, label in Message.State.choices
    ]
    return [
        {
            "url": "?" + "&".join(each for each in (f"state={value}" if value else "", day) if each),
            "label": label,
            "number": number,
            "is_on": value == chosen,
        }
        for value, label, number in wanted
    ]


@prison_view(Right.READ_OUTBOX)
@require_POST
def outbox_resend(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    letter = get_object_or_404(Message.objects.in_prison(prison), pk=pk)
    outbox.resend(letter, by=request.user)
    messages.success(request, _("The letter to %(email)s is being sent again.") % {"email": letter.to_email})
    return _back_to_outbox(request, prison)


@prison_view(Right.READ_OUTBOX)
@require_POST
def outbox_resend_failed(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """After a day without a mail server: all that certainly did not arrive."""
    count = outbox.resend_failed(prison, by=request.user)
    told = ngettext("%(count)s letter is being sent again.", "%(count)s letters are being sent again.", count)
    messages.success(request, told % {"count": count})
    return _back_to_outbox(request, prison)


def _back_to_outbox(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """With the filter that was on."""
    state, form = request.POST.get("state", ""), LetterFilter(request.POST)
    known = state == NOT_SENT or state in Message.State.values
    kept = {"state": state if known else "", "on": form.cleaned_data["on"] if form.is_valid() else None}
    asked = urlencode({name: value for name, value in kept.items() if value})
    return redirect(reverse("prisons:outbox_list", args=[prison.slug]) + (f"?{asked}" if asked else ""))
