"""Everything held about one person, on request: plain values under plain names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from core.database.language_columns import in_language
from core.words.languages import FALLBACK_ORDER
from enrollment.domain.participants.visibility import own
from enrollment.models import (
    Absence,
    Attendance,
    Consent,
    Enrollment,
    EnrollmentStep,
    FamilyVisit,
    FixedBlock,
    Intake,
    LevelHeld,
    Note,
    Participant,
    Request,
    Skip,
    Slip,
    Stay,
)
from prisons import gate
from prisons.access import Access
from prisons.domain.records import audit
from prisons.models import Reading


@dataclass(frozen=True)
class Held:
    """Rows of one kind: how they hang on the person, what is told, and the ways to the prison and the service."""

    model: Any
    fields: tuple[str, ...]
    person: str = "participant"
    prison: str = "prison"
    service: str = ""
    known: Callable[[Access], Q] = lambda _access: Q()
    """Of rows that are nobody's in particular, those that this reader may know of."""


_SERIES = "series__activity__organisation"
_OF_SESSION = f"session__{_SERIES}"
BY_LANGUAGE: dict[str, tuple[str, ...]] = {
    "prison__name": ("nl", "fr"),
    **{f"{path}activity__title": FALLBACK_ORDER for path in ("", "series__", "enrollment__series__")},
}
"""Told in the language of whoever takes it: a column per language."""
HELD: dict[str, Held] = {
    "stays": Held(
        Stay, ("prison__name", "unit__code", "cell", "register_number", "starts_on", "ends_on", "walks_with_badge")
    ),
    "absences": Held(Absence, ("prison__name", "starts_on", "ends_on")),
    "fixed_hours": Held(FixedBlock, ("label", "weekday", "starts", "ends", "valid_from", "valid_to")),
    "levels": Held(LevelHeld, ("language", "level", "found_on"), prison=""),
    "intakes": Held(Intake, ("organisation__name", "done_on"), prison="", service="organisation"),
    "consents": Held(Consent, ("organisation__name", "given_on"), prison="", service="organisation"),
    "notes": Held(Note, ("received_on", "channel", "state"), service="requests__organisation"),
    "requests": Held(
        Request,
        ("received_on", "series__activity__title", "activity__title", "wish_title", "state", "decided_at"),
        service="organisation",
    ),
    "enrolments": Held(
        Enrollment,
        ("series__activity__title", "state", "reason", "requested_at", "placed_from", "placed_until"),
        prison="series__prison",
        service=_SERIES,
    ),
    "steps": Held(
        EnrollmentStep,
        ("enrollment__series__activity__title", "verb", "state", "reason", "at"),
        person="enrollment__participant",
        prison="enrollment__series__prison",
        service=f"enrollment__{_SERIES}",
    ),
    "dates_off": Held(
        Skip, ("session__starts_at", "at"), person="enrollment__participant", prison="session__prison",
        service=_OF_SESSION,
    ),
    "attendance": Held(
        Attendance,
        ("session__starts_at", "mark", "adults", "children"),
        prison="session__prison",
        service=_OF_SESSION,
    ),
    "family_visits": Held(
        FamilyVisit,
        ("session__starts_at", "adults", "children"),
        prison="session__prison",
        service=_OF_SESSION,
    ),
    "slips": Held(
        Slip, ("kind", "reason", "created_at", "handed_out_at"), service=f"enrollment__{_SERIES}"
    ),
    "looks": Held(Reading, ("at", "verb", "page", "by__full_name"), person="person_id", known=gate.looks_known_to),
}  # fmt: skip


def everything_about(person: Participant, *, access: Access | None = None) -> dict[str, Any]:
    """Every fact that is held about this person, for the person.

    With `access` only what this reader may see: this prison, and of services the own ones; the command of the
    installer gives all of it. Separations are the prison's, and would tell about somebody else: who asks is sent
    to the prison.
    """
    facts: dict[str, Any] = {
        "name": person.last_name,
        "first_name": person.first_name,
        "language": person.language,
        "third_language": person.third_language,
    }
    for name, held in HELD.items():
        facts[name] = _rows(held, person, access)
    return facts


def export(person: Participant, *, access: Access, now: dt.datetime | None = None) -> dict[str, Any]:
    """The same for a page, and on record."""
    audit.record(access.prison, access.user, "export", person, now=now)
    return everything_about(person, access=access)


def _rows(held: Held, person: Participant, access: Access | None) -> list[dict[str, str]]:
    """Values as text: a file that anybody can read."""
    rows = held.model.objects.filter(**{held.person: person.pk})
    if access is not None:
        wall = Q(**{held.prison: access.prison}) if held.prison else Q()
        rows = rows.filter(wall & held.known(access) & (own(access, held.service) if held.service else Q()))
        rows = rows.distinct()
    told = {name: name.replace("__", "_") for name in held.fields}
    named = {told[name]: in_language(name, codes) for name, codes in BY_LANGUAGE.items() if name in told}
    found: Sequence[dict[str, Any]] = rows.annotate(**named).values(
        *(told[name] if name in BY_LANGUAGE else name for name in held.fields)
    )
    return [
        {told.get(name, name): "" if value is None else str(value) for name, value in row.items()}
        for row in found
    ]
