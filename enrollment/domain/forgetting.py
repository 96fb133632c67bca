"""Storing the least.

Everything held about one person on request, and after release nothing that names anybody.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from core import clock
from core.clock import today
from enrollment.domain import merge_image
from enrollment.models import (
    Absence,
    Attendance,
    Consent,
    Enrollment,
    FamilyVisit,
    FixedBlock,
    Intake,
    LevelHeld,
    Note,
    Participant,
    Request,
    Separation,
    Slip,
    Stay,
)
from prisons.domain import audit
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
    """Nightly: anonymises them, each in a transaction of its own. Returns how many."""
    people = list(to_forget(now=now))
    for person in people:
        forget(person, now=now)
    return len(people)


def forget(person: Participant, *, by: User | None = None, now: dt.datetime | None = None) -> None:
    """Name, number, cell and everything that only the person needs goes; places and marks stay as numbers."""
    at = now or clock.now()
    with transaction.atomic():
        person = Participant.objects.select_for_update().get(pk=person.pk)
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
        audit.record(None, by, "anonymise", person, fields=["last_name", "first_name"], now=at)


_HELD: dict[str, tuple[Any, tuple[str, ...]]] = {
    "stays": (Stay, ("prison__name_nl", "unit__code", "cell", "register_number", "starts_on", "ends_on")),
    "absences": (Absence, ("prison__name_nl", "starts_on", "ends_on")),
    "fixed_hours": (FixedBlock, ("label", "weekday", "starts", "ends", "valid_from", "valid_to")),
    "levels": (LevelHeld, ("language", "level", "found_on")),
    "intakes": (Intake, ("organisation__name", "done_on")),
    "consents": (Consent, ("organisation__name", "given_on")),
    "notes": (Note, ("received_on", "channel", "state")),
    "requests": (
        Request,
        (
            "received_on",
            "series__activity__title_nl",
            "activity__title_nl",
            "wish_title",
            "state",
            "decided_at",
        ),
    ),
    "enrolments": (
        Enrollment,
        ("series__activity__title_nl", "state", "reason", "requested_at", "placed_from", "placed_until"),
    ),
    "attendance": (Attendance, ("session__starts_at", "mark", "adults", "children")),
    "family_visits": (FamilyVisit, ("session__starts_at", "adults", "children")),
    "slips": (Slip, ("kind", "reason", "created_at", "handed_out_at")),
}


def everything_about(person: Participant) -> dict[str, Any]:
    """Every fact that is held about this person, for the person: plain values under plain names.

    Separations are the prison's, and would tell about somebody else: who asks is sent to the prison.
    """
    facts: dict[str, Any] = {
        "name": person.last_name,
        "first_name": person.first_name,
        "language": person.language,
        "third_language": person.third_language,
    }
    for name, (model, fields) in _HELD.items():
        facts[name] = _rows(model.objects.filter(participant=person), *fields)
    return facts


def _rows(rows: QuerySet[Any], *names: str) -> list[dict[str, str]]:
    """Values as text: a file that anybody can read."""
    return [
        {name.replace("__", "_"): "" if value is None else str(value) for name, value in row.items()}
        for row in rows.values(*names)
    ]
