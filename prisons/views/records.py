"""Records of a prison: the letters."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, Count, IntegerField, QuerySet, When
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from prisons.access import PrisonRequest, Right, prison_view
from prisons.domain.background import outbox
from prisons.models import Message, Prison

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
_WRONG_FIRST = Case(
    When(state__in=[Message.State.FAILED, Message.State.UNKNOWN], then=0),
    default=1,
    output_field=IntegerField(),
)


@prison_view(Right.READ_OUTBOX)
def outbox_list(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """Letters that went wrong stand first: those are what somebody comes here for."""
    state = request.GET.get("state", "")
    letters = _letters(prison, state).defer("body_html").order_by(_WRONG_FIRST, "-created_at", "-pk")
    page = Paginator(letters, ROWS).get_page(request.GET.get("page"))
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
    failed = Message.objects.in_prison(prison).filter(state=Message.State.FAILED).count()
    context = {
        "page": page,
        "rows": rows,
        "chips": _chips(prison, state),
        "state": state,
        "failed": failed,
        "mailbox": settings.EMAIL_FILE_PATH if settings.DEMO else "",
    }
    return render(request, "prisons/outbox_list.html", context)


def _letters(prison: Prison, state: str) -> QuerySet[Message]:
    if state == NOT_SENT:
        return outbox.not_sent(prison)
    letters = Message.objects.in_prison(prison)
    return letters.filter(state=state) if state in Message.State.values else letters


def _chips(prison: Prison, chosen: str) -> list[dict[str, Any]]:
    by_state = Message.objects.in_prison(prison).order_by().values_list("state").annotate(Count("pk"))
    counts = Counter(dict(by_state))
    wanted: list[tuple[str, Any, int]]
    wanted = [("", _("All"), counts.total()), (NOT_SENT, _("To look at"), outbox.not_sent(prison).count())]
    wanted += [(value, label, counts[value]) for value, label in Message.State.choices]
    return [
        {
            "url": f"?state={value}" if value else "?",
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
    state = request.POST.get("state", "")
    known = state == NOT_SENT or state in Message.State.values
    return redirect(reverse("prisons:outbox_list", args=[prison.slug]) + (f"?state={state}" if known else ""))
