"""Several new rows of rules as one act: kept for the hour in which they can be taken back together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from core.database.pointing import pointing_to
from core.dates import clock
from core.errors import PlannerError
from prisons.domain.locking import lock_prison
from prisons.domain.people import invitations
from prisons.domain.records import audit
from prisons.domain.records.change_sets import Image, images_of, open_change_set, remember
from prisons.domain.unchanged import fingerprint
from prisons.models import ChangeImage, ChangeSet, Invitation, Prison, User
from rooms.domain import rulebook


def keep(
    prison: Prison, verb: str, rows: Sequence[Model], *, by: User, now: dt.datetime | None = None
) -> ChangeSet:
    """These new rows are one act, to be taken back as one; for use under the lock under which they were made."""
    act = open_change_set(prison, by, verb, {"rows": len(rows)}, now)
    remember(act, [Image(type(row), row.pk, None, {"seen": fingerprint(row)}) for row in rows])
    audit.record(prison, by, verb, act, change_set=act, now=now)
    return act


TakeAway = Callable[[Any, User, dt.datetime], None]


def undo(
    act: ChangeSet,
    *,
    by: User,
    now: dt.datetime | None = None,
    ways: Mapping[type[Model], TakeAway] | None = None,
) -> int:
    """Takes away what the act made, the last first; returns how many rows that were.

    `ways` are for rows that know a way of their own, which says itself what stands against it.

    Raises PlannerError 409: `undone`, `too_late`, or `changed_since` when somebody has changed or used a row.
    """
    at = now or clock.now()
    with transaction.atomic():
        prison = lock_prison(act.prison_id)
        act = ChangeSet.objects.select_for_update().get(pk=act.pk)
        if act.undone_by_id is not None:
            raise PlannerError("undone", _("This has been undone already."))
        images = list(images_of(act, now=at))
        if not images:
            raise PlannerError("too_late", _("More than an hour has passed. Change it back by hand."))
        ways = {Invitation: _withdraw, **(ways or {})}
        rows = [_row(image, image.model not in {one._meta.label_lower for one in ways}) for image in images]
        for row in reversed(rows):
            if way := ways.get(type(row)):
                way(row, by, at)
            else:
                _refuse_used(row)
                rulebook.remove(prison, row, by=by, now=at)
        undone = open_change_set(prison, by, f"undo_{act.verb}"[:40], now=at)
        act.undone_by = undone
        act.save(update_fields=["undone_by"])
        audit.record(prison, by, "undo", act, change_set=undone, now=at)
    return len(rows)


def _row(image: ChangeImage, is_compared: bool) -> Model:
    row = apps.get_model(image.model)._default_manager.filter(pk=image.object_id).first()
    if row is None or (is_compared and fingerprint(row) != (image.after or {}).get("seen")):
        raise PlannerError(
            "changed_since", _("Somebody has changed a part of this since. Nothing was undone.")
        )
    return row


def _refuse_used(row: Model) -> None:
    """What has come to point to it since would be lost with it, or would stop the undo half-way."""
    for relation in pointing_to(type(row)):
        other = relation.related_model
        if other._default_manager.filter(**{relation.field.name: row.pk}).exists():
            raise PlannerError(
                "changed_since", _("Somebody uses a part of this already. Nothing was undone.")
            )


def _withdraw(row: Any, by: User, at: dt.datetime) -> None:
    invitations.withdraw(row, by=by, now=at)
