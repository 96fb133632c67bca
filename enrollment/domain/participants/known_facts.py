"""Listed values that a service enters about a person: language level, intake done, fixed hours, consent."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.dates.clock import today
from core.errors import PlannerError
from enrollment.domain.locking import lock_facts
from enrollment.models import Consent, FixedBlock, Intake, LevelHeld, Participant
from prisons.domain.records import audit
from prisons.models import Organisation, Prison, User
from sessions.models.offer import LanguageLevel


def set_level(
    participant: Participant,
    prison: Prison,
    language: str,
    level: str,
    *,
    by: User,
    now: dt.datetime | None = None,
) -> LevelHeld:
    """The level that was found today replaces the one before."""
    if language not in ("nl", "fr") or level not in LanguageLevel.values:
        raise PlannerError("level_unknown", _("Choose a language and a level."), status=422)
    with transaction.atomic():
        prison = lock_facts(prison, now=now)
        row, _made = LevelHeld.objects.update_or_create(
            participant=participant, language=language, defaults={"level": level, "found_on": today(now)}
        )
        audit.record(prison, by, "set_level", row, fields=["language", "level"], now=now)
    return row


def note_intake(
    participant: Participant,
    prison: Prison,
    organisation: Organisation,
    *,
    by: User,
    now: dt.datetime | None = None,
) -> Intake:
    """The first talk has taken place."""
    with transaction.atomic():
        prison = lock_facts(prison, now=now)
        row, _made = Intake.objects.get_or_create(
            participant=participant, organisation=organisation, defaults={"done_on": today(now)}
        )
        audit.record(prison, by, "note_intake", row, fields=["done_on"], now=now)
    return row


def set_consent(
    participant: Participant,
    prison: Prison,
    organisation: Organisation,
    *,
    is_given: bool,
    by: User,
    now: dt.datetime | None = None,
) -> None:
    """Whether this service's requests and history go along to another prison."""
    with transaction.atomic():
        prison = lock_facts(prison, now=now)
        if is_given:
            Consent.objects.get_or_create(
                participant=participant, organisation=organisation, defaults={"given_on": today(now)}
            )
        else:
            Consent.objects.filter(participant=participant, organisation=organisation).delete()
        verb = "give_consent" if is_given else "withdraw_consent"
        audit.record(prison, by, verb, participant, fields=["consents"], now=now)


def add_block(
    participant: Participant, prison: Prison, block: FixedBlock, *, by: User, now: dt.datetime | None = None
) -> FixedBlock:
    """Work, a visit or school: hours of a weekday, without a reason. Not dated before today."""
    if block.ends <= block.starts:
        raise PlannerError("ends_before_start", _("The end must come after the start."), status=422)
    if block.valid_to is not None and block.valid_to < block.valid_from:
        raise PlannerError("ends_before_start", _("The last day must not lie before the first."), status=422)
    with transaction.atomic():
        prison = lock_facts(prison, now=now)
        block.participant, block.prison = participant, prison
        block.valid_from = max(block.valid_from, today(now))
        block.save()
        audit.record(prison, by, "add", block, fields=["label", "weekday", "starts", "ends"], now=now)
    return block


def end_block(block: FixedBlock, *, by: User, now: dt.datetime | None = None) -> None:
    """From today the hours are free again; what began today never was."""
    with transaction.atomic():
        prison = lock_facts(block.prison, now=now)
        audit.record(prison, by, "end", block, fields=["valid_to"], now=now)
        if block.valid_from >= today(now):
            block.delete()
            return
        block.valid_to = today(now) - dt.timedelta(days=1)
        block.save(update_fields=["valid_to"])
