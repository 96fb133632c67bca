"""A note is taken back by whoever entered it, with the person that it made, while nothing was decided."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.errors import PlannerError
from enrollment.domain.locking import lock_facts
from enrollment.domain.notes.note_intake import NoteAsk, enter_note, entered_with
from enrollment.domain.participants.people import PersonData
from enrollment.models import Enrollment, Note, Participant, Request, Slip, Stay
from prisons import gate
from prisons.access import Access, access_for
from prisons.domain.records import audit
from prisons.models import AuditEntry, Organisation, Prison, User
from sessions.models import Activity, Series


def replace_note(
    note: Note,
    *,
    participant: Participant | PersonData,
    by: User,
    now: dt.datetime | None = None,
    **entry: Any,
) -> Note:
    """What was entered wrongly is entered anew, as one act: the old note is taken back, or nothing happens.

    Takes and raises what enter_note and undo do. A person whom the old note made stays when the new one names them.
    """
    at = now or clock.now()
    keeps = participant.pk if isinstance(participant, Participant) else None
    with transaction.atomic():
        if known := entered_with(note.prison, entry.get("entry_key")):
            return known  # a double press: it is changed already
        before = image_of(note)
        if _take_back(note, by=by, at=at, keeps=keeps) is None:
            raise changed_meanwhile()
        entered = enter_note(note.prison, participant=participant, by=by, now=at, **entry)
        entered.made_person = entered.made_person or (note.made_person and keeps == note.participant_id)
        entered.before_change = (
            before if Participant.objects.filter(pk__in=[note.participant_id]).exists() else None
        )
        entered.save(update_fields=["made_person", "before_change"])
        return entered


def changed_meanwhile() -> PlannerError:
    words = _("The note that you change here has been changed or taken back meanwhile. Nothing was entered.")
    return PlannerError("changed_meanwhile", words)


def image_of(note: Note) -> dict[str, Any]:
    """What makes the note anew: whose it is, how and when it came, what it asks for."""
    names = ("series_id", "activity_id", "organisation_id", "wish_domain", "wish_title")
    asks = [{name: getattr(each, name) for name in names} for each in note.requests.order_by("pk")]
    return {
        "participant": note.participant_id,
        "channel": note.channel,
        "received_on": note.received_on.isoformat(),
        "made_person": note.made_person,
        "asks": asks,
    }


def _as_it_was(prison: Prison, before: dict[str, Any], *, by: User, at: dt.datetime) -> Note | None:
    """The note before the change; None where the person or something asked for is no longer there."""
    person = Participant.objects.filter(pk=before["participant"], anonymised_at=None).first()
    asked = before["asks"]
    series = Series.objects.in_bulk([each["series_id"] for each in asked if each["series_id"]])
    activities = Activity.objects.in_bulk([each["activity_id"] for each in asked if each["activity_id"]])
    services = Organisation.objects.in_bulk([each["organisation_id"] for each in asked])
    asks = [
        NoteAsk(
            series=series.get(each["series_id"]),
            activity=activities.get(each["activity_id"]),
            organisation=services.get(each["organisation_id"]),
            wish_domain=each["wish_domain"],
            wish_title=each["wish_title"],
        )
        for each in asked
    ]
    if person is None or not all(ask.series or ask.activity or ask.wish_title for ask in asks):
        return None
    note = enter_note(
        prison,
        participant=person,
        asks=asks,
        channel=before["channel"],
        received_on=dt.date.fromisoformat(before["received_on"]),
        entry_key=uuid.uuid4(),
        by=by,
        now=at,
    )
    note.made_person = before["made_person"]
    note.save(update_fields=["made_person"])
    return note


def asks_beyond(note: Note, *, things: int, wishes: int) -> list[NoteAsk]:
    """What a note asks for beyond so many things and wishes: a form without a field for it keeps it as it is."""
    rows = list(note.requests.select_related("series__activity", "activity", "organisation").order_by("pk"))
    wished = [each for each in rows if each.wish_title or each.wish_domain]
    others = [each for each in rows if each not in wished]
    asks = [NoteAsk(series=each.series, activity=each.activity) for each in others[things:]]
    return asks + [
        NoteAsk(wish_domain=each.wish_domain, wish_title=each.wish_title, organisation=each.organisation)
        for each in wished[wishes:]
    ]


def was_undone(prison: Prison, pk: int, *, by: User) -> bool:
    """Whether this very person has taken the note back: the second press of a button, and no guess at numbers."""
    acts = AuditEntry.objects.in_prison(prison).filter(by=by, verb="undo", object_id=pk)
    return acts.filter(model=Note._meta.label_lower).exists()


def undo(note: Note, *, by: User, now: dt.datetime | None = None) -> Note | None:
    """Takes an entry back, by whoever made it and while the own service has decided nothing.

    Where the entry changed an earlier one, that one is back, and returned. What another service has answered stays
    there, and nobody is told that it has. The person whom the note made goes as well, but for one of whom another
    service was asked something.
    """
    at = now or clock.now()
    with transaction.atomic():
        before = Note.objects.filter(pk=note.pk).values_list("before_change", flat=True).first()
        row = _take_back(note, by=by, at=at, keeps=before["participant"] if before else None)
        return _as_it_was(row.prison, before, by=by, at=at) if row and before else None


def _take_back(note: Note, *, by: User, at: dt.datetime, keeps: int | None) -> Note | None:
    """The note that was there, or None after a double click. Holds the lock until the caller's act is done."""
    prison = lock_facts(note.prison_id, now=at)
    row = Note.objects.in_prison(prison).filter(pk=note.pk).first()
    if row is None or row.taken_back_at:
        return None
    if row.entered_by_id != by.pk:
        raise PlannerError("not_yours", _("Only who entered a note can take it back."), status=403)
    requests = Request.objects.filter(note=row)
    access = access_for(by, prison, now=at)
    own = Q(organisation=None) | (gate.own(access, "organisation") if access else Q())
    answered = requests.filter(_answered())
    if answered.filter(own).exists():
        raise PlannerError(
            "decided_already", _("There is an answer already: this entry cannot be taken back.")
        )
    audit.record(prison, by, "undo", row, fields=["participant", "received_on"], now=at)
    Slip.objects.on_the_desk().filter(prison=prison, facts__note=row.pk).delete()
    is_asked_elsewhere = requests.exclude(own).exists()
    _remove_open(row, set(answered.values_list("pk", flat=True)), at)
    if row.made_person and row.participant_id and row.participant_id != keeps and not is_asked_elsewhere:
        _remove_if_unknown(prison, row.participant_id, clock.today(row.entered_at))
    return row


def _answered() -> Q:
    """A request that somebody has decided, or whose place has a state of its own."""
    decided = Enrollment.objects.filter(request=OuterRef("pk")).exclude(state=Enrollment.State.REQUESTED)
    return ~Q(state=Request.State.OPEN) | Q(Exists(decided))


def answered_by_own(notes: Iterable[Note], access: Access) -> set[int]:
    """Those of these notes, by number, that can no longer be changed or taken back: the own service has answered."""
    own = Q(organisation=None) | gate.own(access, "organisation")
    rows = Request.objects.filter(own, _answered(), note__in=[each.pk for each in notes])
    return set(rows.values_list("note_id", flat=True))


def _remove_open(note: Note, answered: set[int], at: dt.datetime) -> None:
    """The note with its requests; those that another service has answered stay, and the note under them."""
    requests = Request.objects.filter(note=note).exclude(pk__in=answered)
    Enrollment.objects.filter(request__in=requests).delete()
    requests.delete()
    if answered:
        note.taken_back_at = at
        note.save(update_fields=["taken_back_at"])
    else:
        note.delete()


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
