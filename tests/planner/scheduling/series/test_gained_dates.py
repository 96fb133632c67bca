"""A series gains dates: one more, more weeks, skipped ones taken up again; shown before, done so, undone whole."""

from __future__ import annotations

import datetime as dt

import pytest

from core.errors import PlannerError
from planner.scheduling.bulk.date_edits import DateEdit, Scope, edit_dates
from planner.scheduling.placement.undo import undo
from planner.scheduling.series import gained_dates
from planner.scheduling.series.gained_dates import Longer, OneMore, TakenUp, add_dates, effect_of
from planner.scheduling.series.making import SeriesDraft, create_series
from prisons.models import Organisation, Prison, User
from sessions.models import GroupSession, Series, Term
from tests.factories import (
    at,
    make_activity,
    make_holiday,
    make_room,
    make_series,
    make_session,
    make_slot,
    make_term,
    make_worker,
    signed_in,
)
from tests.pages import seen_on

pytestmark = pytest.mark.postgres
NOW = at("2026-11-20 12:00")
MONDAYS = [dt.date(2026, 11, 30), dt.date(2026, 12, 7), dt.date(2026, 12, 14)]


@pytest.fixture
def series(haren: Prison, service: Organisation, organiser_anna: User) -> Series:
    """Three Mondays; the second is a holiday."""
    for weekday in range(1, 8):
        make_slot(haren, weekday, "08:30", "11:00")
        make_slot(haren, weekday, "13:30", "16:00")
    make_holiday(haren, MONDAYS[1])
    row = Series(
        activity=make_activity(service), places=5, starts_on=MONDAYS[0], start_time=dt.time(9),
        duration_minutes=90, weeks=3, default_room=make_room(haren),
    )  # fmt: skip
    draft = SeriesDraft(row, workers=[make_worker(haren, organisation=service)])
    return create_series(haren, draft, by=organiser_anna, now=NOW).series


def days(series: Series) -> list[str]:
    rows = GroupSession.objects.live().filter(series=series, starts_at__isnull=False).order_by("starts_at")
    return [f"{one.starts_at:%d/%m}" for one in rows]


def skipped(series: Series) -> list[dt.date]:
    return list(series.skipped_dates.values_list("on", flat=True))


def test_one_more_date_stands_in_its_room_with_who_leads(series: Series, organiser_anna: User) -> None:
    wish = OneMore(dt.date(2026, 12, 3), dt.time(13, 30), series.default_room_id)
    made = add_dates(series, wish, by=organiser_anna, now=NOW)
    session = GroupSession.objects.get(pk=made.outcome.session_ids[0])
    assert (session.room_id, session.state, session.pattern_on) == (series.default_room_id, "draft", None)
    assert session.session_workers.count() == 1
    assert days(series) == ["30/11", "03/12", "14/12"]


def test_a_date_where_the_room_is_taken_waits_with_its_hour(series: Series, organiser_anna: User) -> None:
    make_session(make_series(series.prison), "2026-12-03 14:00", room=series.default_room)
    wish = OneMore(dt.date(2026, 12, 3), dt.time(13, 30), series.default_room_id)
    effect = effect_of(series, wish, now=NOW)
    made = add_dates(series, wish, by=organiser_anna, seen=effect.digest, now=NOW)
    session = GroupSession.objects.get(pk=made.outcome.session_ids[0])
    assert not effect.dates[0].is_placed
    assert (session.room_id, session.starts_at) == (None, at("2026-12-03 13:30"))


def test_prolonged_it_goes_on_in_its_rhythm_and_skips_holidays(series: Series, organiser_anna: User) -> None:
    make_holiday(series.prison, dt.date(2026, 12, 28))
    made = add_dates(series, Longer(3), by=organiser_anna, now=NOW)
    series.refresh_from_db()
    assert days(series) == ["30/11", "14/12", "21/12", "04/01"]
    assert (series.weeks, skipped(series)) == (6, [MONDAYS[1], dt.date(2026, 12, 28)])
    assert series.pattern_ends_on == MONDAYS[0] + dt.timedelta(weeks=6)
    undo(made.outcome.change_set, by=organiser_anna, now=NOW)
    series.refresh_from_db()
    assert (series.weeks, series.pattern_ends_on) == (3, MONDAYS[0] + dt.timedelta(weeks=3))


@pytest.mark.parametrize(
    ("weeks", "more", "expected"), [(3, 2, ["28/12"]), (4, 1, ["28/12"]), (4, 3, ["28/12", "11/01"])]
)
def test_every_second_week_stays_every_second_week(
    haren: Prison, organiser_anna: User, service: Organisation, weeks: int, more: int, expected: list[str]
) -> None:
    make_slot(haren, 1, "08:30", "11:00")
    row = Series(
        activity=make_activity(service), places=5, starts_on=MONDAYS[0], start_time=dt.time(9),
        duration_minutes=90, weeks=weeks, every_weeks=2, default_room=make_room(haren),
    )  # fmt: skip
    series = create_series(haren, SeriesDraft(row), by=organiser_anna, now=NOW).series
    add_dates(series, Longer(more), by=organiser_anna, now=NOW)
    assert days(series) == ["30/11", "14/12", *expected]


def test_prolonged_after_a_change_of_day_it_meets_on_the_new_day(
    series: Series, organiser_anna: User
) -> None:
    first = series.group_sessions.order_by("starts_at").first()
    assert first is not None
    edit_dates(first, Scope.ALL, DateEdit(weekday=3), by=organiser_anna, now=NOW)
    add_dates(series, Longer(1), by=organiser_anna, now=NOW)
    assert days(series) == ["02/12", "16/12", "23/12"]


