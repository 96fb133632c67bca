"""One act is one ChangeSet. The rows before and after live apart, for the hour in which undo is possible."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import Model, QuerySet

from core.dates import clock
from prisons.models import ChangeImage, ChangeSet, Prison, User

UNDO_WITHIN = dt.timedelta(hours=1)


class Image(NamedTuple):
    """The changed fields of one row; `before` is None for a new row, `after` for a removed one."""

    model: type[Model]
    object_id: int
    before: dict[str, Any] | None
    after: dict[str, Any] | None


def open_change_set(
    prison: Prison,
    by: User | None,
    verb: str,
    facts: dict[str, Any] | None = None,
    now: dt.datetime | None = None,
) -> ChangeSet:
    """For use under the prison's lock. `facts` hold ids, codes and counts, never a value about a person."""
    return ChangeSet.objects.create(prison=prison, by=by, at=now or clock.now(), verb=verb, facts=facts or {})


def remember(change_set: ChangeSet, images: Iterable[Image]) -> None:
    """Keeps the images for an hour after the act."""
    expires_at = change_set.at + UNDO_WITHIN
    rows = [
        ChangeImage(
            change_set=change_set,
            model=image.model._meta.label_lower,
            object_id=image.object_id,
            before=image.before,
            after=image.after,
            expires_at=expires_at,
        )
        for image in images
    ]
    ChangeImage.objects.bulk_create(rows, batch_size=1000)


def acts_of_the_hour(row: Model, prison: Prison, *, now: dt.datetime | None = None) -> QuerySet[ChangeSet]:
    """What changed this row within the hour in which it can be taken back, newest first; taking back is no act.

    The hour is asked of the act too: by its images alone SQLite would look through every act there ever was.
    """
    moment = now or clock.now()
    acts = ChangeSet.objects.in_prison(prison).filter(
        at__gt=moment - UNDO_WITHIN,
        images__model=row._meta.label_lower,
        images__object_id=row.pk,
        images__expires_at__gt=moment,
    )
    return acts.exclude(verb="undo")


def images_of(change_set: ChangeSet, *, now: dt.datetime | None = None) -> QuerySet[ChangeImage]:
    """The images in the order of writing; none once the hour is over, purged or not."""
    return change_set.images.filter(expires_at__gt=now or clock.now())


def purge_images(*, now: dt.datetime | None = None) -> int:
    """Deletes every expired image; returns how many."""
    return ChangeImage.objects.filter(expires_at__lte=now or clock.now()).delete()[0]
