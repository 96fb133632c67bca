"""Note entry: one line at a time, by the keyboard alone, the last ten below with undo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import address, clock
from core.errors import PlannerError
from core.htmx import is_partial, render_part
from enrollment.domain import counts, finding, notes, people
from enrollment.domain.namesakes import of_name
from enrollment.domain.note_undo import asks_beyond, replace_note, undo, was_undone
from enrollment.domain.people import PersonData
from enrollment.domain.secrecy import service_of
from enrollment.forms import NoteForm, fresh_key, new_person, posted, split_who
from enrollment.models import Note, Participant, Request
from enrollment.views.shared import Notice
from prisons import gate
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison

KEPT = ("channel", "received_on")


@prison_view(Right.ENTER_REQUESTS)
def note_entry(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """The page, and (posted) one note. After a note the form is empty again, but for channel and date."""
    if request.method != "POST":
        return _show(request, _empty_form(request))
    form = NoteForm(posted(request))
    if not form.is_valid():
        return _show(request, form, status=422)
    entry = _Entry(request, form)
    try:
        note = entry.write()
    except PlannerError as error:
        return _show(request, form, notice=Notice("stop", str(error)), entry=entry, status=error.status)
    if note is None:
        return _show(request, form, entry=entry, status=422)
    done = Entered(note, "; ".join(entry.titles), entry.goes_elsewhere)
    kept = {name: form.cleaned_data[name] for name in KEPT}
    gone = [entry.replaced.pk] if entry.replaced else []
    _with_place([done], prison)
    return _show(request, _empty_form(request, **kept), notice=_written(done), entered=done, gone=gone)


@dataclass(frozen=True)
class Entered:
    """A note and what it asks for, for the list of what was entered last."""

    note: Note
    titles: str
    goes_elsewhere: bool = False
    """Something of it is asked of another service, whose answer nobody here learns from this page."""


def _with_place(notes_entered: list[Entered], prison: Prison) -> list[Entered]:
    """Each person with the stay of today as `current`: number, unit and cell tell namesakes apart."""
    rows = [each.note.participant for each in notes_entered if each.note.participant]
    people.with_current(rows, prison, clock.today())
    return notes_entered


def _entered_last(request: PrisonRequest) -> list[Entered]:
    rows = [
        Entered(note, "; ".join(_title(each) for each in note.requests.all()))
        for note in notes.last_entered(request.prison, request.user)
    ]
    return _with_place(rows, request.prison)


def _title(ask: Request | notes.Ask) -> str:
    return str(ask.series or ask.activity or f"“{ask.wish_title}”")


class _Entry:
    """What was typed, turned into a person and things asked for.

    Where it is not clear, the choices to show.
    """

    def __init__(self, request: PrisonRequest, form: NoteForm) -> None:
        self.request, self.prison, self.form = request, request.prison, form
        self.day = clock.today()
        self.people: list[Participant] = []
        self.things: dict[str, list[finding.Thing]] = {}
        self.nobody = False
        self.titles: list[str] = []
        self.replaced = _own_note(request, str(form.cleaned_data["replaces"] or ""))
        self.goes_elsewhere = False

    def write(self) -> Note | None:
        """The note; None when something must be chosen first. Raises PlannerError."""
        data, action = self.form.cleaned_data, self.request.POST.get("action", "enter")
        who = self._person(optional=action in ("park", "unreadable"))
        common: dict[str, Any] = {
            "channel": data["channel"],
            "received_on": data["received_on"],
            "entry_key": data["entry_key"],
            "by": self.request.user,
        }
        if action == "park":
            return notes.park(
                self.prison, participant=who if isinstance(who, Participant) else None, **common
            )
        if action == "unreadable":
            known = who if isinstance(who, Participant) else None
            return notes.mark_unreadable(self.prison, participant=known, parked=self._parked(), **common)
        asks = self._asks()
        if who is None or asks is None:
            return None
        self.titles = [_title(ask) for ask in asks]
        self.goes_elsewhere = not all(gate.is_own(self.request.access, ask.owner) for ask in asks)
        if self.replaced:
            return replace_note(self.replaced, participant=who, asks=asks, **common)
        return notes.enter_note(self.prison, participant=who, asks=asks, parked=self._parked(), **common)

    def _parked(self) -> Note | None:
        pk = self.form.cleaned_data["parked"]
        return notes.parked(self.prison).filter(pk=pk).first() if pk else None

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
        self.nobody = not self.people and not optional
        return None

    def _new_or_known(self, data: PersonData) -> Participant | PersonData | None:
        """Somebody new, or whom somebody chose among the people of the same name; nobody else can be chosen.

        None where the name is here already and nobody said yet whether it is that person.
        """
        same = of_name(self.prison, data.last_name, data.first_name)
        chosen = self.form.cleaned_data["same_as"]
        known = next((each for each in same if str(each.person.pk) == chosen), None)
        if known is None and chosen != "new" and any(each.is_here for each in same):
            entered = notes.entered_with(self.prison, self.form.cleaned_data["entry_key"])
            return entered.participant if entered else None  # a double press: the first one made this person
        if known and known.is_here:
            return known.person
        return replace(data, same_as=known.person if known else None)

    def _asks(self) -> list[notes.Ask] | None:
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
            wish = notes.Ask(
                wish_domain=data["wish_domain"],
                wish_title=data["wish_title"],
                organisation=service_of(self.request.access),
            )
            asks.append(wish)
        if self.replaced:
            asks += asks_beyond(self.replaced, things=len(_THINGS), wishes=1)
        return None if unclear else asks


def _empty_form(request: PrisonRequest, **kept: Any) -> NoteForm:
    initial = {"channel": "paper", "received_on": clock.today()} | kept | {"entry_key": fresh_key()}
    if request.method == "GET":
        initial |= _asked_by_link(request)
    return NoteForm(initial=initial)


def _asked_by_link(request: PrisonRequest) -> dict[str, Any]:
    """A link from another page may fill in the person, the thing, how it came, or a note that was parked."""
    initial: dict[str, Any] = {key: request.GET[key] for key in ("what", "channel") if key in request.GET}
    pk, parked_pk = (address.number(request.GET.get(name)) for name in ("person", "parked"))
    person = people.here(request.prison, clock.today()).filter(pk=pk).first() if pk else None
    parked = notes.parked(request.prison).filter(pk=parked_pk).first() if parked_pk else None
    if parked:
        initial |= {"parked": parked.pk, "channel": parked.channel, "received_on": parked.received_on}
        person = person or parked.participant
    if person:
        initial |= {"who": str(person), "person": person.pk}
    if changed := _own_note(request, request.GET.get("change", "")):
        initial |= _as_typed(changed)
    return initial


def _own_note(request: PrisonRequest, text: str) -> Note | None:
    """A note that this user entered and may still take back; None for anything else."""
    pk = address.number(text)
    if pk is None:
        return None
    own = notes.last_entered(request.prison, request.user, most=None)
    return own.filter(pk=pk, state=Note.State.ENTERED).first()


def _as_typed(note: Note) -> dict[str, Any]:
    """The form of a note that is changed in place, filled in as it was."""
    typed: dict[str, Any] = {"replaces": note.pk, "channel": note.channel, "received_on": note.received_on}
    typed |= {"who": str(note.participant), "person": note.participant_id}
    fields = iter(_THINGS)
    for each in note.requests.order_by("-pk"):
        if each.wish_title or each.wish_domain:
            typed |= {"wish_title": each.wish_title, "wish_domain": each.wish_domain}
    for each in note.requests.filter(wish_title="", wish_domain="").order_by("pk"):
        if names := next(fields, None):
            key = f"s{each.series_id}" if each.series_id else f"a{each.activity_id}"
            typed |= dict(zip(names, (_title(each), key), strict=True))
    return typed


_THINGS = (("what", "thing"), ("what_2", "thing_2"), ("what_3", "thing_3"))


def _show(
    request: PrisonRequest,
    form: NoteForm,
    *,
    notice: Notice | None = None,
    entry: _Entry | None = None,
    entered: Entered | None = None,
    gone: Sequence[int] = (),
    status: int = 200,
) -> HttpResponse:
    """The whole page lists what was entered last; a part brings only the line that is new."""
    if entry and entry.nobody and not form.data.get("new_name"):
        name, number = split_who(form.cleaned_data["who"])
        form.data = {**form.data.dict(), "new_name": name, "new_number": number}  # type: ignore[attr-defined]
    new = new_person(form.data.get("new_name", ""), "") if entry and entry.nobody else None
    context = {
        "form": form,
        "notice": notice,
        "entry": entry,
        "people": entry.people if entry and len(entry.people) > 1 else [],
        "things": entry.things if entry else {},
        "namesakes": of_name(request.prison, new.last_name, new.first_name) if new else [],
        "last": SimpleLazyObject(lambda: _entered_last(request)),
        "entered": entered if is_partial(request) else None,
        "gone": gone if is_partial(request) else (),
        "focus": {_focus(form, entry): True},
        "replaced": _replaced(request, form),
        "parked_count": SimpleLazyObject(counts.parked(request.access).count),
    }
    return render_part(
        request, "enrollment/note_entry.html", "enrollment/_note_entry.html", context, status=status
    )


def _focus(form: NoteForm, entry: _Entry | None) -> str:
    """The field that waits: the first that is not clear, else the first of all."""
    if entry is None or entry.people or "who" in form.errors:
        return "who"
    if entry.nobody:
        return "new"
    unclear = [name for name in ("what", "what_2", "what_3") if name in entry.things or name in form.errors]
    return unclear[0] if unclear else "who"


def _replaced(request: PrisonRequest, form: NoteForm) -> Entered | None:
    note = _own_note(request, str(form["replaces"].value() or ""))
    rest = asks_beyond(note, things=len(_THINGS), wishes=1) if note else []
    return Entered(note, "; ".join(map(_title, rest))) if note else None


def _written(done: Entered) -> Notice:
    note = done.note
    if note.state == Note.State.PARKED:
        return Notice("info", _("The note is parked."))
    if note.state == Note.State.UNREADABLE:
        if note.participant_id is None:
            return Notice(
                "info", _("The note is marked unreadable; nobody knows to whom a card could go back.")
            )
        return Notice("info", _("The note is marked unreadable; a card to tick goes back."))
    sentence = _("%(name)s asked for: %(titles)s.")
    if done.goes_elsewhere:
        sentence = _("%(name)s asked for: %(titles)s. Noted; the service that owns it decides.")
    return Notice("ok", sentence % {"name": note.participant, "titles": done.titles})


@prison_view(Right.ENTER_REQUESTS)
def note_people(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """Suggestions while typing: people by part of a name or number."""
    found = finding.find_people(prison, request.GET.get("who", ""), day=clock.today(), most=8, near=True)
    return render(request, "enrollment/_people_choices.html", {"people": found})


@prison_view(Right.ENTER_REQUESTS)
def note_things(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """Suggestions while typing: series and activities by part of a title."""
    names = ("what", "what_2", "what_3")
    text = next((request.GET[name] for name in names if name in request.GET), "")
    found = finding.find_things(prison, text, day=clock.today(), most=8)
    return render(request, "enrollment/_thing_choices.html", {"things": found})


@prison_view(Right.ENTER_REQUESTS)
@require_POST
def note_undo(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    note = Note.objects.in_prison(prison).filter(pk=pk).first()
    if note is None and not was_undone(prison, pk, by=request.user):
        raise Http404
    try:
        if note:  # else a double press: it is gone already
            undo(note, by=request.user)
    except PlannerError as error:
        notice = Notice("stop", str(error))
        return _show(request, _empty_form(request), notice=notice, status=error.status)
    taken_back = _("The entry is taken back.")
    if is_partial(request):
        return _show(request, _empty_form(request), notice=Notice("ok", taken_back), gone=[pk])
    messages.success(request, taken_back)
    return redirect("enrollment:note_entry", prison.slug)


@prison_view(Right.ENTER_REQUESTS)
@require_POST
def parked_unreadable(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """A parked note that nobody can read after all."""
    note = get_object_or_404(notes.parked(prison), pk=pk)
    try:
        notes.mark_unreadable(
            prison, parked=note, channel=note.channel, received_on=note.received_on, by=request.user
        )
        messages.success(request, _("The note is marked unreadable."))
    except PlannerError as error:
        messages.error(request, str(error))
    return redirect(f"{reverse('enrollment:request_list', args=[prison.slug])}?tab=parked")
