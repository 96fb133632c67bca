"""The way back from a merge: what every row of the two was before and after, and taking them apart again."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.core import serializers
from django.db import IntegrityError, models, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.database.pointing import pointing_to
from core.dates import clock
from core.errors import PlannerError
from enrollment.domain.locking import lock_facts
from enrollment.models import Merge, Participant
from prisons.domain.records import audit
from prisons.models import Prison, User

KEPT_FOR = dt.timedelta(days=30)

Rows = dict[str, dict[str, Any]]
"""`app.model:pk` -> the row as serializers write it."""


def before(keep: Participant, gone: Participant) -> dict[str, Any]:
    """To be asked before anything is moved."""
    return {"person": _plain([gone])[0], "before": _rows_of(keep.pk, gone.pk)}


def keep(merge: Merge, image: dict[str, Any], *, now: dt.datetime | None = None) -> Merge:
    """Writes the merge down, with what its undoing needs."""
    merge.at = now or clock.now()
    merge.image = image | {"after": _rows_of(merge.kept_id)}
    merge.save()
    return merge


def can_be_undone(prison: Prison, kept_id: int, *, now: dt.datetime | None = None) -> list[Merge]:
    """Of this person, the latest first, each with `gone_name` and `until`: only the latest can be taken apart."""
    since = (now or clock.now()) - KEPT_FOR
    rows = Merge.objects.in_prison(prison).filter(kept_id=kept_id, undone_at=None, image__isnull=False)
    found = list(rows.filter(at__gte=since).select_related("by")[:1])
    for merge in found:
        fields = (merge.image or {})["person"]["fields"]
        merge.gone_name = ", ".join(filter(None, (fields["last_name"], fields["first_name"])))  # type: ignore[attr-defined]
        merge.until = merge.at + KEPT_FOR  # type: ignore[attr-defined]
    return found


def undo(merge: Merge, *, by: User, now: dt.datetime | None = None) -> None:
    """Two people again. What was entered since stays with the one who was kept.

    Raises PlannerError `too_late` or `stands_in_the_way` (409).
    """
    at = now or clock.now()
    with transaction.atomic():
        prison = lock_facts(merge.prison, now=now)
        latest = can_be_undone(prison, merge.kept_id, now=at)
        if [merge.pk] != [one.pk for one in latest] or not Participant.objects.filter(
            pk=merge.kept_id
        ).exists():
            raise PlannerError("too_late", _("This can no longer be taken apart, or was already."))
        try:
            with transaction.atomic():
                _take_apart(latest[0].image or {})
        except IntegrityError as error:
            message = _("What was entered since stands in the way: the same number or place is in use again.")
            raise PlannerError("stands_in_the_way", message) from error
        Merge.objects.filter(pk=merge.pk).update(undone_at=at, image=None)
        for pk in (merge.kept_id, merge.gone_id):
            audit.record(prison, by, "undo_merge", (Participant, pk), now=at)


def clear_images(*, now: dt.datetime | None = None) -> int:
    """Nightly: after thirty days the rows of the one who is gone are gone too."""
    old = Merge.objects.filter(image__isnull=False, at__lt=(now or clock.now()) - KEPT_FOR)
    return old.update(image=None)


def clear_of(person: Participant) -> None:
    """Whoever is forgotten is forgotten here as well."""
    Merge.objects.filter(Q(kept_id=person.pk) | Q(gone_id=person.pk)).update(image=None)


def _take_apart(image: dict[str, Any]) -> None:
    """First what was changed, so that numbers and places are free for what is made again.

    Of that first what goes back to the other person: then the one who was kept has room for what was his.
    """
    was, became = image["before"], image["after"]
    _put([image["person"]])
    for key in became.keys() - was.keys():
        _row(key).delete()

    def stayed(key: str) -> bool:
        return bool(was[key]["fields"].get("participant") == became[key]["fields"].get("participant"))

    for key in sorted(was.keys() & became.keys(), key=stayed):
        _restore(key, was[key]["fields"], became[key]["fields"])
    _put(was[key] for key in was.keys() - became.keys() if not _is_about_somebody_forgotten(was[key]))


def _is_about_somebody_forgotten(row: dict[str, Any]) -> bool:
    """Whom somebody was kept apart from may have been forgotten meanwhile, or be there no more."""
    people = {row["fields"][name] for name in ("one", "other") if name in row["fields"]}
    return Participant.objects.filter(pk__in=people, anonymised_at=None).count() != len(people)


def _restore(key: str, was: dict[str, Any], became: dict[str, Any]) -> None:
    """The fields that the merge changed and nobody has changed since."""
    present = _plain(_row(key))
    if not present:
        return
    current = present[0]["fields"]
    back = {name: was[name] for name in was if was[name] != became[name] and current[name] == became[name]}
    if back:
        _row(key).update(**back)


def _row(key: str) -> QuerySet[Any]:
    label, pk = key.split(":")
    return apps.get_model(label)._default_manager.filter(pk=pk)


def _put(rows: Iterable[dict[str, Any]]) -> None:
    for made in serializers.deserialize("python", list(rows)):
        made.save()


def _rows_of(*people: int) -> Rows:
    """Every row of any model that points to one of these people."""
    found: Rows = {}
    for relation in pointing_to(Participant):
        rows = relation.related_model._default_manager.filter(**{f"{relation.field.name}__in": people})
        found |= {f"{row['model']}:{row['pk']}": row for row in _plain(rows)}
    return found


def _plain(rows: Iterable[models.Model]) -> list[dict[str, Any]]:
    """As JSON would bring them back, so that two images compare."""
    return json.loads(serializers.serialize("json", rows))
