"""Request notes as they come in: entered, parked, unreadable, taken back.

One note may ask for several things.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.errors import PlannerError
from core.words.folding import name_key
from core.words.text import one_line
from enrollment.domain.locking import lock_facts
from enrollment.domain.notes.asking import asked_at, live_of, refuse_live, refuse_over
from enrollment.domain.participants.people import PersonData, create_locked, stay_of
from enrollment.domain.requests.states import Verb
from enrollment.domain.requests.steps import Act, note_step
from enrollment.domain.slips import reply_slips
from enrollment.models import Enrollment, Note, Participant, Request, Slip
from prisons import gate
from prisons.access import access_for
from prisons.domain.records import audit
from prisons.models import Organisation, Prison, User
from sessions.models import Activity, Domain, Series

OLDEST_DAYS = 366
MOST_ASKS = 10
WISH_LENGTH = 120


@dataclass(frozen=True)
class NoteAsk:
    """One thing asked for: a series, an activity, or a wish (life domain and title)."""

    series: Series | None = None
    activity: Activity | None = None
    wish_domain: str = ""
    wish_title: str = ""
    organisation: Organisation | None = None
    """Who answers a wish; for the others it is the service of the activity."""

    @property
    def owner(self) -> Organisation | None:
        if self.series:
            return self.series.activity.organisation
        return self.activity.organisation if self.activity else self.organisation


def entered_with(prison: Prison, entry_key: uuid.UUID | None) -> Note | None:
    """The note that this very form has made already: a button was pressed twice."""
    return Note.objects.in_prison(prison).filter(entry_key=entry_key).first() if entry_key else None


def enter_note(
    prison: Prison,
    *,
    participant: Participant | PersonData,
    asks: Sequence[NoteAsk],
    channel: str = Note.Channel.PAPER,
    received_on: dt.date | None = None,
    entry_key: uuid.UUID | None = None,
    parked: Note | None = None,
    by: User,
    now: dt.datetime | None = None,
) -> Note:
    """Writes a note with its requests. The same `entry_key` again returns the note that it made before.

    Raises PlannerError: `asked_already`, `series_over`, `drop_in`, `number_taken` (409), `nothing_asked`,
    `received_when`, and those of people.clean (422). Nothing is written then, not even a new person.
    What is asked of another service is noted whatever that service has already: it settles what is double.
    """
    at = now or clock.now()
    with transaction.atomic():
        prison = lock_facts(prison, now=at)
        if known := entered_with(prison, entry_key):
            return _the_same(known, participant, asks)
        received_on = _received(received_on, clock.today(at))
        asks = _clean(prison, asks)
        is_new = isinstance(participant, PersonData)
        person = _person(prison, participant, by=by, at=at)
        note = _note(prison, person, channel, received_on, entry_key, parked, by=by, at=at)
        note.made_person = note.made_person or is_new
        note.save()
        access = access_for(by, prison, now=at)
        for ask in asks:
            _write(note, ask, Act(prison, by, at), is_own=gate.is_own(access, ask.owner))
        audit.record(prison, by, "enter", note, fields=["participant", "received_on"], now=at)
        return note


def _the_same(known: Note, who: Participant | PersonData, asks: Sequence[NoteAsk]) -> Note:
    """What a button pressed twice made. Raises PlannerError `entered_already` for another person or other things."""
    person = known.participant
    is_same = person == who
    if isinstance(who, PersonData) and person:
        is_same = person.name_key == name_key(who.last_name, who.first_name)
    wanted = {(ask.series, ask.activity, one_line(ask.wish_title)) for ask in asks}
    noted = {(each.series, each.activity, each.wish_title) for each in known.requests.all()}
    if not is_same or (noted and noted != wanted):
        raise PlannerError(
            "entered_already",
            _("This form has entered a note of %(name)s already. Press Enter again to enter another note."),
            name=str(person or "–"),
        )
    return known


def _received(received_on: dt.date | None, day: dt.date) -> dt.date:
    received_on = received_on or day
    if not day - dt.timedelta(days=OLDEST_DAYS) <= received_on <= day:
        raise PlannerError("received_when", _("A note comes in today or in the past year."), status=422)
    return received_on


def _clean(prison: Prison, asks: Sequence[NoteAsk]) -> list[NoteAsk]:
    if not asks:
        raise PlannerError("nothing_asked", _("Choose what the note asks for."), status=422)
    if len(asks) > MOST_ASKS:
        raise PlannerError("too_many_asks", _("At most ten requests on one note."), status=422)
    cleaned = [_clean_wish(ask) if ask.wish_title or ask.wish_domain else ask for ask in asks]
    things = [(ask.series, ask.activity, ask.wish_title.casefold()) for ask in cleaned]
    if len(set(things)) < len(things):
        raise PlannerError("asked_twice", _("The same thing is asked twice on this note."), status=422)
    for ask in cleaned:
        if ask.series and ask.series.prison_id != prison.pk:
            raise PlannerError("series_unknown", _("This series is not in this prison."), status=404)
        if ask.activity and not ask.activity.organisation.prisons.filter(pk=prison.pk).exists():
            raise PlannerError(
                "activity_unknown", _("This activity is not offered in this prison."), status=404
            )
    return cleaned


def _clean_wish(ask: NoteAsk) -> NoteAsk:
    title = one_line(ask.wish_title)
    if not title or ask.wish_domain not in Domain.values:
        raise PlannerError("wish_incomplete", _("A wish needs a life domain and a few words."), status=422)
    if len(title) > WISH_LENGTH:
        raise PlannerError("wish_too_long", _("A wish has at most 120 characters."), status=422)
    return NoteAsk(wish_domain=ask.wish_domain, wish_title=title, organisation=ask.organisation)


def _person(prison: Prison, who: Participant | PersonData, *, by: User, at: dt.datetime) -> Participant:
    if isinstance(who, PersonData):
        return create_locked(prison, who, by=by, now=at)
    if stay_of(who, prison, clock.today(at)) is None:
        raise PlannerError("not_here", _("%(name)s does not stay in this prison."), name=str(who))
    return who


def _note(
    prison: Prison,
    person: Participant | None,
    channel: str,
    received_on: dt.date,
    entry_key: uuid.UUID | None,
    parked: Note | None,
    *,
    by: User,
    at: dt.datetime,
) -> Note:
    if channel not in Note.Channel.values:
        raise PlannerError("channel_unknown", _("Choose how the note came."), status=422)
    if parked is not None:
        note = _fresh_parked(prison, parked)
        note.participant, note.state, note.entry_key = person, Note.State.ENTERED, entry_key
        note.entered_by, note.entered_at = by, at
        return note
    return Note(
        prison=prison,
        participant=person,
        channel=channel,
        received_on=received_on,
        entry_key=entry_key,
        entered_by=by,
        entered_at=at,
    )


def _write(note: Note, ask: NoteAsk, act: Act, *, is_own: bool) -> Request:
    person = note.participant
    assert person is not None  # noqa: S101  (an entered note has one)
    if ask.series:
        refuse_over(ask.series, act.day)
    if is_own:
        _refuse_double(act.prison, person, ask)
    request = Request.objects.create(
        prison=act.prison,
        note=note,
        participant=person,
        organisation=ask.owner,
        series=ask.series,
        activity=ask.activity,
        wish_domain=ask.wish_domain,
        wish_title=ask.wish_title,
        received_on=note.received_on,
    )
    if ask.series and live_of(ask.series, person.pk) is None:
        enrollment = Enrollment.objects.create(
            series=ask.series, participant=person, request=request, requested_at=asked_at(request, act.at)
        )
        note_step(enrollment, Verb.ENTER, act)
    return request


def _refuse_double(prison: Prison, person: Participant, ask: NoteAsk) -> None:
    """Raises PlannerError `asked_already` for what the same service was asked before, and is still going on."""
    if ask.series:
        refuse_live(ask.series, person.pk)
    open_ = Request.objects.in_prison(prison).undecided().filter(participant=person, organisation=ask.owner)
    same = open_.none()
    if ask.activity:
        same = open_.filter(activity=ask.activity)
    elif ask.wish_title:
        same = open_.filter(wish_title__iexact=ask.wish_title)
    if first := same.first():
        raise PlannerError(
            "asked_already",
            _("This person asked for the same on %(day)s; it is still to be decided."),
            day=f"{first.received_on:%d/%m/%Y}",
        )


def park(
    prison: Prison,
    *,
    participant: Participant | None = None,
    channel: str = Note.Channel.PAPER,
    received_on: dt.date | None = None,
    entry_key: uuid.UUID | None = None,
    by: User,
    now: dt.datetime | None = None,
) -> Note:
    """To be looked at later, by somebody who knows.

    The note counts until it is entered or marked unreadable.
    """
    return _without_requests(
        prison, Note.State.PARKED, participant, channel, received_on, entry_key, by=by, now=now
    )


def mark_unreadable(
    prison: Prison,
    *,
    participant: Participant | None = None,
    channel: str = Note.Channel.PAPER,
    received_on: dt.date | None = None,
    entry_key: uuid.UUID | None = None,
    parked: Note | None = None,
    by: User,
    now: dt.datetime | None = None,
) -> Note:
    """Nobody can read it. Where the person is known, a card to tick goes back."""
    return _without_requests(
        prison,
        Note.State.UNREADABLE,
        participant,
        channel,
        received_on,
        entry_key,
        parked=parked,
        by=by,
        now=now,
    )


def _without_requests(
    prison: Prison,
    state: Note.State,
    person: Participant | None,
    channel: str,
    received_on: dt.date | None,
    entry_key: uuid.UUID | None,
    *,
    parked: Note | None = None,
    by: User,
    now: dt.datetime | None,
) -> Note:
    at = now or clock.now()
    with transaction.atomic():
        prison = lock_facts(prison, now=at)
        if known := entered_with(prison, entry_key):
            return known
        received_on = _received(received_on, clock.today(at))
        person = person or (parked.participant if parked else None)
        note = _note(prison, person, channel, received_on, entry_key, parked, by=by, at=at)
        note.state = state
        note.save()
        if state == Note.State.UNREADABLE and person is not None:
            reply_slips.write(prison, person, Slip.Kind.CARD, now=at, facts={"note": note.pk})
        audit.record(prison, by, state.value, note, fields=["state"], now=at)
    return note


def _fresh_parked(prison: Prison, note: Note) -> Note:
    row = Note.objects.in_prison(prison).select_related("participant").get(pk=note.pk)
    if row.state != Note.State.PARKED:
        raise PlannerError("not_parked", _("Somebody has dealt with this note already."))
    return row


def last_entered(prison: Prison, by: User, *, most: int | None = 10) -> QuerySet[Note]:
    """What this user entered last, newest first."""
    notes = (
        Note.objects.in_prison(prison).filter(entered_by=by, taken_back_at=None).select_related("participant")
    )
    requests = Request.objects.select_related("series__activity", "activity")
    return notes.prefetch_related(Prefetch("requests", queryset=requests))[:most]


def parked(prison: Prison) -> QuerySet[Note]:
    """Notes put aside, oldest first; one query function for the count and for the list."""
    notes = Note.objects.in_prison(prison).filter(state=Note.State.PARKED)
    return notes.select_related("participant", "entered_by").order_by("received_on", "pk")
