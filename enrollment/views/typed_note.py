"""A note as it was typed: which person and which things it means, or the choices where that is not clear."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from core.dates import clock
from core.web import address
from enrollment.domain.notes import note_intake
from enrollment.domain.notes.note_undo import asks_beyond, changed_meanwhile, replace_note
from enrollment.domain.participants import finding, people
from enrollment.domain.participants.namesakes import of_name
from enrollment.domain.participants.people import PersonData
from enrollment.domain.participants.visibility import service_of
from enrollment.forms import NoteForm, new_person, split_who
from enrollment.models import Note, Participant, Request
from prisons import gate
from prisons.access import PrisonRequest

THINGS = (("what", "thing"), ("what_2", "thing_2"), ("what_3", "thing_3"))
"""Field and hidden key of each thing that one note can ask for."""


def title_of(ask: Request | note_intake.NoteAsk) -> str:
    return str(ask.series or ask.activity or f"“{ask.wish_title}”")


def own_note(request: PrisonRequest, text: str) -> Note | None:
    """A note that this user entered and may still take back; None for anything else."""
    pk = address.number(text)
    if pk is None:
        return None
    own = note_intake.last_entered(request.prison, request.user, most=None)
    return own.filter(pk=pk, state=Note.State.ENTERED).first()


class TypedNote:
    """What was typed, turned into a person and things asked for.

    Where it is not clear, the choices to show.
    """

    def __init__(self, request: PrisonRequest, form: NoteForm) -> None:
        self.request, self.prison, self.form = request, request.prison, form
        self.day = clock.today()
        self.people: list[Participant] = []
        self.similar: list[Participant] = []
        self.things: dict[str, list[finding.Thing]] = {}
        self.nobody = False
        self.titles: list[str] = []
        self.replaced = own_note(request, str(form.cleaned_data["replaces"] or ""))
        self.goes_elsewhere = False

    def write(self) -> Note | None:
        """The note; None when something must be chosen first. Raises PlannerError."""
        data, action = self.form.cleaned_data, self.request.POST.get("action", "enter")
        if (
            data["replaces"]
            and not self.replaced
            and not note_intake.entered_with(self.prison, data["entry_key"])
        ):
            raise changed_meanwhile()
        who = self._person(optional=action in ("park", "unreadable"))
        common: dict[str, Any] = {
            "channel": data["channel"],
            "received_on": data["received_on"],
            "entry_key": data["entry_key"],
            "by": self.request.user,
        }
        if action == "park":
            return note_intake.park(
                self.prison, participant=who if isinstance(who, Participant) else None, **common
            )
        if action == "unreadable":
            known = who if isinstance(who, Participant) else None
            return note_intake.mark_unreadable(
                self.prison, participant=known, parked=self._parked(), **common
            )
        asks = self._asks()
        if who is None or asks is None:
            return None
        self.titles = [title_of(ask) for ask in asks]
        self.goes_elsewhere = not all(gate.is_own(self.request.access, ask.owner) for ask in asks)
        if self.replaced:
            return replace_note(self.replaced, participant=who, asks=asks, **common)
        return note_intake.enter_note(
            self.prison, participant=who, asks=asks, parked=self._parked(), **common
        )

    def _parked(self) -> Note | None:
        pk = self.form.cleaned_data["parked"]
        return note_intake.parked(self.prison).filter(pk=pk).first() if pk else None

    def _person(self, *, optional: bool) -> Participant | PersonData | None:
        data = self.form.cleaned_data
        if data["create"] and not optional:
            self.nobody = True
            return self._new_or_known(new_person(data["new_name"], data["new_number"]))
        if (pk := address.number(data["person"])) is not None:
            here = people.here(self.prison, self.day).prefetch_related(None)
            chosen = here.filter(pk=pk).first()
            if chosen:
                return chosen
        if not data["who"] and not optional:
            self.form.add_error("who", _("Say who hands in this note."))
            return None
        self.people = finding.find_people(self.prison, data["who"], day=self.day, most=9)
        if len(self.people) == 1:
            return self.people[0]
        if not self.people and not optional:
            self.nobody = True
            name, _number = split_who(data["who"])
            self.similar = finding.find_people(self.prison, name, day=self.day, most=6, near=True)
        return None

    def _new_or_known(self, data: PersonData) -> Participant | PersonData | None:
        """Somebody new, or whom somebody chose among the people of the same name; nobody else can be chosen.

        None where the name is here already and nobody said yet whether it is that person.
        """
        same = of_name(self.prison, data.last_name, data.first_name)
        chosen = self.form.cleaned_data["same_as"]
        known = next((each for each in same if str(each.person.pk) == chosen), None)
        if known is None and chosen != "new" and any(each.is_here for each in same):
            entered = note_intake.entered_with(self.prison, self.form.cleaned_data["entry_key"])
            return entered.participant if entered else None  # a double press: the first one made this person
        if known and known.is_here:
            return known.person
        return replace(data, same_as=known.person if known else None)

    def _asks(self) -> list[note_intake.NoteAsk] | None:
        asks, unclear = [], False
        for field, text, key in self.form.whats():
            thing = finding.thing_of(self.prison, key, day=self.day) if key else None
            found = [thing] if thing else finding.find_things(self.prison, text, day=self.day)
            if len(found) == 1:
                asks.append(found[0].as_ask())
                continue
            unclear = True
            self.things[field] = found
            if not found:
                self.form.add_error(
                    field, _("Nothing here has this title or code. A wish can be noted below.")
                )
        data = self.form.cleaned_data
        if data["wish_title"] or data["wish_domain"]:
            wish = note_intake.NoteAsk(
                wish_domain=data["wish_domain"],
                wish_title=data["wish_title"],
                organisation=service_of(self.request.access),
            )
            asks.append(wish)
        if self.replaced:
            asks += asks_beyond(self.replaced, things=len(THINGS), wishes=1)
        return None if unclear else asks
