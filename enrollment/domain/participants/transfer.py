"""To another prison: the stay goes on there; per service, requests go along only with the recorded consent.

Without consent a letter says whom the person can ask there: one of each service, which that service prints and
no other sees. History goes along as requests do: each service sees its own, elsewhere only with consent.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.errors import PlannerError
from enrollment.domain.lists.cut_off import freeze_due
from enrollment.domain.participants.continuity import leave_locked
from enrollment.domain.participants.people import open_stay
from enrollment.domain.requests.steps import Act
from enrollment.domain.slips import reply_slips
from enrollment.models import Enrollment, Note, Participant, Request, Slip, Stay
from prisons.domain.locking import lock_prisons
from prisons.domain.records import audit
from prisons.models import Organisation, Prison, User
from sessions.models import Activity


@dataclass(frozen=True)
class Transferred:
    stay: Stay
    carried: tuple[int, ...]
    """The services whose requests went along, once for each."""
    to_ask: tuple[int, ...]
    """The services that have a letter to hand out."""


def transfer(
    participant: Participant, origin: Prison, to: Prison, *, by: User, now: dt.datetime | None = None
) -> Transferred:
    """From today in the other prison. Both are locked, in order of id.

    Raises PlannerError 409/422 in words.
    """
    at = now or clock.now()
    if origin.pk == to.pk:
        raise PlannerError("same_prison", _("Choose another prison."), status=422)
    with transaction.atomic():
        locked = {prison.pk: prison for prison in lock_prisons([origin, to])}
        for prison in locked.values():
            freeze_due(prison, at)
        act = Act(locked[origin.pk], by, at)
        old = open_stay(participant, act.prison)
        if Stay.objects.in_prison(to).filter(participant=participant, ends_on__isnull=True).exists():
            raise PlannerError("already_there", _("%(name)s stays there already."), name=str(participant))
        wanted = _wanted(participant, act.prison)
        leave_locked(old, max(act.day, old.starts_on), act)
        stay = Stay.objects.create(participant=participant, prison=locked[to.pk], starts_on=act.day)
        audit.record(locked[to.pk], by, "arrive", stay, fields=["starts_on"], now=at)
        consents = set(participant.consents.values_list("organisation", flat=True))
        there = set(Organisation.objects.filter(prisons=to).values_list("pk", flat=True))
        carried = _carry(
            participant,
            locked[to.pk],
            [each for each in wanted if each.organisation_id in consents & there],
            act,
        )
        left = {each.organisation_id for each in wanted} & there - consents
        _write_letters(participant, act, sorted(left))
    return Transferred(stay, carried, tuple(sorted(left)))


def _wanted(participant: Participant, prison: Prison) -> list[Activity]:
    """Activities in which the person has a live place or request here."""
    live = Enrollment.objects.live().in_prison(prison).filter(participant=participant)
    asked = (
        Request.objects.in_prison(prison).undecided().filter(participant=participant, activity__isnull=False)
    )
    ids = {*live.values_list("series__activity", flat=True), *asked.values_list("activity", flat=True)}
    return list(Activity.objects.filter(pk__in=ids).order_by("pk"))


def _carry(participant: Participant, to: Prison, activities: list[Activity], act: Act) -> tuple[int, ...]:
    """One note there, with a request for each activity; to be decided by the same service, in that prison."""
    if not activities or act.by is None:
        return ()
    note = Note.objects.create(
        prison=to,
        participant=participant,
        channel=Note.Channel.TERMINAL,
        received_on=act.day,
        entered_by=act.by,
        entered_at=act.at,
    )
    for activity in activities:
        Request.objects.create(
            prison=to,
            note=note,
            participant=participant,
            organisation_id=activity.organisation_id,
            activity=activity,
            received_on=act.day,
        )
    audit.record(to, act.by, "enter", note, fields=["participant", "received_on"], now=act.at)
    return tuple(each.organisation_id for each in activities)


def _write_letters(participant: Participant, act: Act, services: list[int]) -> None:
    """Printed today, given along: each names the service whose letter it is, never an activity."""
    for service in Organisation.objects.filter(pk__in=services):
        facts: dict[str, int | str] = {"services": service.short_name, "organisation": service.pk}
        reply_slips.write(act.prison, participant, Slip.Kind.ASK_THERE, now=act.at, facts=facts)
