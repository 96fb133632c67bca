"""Undo's part for closures: their state as it was before the act."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.errors import PlannerError
from planner.models import MadeUp
from planner.notifications.unsaid import Unsaid
from planner.scheduling.closures import todos
from planner.scheduling.closures.closing import image_of
from planner.scheduling.closures.refusals import require_right
from prisons.access import Access, access_for
from prisons.domain.records import audit
from prisons.models import ChangeImage, ChangeSet, Prison, User
from rooms.domain.facts import bump_rules
from rooms.models import Closure
from sessions.models import GroupSession

LABEL = Closure._meta.label_lower


def take_back(
    prison: Prison,
    change_set: ChangeSet,
    images: Sequence[ChangeImage],
    *,
    by: User,
    now: dt.datetime,
    access: Access | None = None,
) -> None:
    """Of the closures of an act: their state as it was; what the act announced goes.

    Call under the prison's lock, before its sessions are put back. Raises PlannerError `not_allowed` (403),
    `changed_since` or `made_up` (409).
    """
    require_right(prison, access or access_for(by, prison, now=now))
    rows = (
        Closure.objects.in_prison(prison)
        .select_related("decided_by")
        .in_bulk([image.object_id for image in images])
    )
    for image in images:
        row = rows.get(image.object_id)
        if row is None or image_of(row) != image.after:
            who = row.decided_by if row is not None and row.decided_by else _("Somebody")
            raise PlannerError(
                "changed_since", _("%(who)s has changed this since. Nothing was undone."), who=who
            )
    _refuse_made_up(change_set)
    audit.record_many(prison, by, "undo", rows.values(), fields=["state"], change_set=change_set, now=now)
    todos.close(list(rows.values()), by=by, now=now)
    for image in images:
        _put_back(rows[image.object_id], image.before)
    bump_rules(prison)


def tell(
    act: ChangeSet, images: Sequence[ChangeImage], unsaid: Unsaid, *, by: User, now: dt.datetime
) -> None:
    """Once the sessions are back: who has heard of it hears how it stands now; then what was announced goes.

    An announcement made by mistake reads as lifted to whoever was told.
    """
    rows = Closure.objects.in_prison(act.prison).in_bulk([image.object_id for image in images])
    announced = [rows[image.object_id] for image in images if image.before is None]
    remaining = [rows[image.object_id] for image in images if image.before is not None]
    for row in announced:
        row.state = Closure.State.LIFTED
    for some in (announced, remaining):
        if some:
            todos.tell(act.prison, some, act=act, by=by, now=now, unheard=unsaid.users)
    for row in announced:
        row.delete()


def _put_back(row: Closure, before: dict[str, Any] | None) -> None:
    """What was announced stands as lifted until everybody is told, and then goes."""
    if before is None:
        row.state = Closure.State.LIFTED
        row.save(update_fields=["state"])
        return
    row.state, row.decided_by_id = before["state"], before["decided_by_id"]
    row.decided_at = dt.datetime.fromisoformat(before["decided_at"]) if before["decided_at"] else None
    row.save(update_fields=["state", "decided_by", "decided_at"])


def _refuse_made_up(change_set: ChangeSet) -> None:
    label = GroupSession._meta.label_lower
    touched = change_set.images.filter(model=label).values("object_id")
    if MadeUp.objects.filter(session__in=touched).exists():
        raise PlannerError(
            "made_up", _("Sessions of this act are made up on another date already. Nothing was undone.")
        )
