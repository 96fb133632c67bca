"""Undo: one act taken back within the hour, through the same writer, if nothing has changed since."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.errors import PlannerError
from enrollment.domain.locking import lock_facts
from planner.models import MadeUp
from planner.scheduling.asks import ask_acts
from planner.scheduling.bulk.date_edits import restore_pattern
from planner.scheduling.closures import closing_undo, refusals
from planner.scheduling.placement.session_changes import Outcome
from planner.scheduling.placement.undo_effects import LABEL, SERIES, UndoEffect, effect_of
from planner.scheduling.placement.writer import apply
from planner.scheduling.series import series_end
from prisons.access import Access, Right, access_for
from prisons.domain.records import audit
from prisons.domain.records.change_sets import UNDO_WITHIN
from prisons.models import ChangeSet, Organisation, Prison, User
from sessions.models import GroupSession, Series


def latest_of(prison: Prison, user: User, *, now: dt.datetime | None = None) -> ChangeSet | None:
    """The act that this person could take back now: the own latest one of this hour, if it stands."""
    now = now or clock.now()
    mine = ChangeSet.objects.in_prison(prison).filter(by=user, at__gt=now - UNDO_WITHIN)
    latest = mine.exclude(verb="undo").first()
    return latest if latest is not None and latest.undone_by_id is None else None


def undo(
    change_set: ChangeSet,
    *,
    by: User,
    seen: str | None = None,
    now: dt.datetime | None = None,
    access: Access | None = None,
) -> Outcome:
    """Put every session of the act back as it was; what the act made is removed, or cancelled once it was seen.

    `seen` is the digest of what the person was shown. Raises PlannerError `undone` or `too_late` (409),
    `changed_since` (409, naming who), `has_people` (409), NotAsShown (409), or what `apply` raises when the old
    place is taken by now.
    """
    now = now or clock.now()
    with transaction.atomic():
        prison = lock_facts(change_set.prison_id, now=now)
        change_set = ChangeSet.objects.select_for_update(no_key=True).get(pk=change_set.pk)
        reader = access or access_for(by, prison, now=now)
        access = require_right(change_set, reader)
        effect = effect_of(change_set, now=now)
        effect.known_to(reader).require_seen(seen)
        is_ordered = is_of_the_prison(change_set)
        if is_ordered:
            closing_undo.take_back(prison, change_set, effect.closures, by=by, now=now, access=access)
        series_end.reopen(change_set, by=by, now=now)
        outcome = apply(
            prison, effect.changes, by=by, verb="undo", now=now, accept_soft=True, access=access,
            ordered_by_prison=is_ordered, undoes=change_set,
        )  # fmt: skip
        _remove(effect, outcome.change_set, by, now)
        for image in effect.patterns:
            restore_pattern(image.object_id, image.before or {})
        if is_ordered:
            closing_undo.tell(outcome.change_set, effect.closures, effect.unsaid, by=by, now=now)
        change_set.undone_by = outcome.change_set
        change_set.save(update_fields=["undone_by"])
        ask_acts.reopen(change_set, by=by, now=now)
    return outcome


def is_of_the_prison(change_set: ChangeSet) -> bool:
    return bool(change_set.facts.get("ordered_by_prison"))


def require_right(act: ChangeSet, access: Access | None) -> Access | None:
    """Whoever may change all of it; returns the access that undoing it is done with.

    Asked before anything else is looked at: what stands in the way is not told to whoever may not undo it.
    What was asked for and accepted touches a session of the asker too. Raises PlannerError `not_yours` or
    `not_allowed` (403).
    """
    if is_of_the_prison(act):
        refusals.require_right(act.prison, access)
        return access
    ask = ask_acts.of(act)
    if access is not None and ask is not None and ask_acts.may_answer(ask, access):
        access = ask_acts.for_both(ask, access)
    if access is None or not access.has(Right.PLACE) or not all(map(access.may_change, _owners(act))):
        raise PlannerError("not_yours", _("This belongs to another service."), status=403)
    return access


def _owners(act: ChangeSet) -> list[Organisation]:
    """The services of all that the act touched."""
    touched = {label: act.images.filter(model=label).values("object_id") for label in (LABEL, SERIES)}
    sessions = GroupSession.objects.filter(pk__in=touched[LABEL])
    series = Series.objects.filter(Q(pk__in=touched[SERIES]) | Q(pk__in=sessions.values("series")))
    return list(Organisation.objects.filter(pk__in=series.values("activity__organisation")))


def _remove(effect: UndoEffect, act: ChangeSet, by: User, now: dt.datetime) -> None:
    """What the act had made and nobody has seen goes again, and its series with it."""
    made_up = MadeUp.objects.filter(instead__in=[*effect.removed, *effect.cancelled])
    for gone in (made_up, effect.removed, effect.series):
        audit.record_many(act.prison, by, "undo", list(gone), change_set=act, now=now)
    made_up.delete()
    GroupSession.objects.filter(pk__in=[session.pk for session in effect.removed]).delete()
    Series.objects.filter(pk__in=[series.pk for series in effect.series]).delete()
