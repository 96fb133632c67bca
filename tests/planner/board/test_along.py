"""A card stands for its series: the dates that follow go along with one that was moved, and nothing else does."""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest
from django.test import Client
from django.urls import reverse

from planner.scheduling.placement.undo import undo
from prisons.models import ChangeSet, Organisation, Prison, User
from rooms.models import TimeSlot
from sessions.models import GroupSession, Series
from tests.factories import make_holiday, make_room, make_series, make_session, make_slot, signed_in
from tests.pages import seen_on

pytestmark = pytest.mark.postgres
TUESDAYS = ["2050-01-11", "2050-01-18", "2050-01-25", "2050-02-01"]


class House:
    def __init__(self, prison: Prison, service: Organisation) -> None:
        self.prison = prison
        for weekday in (2, 4):
            make_slot(prison, weekday, "08:30", "11:00")
        self.room, self.other = make_room(prison, name="A"), make_room(prison, name="B")
        self.series = make_series(
            prison, organisation=service, default_room=self.room, starts_on=dt.date(2050, 1, 11), weeks=4
        )
        self.sessions = [make_session(self.series, f"{day} 09:00", room=self.room) for day in TUESDAYS]

    @property
    def thursday(self) -> TimeSlot:
        return TimeSlot.objects.get(prison=self.prison, weekday=4)

    def drop(self, client: Client, number: int = 0, day: str = "2050-01-13") -> str:
        """Into room B on Thursday; the answer."""
        session = self.sessions[number]
        answer = client.post(
            reverse("planner:session_drop", args=["haren", session.pk]),
            {
                "room": self.other.pk, "day": day, "slot": self.thursday.pk, "version": session.version,
                "week": "2050-W02",
            },
            headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/p/haren/board/?week=2050-W02"},
        )  # fmt: skip
        assert answer.status_code == 200, answer.content.decode()
        return answer.content.decode()

    def standing(self) -> list[tuple[str, str]]:
        rows = GroupSession.objects.filter(series=self.series).order_by("starts_at").select_related("room")
        return [(f"{one.starts_at:%Y-%m-%d}", one.room.name) for one in rows if one.starts_at and one.room]


@pytest.fixture
def house(haren: Prison, service: Organisation) -> House:
    return House(haren, service)


@pytest.fixture
def anna(organiser_anna: User) -> Client:
    return signed_in(organiser_anna)


def act() -> ChangeSet:
    return ChangeSet.objects.filter(verb="move").latest("at", "pk")


def along_url() -> str:
    return reverse("planner:dates_along", args=["haren", act().pk])


def test_the_toast_counts_those_that_follow_and_takes_them_along(anna: Client, house: House) -> None:
    shown = house.drop(anna)
    assert "also the 3 that follow (3 of 3 free)" in re.sub(r"\s+", " ", shown)
    seen = seen_on(type("Answer", (), {"content": shown.encode()}), beside=along_url())
    assert anna.post(along_url(), {"seen": seen}).status_code == 302
    assert house.standing() == [
        (day, "B") for day in ("2050-01-13", "2050-01-20", "2050-01-27", "2050-02-03")
    ]
    house.series.refresh_from_db()
    assert house.series.default_room == house.other


def test_what_follows_goes_back_as_one(anna: Client, house: House, organiser_anna: User) -> None:
    house.drop(anna)
    anna.post(along_url(), {"seen": seen_on(anna.get(along_url()))})
    undo(act(), by=organiser_anna)
    assert house.standing() == [("2050-01-13", "B"), *((day, "A") for day in TUESDAYS[1:])]
    assert Series.objects.get(pk=house.series.pk).default_room == house.room


def test_earlier_dates_and_exceptions_stay(anna: Client, house: House) -> None:
    GroupSession.objects.filter(pk=house.sessions[3].pk).update(room=house.other)  # put elsewhere by hand
    shown = house.drop(anna, 1, "2050-01-20")
    assert "also the 1 that follows (1 of 1 free)" in re.sub(r"\s+", " ", shown)
    anna.post(along_url(), {"seen": seen_on(anna.get(along_url()))})
    assert house.standing() == [
        ("2050-01-11", "A"), ("2050-01-20", "B"), ("2050-01-27", "B"), ("2050-02-01", "B"),
    ]  # fmt: skip


def test_one_that_cannot_is_named_first(anna: Client, house: House) -> None:
    make_session(make_series(house.prison), "2050-01-20 09:30", room=house.other)
    shown = house.drop(anna)
    assert "also the 3 that follow (2 of 3 free)" in re.sub(r"\s+", " ", shown)
    assert seen_on(type("Answer", (), {"content": shown.encode()}), beside=along_url()) == ""
    page = anna.get(along_url())
    assert "B is taken by" in page.content.decode()
    assert anna.post(along_url(), {"seen": seen_on(page)}).status_code == 409
    assert anna.post(along_url(), {"seen": seen_on(page), "leave_out": "1"}).status_code == 302
    assert house.standing()[1] == ("2050-01-18", "A")


def test_a_point_to_watch_is_shown_before_the_others_go_along(anna: Client, house: House) -> None:
    """A holiday on a later date stands in nobody's way, but whoever takes it along has to have read of it."""
    make_holiday(house.prison, dt.date(2050, 1, 27), "Feest")
    toast = house.drop(anna)
    assert f'href="{along_url()}"' in toast and f'action="{along_url()}"' not in toast
    assert "Feest" in anna.get(along_url()).content.decode()


def test_nothing_unseen_and_nothing_of_others(
    anna: Client, house: House, organiser_emile: User, coordinator_karim: User
) -> None:
    house.drop(anna)
    before = house.standing()
    assert anna.post(along_url(), {"seen": "x"}).status_code == 409
    for other in (organiser_emile, coordinator_karim):
        assert signed_in(other).post(along_url(), {"seen": "x"}).status_code == 404
    assert house.standing() == before


def test_a_cell_says_for_how_many_it_is_free(anna: Client, house: House) -> None:
    make_session(make_series(house.prison), "2050-01-20 09:30", room=house.other)
    here = reverse("planner:session_along", args=["haren", house.sessions[0].pk])
    cell = {"room": house.other.pk, "day": "2050-01-13", "slot": house.thursday.pk}
    assert json.loads(anna.get(here, cell).content) == {
        "free": 3,
        "all": 4,
        "said": "Free for 3 of 4 dates.",
    }
    minute = {"room": house.other.pk, "day": "2050-01-13", "start": 9 * 60 + 30}
    assert json.loads(anna.get(here, minute).content)["free"] == 3
    for rubbish in (
        {"slot": "", "start": "1440"},
        {"slot": "", "start": "-5"},
        {"room": "²"},
        {"day": "0001-01-01"},
        {"slot": "9" * 30},
    ):
        assert anna.get(here, cell | rubbish).status_code == 422
