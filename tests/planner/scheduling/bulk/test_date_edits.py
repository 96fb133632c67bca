"""Edits of a series: this one, this and following, all; the effect shown is the effect had; undo is exact."""

from __future__ import annotations

import datetime as dt

import pytest

from planner.scheduling.bulk.date_edits import DateEdit, Scope, edit_dates, effect_of, pattern_of
from planner.scheduling.placement.session_changes import Refused
from planner.scheduling.placement.undo import undo
from prisons.models import Organisation, Prison, User
from rooms.models import Room
from sessions.domain.placing import Part, placing_of
from sessions.models import GroupSession, Series
from tests.factories import at, make_room, make_series, make_session, make_slot, make_worker

NOW = at("2026-11-24 12:00")
MONDAYS = ["2026-11-23", "2026-11-30", "2026-12-07", "2026-12-14"]


@pytest.fixture
def room(haren: Prison) -> Room:
    for weekday in (1, 2):
        make_slot(haren, weekday, "08:30", "11:00")
    return make_room(haren)


@pytest.fixture
def sessions(haren: Prison, service: Organisation, room: Room) -> list[GroupSession]:
    """Four Mondays at 09:00, the first of which is past; the third is cancelled."""
    series = make_series(haren, organisation=service, default_room=room)
    made = [make_session(series, f"{day} 09:00", room=room) for day in MONDAYS]
    GroupSession.objects.filter(pk=made[2].pk).update(state="cancelled")
    return made


def reached(session: GroupSession, scope: Scope) -> list[str]:
    dates = effect_of(session, scope, DateEdit(start=dt.time(9, 30)), now=NOW)
    return [f"{date.session.starts_at:%Y-%m-%d}" for date in dates.dates]


def times(series: Series) -> list[str]:
    rows = GroupSession.objects.filter(series=series).order_by("week_on")
    return [f"{row.starts_at:%m-%d %H:%M}" for row in rows]


def test_scopes_reach_what_lies_ahead_and_takes_place(sessions: list[GroupSession]) -> None:
    assert reached(sessions[3], Scope.THIS) == ["2026-12-14"]
    assert reached(sessions[3], Scope.FOLLOWING) == ["2026-12-14"]
    assert reached(sessions[1], Scope.FOLLOWING) == ["2026-11-30", "2026-12-14"]
    assert reached(sessions[3], Scope.ALL) == ["2026-11-30", "2026-12-14"]


def test_past_and_cancelled_dates_keep_their_time_and_the_pattern_follows(
    sessions: list[GroupSession], organiser_anna: User
) -> None:
    edit = DateEdit(weekday=2, start=dt.time(8, 30), minutes=60)
    edit_dates(sessions[1], Scope.ALL, edit, by=organiser_anna, now=NOW)

    series = Series.objects.get()
    assert times(series) == ["11-23 08:00", "12-01 07:30", "12-07 08:00", "12-15 07:30"]
    assert (series.start_time, series.duration_minutes) == (dt.time(8, 30), 60)


def test_only_this_one_leaves_the_pattern_alone(sessions: list[GroupSession], organiser_anna: User) -> None:
    edit_dates(sessions[1], Scope.THIS, DateEdit(start=dt.time(9, 30)), by=organiser_anna, now=NOW)
    assert Series.objects.get().start_time == dt.time(9)


def test_refused_dates_stop_the_edit_or_are_left_out(
    haren: Prison, sessions: list[GroupSession], organiser_anna: User
) -> None:
    other = make_room(haren)
    make_session(make_series(haren), "2026-12-14 09:00", room=other)
    edit = DateEdit(room_id=other.pk)
    assert [date.is_refused for date in effect_of(sessions[1], Scope.ALL, edit, now=NOW).dates] == [
        False,
        True,
    ]

    with pytest.raises(Refused):
        edit_dates(sessions[1], Scope.ALL, edit, by=organiser_anna, now=NOW)
    edit_dates(sessions[1], Scope.ALL, edit, by=organiser_anna, leave_out_refused=True, now=NOW)

    rooms = (
        GroupSession.objects.filter(series=sessions[0].series)
        .order_by("week_on")
        .values_list("room", flat=True)
    )
    assert [pk == other.pk for pk in rooms] == [False, True, False, False]


