"""The living page of the components: every part of the look with its states. In the demo and development."""

from types import SimpleNamespace
from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.web.forms import PlainForm
from core.words.badges import DOMAINS, STATES


class SampleForm(PlainForm):
    """One field of every kind."""

    title = forms.CharField(
        label=gettext_lazy("Title"), help_text=gettext_lazy("As it stands on the leaflet.")
    )
    places = forms.IntegerField(label=gettext_lazy("Places"), min_value=1, max_value=40)
    on = forms.DateField(label=gettext_lazy("Date"), widget=forms.DateInput(attrs={"type": "date"}))
    at = forms.TimeField(
        label=gettext_lazy("Time"), widget=forms.TimeInput(attrs={"type": "time"}), required=False
    )
    domain = forms.ChoiceField(
        label=gettext_lazy("Life domain"), choices=[(k, v.word) for k, v in DOMAINS.items()]
    )
    weekdays = forms.MultipleChoiceField(
        label=gettext_lazy("Days"),
        choices=[
            ("1", gettext_lazy("Monday")),
            ("2", gettext_lazy("Tuesday")),
            ("3", gettext_lazy("Wednesday")),
        ],
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Tick every day that suits."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=[("nl", "Nederlands"), ("fr", "Français")],
        widget=forms.RadioSelect,
    )
    skips_holidays = forms.BooleanField(
        label=gettext_lazy("Not on public holidays"),
        help_text=gettext_lazy("Skipped dates are not made up for."),
        required=False,
    )
    remarks = forms.CharField(
        label=gettext_lazy("Note for the facilitator"),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )


class SampleFilters(PlainForm):
    """What a filter bar holds: words, and a choice or two."""

    q = forms.CharField(label=gettext_lazy("Title or code"), required=False)
    chosen = forms.ChoiceField(
        label=gettext_lazy("Life domain"),
        choices=[("", gettext_lazy("Every life domain")), *((k, v.word) for k, v in DOMAINS.items())],
        required=False,
    )


def components(request: HttpRequest) -> HttpResponse:
    """Shown in the demo and in development only; it holds invented words and nobody's data."""
    if not (settings.DEMO or settings.DEBUG or settings.TESTING):
        raise Http404
    return render(request, "planner/components.html", samples())


def samples() -> dict[str, Any]:
    """What the page shows; the words are those of real pages, so they are translated already."""
    filled = SampleForm(
        {"title": "Nederlands 1", "places": "0", "on": "2026-02-28", "weekdays": [], "domain": "work"}
    )
    return {
        "states": list(STATES),
        "domains": list(DOMAINS),
        "tones": ["ok", "info", "warn", "stop", "quiet"],
        "form": SampleForm(auto_id="empty_%s"),
        "wrong": filled,
        "filters": SampleFilters(auto_id="filter_%s"),
        "page": Paginator(range(1, 241), 50).page(2),
        "tabs": _tabs(),
        "chips": _chips(),
        "steps": _steps(),
        "days": _days(),
        "facts": [(_("Places"), "12"), (_("Language"), "Nederlands"), (_("Room"), "Klas A")],
        "row_links": [
            ("#", _("Open"), "eye"),
            ("#", _("Move"), "arrows-move"),
            ("#", _("Cancel"), "x-circle", "stop"),
        ],
        "bulk_actions": [
            ("approve", _("Give the place"), "check2"),
            ("waiting", _("To the waiting list"), "clock"),
        ],
        "people": [
            ("Peeters, Jan", "LE 3 · 312"),
            ("Dubois, Marc", "LE 4 · 415"),
            ("El Amrani, Youssef", "LE 7 · 702"),
        ],
    }


def _tabs() -> list[SimpleNamespace]:
    words = [(_("In the group"), 11), (_("Waiting list"), 4), (_("To decide"), 6), (_("Suitable"), 23)]
    return [SimpleNamespace(url="#", label=w, number=n, is_current=i == 0) for i, (w, n) in enumerate(words)]


def _chips() -> list[SimpleNamespace]:
    words = [(_("My service first"), ""), (_("Draft"), 6), (_("Conflict"), 2)]
    return [SimpleNamespace(url="#", label=w, number=n, is_on=i == 0) for i, (w, n) in enumerate(words)]


def _steps() -> list[SimpleNamespace]:
    words = [
        (_("Rooms"), _("7 rooms with capacity and features"), "done"),
        (_("Time slots"), _("3 a day, Monday to Friday"), "current"),
        (_("Hours of the units"), _("Two units have no yard hours"), "stopped"),
        (_("People and rights"), "", ""),
    ]
    return [SimpleNamespace(title=t, text=x, url="#", state=s) for t, x, s in words]


def _days() -> list[SimpleNamespace]:
    days = [
        ("6/10", "done"),
        ("13", "done"),
        ("20", "skipped"),
        ("27", "today"),
        ("3/11", "clash"),
        ("10", "busy"),
        ("17", ""),
    ]
    titles = {
        "done": _("held"),
        "skipped": _("skipped"),
        "clash": _("clash"),
        "busy": _("occupied"),
        "today": _("today"),
    }
    return [SimpleNamespace(label=d, state=s, title=titles.get(s, ""), small="", url="") for d, s in days]
