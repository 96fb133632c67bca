"""A form that creates is done once, however often it is sent: pressed twice, sent again after a lost answer.

The form carries a token ({% once %}); the row that keeps it is written in the same transaction as what the form
does. Whoever comes second waits for the first (a unique row, or SQLite's one writer) and learns where it led.
"""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import IntegrityError, transaction

from core import clock
from prisons.models import Submission, User

KEPT = dt.timedelta(days=2)


def claim(token: uuid.UUID, said: str, *, by: User, now: dt.datetime | None = None) -> Submission | None:
    """This form is done now; None when it was done before. Call inside the transaction that does it."""
    try:
        with transaction.atomic():
            return Submission.objects.create(token=token, said=said, by=by, at=now or clock.now())
    except IntegrityError:
        return None


def led_to(token: uuid.UUID, said: str, *, by: User) -> str:
    """The address that the first answer named; empty when it named none."""
    row = Submission.objects.filter(token=token, said=said, by=by).first()
    return row.location if row else ""


def forget_old(*, now: dt.datetime | None = None) -> int:
    """Nobody sends a form of days ago again."""
    return Submission.objects.filter(at__lt=(now or clock.now()) - KEPT).delete()[0]
