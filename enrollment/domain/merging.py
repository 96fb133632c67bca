"""One person who stands in the database twice becomes one. What was computed for past dates stays as it was."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.errors import PlannerError
from enrollment.domain import merge_image
from enrollment.domain.facts import lock_facts
from enrollment.models import (
    Absence,
    Attendance,
    Consent,
    Enrollment,
    FamilyVisit,
    FixedBlock,
    Intake,
    LevelHeld,
    Merge,
    Note,
    Participant,
    Request,
    Separation,
    Slip,
    Stay,
)
from prisons.domain import audit
from prisons.models import Prison, User

_PLAIN = (Note, Request, Enrollment, Slip, Absence, FixedBlock)
_ONCE: tuple[tuple[type, str], ...] = (
    (Attendance, "session"),
    (FamilyVisit, "session"),
    (LevelHeld, "language"),
    (Intake, "organisation"),
    (Consent, "organisation"),
)
"""Of these a person has one per value: what the one who stays has already, wins."""


@dataclass(frozen=True)
class Decision:
    """Why the two are one; and that it is so although names or numbers differ."""

    reason: str
    is_sure: bool = False


def differences(keep: Participant, gone: Participant, prison: Prison) -> list[str]:
    """What speaks against it: `name` and `number` as codes."""
    numbers = [
        set(Stay.objects.in_prison(prison).filter(participant=one).values_list("register_number", flat=True))
        - {""}
        for one in (keep, gone)
    ]
    found = ["name"] if keep.name_key != gone.name_key else []
    return [*found, "number"] if all(numbers) and not numbers[0] & numbers[1] else found


def merge(
    keep: Participant,
    gone: Participant,
    prison: Prison,
    decision: Decision,
    *,
    by: User,
    now: dt.datetime | None = None,
) -> Participant:
    """Everything of `gone` becomes `keep`'s, for thirty days reversibly.

    Raises PlannerError 409 when both ask for, or hold, the same, or when they differ and nobody is sure.
    """
    if keep.pk == gone.pk:
        raise PlannerError("same_person", _("Choose two different people."), status=422)
    if decision.reason not in Merge.Reason.values:
        raise PlannerError("reason_missing", _("Say why these two are one person."), status=422)
    gone_pk = gone.pk
    with transaction.atomic():
        prison = lock_facts(prison, now=now)
        people = {
            p.pk: p
            for p in Participant.objects.select_for_update().filter(pk__in=(keep.pk, gone.pk)).order_by("pk")
        }
        if len(people) != 2:
            raise PlannerError("merged_already", _("These two are one already."))
        if not decision.is_sure and differences(people[keep.pk], people[gone.pk], prison):
            raise PlannerError("differs", _("Name or number differ. Tick that you are sure, or go back."))
        _refuse_both_live(keep, gone)
        before = merge_image.before(keep, gone)
        _merge_stays(keep, gone)
        for model in _PLAIN:
            model._default_manager.filter(participant=gone).update(participant=keep)
        for once, field in _ONCE:
            rows = once._default_manager  # type: ignore[attr-defined]
            held = rows.filter(participant=keep).values(field)
            rows.filter(participant=gone, **{f"{field}__in": held}).delete()
            rows.filter(participant=gone).update(participant=keep)
        _merge_separations(prison, keep, gone)
        audit.record(prison, by, "merge", keep, now=now)
        audit.record(prison, by, "merge", (Participant, gone.pk), now=now)
        gone.delete()
        merge_image.keep(
            Merge(prison=prison, kept_id=keep.pk, gone_id=gone_pk, by=by, reason=decision.reason),
            before,
            now=now,
        )
    return people[keep.pk]


def _refuse_both_live(keep: Participant, gone: Participant) -> None:
    live = Enrollment.objects.live().filter(participant=keep).values("series")
    if Enrollment.objects.live().filter(participant=gone, series__in=live).exists():
        # Which one is nobody's business but the owner's.
        raise PlannerError(
            "both_live",
            _("Both ask for, or hold a place in, the same group. Its service ends one of them first."),
        )
    if Absence.objects.filter(participant__in=(keep, gone), ends_on__isnull=True).count() > 1:
        raise PlannerError("both_away", _("Both are away: note first that one is back."))


def _merge_stays(keep: Participant, gone: Participant) -> None:
    """In each prison one open stay remains, with the number and place that are known; older days stay covered."""
    kept = {stay.prison_id: stay for stay in Stay.objects.filter(participant=keep, ends_on__isnull=True)}
    for stay in Stay.objects.filter(participant=gone):
        mine = kept.get(stay.prison_id)
        if stay.ends_on is None and mine is not None:
            _fill_in(mine, stay)
            continue
        stay.participant = keep
        stay.save(update_fields=["participant"])


def _fill_in(mine: Stay, other: Stay) -> None:
    """What only the other stay knew; then it ends where mine begins, or goes."""
    number, unit, cell = other.register_number, other.unit, other.cell
    if other.starts_on < mine.starts_on:
        other.participant_id, other.ends_on = mine.participant_id, mine.starts_on - dt.timedelta(days=1)
        other.save(update_fields=["participant", "ends_on"])
    else:
        other.delete()
    mine.register_number = mine.register_number or number
    if mine.unit is None:
        mine.unit, mine.cell = unit, mine.cell or cell
    mine.save(update_fields=["register_number", "unit", "cell"])


def _merge_separations(prison: Prison, keep: Participant, gone: Participant) -> None:
    """Whoever was kept apart from the one is kept apart from the other."""
    for row in [*Separation.objects.filter(one=gone), *Separation.objects.filter(other=gone)]:
        partner = row.other_id if row.one_id == gone.pk else row.one_id
        low, high = sorted((partner, keep.pk))
        row.delete()
        if low == high:
            continue
        same = Separation.objects.filter(prison=row.prison_id, one=low, other=high, ends_on__isnull=True)
        if row.ends_on is not None or not same.exists():
            Separation.objects.create(
                prison_id=row.prison_id,
                one_id=low,
                other_id=high,
                starts_on=row.starts_on,
                ends_on=row.ends_on,
            )
