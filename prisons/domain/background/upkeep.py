"""What time alone takes away (names, places, lists, letters) is taken only while the clock can be believed.

A clock that is a year ahead would forget everybody within one run. So tidying stops when the clock has jumped
since the last time, or when very many people would be forgotten at once, until somebody who looks after the
machine has said that it is right (`manage.py upkeep`).
"""

from __future__ import annotations

import datetime as dt
import logging

from django.conf import settings
from django.db import transaction

from core.dates import clock
from prisons.domain.records import audit
from prisons.models import Upkeep

logger = logging.getLogger("tempo.upkeep")

TIDYING = "tidying"
FORGETTING = "forgetting"
SLACK = dt.timedelta(hours=1)
"""A clock that is put right by so little has not jumped."""
ALLOWED_FOR = dt.timedelta(hours=24)
MANY = 25
"""So many people are forgotten without asking, however few there are."""
PART = 20
"""Beyond MANY: one in so many of all whose names are kept."""


def may_tidy(*, now: dt.datetime | None = None) -> bool:
    """Asked before anything is taken away because its time is over; notes that it was done."""
    at = now or clock.now()
    with transaction.atomic():
        row = _locked(TIDYING, at)
        if at < row.ran_at - SLACK:
            return False  # the clock was put back: nothing is over yet
        days = (at - row.ran_at).days
        if days >= settings.UPKEEP_MOST_DAYS and not _is_allowed(row, at):
            _hold(row, f"the last time was {days} days ago: is the clock right?", at)
            return False
        _ran(row, at)
    return True


def may_forget(count: int, of: int, *, now: dt.datetime | None = None) -> bool:
    """Asked before `count` of `of` people are forgotten because they have left long ago."""
    at = now or clock.now()
    with transaction.atomic():
        row = _locked(FORGETTING, at)
        if count > max(MANY, of // PART) and not _is_allowed(row, at):
            _hold(row, f"{count} of {of} people would be forgotten at once", at)
            return False
        _ran(row, at)
    return True


def held() -> list[Upkeep]:
    """What waits for somebody."""
    return list(Upkeep.objects.filter(held_at__isnull=False))


def go_on(*, now: dt.datetime | None = None) -> list[Upkeep]:
    """The clock is right, and so is what is to be forgotten: for a day nothing is held back."""
    at, rows = now or clock.now(), held()
    with transaction.atomic():
        for row in rows:
            row.allowed_at, row.held_at, row.why = at, None, ""
            row.ran_at = min(row.ran_at, at)
            row.save()
            audit.record(None, None, "allow_upkeep", row, fields=[row.name], now=at)
    return rows


def _locked(name: str, at: dt.datetime) -> Upkeep:
    row, _made = Upkeep.objects.select_for_update().get_or_create(name=name, defaults={"ran_at": at})
    return row


def _is_allowed(row: Upkeep, at: dt.datetime) -> bool:
    return row.allowed_at is not None and abs(at - row.allowed_at) < ALLOWED_FOR


def _hold(row: Upkeep, why: str, at: dt.datetime) -> None:
    if row.held_at is None:
        logger.critical("Upkeep waits, %s. If that is right: manage.py upkeep --go-on", why)
        row.held_at = at
    row.why = why
    row.save()


def _ran(row: Upkeep, at: dt.datetime) -> None:
    row.ran_at, row.held_at, row.why = at, None, ""
    row.save()
