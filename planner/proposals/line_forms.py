"""Where a line shall go, which cell is asked about, which session is added."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from core.dates.clock import now, today
from core.dates.weeks import Week
from core.web.forms import PlainForm
from planner.models import Proposal, ProposalLine
from planner.proposals.lines.mending import Goal, goals_of
from planner.scheduling.rules.sentences import when
from prisons.access import Access
from rooms.models import Room
from sessions.models import GroupSession


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
    session = forms.ModelChoiceField(label=_("Session"), queryset=GroupSession.objects.none())

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
    return f"{day} {start // 60:02d}:{start % 60:02d}–{end // 60:02d}:{end % 60:02d}"