def test_a_skipped_date_is_taken_up_once_the_holiday_has_moved(series: Series, organiser_anna: User) -> None:
    assert gained_dates.freed_dates(series.prison, now=NOW) == []
    series.prison.holidays.update(on=dt.date(2026, 12, 8))
    freed = gained_dates.freed_dates(series.prison, now=NOW)
    assert [row.on for row in freed] == [MONDAYS[1]]
    add_dates(series, TakenUp((freed[0].pk,)), by=organiser_anna, now=NOW)
    assert days(series) == ["30/11", "07/12", "14/12"]
    assert (skipped(series), gained_dates.freed_dates(series.prison, now=NOW)) == ([], [])


def test_on_a_holiday_that_still_is_one_it_is_a_point_to_watch(series: Series) -> None:
    row = series.skipped_dates.get()
    (tried,) = effect_of(series, TakenUp((row.pk,)), now=NOW).dates
    assert tried.is_placed and [one.code for one in tried.conflicts] == ["holiday"]


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        (OneMore(dt.date(2026, 11, 19), dt.time(9)), "dates_past"),
        (OneMore(dt.date(2026, 11, 30), dt.time(10)), "meets_then"),
        (Longer(500), "too_many_sessions"),
        (TakenUp((999_999,)), "unknown_date"),
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused(
    series: Series, organiser_anna: User, wish: gained_dates.Wish, code: str
) -> None:
    with pytest.raises(PlannerError) as refused:
        add_dates(series, wish, by=organiser_anna, now=NOW)
    assert refused.value.code == code


def test_an_ended_series_and_that_of_another_service_gain_nothing(
    series: Series, organiser_anna: User, organiser_emile: User
) -> None:
    with pytest.raises(PlannerError) as refused:
        add_dates(series, Longer(1), by=organiser_emile, now=NOW)
    assert refused.value.code == "not_yours"
    Series.objects.update(ended_on=dt.date(2026, 11, 19))
    with pytest.raises(PlannerError) as refused:
        add_dates(series, Longer(1), by=organiser_anna, now=NOW)
    assert refused.value.code == "series_ended"


def test_undo_brings_back_what_was_skipped_and_how_long_it_ran(series: Series, organiser_anna: User) -> None:
    row = series.skipped_dates.get()
    for wish in (TakenUp((row.pk,)), Longer(4), OneMore(MONDAYS[1], dt.time(9), series.default_room_id)):
        act = add_dates(series, wish, by=organiser_anna, now=NOW).outcome.change_set
        undo(act, by=organiser_anna, now=NOW)
        series.refresh_from_db()
        assert (days(series), skipped(series), series.weeks) == (["30/11", "14/12"], [MONDAYS[1]], 3)


def test_dates_after_the_end_of_the_term_are_named(series: Series) -> None:
    term: Term = make_term(series.prison, starts_on=MONDAYS[0], ends_on=dt.date(2026, 12, 25), name="Autumn")
    series.term = term
    assert effect_of(series, Longer(2), now=NOW).after_the_term == [dt.date(2026, 12, 28)]


@pytest.mark.parametrize(
    ("days", "weeks", "says"),
    [
        (3, 1, "this date comes"),
        (3, 2, "all of these dates come"),
        (14, 3, "some of these dates come"),
        (60, 3, ""),
    ],
)
def test_the_page_says_how_many_come_after_the_end_of_the_term(
    series: Series, organiser_anna: User, days: int, weeks: int, says: str
) -> None:
    """One week, one date; the last date stands some days before the end."""
    Series.objects.update(starts_on=dt.date(2050, 1, 3))
    last = dt.date(2050, 1, 3) + dt.timedelta(weeks=Series.objects.get().weeks - 1)
    term = make_term(series.prison, starts_on=last - dt.timedelta(90), ends_on=last + dt.timedelta(days))
    Series.objects.update(term=term)
    page = signed_in(organiser_anna).post(f"/p/haren/series/{series.pk}/dates/prolong/", {"weeks": weeks})
    told = "after it." in page.content.decode()
    assert page.status_code == 200 and told == bool(says) and says in page.content.decode()


@pytest.mark.parametrize(
    ("page", "data"),
    [
        ("series_date_add", {"on": "2050-01-13", "starts": "13:30", "room": ""}),
        ("series_prolong", {"weeks": "2"}),
    ],
)
def test_the_page_shows_then_does_and_offers_undo(
    series: Series, organiser_anna: User, page: str, data: dict[str, str]
) -> None:
    Series.objects.update(starts_on=dt.date(2050, 1, 3))
    client, before = signed_in(organiser_anna), GroupSession.objects.count()
    url = f"/p/haren/series/{series.pk}/dates/{'add' if page.endswith('add') else 'prolong'}/"
    assert client.get(url).status_code == 200
    shown = client.post(url, data)
    assert shown.status_code == 200 and GroupSession.objects.count() == before
    done = client.post(url, {**data, "do": "1", "seen": seen_on(shown, "seen")}, follow=True)
    assert GroupSession.objects.count() > before
    assert "/undo/" in done.content.decode()


def test_freed_dates_stand_on_the_page_of_holidays_and_of_the_series(
    series: Series, organiser_anna: User, coordinator_karim: User, organiser_emile: User
) -> None:
    series.skipped_dates.update(on=dt.date(2050, 1, 10))
    take_up = f"/p/haren/series/{series.pk}/dates/take-up/"
    holidays = signed_in(coordinator_karim).get("/p/haren/settings/calendar/").content.decode()
    assert take_up in holidays and "10 January 2050" in holidays
    client = signed_in(organiser_anna)
    assert take_up in client.get(f"/p/haren/series/{series.pk}/").content.decode()
    page = client.get(take_up).content.decode()
    assert "no public holiday any more" in page and "checked" in page
    assert signed_in(organiser_emile).get(take_up).status_code == 403
