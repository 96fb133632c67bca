"""The page on which lines of a spreadsheet are pasted, looked at and taken over; one for every kind of rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.dates import clock
from core.errors import PlannerError
from core.secrets.digest import NotAsShown
from core.tables.cells import language_of
from core.tables.pasted import parse
from core.web.forms import DONE
from prisons.access import PrisonRequest, Right, prison_view
from prisons.domain.records.change_sets import UNDO_WITHIN
from prisons.models import ChangeSet, Prison
from rooms.domain import made_acts, pasting
from rooms.domain.consent import RuleHits
from rooms.domain.pasted_places import RoomLines, SlotLines
from rooms.domain.pasted_units import UnitLines
from rooms.domain.pasting import PasteKind, PasteOutcome
from rooms.forms import PasteForm
from rooms.views.editing import act_and_return, consented, shown_hits


@dataclass(frozen=True)
class PastePage:
    """What differs between the pages: their words, an example, the way back and the way to undo."""

    heading: str
    back: str
    back_label: str
    example: tuple[tuple[str, ...], ...]
    undo_name: str
    lead: str = ""
    asks: Mapping[str, forms.Field] = field(default_factory=dict)
    is_setting: bool = True


KindOf = Callable[[PasteForm, str], PasteKind]
"""From the form and the language in which its days are written."""


def paste(request: PrisonRequest, page: PastePage, kind_of: KindOf) -> HttpResponse:
    """Shows the form; posted, the look; with `accept`, does what the look showed."""
    if request.method != "POST":
        form = PasteForm(asks=page.asks)
        return _render(request, page, kind_of(form, "nl"), form)
    form = PasteForm(request.POST, request.FILES, asks=page.asks)
    seen: list[PasteOutcome] = []
    accepts = "accept" in request.POST and not request.FILES

    def act(values: dict[str, Any]) -> None:
        form.take_file()
        kind = _kind(form, kind_of)
        table = parse(form.cleaned_data["pasted"], kind.columns)
        if not accepts:
            seen.append(pasting.look(request.prison, kind, table))
            return
        try:
            done = consented(
                request,
                lambda: pasting.accept(request.prison, kind, table, by=request.user, seen=values["seen"]),
            )
        except PlannerError:
            seen.append(pasting.look(request.prison, kind, table))
            raise
        _tell(request, page, done)

    status = form.attempt(act)
    if status == DONE and accepts:
        return redirect(page.back)
    if seen:
        form.put(seen=seen[0].digest)
    return _render(request, page, _kind(form, kind_of), form, seen, 200 if status == DONE else status)


def _kind(form: PasteForm, kind_of: KindOf) -> PasteKind:
    text = getattr(form, "cleaned_data", {}).get("pasted", "")
    return kind_of(form, language_of(text, (get_language() or "nl")[:2]))


def _tell(request: PrisonRequest, page: PastePage, done: PasteOutcome) -> None:
    act = done.change_set
    count = len(done.new)
    text = ngettext("%(count)s line was taken over.", "%(count)s lines were taken over.", count)
    undo = reverse(page.undo_name, args=[request.prison.slug, act.pk]) if act else ""
    messages.success(request, text % {"count": count}, extra_tags=undo)
    if done.refused:
        left = len(done.refused)
        words = ngettext("%(count)s line was left out.", "%(count)s lines were left out.", left)
        messages.warning(request, words % {"count": left})


def _render(
    request: PrisonRequest,
    page: PastePage,
    kind: PasteKind,
    form: PasteForm,
    seen: list[PasteOutcome] | None = None,
    status: int = 200,
) -> HttpResponse:
    hits = shown_hits(request, form.refusal) if isinstance(form.refusal, RuleHits) else None
    context = {
        "page": page,
        "form": form,
        "columns": kind.columns,
        "outcome": seen[0] if seen else None,
        "hits": hits,
        "is_anew": isinstance(form.refusal, NotAsShown),
        "recent": _recent(request, page, kind),
    }
    return render(request, "rooms/paste.html", context, status=status)


def _recent(request: PrisonRequest, page: PastePage, kind: PasteKind) -> list[tuple[ChangeSet, str]]:
    """What was pasted within the hour, each with the way to take it back."""
    acts = ChangeSet.objects.in_prison(request.prison).filter(
        verb=f"paste_{kind.code}", at__gt=clock.now() - UNDO_WITHIN, undone_by__isnull=True
    )
    slug = request.prison.slug
    return [(act, reverse(page.undo_name, args=[slug, act.pk])) for act in acts.select_related("by")[:5]]


def take_back(
    request: PrisonRequest,
    pk: int,
    verbs: tuple[str, ...],
    back: str,
    ways: Mapping[type[Model], made_acts.TakeAway] | None = None,
) -> HttpResponse:
    """The button beside what was just taken over."""
    act = get_object_or_404(ChangeSet.objects.in_prison(request.prison).filter(verb__in=verbs), pk=pk)
    return act_and_return(
        request,
        lambda: made_acts.undo(act, by=request.user, ways=ways),
        back=back,
        done=_("Undone: everything is as it was."),
    )


@prison_view(Right.MANAGE_RULES)
def room_paste(request: PrisonRequest, prison: Prison) -> HttpResponse:
    page = PastePage(
        _("Paste rooms"),
        reverse("rooms:room_list", args=[prison.slug]),
        _("Rooms"),
        (
            (_("Room"), _("Capacity"), _("Building"), _("Opening hours")),
            ("Klas 1", "12", "A", "ma-vr 08:30-17:00"),
            ("Salle de sport", "20", "B", ""),
        ),
        "rooms:paste_undo",
        _("A building that is not there yet is made along with its rooms."),
    )
    return paste(request, page, lambda _form, language: RoomLines(prison, request.user, language))


@prison_view(Right.MANAGE_RULES)
def unit_paste(request: PrisonRequest, prison: Prison) -> HttpResponse:
    page = PastePage(
        _("Paste living units"),
        reverse("rooms:unit_list", args=[prison.slug]),
        _("Living units"),
        (
            (_("Code"), _("Regime"), _("Population"), _("Yard"), _("Visits")),
            ("A1", "open", "mannen", "ma-vr 09:00-10:00", "wo 14:00-16:00"),
            ("B2", "fermé", "femmes", "lu-ve 10:00-11:00", ""),
        ),
        "rooms:paste_undo",
        _(
            "The hours in which people cannot come stand in columns of their own; a second line of a unit adds more."
        ),
    )
    return paste(request, page, lambda _form, language: UnitLines(prison, request.user, language))


@prison_view(Right.MANAGE_RULES)
def slot_paste(request: PrisonRequest, prison: Prison) -> HttpResponse:
    page = PastePage(
        _("Paste time slots"),
        reverse("rooms:slot_list", args=[prison.slug]),
        _("Time slots"),
        (
            (_("Day"), _("From"), _("Until"), _("People who can be brought")),
            ("ma-vr", "08:30", "11:00", "60"),
            ("samedi", "9h", "11h30", ""),
        ),
        "rooms:paste_undo",
        _("Without a date they hold from today."),
    )
    return paste(request, page, lambda _form, language: SlotLines(prison, request.user, language))


_BACK = {
    "paste_rooms": "rooms:room_list",
    "copy_room": "rooms:room_list",
    "paste_units": "rooms:unit_list",
    "copy_unit": "rooms:unit_list",
    "paste_slots": "rooms:slot_list",
}


@require_POST
@prison_view(Right.MANAGE_RULES)
def paste_undo(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    act = get_object_or_404(ChangeSet.objects.in_prison(prison).filter(verb__in=_BACK), pk=pk)
    return take_back(request, pk, (act.verb,), reverse(_BACK[act.verb], args=[prison.slug]))
