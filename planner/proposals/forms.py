"""What is asked of the planner: which days, what may move, what is supposed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from core.dates.clock import today
from core.dates.weeks import Week
from core.web.forms import PlainForm
from planner.models import Proposal
from planner.proposals.problem.planning_request import WhatIf
from planner.proposals.starting import PlanningWish
from prisons.models import Prison, Unit
from rooms.models import Closure, Room, TimeSlot
from sessions.models import GroupSession, Series, Term, Worker

Scope, Aim, Preset = Proposal.Scope, Proposal.Aim, Proposal.Preset
SECONDS = [
    (15, _("15 seconds: a first look")),
    (60, _("1 minute")),
    (180, _("3 minutes")),
    (300, _("5 minutes")),
]
PRESETS = [
    (Preset.CALM, _("Keep things calm: times and rooms that people know")),
    (Preset.SPREAD, _("Spread over the week: not all on the same days")),
    (Preset.MOVEMENTS, _("Few movements: units come out less often, sessions follow each other")),
]
SCOPES = [
    (Scope.TRAY, _("Only what waits in the tray")),
    (Scope.MINE, _("All sessions of my service that are not published yet")),
    (Scope.DRAFTS, _("All sessions that are not published yet; other services are asked")),
    (Scope.SERIES, _("Only the series that I choose below, also when published")),
    (Scope.ALL, _("Everything; what belongs to other services is asked of them")),
]


def weekday_choices() -> list[tuple[object, str]]:
    days = [(day, date_format(dt.date(2024, 1, day), "l")) for day in range(1, 8)]
    return [("", "–"), *days]


class ProposalForm(PlainForm):
    """Which days, what may move, what matters, how long."""

    field_of = {
        "ends_before_start": "last",
        "span_past": "last",
        "span_too_long": "last",
        "no_seconds": "seconds",
        "no_series": "series",
    }
    term = forms.ModelChoiceField(
        label=_("term"),
        queryset=Term.objects.none(),
        required=False,
        empty_label=_("the days below"),
        help_text=_("Over more than two weeks every series gets one weekly room and time."),
    )
    first = forms.DateField(label=_("first day"), required=False)
    last = forms.DateField(label=_("last day"), required=False)
    scope = forms.ChoiceField(label=_("what may move"), choices=SCOPES, widget=forms.RadioSelect)
    series = forms.ModelMultipleChoiceField(
        label=_("these series"),
        queryset=Series.objects.none(),
        required=False,
        help_text=_("Only when you chose so above. Hold Ctrl to choose several."),
    )
    preset = forms.ChoiceField(label=_("what matters most"), choices=PRESETS, widget=forms.RadioSelect)
    seconds = forms.TypedChoiceField(label=_("how long it may look"), choices=SECONDS, coerce=int)

    lost_room = forms.ModelChoiceField(
        label=_("without this room"), queryset=Room.objects.none(), required=False
    )
    lost_worker = forms.ModelChoiceField(
        label=_("without this facilitator"), queryset=Worker.objects.none(), required=False
    )
    lost_unit = forms.ModelChoiceField(
        label=_("without this living unit"), queryset=Unit.objects.none(), required=False
    )
    lost_slot = forms.ModelChoiceField(
        label=_("without this time slot"), queryset=TimeSlot.objects.none(), required=False
    )
    lost_day = forms.DateField(label=_("without this day"), required=False)
    more_rooms = forms.IntegerField(label=_("so many rooms more"), required=False, min_value=0, max_value=9)
    helped_worker = forms.ModelChoiceField(
        label=_("a second facilitator beside"), queryset=Worker.objects.none(), required=False
    )
    more_on = forms.TypedChoiceField(
        label=_("another time slot, on"),
        choices=weekday_choices,
        coerce=int,
        empty_value=None,
        required=False,
    )
    more_from = forms.TimeField(label=_("from"), required=False)
    more_until = forms.TimeField(label=_("until"), required=False)
    MORE = ("more_rooms", "helped_worker", "more_on", "more_from", "more_until")
    LOST = ("lost_room", "lost_worker", "lost_unit", "lost_slot", "lost_day")

    def __init__(self, *args: Any, prison: Prison, aim: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.aim = aim
        self._offer_losses(prison)
        self._offer_more(prison)
        terms = Term.objects.in_prison(prison).filter(ends_on__gte=today()).order_by("starts_on")
        self.fields["term"].queryset = terms  # type: ignore[attr-defined]
        # From the sessions that come: joined, SQLite would begin at every series of all the years.
        coming = GroupSession.objects.in_prison(prison).filter(week_on__gte=Week.from_date(today()).monday)
        self.fields["series"].queryset = (  # type: ignore[attr-defined]
            Series.objects.in_prison(prison)
            .filter(pk__in=coming.order_by().values("series"))
            .select_related("activity")
        )
        if aim == Aim.BY_HAND:
            for name in ("term", "scope", "series", "preset", "seconds"):
                del self.fields[name]

    def _offer_losses(self, prison: Prison) -> None:
        """What a repair may suppose lost; nothing else asks for it."""
        if self.aim != Aim.REPAIR:
            for name in self.LOST:
                del self.fields[name]
            return
        rows: dict[str, Any] = {
            "lost_room": Room.objects.in_prison(prison).filter(is_active=True),
            "lost_worker": Worker.objects.filter(accesses__prison=prison).distinct(),
            "lost_unit": Unit.objects.in_prison(prison).filter(is_active=True),
            "lost_slot": TimeSlot.objects.in_prison(prison),
        }
        for name, queryset in rows.items():
            self.fields[name].queryset = queryset  # type: ignore[attr-defined]

    def _offer_more(self, prison: Prison) -> None:
        """What a plan from nothing may suppose to be there besides."""
        if self.aim != Aim.FRESH:
            for name in self.MORE:
                del self.fields[name]
            return
        helped: Any = self.fields["helped_worker"]
        helped.queryset = Worker.objects.filter(accesses__prison=prison).distinct()

    @property
    def additions(self) -> list[Any]:
        return [self[name] for name in self.MORE if name in self.fields]

    @property
    def has_additions(self) -> bool:
        return any(field.value() or field.errors for field in self.additions)

    @property
    def losses(self) -> list[Any]:
        return [self[name] for name in self.LOST if name in self.fields]

    @property
    def has_losses(self) -> bool:
        return any(field.value() or field.errors for field in self.losses)

    def _supposed(self) -> WhatIf:
        data = self.cleaned_data
        ids = {f"{name}_id": data[name].pk for name in self.LOST[:-1] if data.get(name) is not None}
        helped, on = data.get("helped_worker"), data.get("more_on")
        return WhatIf(
            more_rooms=data.get("more_rooms") or 0,
            slot=(on, _minute(data["more_from"]), _minute(data["more_until"])) if on else None,
            helped_worker_id=helped.pk if helped else None,
            lost_day=data.get("lost_day"),
            **ids,
        )

    @staticmethod
    def initial_of(prison: Prison, aim: str, term: Term | None) -> dict[str, Any]:
        week = Week.from_date(today()) + 1
        return {
            "term": term,
            "first": week.monday,
            "last": week.sunday,
            "scope": Scope.MINE if aim == Aim.REPAIR else Scope.TRAY,
            "preset": Preset.CALM,
            "seconds": 60,
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("term") is None and "first" not in self.errors and "last" not in self.errors:
            for name in ("first", "last"):
                if data.get(name) is None:
                    self.add_error(name, _("Choose a term, or a first and a last day."))
        self._clean_slot(data)
        return data

    def _clean_slot(self, data: dict[str, Any]) -> None:
        """All of it or nothing; a time that could not be read has its own error already."""
        parts = [data.get(name) for name in self.MORE[2:]]
        if not any(part is not None for part in parts) or any(name in self.errors for name in self.MORE[2:]):
            return
        on, begins, ends = parts
        if on is None or begins is None or ends is None:
            self.add_error("more_on", _("Give another time slot its day, its beginning and its end."))
        elif ends <= begins:
            self.add_error("more_until", _("The end must come after the beginning."))

    def wish(self) -> PlanningWish:
        data = self.cleaned_data
        term = data.get("term")
        return PlanningWish(
            first=term.starts_on if term else data["first"],
            last=term.ends_on if term else data["last"],
            aim=self.aim,
            scope=data.get("scope", Scope.TRAY),
            series_ids=[one.pk for one in data.get("series", ())],
            preset=data.get("preset", Preset.CALM),
            seconds=data.get("seconds", 60),
            what_if=self._supposed(),
        )


def _minute(at: dt.time) -> int:
    return at.hour * 60 + at.minute


def closure_wish(closure: Closure, parts: list[Closure], seconds: int = 60) -> PlanningWish:
    """The repair that a closure asks for: the weeks it touches, everything may move, as little as possible."""
    first = Week.from_date(max(today(), today(min(one.starts_at for one in parts)))).monday
    last = Week.from_date(today(max(one.ends_at for one in parts))).sunday
    return PlanningWish(
        first=max(first, today()),
        last=last,
        aim=Aim.REPAIR,
        scope=Scope.ALL,
        seconds=seconds,
        closure=closure,
    )
