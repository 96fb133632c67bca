"""After its dates got another day, the series says what is true: on which day it meets, and when it began."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from core.dates import clock
from planner.scheduling.bulk.date_edits import DateEdit, Scope, edit_dates, pattern_of
from planner.scheduling.bulk.following import take_along
from planner.scheduling.choices.room_fits import wanted_of
from planner.scheduling.placement.session_changes import Change
from planner.scheduling.placement.undo import undo
from planner.scheduling.placement.writer import apply
from planner.scheduling.series.gained_dates import Longer, effect_of
from prisons.models import ChangeImage
from sessions.models import GroupSession, Series
from tests.factories import (
    at,
    make_membership,
    make_organisation,
    make_prison,
    make_room,
    make_series,
    make_session,
    make_slot,
    make_user,
)

MONDAY = dt.date(2026, 11, 23)
NOW = at("2026-11-24 12:00")
WEEKS = 5


def days_of(series: Series) -> list[dt.date]:
    rows = GroupSession.objects.live().filter(series=series, starts_at__isnull=False).order_by("starts_at")
    return [clock.today(row.starts_at) for row in rows]


class PatternDay(TestCase):
    def setUp(self) -> None:
        self.prison = make_prison("haren")
        for weekday in range(1, 8):
            make_slot(self.prison, weekday, "08:30", "11:00")
        self.room = make_room(self.prison)
        service = make_organisation(self.prison)
        self.by = make_user("Anna")
        make_membership(self.by, self.prison, "organiser", service)
        self.series = make_series(
            self.prison, organisation=service, default_room=self.room, weeks=WEEKS, starts_on=MONDAY
        )

    def _dates(self, exceptions: dict[int, int], begun: bool) -> list[GroupSession]:
        """One a week on Mondays, some of them moved; begun: the first was yesterday, else it is in a week."""
        first = MONDAY if begun else MONDAY + dt.timedelta(weeks=1)
        Series.objects.filter(pk=self.series.pk).update(starts_on=first)
        made = []
        for week in range(WEEKS):
            monday = first + dt.timedelta(weeks=week)
            day = monday + dt.timedelta(days=exceptions.get(week, 1) - 1)
            made.append(make_session(self.series, f"{day} 09:00", room=self.room, pattern_on=monday))
        return made

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        weekday=st.integers(1, 7),
        exceptions=st.dictionaries(st.integers(1, WEEKS - 1), st.integers(2, 7), max_size=2),
        scope=st.sampled_from([Scope.FOLLOWING, Scope.ALL]),
        picked=st.integers(1, WEEKS - 1),
        begun=st.booleans(),
    )
    def test_the_pattern_tells_what_is_true(
        self, weekday: int, exceptions: dict[int, int], scope: Scope, picked: int, begun: bool
    ) -> None:
        sessions = self._dates(exceptions, begun)
        before = pattern_of(Series.objects.get(pk=self.series.pk))
        outcome = edit_dates(
            sessions[picked], scope, DateEdit(weekday=weekday), by=self.by, leave_out_refused=True, now=NOW
        )
        series = Series.objects.get(pk=self.series.pk)
        coming = Counter(day.isoweekday() for day in days_of(series) if day >= clock.today(NOW))
        assert coming[series.weekday] == max(coming.values())
        if coming[weekday] == max(coming.values()):
            assert series.weekday == weekday
        assert series.starts_on == days_of(series)[0], "the first date is no exception"
        longer = effect_of(series, Longer(weeks=1), now=NOW).dates[0].occurrence
        assert longer.on.isoweekday() == series.weekday
        if ChangeImage.objects.filter(change_set=outcome.change_set).exists():
            undo(outcome.change_set, by=self.by, now=NOW)
        assert pattern_of(Series.objects.get(pk=self.series.pk)) == before


@pytest.mark.django_db
def test_a_date_in_the_tray_stands_on_the_new_day(haren, service, organiser_anna) -> None:
    for weekday in (1, 3):
        make_slot(haren, weekday, "08:30", "11:00")
    room, first = make_room(haren), MONDAY + dt.timedelta(weeks=1)
    series = make_series(haren, organisation=service, default_room=room, weeks=3, starts_on=first)
    placed = make_session(series, f"{first} 09:00", room=room, pattern_on=first)
    later = first + dt.timedelta(weeks=1)
    waits = make_session(series, None, week_on=later, pattern_on=later)
    edit_dates(placed, Scope.ALL, DateEdit(weekday=3), by=organiser_anna, now=NOW)
    waits = GroupSession.objects.get(pk=waits.pk)
    assert clock.today(wanted_of([waits])[0].starts_at) == later + dt.timedelta(days=2)
    assert Series.objects.get().starts_on == first + dt.timedelta(days=2)
    assert {waits.series.weekday, clock.today(wanted_of([waits])[0].starts_at).isoweekday()} == {3}


@pytest.mark.django_db
def test_dates_that_go_along_take_the_pattern_along(haren, service, organiser_anna, monkeypatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    for weekday in (1, 3):
        make_slot(haren, weekday, "08:30", "11:00")
    room, first = make_room(haren), MONDAY + dt.timedelta(weeks=1)
    series = make_series(haren, organisation=service, default_room=room, weeks=3, starts_on=first)
    days = [first + dt.timedelta(weeks=week) for week in range(3)]
    made = [make_session(series, f"{day} 09:00", room=room, pattern_on=day) for day in days]
    there = first + dt.timedelta(days=2)
    change = Change(made[0].pk, room.pk, at(f"{there} 09:00"), at(f"{there} 10:30"))
    act = apply(haren, [change], by=organiser_anna, verb="move", now=NOW, accept_soft=True).change_set
    take_along(act, by=organiser_anna, now=NOW)
    series.refresh_from_db()
    assert [day.isoweekday() for day in days_of(series)] == [3, 3, 3]
    assert (series.weekday, series.starts_on, series.usual_day) == (3, there, there)
