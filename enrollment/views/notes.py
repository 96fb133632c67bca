"""Note entry: one line at a time, by the keyboard alone, the last ten below with undo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.dates import clock
from core.errors import PlannerError
from core.web import address
from core.web.htmx import is_partial, render_part
from enrollment.domain.notes import note_intake
from enrollment.domain.notes.note_undo import answered_by_own, asks_beyond, undo, was_undone
from enrollment.domain.participants import finding, people
from enrollment.domain.participants.namesakes import of_name
from enrollment.domain.requests import counts
from enrollment.forms import NoteForm, fresh_key, new_person, posted, split_who
from enrollment.models import Note
from enrollment.views.shared import PageNotice
from enrollment.views.typed_note import THINGS, TypedNote, own_note, title_of
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison

KEPT = ("channel", "received_on")
SUGGESTED = 8
"""Rows of the list that opens while typing."""


@prison_view(Right.ENTER_REQUESTS)
def note_entry(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """The page, and (posted) one note. After a note the form is empty again, but for channel and date."""
    if request.method != "POST":
        return _show(request, _empty_form(request))
    form = NoteForm(posted(request))
    if not form.is_valid():
        return _show(request, form, status=422)
    entry = TypedNote(request, form)
    try:
        note = entry.write()
    except PlannerError as error:
        if error.code == "entered_already":
            form.data = {**form.data.dict(), "entry_key": fresh_key()}  # type: ignore[attr-defined]
        return _show(request, form, notice=PageNotice("stop", str(error)), entry=entry, status=error.status)
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
    is_answered: bool = False
    """The own service has answered: it can be changed and taken back no more."""


def _with_place(notes_entered: list[Entered], prison: Prison) -> list[Entered]:
    """Each person with the stay of today as `current`: number, unit and cell tell namesakes apart."""
    rows = [each.note.participant for each in notes_entered if each.note.participant]
    people.with_current(rows, prison, clock.today())
    return notes_entered


def _entered_last(request: PrisonRequest) -> list[Entered]:
    found = list(note_intake.last_entered(request.prison, request.user))
    answered = answered_by_own(found, request.access)
    rows = [
        Entered(note, "; ".join(map(title_of, note.requests.all())), is_answered=note.pk in answered)
        for note in found
    ]
    return _with_place(rows, request.prison)


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
    parked = note_intake.parked(request.prison).filter(pk=parked_pk).first() if parked_pk else None
    if parked:
        initial |= {"parked": parked.pk, "channel": parked.channel, "received_on": parked.received_on}
        person = person or parked.participant
    if person:
        initial |= {"who": str(person), "person": person.pk}
    if changed := own_note(request, request.GET.get("change", "")):
        initial |= _as_typed(changed)
    return initial


def _as_typed(note: Note) -> dict[str, Any]:
    """The form of a note that is changed in place, filled in as it was."""
    typed: dict[str, Any] = {"replaces": note.pk, "channel": note.channel, "received_on": note.received_on}
    typed |= {"who": str(note.participant), "person": note.participant_id}
    fields = iter(THINGS)
    for each in note.requests.order_by("-pk"):
        if each.wish_title or each.wish_domain:
            typed |= {"wish_title": each.wish_title, "wish_domain": each.wish_domain}
    for each in note.requests.filter(wish_title="", wish_domain="").order_by("pk"):
        if names := next(fields, None):
            key = f"s{each.series_id}" if each.series_id else f"a{each.activity_id}"
            typed |= dict(zip(names, (title_of(each), key), strict=True))
    return typed


def _show(
    request: PrisonRequest,
    form: NoteForm,
    *,
    notice: PageNotice | None = None,
    entry: TypedNote | None = None,
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
        "similar": entry.similar if entry else [],
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


def _focus(form: NoteForm, entry: TypedNote | None) -> str:
    """The field that waits: the first that is not clear, else the first of all."""
    if entry is None or entry.people or "who" in form.errors:
        return "who"
    if entry.nobody:
        return "new"
    unclear = [name for name in ("what", "what_2", "what_3") if name in entry.things or name in form.errors]
    return unclear[0] if unclear else "who"


def _replaced(request: PrisonRequest, form: NoteForm) -> Entered | None:
    note = own_note(request, str(form["replaces"].value() or ""))
    rest = asks_beyond(note, things=len(THINGS), wishes=1) if note else []
    return Entered(note, "; ".join(map(title_of, rest))) if note else None


def _written(done: Entered) -> PageNotice:
    note = done.note
    if note.state == Note.State.PARKED:
        return PageNotice("info", _("The note is parked."))
    if note.state == Note.State.UNREADABLE:
        if note.participant_id is None:
            return PageNotice(
                "info", _("The note is marked unreadable; nobody knows to whom a card could go back.")
            )
        return PageNotice("info", _("The note is marked unreadable; a card to tick goes back."))
    sentence = _("%(name)s asked for: %(titles)s.")
    if done.goes_elsewhere:
        sentence = _("%(name)s asked for: %(titles)s. Noted; the service that owns it decides.")
    return PageNotice("ok", sentence % {"name": note.participant, "titles": done.titles})


@prison_view(Right.ENTER_REQUESTS)
def note_people(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """Suggestions while typing: people by part of a name or number."""
    text, day = request.GET.get("who", ""), clock.today()
    found = finding.find_people(prison, text, day=day, most=SUGGESTED + 1, near=True)
    context = {"people": found[:SUGGESTED], "is_more": len(found) > SUGGESTED}
    return render(request, "enrollment/_people_choices.html", context)


@prison_view(Right.ENTER_REQUESTS)
def note_things(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """Suggestions while typing: series and activities by part of a title."""
    names = ("what", "what_2", "what_3")
    text = next((request.GET[name] for name in names if name in request.GET), "")
    found = finding.find_things(prison, text, day=clock.today(), most=SUGGESTED + 1)
    context = {"things": found[:SUGGESTED], "is_more": len(found) > SUGGESTED}
    return render(request, "enrollment/_thing_choices.html", context)


@prison_view(Right.ENTER_REQUESTS)
@require_POST
def note_undo(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    note = Note.objects.in_prison(prison).filter(pk=pk).first()
    if note is None and not was_undone(prison, pk, by=request.user):
        raise Http404
    try:
        back = undo(note, by=request.user) if note else None  # else a double press: it is gone already
    except PlannerError as error:
        notice = PageNotice("stop", str(error))
        return _show(request, _empty_form(request), notice=notice, status=error.status)
    said = _taken_back(back)
    if is_partial(request):
        entered = (
            _with_place([Entered(back, "; ".join(map(title_of, back.requests.all())))], prison)
            if back
            else []
        )
        return _show(
            request,
            _empty_form(request),
            notice=PageNotice("ok", said),
            entered=next(iter(entered), None),
            gone=[pk],
        )
    messages.success(request, said)
    return redirect("enrollment:note_entry", prison.slug)


def _taken_back(back: Note | None) -> str:
    if back:
        return _("The change is taken back: the note of %(name)s is as it was.") % {"name": back.participant}
    return _("The entry is taken back.")


@prison_view(Right.ENTER_REQUESTS)
@require_POST
def parked_unreadable(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """A parked note that nobody can read after all."""
    note = get_object_or_404(note_intake.parked(prison), pk=pk)
    try:
        note_intake.mark_unreadable(
            prison, parked=note, channel=note.channel, received_on=note.received_on, by=request.user
        )
        messages.success(request, _("The note is marked unreadable."))
    except PlannerError as error:
        messages.error(request, str(error))
    return redirect(f"{reverse('enrollment:request_list', args=[prison.slug])}?tab=parked")
