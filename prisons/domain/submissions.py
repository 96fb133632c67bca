"""A form that creates is done once, however often it is sent: pressed twice, sent again after a lost answer.

The form carries a token ({% once %}); the row that keeps it is written in the same transaction as what the form
does. Whoever comes second waits for the first (a unique row, or SQLite's one writer) and learns where it led.
A second tab with the same page, drawn before the first was sent, that says the same is the same form.
"""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import IntegrityError, transaction
from django.db.models import Q

from core.dates import clock
from core.web import form_tokens
from prisons.models import Submission, User

KEPT = dt.timedelta(days=2)


def claim(token: uuid.UUID, said: str, *, by: User, now: dt.datetime | None = None) -> Submission | None:
    """This form is done now; None when it was done before. Call inside the transaction that does it."""
    if done_before(token, said, by=by):
        return None
    try:
        with transaction.atomic():
            return Submission.objects.create(token=token, said=said, by=by, at=now or clock.now())
    except IntegrityError:
        return None


def done_before(token: uuid.UUID, said: str, *, by: User) -> Submission | None:
    """This very form, or the same page from another tab, sent since this one was drawn."""
    is_it = Q(token=token)
    if drawn := form_tokens.drawn_at(token):
        is_it |= Q(at__gt=drawn)
    return Submission.objects.filter(is_it, said=said, by=by).first()


def led_to(token: uuid.UUID, said: str, *, by: User) -> str:
    """The address that the first answer named; empty when it named none."""
    row = done_before(token, said, by=by)
    return row.location if row else ""


def forget_old(*, now: dt.datetime | None = None) -> int:
    """Nobody sends a form of days ago again."""
    return Submission.objects.filter(at__lt=(now or clock.now()) - KEPT).delete()[0]
