"""The cut-off: lists are frozen once, and what changes afterwards goes on a page of changes.

Every writer of facts that lists read calls `freeze_due` first, so that a list is what it was at the cut-off
even when no job runs on time.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable

from django.db import transaction

from core.dates import clock
from core.dates.clock import BRUSSELS
from core.words import names
from enrollment.domain.lists.day import Day, from_json, to_json
from enrollment.domain.lists.day_lists import day_lists
from enrollment.models import CutOff, ListVersion
from prisons.domain.locking import lock_prison
from prisons.domain.records import audit
from prisons.models import Prison, User
from rooms.models import Holiday

DEFAULT_CUT_OFF = dt.time(15)
KEPT_DAYS = 90
_LOOKED_AHEAD = dt.timedelta(hours=25)
"""Nobody looks further ahead than to the end of a day; the longest has 25 hours."""


def freeze_due(prison: Prison, now: dt.datetime | None = None) -> list[ListVersion]:
    """Freezes each day whose cut-off has passed and that has no version yet; answers the new versions.

    To be called with the prison locked and fresh, before the change. No query until the next cut-off:
    the prison remembers when that is, until a holiday or a cut-off is changed (`bump_rules`).
    """
    at = now or clock.now()
    if _knows_better(prison, at):
        return []
    moments = cut_offs(prison, at)
    due = {day: cut for day, cut in moments.items() if cut <= at}
    kept = set(ListVersion.objects.in_prison(prison).filter(on__in=due).values_list("on", flat=True))
    frozen = [_freeze(prison, day, cut) for day, cut in sorted(due.items()) if day not in kept]
    prison.next_cut_off_at = _next_cut_off(moments.values(), at)
    Prison.objects.filter(pk=prison.pk).update(next_cut_off_at=prison.next_cut_off_at)
    return frozen


def freeze_everywhere(*, now: dt.datetime | None = None) -> int:
    """Freezes what is due in every prison; returns how many lists. One query when nothing is."""
    at = now or clock.now()
    frozen = 0
    for pk in (
        Prison.objects.exclude(next_cut_off_at__gt=at, next_cut_off_at__lte=at + _LOOKED_AHEAD)
        .order_by("pk")
        .values_list("pk", flat=True)
    ):
        with transaction.atomic():
            frozen += len(freeze_due(lock_prison(pk), at))
    return frozen


def _knows_better(prison: Prison, at: dt.datetime) -> bool:
    """Whether the prison remembers that nothing falls due before its next cut-off."""
    coming = prison.next_cut_off_at
    return coming is not None and coming - _LOOKED_AHEAD <= at < coming


def _next_cut_off(moments: Iterable[dt.datetime], at: dt.datetime) -> dt.datetime:
    """The first cut-off still to come; midnight at the latest, when another day comes into view."""
    midnight = dt.datetime.combine(clock.today(at) + dt.timedelta(days=1), dt.time(), BRUSSELS)
    return min([midnight, *(cut for cut in moments if cut > at)])


def _freeze(prison: Prison, day: dt.date, cut_at: dt.datetime) -> ListVersion:
    with names.keeping():
        facts = to_json(day_lists(prison, day, now=cut_at))
    return ListVersion.objects.create(
        prison=prison, on=day, number=1, made_at=cut_at, facts=facts, digest=digest_of(facts)
    )


def digest_of(facts: dict[str, object]) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def cut_offs(prison: Prison, now: dt.datetime) -> dict[dt.date, dt.datetime]:
    """Each day from today on whose lists close today at the latest, and when; then the next one to come.

    However long the house is closed: the days after a working day close together on that day.
    """
    closing = _Closing(prison)
    day = clock.today(now)
    moments: dict[dt.date, dt.datetime] = {}
    while not moments or max(moments.values()).date() <= clock.today(now):
        moments[day] = closing.of(day)
        day += dt.timedelta(days=1)
    return moments


def cut_off_of(prison: Prison, day: dt.date, now: dt.datetime) -> dt.datetime | None:
    """When the lists of this day close or closed; None for days that are over."""
    return _Closing(prison).of(day) if day >= clock.today(now) else None


class _Closing:
    """When lists close in this prison: on the last working day before theirs, at the hour of that weekday."""

    def __init__(self, prison: Prison) -> None:
        self._off = set(Holiday.objects.in_prison(prison).values_list("on", flat=True))
        self._hours = dict(CutOff.objects.in_prison(prison).values_list("weekday", "at"))

    def of(self, day: dt.date) -> dt.datetime:
        before = day - dt.timedelta(days=1)
        while before.isoweekday() > 5 or before in self._off:
            before -= dt.timedelta(days=1)
        return dt.datetime.combine(before, self._hours.get(before.isoweekday(), DEFAULT_CUT_OFF), BRUSSELS)


def latest(prison: Prison, day: dt.date, *, now: dt.datetime | None = None) -> ListVersion | None:
    """The lists of the day as they closed, frozen now if they should have been already.

    Pages of changes that were handed over since are versions too: see handing_over.py.
    """
    at = now or clock.now()
    if not _knows_better(prison, at):
        with transaction.atomic():
            freeze_due(lock_prison(prison), at)
    rows = ListVersion.objects.in_prison(prison).filter(on=day, number=1)
    return rows.select_related("printed_by", "handed_over_by").first()


def day_of(version: ListVersion) -> Day | None:
    """What was frozen; None once only the hash is left."""
    return from_json(version.facts) if version.facts else None


def confirm_printed(version: ListVersion, *, by: User, now: dt.datetime | None = None) -> None:
    """Somebody says that this version has been printed. The first time counts."""
    _confirm(version, "printed", by, now or clock.now())


def confirm_handed_over(version: ListVersion, *, by: User, now: dt.datetime | None = None) -> None:
    """Somebody says that this version lies at the posts. The first time counts."""
    _confirm(version, "handed_over", by, now or clock.now())


def _confirm(version: ListVersion, what: str, by: User, at: dt.datetime) -> None:
    with transaction.atomic():
        untold = ListVersion.objects.filter(pk=version.pk, **{f"{what}_at__isnull": True})
        if untold.update(**{f"{what}_at": at, f"{what}_by": by}):
            audit.record(version.prison, by, f"confirm_{what}", version, fields=[f"{what}_at"], now=at)


def forget_old(*, now: dt.datetime | None = None) -> int:
    """Empties versions of more than ninety days ago, all but the hash; returns how many."""
    oldest = clock.today(now) - dt.timedelta(days=KEPT_DAYS)
    return ListVersion.objects.filter(on__lt=oldest, facts__isnull=False).update(facts=None)
