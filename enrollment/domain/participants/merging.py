"""One person who stands in the database twice becomes one. What was computed for past dates stays as it was."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.errors import PlannerError
from enrollment.domain.locking import lock_facts
from enrollment.domain.participants import merge_image
from enrollment.domain.requests import seats
from enrollment.domain.requests.states import Verb, move_of
from enrollment.domain.requests.steps import Act, transition
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
from prisons import gate
from prisons.access import Access, access_for
from prisons.domain.records import audit
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
_STRENGTH = ("placed", "awaiting", "waiting", "requested")


@dataclass(frozen=True)
class MergeDecision:
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
    decision: MergeDecision,
    *,
    by: User,
    now: dt.datetime | None = None,
) -> Participant:
    """Everything of `gone` becomes `keep`'s, for thirty days reversibly.

    Raises PlannerError 409 when both ask for, or hold, the same of the own service, or when they differ and
    nobody is sure.
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
        _refuse_both_live(keep, gone, access_for(by, prison, now=now))
        before = merge_image.before(keep, gone)
        _settle_doubles(keep, gone, by=by, at=now or clock.now())
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


def _doubles(keep: Participant, gone: Participant) -> QuerySet[Enrollment]:
    """Where both ask for, or hold a place in, the same group: the rows of the two."""
    live = Enrollment.objects.live()
    of_both = live.filter(participant=keep, series__in=live.filter(participant=gone).values("series"))
    return live.filter(participant__in=(keep, gone), series__in=of_both.values("series"))


def _refuse_both_live(keep: Participant, gone: Participant, access: Access | None) -> None:
    """Groups of the own service: whoever merges knows them, and ends one of the two first."""
    if access and _doubles(keep, gone).filter(gate.own(access, "series__activity__organisation")).exists():
        raise PlannerError(
            "both_live",
            _("Both ask for, or hold a place in, the same group of your service. End one of them first."),
        )
    if Absence.objects.filter(participant__in=(keep, gone), ends_on__isnull=True).count() > 1:
        raise PlannerError("both_away", _("Both are away: note first that one is back."))


def _settle_doubles(keep: Participant, gone: Participant, *, by: User, at: dt.datetime) -> None:
    """In a group of another service the stronger of the two stays, and whoever merges learns nothing of it.

    The other one ends without a letter: it is the same person, who has an answer.
    """
    rows = _doubles(keep, gone).select_related("series__prison", "request", "participant")
    pairs: dict[int, list[Enrollment]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (_STRENGTH.index(row.state), row.requested_at, row.pk)):
        pairs[row.series_id].append(row)
    for _stays, weaker in pairs.values():
        act = Act(weaker.series.prison, by, at)
        transition(weaker, move_of(Verb.WITHDRAW, weaker.state), act, tells=False)
        seats.fill(weaker.series, act)


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
