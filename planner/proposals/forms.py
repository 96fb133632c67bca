"""What is asked of the planner, where a line shall go, which cell is asked about."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from core.clock import now, today
from core.forms import PlainForm
from core.weeks import Week
from planner.models import Proposal, ProposalLine
from planner.plan.sentences import when
from planner.proposals.brief import WhatIf
from planner.proposals.mending import Goal, goals_of
from planner.proposals.starting import Wish
from prisons.access import Access
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
    LOST = ("lost_room", "lost_worker", "lost_unit", "lost_slot", "lost_day")

    def __init__(self, *args: Any, prison: Prison, aim: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.aim = aim
        self._offer_losses(prison)
        terms = Term.objects.in_prison(prison).filter(ends_on__gte=today()).order_by("starts_on")
        self.fields["term"].queryset = terms  # type: ignore[attr-defined]
        self.fields["series"].queryset = (  # type: ignore[attr-defined]
            Series.objects.in_prison(prison)
            .filter(group_sessions__week_on__gte=Week.from_date(today()).monday)
            .select_related("activity")
            .distinct()
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

    @property
    def losses(self) -> list[Any]:
        return [self[name] for name in self.LOST if name in self.fields]

    @property
    def has_losses(self) -> bool:
        return any(field.value() or field.errors for field in self.losses)

    def _supposed(self) -> WhatIf:
        data = self.cleaned_data
        ids = {f"{name}_id": data[name].pk for name in self.LOST[:-1] if data.get(name) is not None}
        return WhatIf(lost_day=data.get("lost_day"), **ids)

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
        return data

    def wish(self) -> Wish:
        data = self.cleaned_data
        term = data.get("term")
        return Wish(
            first=term.starts_on if term else data["first"],
            last=term.ends_on if term else data["last"],
            aim=self.aim,
            scope=data.get("scope", Scope.TRAY),
            series_ids=[one.pk for one in data.get("series", ())],
            preset=data.get("preset", Preset.CALM),
            seconds=data.get("seconds", 60),
            what_if=self._supposed(),
        )


class GoalForm(PlainForm):
    """A slot and a room."""

    slot = forms.ChoiceField(label=_("time slot"))
    room = forms.ModelChoiceField(label=_("room"), queryset=Room.objects.none())
    starts = forms.TimeField(
        label=_("starts at"), required=False, help_text=_("Empty: as usual, where it fits.")
    )

    def __init__(self, *args: Any, proposal: Proposal, week: dt.date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rooms = Room.objects.in_prison(proposal.prison).filter(is_active=True)
        self.fields["room"].queryset = rooms  # type: ignore[attr-defined]
        self._goals = {
            f"{on or weekday}/{start}-{end}": (on, weekday, start, end)
            for on, weekday, start, end in goals_of(proposal)
            if week is None or on is None or week <= on < week + dt.timedelta(days=7)
        }
        slots: forms.ChoiceField = self.fields["slot"]  # type: ignore[assignment]
        slots.choices = [(key, slot_label(*goal)) for key, goal in self._goals.items()]

    def goal(self) -> Goal:
        data = self.cleaned_data
        on, weekday, start, end = self._goals[data["slot"]]
        at = data["starts"]
        return Goal(weekday, start, end, data["room"], on, at.hour * 60 + at.minute if at else None)


class LineForm(GoalForm):
    """Which line of the proposal, and where: the question "why not there?"."""

    line = forms.ModelChoiceField(label=_("what"), queryset=ProposalLine.objects.none())
    field_order = ["line", "slot", "room", "starts"]

    def __init__(self, *args: Any, proposal: Proposal, **kwargs: Any) -> None:
        super().__init__(*args, proposal=proposal, **kwargs)
        lines: Any = self.fields["line"]
        lines.queryset = proposal.lines.select_related("series__activity")
        lines.label_from_instance = _line_label
        del self.fields["starts"]
        self.order_fields(["line", "slot", "room"])

    def goal(self) -> Goal:
        self.cleaned_data["starts"] = None
        return super().goal()


class AddForm(GoalForm):
    """A session to add by hand, and where it shall go."""

    field_of = {"in_it_already": "session"}
    session = forms.ModelChoiceField(label=_("session"), queryset=GroupSession.objects.none())

    def __init__(self, *args: Any, proposal: Proposal, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, proposal=proposal, **kwargs)
        sessions: Any = self.fields["session"]
        sessions.queryset = _sessions_in(proposal)
        sessions.label_from_instance = _session_label
        self.order_fields(["session", "slot", "room", "starts"])


def _sessions_in(proposal: Proposal) -> Any:
    first = Week.from_date(max(proposal.first_on, today())).monday
    rows = GroupSession.objects.in_prison(proposal.prison).live()
    return (
        rows.filter(week_on__gte=first, week_on__lte=proposal.last_on)
        .exclude(starts_at__lte=now())
        .select_related("series__activity", "room")
        .order_by("starts_at", "week_on", "pk")
    )


def _session_label(session: GroupSession) -> str:
    if session.room is None or session.starts_at is None:
        text = _("%(series)s – in the tray, week of %(day)s")
        return str(text) % {"series": session.series, "day": date_format(session.week_on, "j N")}
    return f"{session.series} – {when(session.starts_at, session.ends_at)}, {session.room}"


def _line_label(line: ProposalLine) -> str:
    if line.on is not None:
        return f"{line.series} – {date_format(line.on, 'D j N')}"
    return str(line.series)


def slot_label(on: dt.date | None, weekday: int, start: int, end: int) -> str:
    """`Tue 24 Nov 08:30-11:00`, or for a weekly plan `Tuesday 08:30-11:00`."""
    day = date_format(on, "D j N") if on else date_format(dt.date(2024, 1, weekday), "l")
    return f"{day} {start // 60:02d}:{start % 60:02d}-{end // 60:02d}:{end % 60:02d}"


def closure_wish(closure: Closure, parts: list[Closure], seconds: int = 60) -> Wish:
    """The repair that a closure asks for: the weeks it touches, everything may move, as little as possible."""
    first = Week.from_date(max(today(), today(min(one.starts_at for one in parts)))).monday
    last = Week.from_date(today(max(one.ends_at for one in parts))).sunday
    return Wish(
        first=max(first, today()),
        last=last,
        aim=Aim.REPAIR,
        scope=Scope.ALL,
        seconds=seconds,
        closure=closure,
    )
