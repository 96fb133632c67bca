"""What an act was to tell and nobody has heard yet: it falls away when the act is undone."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from enrollment.domain.slips import reply_slips
from planner.models import Notice, StaffNotice
from prisons.domain.background import outbox
from prisons.models import ChangeSet, Message


@dataclass(frozen=True)
class Unsaid:
    """Of one act."""

    workers: frozenset[tuple[int, int]] = frozenset()
    """(session, facilitator)."""
    people: frozenset[tuple[int, int]] = frozenset()
    """(session, person): the slip still lies on the desk."""
    users: frozenset[int] = frozenset()
    is_fresh: bool = False
    """So young that no letter of it has left: what it showed, nobody has seen."""


def unsaid_of(act: ChangeSet, *, now: dt.datetime) -> Unsaid:
    """Writes nothing."""
    has_left = Message.objects.filter(change_set=act).exclude(state=Message.State.WAITING).exists()
    return Unsaid(
        frozenset(_notices(act).values_list("session", "worker")),
        frozenset((slip.facts["session"], slip.participant_id) for slip in reply_slips.on_desk_of(act)),
        frozenset(_staff_notices(act).values_list("user", flat=True)),
        is_fresh=now - act.at < outbox.WAIT and not has_left,
    )


def withdraw(act: ChangeSet, *, now: dt.datetime) -> Unsaid:
    """Takes back what has not been said, in the transaction of the undo; returns it.

    The letters are locked first: one that is being sent has been said.
    """
    letters = outbox.lock_waiting(act)
    unsaid = unsaid_of(act, now=now)
    _notices(act).delete()
    _staff_notices(act).delete()
    reply_slips.take_back_unsaid(act, now=now)
    Message.objects.filter(pk__in=letters).delete()
    return unsaid


_NOT_SAID = Q(message__isnull=True) | Q(
    message__state=Message.State.WAITING, message__change_set__isnull=False
)


def _notices(act: ChangeSet) -> QuerySet[Notice]:
    return Notice.objects.filter(_NOT_SAID, change_set=act, read_at__isnull=True, called_at__isnull=True)


def _staff_notices(act: ChangeSet) -> QuerySet[StaffNotice]:
    return StaffNotice.objects.filter(_NOT_SAID, change_set=act, read_at__isnull=True)
