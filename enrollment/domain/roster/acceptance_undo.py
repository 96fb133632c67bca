"""Taking an accepted list back within the hour: stays are what they were, people it made are gone again.

Whomever a colleague has worked on since is left alone and named: nothing that somebody did is lost by it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max, Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from core.database.pointing import pointing_to
from core.dates import clock
from core.errors import PlannerError
from enrollment.domain.locking import lock_facts
from enrollment.domain.requests.inbox import ROSTER
from enrollment.domain.roster.cell_values import number_key
from enrollment.models import Participant, Stay
from prisons.domain.records import audit
from prisons.domain.records.change_sets import UNDO_WITHIN, images_of
from prisons.models import AuditEntry, ChangeImage, ChangeSet, Prison, Todo, User

WITHIN = UNDO_WITHIN
VERB = "import_roster"


@dataclass(frozen=True)
class LeftAlone:
    """Somebody as they are now; `by` and `at` say who changed the stay or the name last, where that is why."""

    person: Participant
    by: User | None = None
    at: dt.datetime | None = None


@dataclass(frozen=True)
class TakenBack:
    change_set: ChangeSet
    left: tuple[LeftAlone, ...]


def undo(change_set: ChangeSet, *, by: User, now: dt.datetime | None = None) -> TakenBack:
    """Raises PlannerError 409.

    `too_late`, `undone_already`, or `later_list` while a list that was accepted after this one is in force.
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
        _refuse_before_later(change_set, at)
        stays, made = _by_person(images)
        left = _left_alone(change_set, stays, made)
        _restore(image for person, rows in stays.items() if person not in left for image in rows)
        Participant.objects.filter(pk__in=made - left.keys()).delete()
        todos = Todo.objects.in_prison(prison).filter(kind=ROSTER, facts__change_set=change_set.pk)
        todos.exclude(facts__person__in=list(left)).delete()
        _restore_as_of(prison, change_set)
        undone = ChangeSet.objects.create(prison=prison, by=by, at=at, verb="undo_roster")
        change_set.undone_by = undone
        change_set.save(update_fields=["undone_by"])
        audit.record(prison, by, "undo", change_set, change_set=undone, now=at)
    return TakenBack(undone, tuple(sorted(left.values(), key=lambda each: str(each.person))))


def latest_in_force(prison: Prison, *, now: dt.datetime | None = None) -> ChangeSet | None:
    """The list that can be taken back: those before it wait for that. Of the last hour: none of before can."""
    since = (now or clock.now()) - UNDO_WITHIN
    accepted = ChangeSet.objects.in_prison(prison).filter(verb=VERB, undone_by__isnull=True, at__gte=since)
    return accepted.order_by("-at", "-pk").first()


def _refuse_before_later(change_set: ChangeSet, at: dt.datetime) -> None:
    later = latest_in_force(change_set.prison, now=at)
    if later and later.pk != change_set.pk:
        raise PlannerError(
            "later_list",
            _("A later list is in force, accepted by %(who)s at %(hour)s. Take that one back first."),
            who=str(later.by or "–"),
            hour=date_format(later.at.astimezone(clock.BRUSSELS), "TIME_FORMAT"),
        )


def _by_person(images: Iterable[ChangeImage]) -> tuple[dict[int, list[ChangeImage]], set[int]]:
    """Images of stays by whose they are (those that are no more have nobody), and the people whom the list made."""
    rows = list(images)
    made = {image.object_id for image in rows if image.model == Participant._meta.label_lower}
    of_stays = [image for image in rows if image.model == Stay._meta.label_lower]
    whose = dict(
        Stay.objects.filter(pk__in=[image.object_id for image in of_stays]).values_list("pk", "participant")
    )
    found: dict[int, list[ChangeImage]] = defaultdict(list)
    for image in of_stays:
        if image.object_id in whose:
            found[whose[image.object_id]].append(image)
    return found, made


