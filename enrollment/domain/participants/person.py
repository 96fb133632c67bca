"""One person as one page, cut to what this user may see: the own services' places, nothing of others'."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from core.dates import clock
from core.dates.clock import today
from core.dates.weeks import Week
from enrollment.domain.deciding.evidence import Occupied
from enrollment.domain.participants.continuity import is_away
from enrollment.domain.participants.people import stay_of
from enrollment.domain.participants.visibility import own_enrollments, own_requests
from enrollment.domain.taking_part import occupancy
from enrollment.models import (
    Absence,
    Consent,
    Enrollment,
    FixedBlock,
    Intake,
    LevelHeld,
    Participant,
    Request,
    Slip,
    Stay,
)
from prisons import gate
from prisons.access import Access, Right
from sessions.models import GroupSession


@dataclass(frozen=True)
class PersonPage:
    participant: Participant
    stay: Stay | None
    stays: list[Stay]
    absence: Absence | None
    occupied: list[Occupied]
    enrollments: list[Enrollment] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    slips: list[Slip] = field(default_factory=list)
    blocks: list[FixedBlock] = field(default_factory=list)
    levels: list[LevelHeld] = field(default_factory=list)
    intakes: list[Intake] = field(default_factory=list)
    consents: list[Consent] = field(default_factory=list)


def page_of(access: Access, participant: Participant, *, now: dt.datetime | None = None) -> PersonPage:
    """What this user may see of this person in this prison. A fixed number of queries."""
    prison, at = access.prison, now or clock.now()
    stays = list(Stay.objects.in_prison(prison).filter(participant=participant).select_related("unit"))
    head = PersonPage(
        participant,
        stay_of(participant, prison, today(at)),
        stays,
        is_away(participant, prison, now=at),
        occupied_of(access, participant, Week.from_instant(at)),
        blocks=list(FixedBlock.objects.in_prison(prison).filter(participant=participant)),
    )
    if not access.has(Right.ENTER_REQUESTS):
        return head
    enrollments = own_enrollments(access).filter(participant=participant)
    requests = own_requests(access).filter(participant=participant)
    slips = Slip.objects.in_prison(prison).filter(participant=participant, replaced_at=None)
    return PersonPage(
        participant,
        head.stay,
        stays,
        head.absence,
        head.occupied,
        list(enrollments.select_related("series__activity").order_by("-requested_at")),
        list(requests.filter(enrollment=None).select_related("activity").order_by("-received_on")),
        list(slips.filter(enrollment__in=enrollments) | slips.filter(request__in=requests)),
        head.blocks,
        list(participant.levels.all()),
        list(_of_own_services(access, participant)),
        list(participant.consents.filter(organisation__in=own_services(access))),
    )


def own_services(access: Access) -> frozenset[int]:
    return access.organisation_ids


def _of_own_services(access: Access, participant: Participant) -> list[Intake]:
    rows = participant.intakes.select_related("organisation")
    return [row for row in rows if access.may_change(row.organisation)]


def occupied_of(access: Access, participant: Participant, week: Week) -> list[Occupied]:
    """The person's week at the own services. To the prison, which brings people there, neutral names of all."""
    rows = list(
        GroupSession.objects.live()
        .in_prison(access.prison)
        .in_week(week)
        .filter(gate.sessions_for(access), starts_at__isnull=False)
        .select_related("series__activity__organisation")
    )
    there = occupancy(access.prison, [row.pk for row in rows], people=[participant.pk])
    return [
        Occupied(row.starts_at, row.ends_at, gate.name_of(access, row.series))
        for row in rows
        if row.starts_at and row.ends_at and participant.pk in there.get(row.pk, frozenset())
        if gate.knows_places(access) or gate.is_own(access, row.series.activity.organisation)
    ]


def leaves_with(access: Access, participant: Participant) -> int:
    """How many places and requests end when this person leaves, as far as the reader may know of them."""
    live = Enrollment.objects.live().in_prison(access.prison).filter(participant=participant)
    if gate.knows_places(access):
        return live.filter(state__in=(Enrollment.State.PLACED, Enrollment.State.AWAITING)).count()
    return live.filter(gate.own(access, "series__activity__organisation")).count()