def test_undo_brings_dates_and_pattern_back(
    haren: Prison, sessions: list[GroupSession], organiser_anna: User
) -> None:
    def all_of_it() -> list[object]:
        rows = GroupSession.objects.filter(series=sessions[0].series).order_by("pk")
        return [*(placing_of(row) for row in rows), pattern_of(Series.objects.get(pk=sessions[0].series_id))]

    before = all_of_it()
    edit = DateEdit(start=dt.time(9, 30), room_id=make_room(haren).pk, workers=(Part(make_worker(haren).pk),))
    outcome = edit_dates(sessions[1], Scope.FOLLOWING, edit, by=organiser_anna, now=NOW)
    assert all_of_it() != before

    undo(outcome.change_set, by=organiser_anna, now=NOW)

    assert all_of_it() == before


@pytest.mark.parametrize("weekday", [2, 4, 6])
def test_each_date_gets_the_chosen_day_and_an_exception_keeps_its_own(
    sessions: list[GroupSession], weekday: int
) -> None:
    friday = at("2026-12-18 09:00")
    GroupSession.objects.filter(pk=sessions[3].pk).update(
        starts_at=friday, ends_at=friday + dt.timedelta(minutes=90)
    )
    dates = effect_of(sessions[1], Scope.ALL, DateEdit(weekday=weekday), now=NOW).dates
    assert [date.change.starts_at.isoweekday() for date in dates] == [weekday, 5]
    assert [date.keeps_its_day for date in dates] == [False, True]
    assert dates[1].before == dates[1].after


def test_looked_at_from_the_exception_the_others_keep_theirs(sessions: list[GroupSession]) -> None:
    friday = at("2026-12-04 09:00")
    GroupSession.objects.filter(pk=sessions[1].pk).update(
        starts_at=friday, ends_at=friday + dt.timedelta(minutes=90)
    )
    sessions[1].refresh_from_db()
    dates = effect_of(sessions[1], Scope.ALL, DateEdit(weekday=3), now=NOW).dates
    assert [date.change.starts_at.isoweekday() for date in dates] == [3, 1]


def test_local_time_stays_over_the_change_of_clocks(
    haren: Prison, service: Organisation, room: Room, organiser_anna: User
) -> None:
    series = make_series(haren, organisation=service, default_room=room)
    before, after = (make_session(series, f"{day} 09:00", room=room) for day in ("2027-03-22", "2027-03-29"))

    edit_dates(before, Scope.ALL, DateEdit(start=dt.time(9, 30)), by=organiser_anna, now=NOW)

    after.refresh_from_db()
    assert after.starts_at == at("2027-03-29 09:30")


def test_only_who_leads_is_replaced(
    haren: Prison, sessions: list[GroupSession], organiser_anna: User
) -> None:
    """Interpreters stay, and so does the substitute of a single date, who then leads alone."""
    old, new, sub, interpreter = (make_worker(haren) for _number in range(4))
    for session in sessions:
        session.session_workers.create(worker=old)
        session.session_workers.create(worker=interpreter, part="interpreter", language="uk")
    sessions[3].session_workers.filter(worker=old).update(worker=sub, part="substitute")

    edit_dates(sessions[1], Scope.ALL, DateEdit(workers=(Part(new.pk),)), by=organiser_anna, now=NOW)

    assert _parts(sessions[1]) == {(new.pk, "leader", ""), (interpreter.pk, "interpreter", "uk")}
    assert _parts(sessions[3]) == {(sub.pk, "substitute", ""), (interpreter.pk, "interpreter", "uk")}
    assert _parts(sessions[0]) == {(old.pk, "leader", ""), (interpreter.pk, "interpreter", "uk")}


def _parts(session: GroupSession) -> set[tuple[int, str, str]]:
    return set(session.session_workers.values_list("worker", "part", "language"))
