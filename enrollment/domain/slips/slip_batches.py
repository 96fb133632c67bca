"""Batches of reply slips: what was printed together is carried round, handed out and printed again together.

All slips of a batch bear the moment at which it was made; that moment is its key. A slip that a later answer
replaces after it was printed is named: its paper must come out of the pile.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Q

from core.dates import clock
from core.dates.clock import BRUSSELS
from enrollment.domain.slips.reply_slips import desk
from enrollment.models import Slip
from enrollment.models.requests import SlipQuerySet
from prisons.domain.records import audit
from prisons.models import Prison, User

KEPT = dt.timedelta(days=30)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)


@dataclass(frozen=True)
class Batch:
    """Slips that were printed together."""

    printed_at: dt.datetime
    slips: int
    to_hand_out: int
    replaced: int

    @property
    def key(self) -> int:
        return key_of(self.printed_at)


def key_of(printed_at: dt.datetime) -> int:
    """The moment as a whole number, for an address."""
    return (printed_at - _EPOCH) // _MICROSECOND


def moment_of(key: int) -> dt.datetime:
    """Raises OverflowError for a number that is no moment."""
    return _EPOCH + key * _MICROSECOND


def of_key(slips: SlipQuerySet, key: int) -> SlipQuerySet:
    """The slips of one batch, whatever became of them since; none for a key that there is not."""
    try:
        return slips.filter(printed_at=moment_of(key))
    except OverflowError:
        return slips.none()


def not_printed(slips: SlipQuerySet) -> SlipQuerySet:
    """On the desk, and on no paper yet."""
    return slips.on_the_desk().filter(printed_at__isnull=True)


def batches(slips: SlipQuerySet, *, now: dt.datetime | None = None) -> list[Batch]:
    """Of these slips, the batches that are not handed out yet and those of the last month; newest first."""
    since = (now or clock.now()) - KEPT
    open_ = Q(handed_out_at__isnull=True, replaced_at__isnull=True)
    # Sorted out here: asked for those of long ago, SQLite would begin with every slip that was ever printed.
    desk = slips.on_the_desk().order_by().values_list("printed_at", flat=True)
    waiting = {at for at in desk if at is not None and at < since}
    rows = (
        slips.filter(Q(printed_at__gte=since) | Q(printed_at__in=waiting))
        .values("printed_at")
        .annotate(
            number=Count("pk"),
            to_hand_out=Count("pk", filter=open_),
            replaced=Count("pk", filter=Q(replaced_at__isnull=False, handed_out_at__isnull=True)),
        )
        .order_by("-printed_at")
    )
    return [
        Batch(at, row["number"], row["to_hand_out"], row["replaced"])
        for row in rows
        if (at := row["printed_at"]) is not None
    ]


def print_batch(
    prison: Prison, slips: SlipQuerySet, *, by: User, now: dt.datetime | None = None
) -> Batch | None:
    """Makes one batch of those that were not printed yet. None when somebody else has printed them all."""
    at = now or clock.now()
    with transaction.atomic():
        ids = list(not_printed(slips).values_list("pk", flat=True))
        rows = list(
            desk(prison).filter(pk__in=ids, printed_at__isnull=True).select_for_update().order_by("pk")
        )
        if not rows:
            return None
        Slip.objects.filter(pk__in=[slip.pk for slip in rows]).update(printed_at=at)
        audit.record_many(prison, by, "print", rows, fields=["printed_at"], now=at)
    return Batch(at, len(rows), len(rows), 0)


def name_of(printed_at: dt.datetime) -> str:
    """The name of its file: it says when it was made and nothing else."""
    return f"slips-{printed_at.astimezone(BRUSSELS):%Y-%m-%d-%H%M}.pdf"
