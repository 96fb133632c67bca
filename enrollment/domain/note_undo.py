"""A note is taken back by whoever entered it, with the person that it made, while nothing was decided."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import clock
from core.errors import PlannerError
from enrollment.domain.facts import lock_facts
from enrollment.models import Enrollment, Note, Participant, Request, Slip, Stay
from prisons.domain import audit
from prisons.models import Prison, User


def undo(note: Note, *, by: User, now: dt.datetime | None = None) -> None:
    """Takes an entry back, by whoever made it and while nothing was decided. Also the person that it made."""
    at = now or clock.now()
    with transaction.atomic():
        prison = lock_facts(note.prison_id, now=at)
        row = Note.objects.in_prison(prison).filter(pk=note.pk).first()
        if row is None:
            return  # a double click
        if row.entered_by_id != by.pk:
            raise PlannerError("not_yours", _("Only who entered a note can take it back."), status=403)
        requests = Request.objects.filter(note=row)
        decided = Enrollment.objects.filter(request__in=requests).exclude(state=Enrollment.State.REQUESTED)
        if decided.exists() or requests.exclude(state=Request.State.OPEN).exists():
            raise PlannerError(
                "decided_already", _("There is an answer already: this entry cannot be taken back.")
            )
        audit.record(prison, by, "undo", row, fields=["participant", "received_on"], now=at)
        Slip.objects.on_the_desk().filter(prison=prison, facts__note=row.pk).delete()
        Enrollment.objects.filter(request__in=requests).delete()
        requests.delete()
        row.delete()
        if row.made_person and row.participant_id:
            _remove_if_unknown(prison, row.participant_id, clock.today(row.entered_at))


def _remove_if_unknown(prison: Prison, participant_id: int, made_on: dt.date) -> None:
    """Removes a person of whom nothing is known but the first stay; of somebody known before, that stay."""
    person = Participant.objects.get(pk=participant_id)
    things = (person.notes, person.requests, person.enrollments, person.slips)
    if any(each.in_prison(prison).exists() for each in things):
        return
    stays = Stay.objects.filter(participant=person)
    if stays.count() > 1:
        stays.filter(prison=prison, starts_on=made_on, ends_on__isnull=True).delete()
        return
    if not person.attendances.exists():
        stays.delete()
        person.delete()
