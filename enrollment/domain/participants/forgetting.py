"""Storing the least: after release nothing that names anybody."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from core.dates import clock
from core.dates.clock import today
from enrollment.domain.participants import merge_image
from enrollment.domain.roster import draft_forgetting
from enrollment.models import (
    Absence,
    Consent,
    FamilyVisit,
    FixedBlock,
    Intake,
    LevelHeld,
    Note,
    Participant,
    Request,
    Separation,
    SheetDraft,
    Slip,
    Stay,
)
from prisons.domain.background import upkeep
from prisons.domain.records import audit
from prisons.models import User

DEFAULT_DAYS = 365
"""How long after the last stay names are kept, unless settings.FORGET_AFTER_DAYS says otherwise."""


def to_forget(*, now: dt.datetime | None = None) -> QuerySet[Participant]:
    """People with a name whose last stay anywhere ended longer ago than the set time."""
    days = getattr(settings, "FORGET_AFTER_DAYS", DEFAULT_DAYS)
    limit = today(now) - dt.timedelta(days=days)
    recent = Stay.objects.filter(participant=OuterRef("pk")).filter(Q(ends_on=None) | Q(ends_on__gte=limit))
    return (
        Participant.objects.filter(anonymised_at__isnull=True, stays__isnull=False)
        .exclude(Exists(recent))
        .distinct()
    )


def forget_released(*, now: dt.datetime | None = None) -> int:
    """Nightly: anonymises them, each in a transaction of its own. Returns how many.

    None where it would be very many at once: then somebody is asked whether the clock is right.
    """
    people = list(to_forget(now=now))
    named = Participant.objects.filter(anonymised_at__isnull=True).count()
    if not upkeep.may_forget(len(people), named, now=now):
        return 0
    for person in people:
        forget(person, now=now)
    return len(people)


def forget(person: Participant, *, by: User | None = None, now: dt.datetime | None = None) -> None:
    """Name, number, cell and everything that only the person needs goes; places and marks stay as numbers."""
    at = now or clock.now()
    with transaction.atomic():
        person = Participant.objects.select_for_update().get(pk=person.pk)
        draft_forgetting.forget_in_drafts(person)
        SheetDraft.objects.filter(session__series__enrollments__participant=person).delete()
        person.last_name, person.first_name, person.third_language = "–", "", ""
        person.anonymised_at = at
        person.version += 1
        person.save()
        person.stays.update(register_number="", cell="", walks_with_badge=False)
        for model in (FixedBlock, LevelHeld, Intake, Consent, Absence, FamilyVisit, Slip):
            model._default_manager.filter(participant=person).delete()
        Separation.objects.filter(Q(one=person) | Q(other=person)).delete()
        merge_image.clear_of(person)
        Request.objects.filter(participant=person).exclude(wish_title="").update(wish_title="–")
        Note.objects.filter(Q(participant=person) | Q(before_change__participant=person.pk)).update(
            before_change=None
        )
        audit.record(None, by, "anonymise", person, fields=["last_name", "first_name"], now=at)
