"""An order that anyone can explain: first come, first-timers first, and positions made by hand with their reason."""

import datetime as dt

import pytest

from core.errors import PlannerError
from enrollment.domain.requests import decisions, waiting_list
from enrollment.domain.taking_part import occupancy
from enrollment.models import EnrollmentStep
from tests.factories import at, make_enrollment, make_participant, make_series, make_session

NOW = at("2026-11-23 12:00")


@pytest.fixture
def group(haren, service):
    return make_series(haren, organisation=service, places=1, weeks=8)


def waiting(group, day, **fields):
    return make_enrollment(group, state="waiting", requested_at=at(f"2026-11-{day:02} 09:00"), **fields)


def test_first_come_first_served(group):
    third, first, second = waiting(group, 9), waiting(group, 2), waiting(group, 5)
    assert waiting_list.in_line(group) == [first, second, third]
    assert [line.why for line in waiting_list.positions(group)] == ["first_come"] * 3


def test_first_timers_stand_before_who_followed_it(group, haren):
    group.waiting_order = "first_timers"
    group.save()
    earlier = make_series(haren, activity=group.activity)
    veteran = waiting(group, 2)
    make_enrollment(earlier, veteran.participant, "ended", placed_from=dt.date(2026, 9, 1))
    newcomer = waiting(group, 9)
    only_asked = waiting(group, 10)
    make_enrollment(earlier, only_asked.participant, "declined")
    assert waiting_list.in_line(group) == [newcomer, only_asked, veteran]
    assert [line.why for line in waiting_list.positions(group)] == [
        "first_timer",
        "first_timer",
        "followed_before",
    ]


def test_a_hand_made_position_keeps_its_reason_and_tells_who_was_overtaken(group, organiser_anna):
    first, second, third = waiting(group, 2), waiting(group, 5), waiting(group, 9)
    waiting_list.move_by_hand(third, 1, "leaves_soon", by=organiser_anna, now=NOW)
    lines = waiting_list.positions(group)
    assert [line.enrollment for line in lines] == [third, first, second]
    assert (lines[0].why, lines[0].hand_reason) == ("by_hand", "leaves_soon")
    overtaken = EnrollmentStep.objects.filter(verb="pass_over").values_list("enrollment", "reason")
    assert set(overtaken) == {(first.pk, "leaves_soon"), (second.pk, "leaves_soon")}


@pytest.mark.parametrize(
    ("position", "reason", "code"), [(1, "", "reason_missing"), (0, "group", "no_such_position")]
)
def test_what_a_hand_made_position_needs(group, organiser_anna, position, reason, code):
    with pytest.raises(PlannerError) as error:
        waiting_list.move_by_hand(waiting(group, 2), position, reason, by=organiser_anna, now=NOW)
    assert (error.value.code, error.value.status) == (code, 422)


def test_not_the_first_in_line_needs_a_reason(group, organiser_anna):
    first, second = waiting(group, 2), waiting(group, 5)
    with pytest.raises(PlannerError, match="Others stand before"):
        decisions.give_place(second, by=organiser_anna, now=NOW)
    assert decisions.give_place(second, by=organiser_anna, reason="finish", now=NOW).state == "placed"
    assert EnrollmentStep.objects.get(enrollment=first, verb="pass_over").reason == "finish"


def test_more_places_go_to_who_waits(group, organiser_anna):
    rows = [waiting(group, day) for day in (2, 5, 9)]
    group.places = 2
    group.save()
    given = decisions.fill_series(group, by=organiser_anna, now=NOW)
    assert given == rows[:2]


def test_people_of_many_sessions_take_two_queries(haren, group, django_assert_num_queries):
    other = make_series(haren)
    for number in range(12):
        make_enrollment(group, make_participant(haren))
        make_session(other if number % 2 else group, at("2026-11-23 09:00") + dt.timedelta(weeks=number))
    sessions = [row.pk for each in (group, other) for row in each.group_sessions.all()]
    with django_assert_num_queries(2):
        there = occupancy(haren, sessions)
    assert {len(people) for people in there.values()} == {12, 0}
