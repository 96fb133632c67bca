"""Taking an accepted list back within the hour: stays are what they were, people it made are gone again."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import clock
from core.errors import PlannerError
from enrollment.domain.facts import lock_facts
from enrollment.domain.inbox import ROSTER
from enrollment.models import Participant, Stay
from prisons.domain import audit
from prisons.domain.changes import UNDO_WITHIN, images_of
from prisons.models import ChangeImage, ChangeSet, Todo, User

WITHIN = UNDO_WITHIN


def undo(change_set: ChangeSet, *, by: User, now: dt.datetime | None = None) -> ChangeSet:
    """Raises PlannerError 409.

    `too_late`, `undone_already`, or `changed_since` when somebody has worked on it.
    """
    at = now or clock.now()
    with transaction.atomic():
        prison = lock_facts(change_set.prison_id, now=at)
        change_set = ChangeSet.objects.select_for_update().get(pk=change_set.pk)
        if change_set.undone_by_id:
            raise PlannerError("undone_already", _("This was taken back already."))
        images = list(images_of(change_set, now=at))
        if (not images and change_set.images.exists()) or at - change_set.at > UNDO_WITHIN:
            raise PlannerError("too_late", _("This can be taken back within an hour only."))
        stays = [image for image in images if image.model == Stay._meta.label_lower]
        people = [image.object_id for image in images if image.model == Participant._meta.label_lower]
        _refuse_changed(stays)
        _refuse_worked_on(people)
        Stay.objects.filter(pk__in=[image.object_id for image in stays if image.before is None]).delete()
        for image in stays:
            if image.before is not None:
                Stay.objects.filter(pk=image.object_id).update(**image.before)
        Participant.objects.filter(pk__in=people).delete()
        Todo.objects.in_prison(prison).filter(kind=ROSTER, facts__change_set=change_set.pk).delete()
        as_of = change_set.facts.get("as_of")
        prison.roster_as_of = dt.datetime.fromisoformat(as_of) if as_of else None
        prison.save(update_fields=["roster_as_of"])
        undone = ChangeSet.objects.create(prison=prison, by=by, at=at, verb="undo_roster")
        change_set.undone_by = undone
        change_set.save(update_fields=["undone_by"])
        audit.record(prison, by, "undo", change_set, change_set=undone, now=at)
    return undone


def _refuse_changed(images: list[ChangeImage]) -> None:
    """Every stay must still be as the list left it."""
    rows = Stay.objects.in_bulk([image.object_id for image in images])
    for image in images:
        row = rows.get(image.object_id)
        if row is None or any(
            _text(getattr(row, name)) != _text(value) for name, value in (image.after or {}).items()
        ):
            raise PlannerError(
                "changed_since",
                _("Somebody has changed a stay since: the list cannot be taken back as a whole."),
            )


def _refuse_worked_on(people: list[int]) -> None:
    """People whom the list made may have asked for something since."""
    busy = Participant.objects.filter(pk__in=people)
    if busy.filter(notes__isnull=False).exists() or busy.filter(enrollments__isnull=False).exists():
        raise PlannerError(
            "changed_since", _("Somebody new has asked for something already: the list cannot be taken back.")
        )


def _text(value: Any) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    return "" if value is None else str(value)