def _left_alone(
    change_set: ChangeSet, stays: dict[int, list[ChangeImage]], made: set[int]
) -> dict[int, LeftAlone]:
    """Whose stay, name or anything else somebody has written since, and whose number somebody else has now."""
    people = {*stays, *made}
    last = change_set.audit_entries.aggregate(last=Max("pk"))["last"] or 0
    acts = _acts_since(change_set.prison, people, last)
    rows = Stay.objects.in_bulk([image.object_id for images in stays.values() for image in images])
    changed = {person for person, images in stays.items() if _differs(rows, images)} | acts.keys()
    changed |= made - stays.keys()
    came = {person for person, images in stays.items() if all(image.before is None for image in images)}
    changed |= _busy(made, rows) | _worked_on(came - made, last)
    changed |= _without_number(change_set.prison, stays, changed)
    named = Participant.objects.in_bulk(list(changed))
    return {pk: LeftAlone(person, *acts.get(pk, (None, None))) for pk, person in named.items()}


def _acts_since(
    prison: Prison, people: Collection[int], last: int
) -> dict[int, tuple[User | None, dt.datetime]]:
    """Who wrote a stay or the row of one of these people last, after the list."""
    ours = Stay.objects.in_prison(prison).filter(participant__in=people)
    stays = dict(ours.values_list("pk", "participant"))
    written = AuditEntry.objects.filter(pk__gt=last).filter(
        Q(model=Stay._meta.label_lower, object_id__in=stays)
        | Q(model=Participant._meta.label_lower, object_id__in=people)
    )
    found: dict[int, tuple[User | None, dt.datetime]] = {}
    for entry in written.select_related("by").order_by("at", "pk"):
        pk = entry.object_id or 0
        found[stays[pk] if entry.model == Stay._meta.label_lower else pk] = (entry.by, entry.at)
    return found


def _differs(rows: Mapping[int, Stay], images: Iterable[ChangeImage]) -> bool:
    """A stay is no longer as the list left it."""
    return any(
        _text(getattr(rows[image.object_id], name)) != _text(value)
        for image in images
        for name, value in (image.after or {}).items()
    )


def _busy(made: Collection[int], stays: Collection[int]) -> set[int]:
    """People whom the list made and of whom something was written since: asked, entered, merged, anything."""
    found: set[int] = set()
    for relation in pointing_to(Participant):
        name = relation.field.name
        rows = relation.related_model._base_manager.filter(**{f"{name}__in": made})
        if relation.related_model is Stay:
            rows = rows.exclude(pk__in=stays)
        found |= set(rows.values_list(name, flat=True)) & set(made)
    return found


def _worked_on(came: Collection[int], last: int) -> set[int]:
    """People who came by the list and were known before: something of theirs was written after it."""
    found: set[int] = set()
    for relation in pointing_to(Participant) if came else ():
        rows = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": came})
        whose = dict(rows.values_list("pk", relation.field.name))
        acts = AuditEntry.objects.filter(
            pk__gt=last, model=relation.related_model._meta.label_lower, object_id__in=whose
        )
        found |= {whose[pk] for pk in acts.values_list("object_id", flat=True) if pk}
    return found


def _without_number(
    prison: Prison, stays: dict[int, list[ChangeImage]], changed: Collection[int]
) -> set[int]:
    """Whose number of before belongs now to somebody who is left alone, or to somebody else who came."""
    ours = [image.object_id for person, rows in stays.items() if person not in changed for image in rows]
    open_now = Stay.objects.in_prison(prison).filter(ends_on__isnull=True).exclude(pk__in=ours)
    taken = {number_key(number) for number in open_now.values_list("register_number", flat=True) if number}
    return {
        person
        for person, rows in stays.items()
        if any(
            image.before
            and image.before["ends_on"] is None
            and number_key(image.before["register_number"]) in taken
            for image in rows
            if image.before and image.before["register_number"]
        )
    }


def _restore(images: Iterable[ChangeImage]) -> None:
    images = list(images)
    Stay.objects.filter(pk__in=[image.object_id for image in images if image.before is None]).delete()
    for image in images:
        if image.before is not None:
            Stay.objects.filter(pk=image.object_id).update(**image.before)


def _restore_as_of(prison: Prison, change_set: ChangeSet) -> None:
    as_of = change_set.facts.get("as_of")
    prison.roster_as_of = dt.datetime.fromisoformat(as_of) if as_of else None
    prison.save(update_fields=["roster_as_of"])


def _text(value: Any) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    return "" if value is None else str(value)
