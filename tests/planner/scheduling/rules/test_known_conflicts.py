"""Of who is elsewhere at that time a reader hears yes or no, of own groups alone: never how many, never where."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from planner.models import Ask
from planner.scheduling.rules.open_conflicts import ahead, hard_ones, open_for
from prisons.access import access_for
from prisons.models import Organisation, Prison, User
from rooms.models import Room
from sessions.models import GroupSession, Series
from tests.factories import (
    at,
    make_activity,
    make_enrollment,
    make_membership,
    make_organisation,
    make_participant,
    make_room,
    make_separation,
    make_series,
    make_session,
    make_slot,
    make_user,
    signed_in,
)
from tests.noninterference import COUNTER, between
from tests.town import forget, taken_back

NOW = at("2026-11-22 12:00")
TUESDAY = "2026-11-24 14:00"
BOARD = "/p/haren/board/"
YES = b"Somebody of this group is elsewhere at that time."
SAYING = {"cells", "minutes", "drop", "move"}
"""Where a group that meets alone hears of it."""
FRESH = re.compile(
    rb'(name="csrfmiddlewaretoken"\s+value=|"X-CSRFToken": ?|nonce=|name="once"\s+value=)"[^"]*"|nonce-[^\']*'
)


@pytest.fixture(autouse=True)
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


class House:
    """An own group of three that meets on Monday, and by mistake on Tuesday too; two groups of others on Tuesday."""

    def __init__(self, prison: Prison, services: Sequence[Organisation]) -> None:
        self.prison, self.services = prison, services
        for weekday in range(1, 6):
            make_slot(prison, weekday, "08:30", "11:30")
            make_slot(prison, weekday, "13:30", "16:30")
        self.rooms: list[Room] = [make_room(prison, name=f"Class {letter}") for letter in "ABCD"]
        self.groups: list[Series] = [make_series(prison, organisation=each) for each in services]
        own, theirs, third = self.groups
        self.free = make_session(own, "2026-11-23 09:00", room=self.rooms[0])
        self.clashing = make_session(own, TUESDAY, room=self.rooms[1])
        self.theirs = make_session(theirs, TUESDAY, room=self.rooms[2])
        self.third = make_session(third, TUESDAY, room=self.rooms[3])
        self.members = [make_participant(prison) for _number in range(3)]
        self.strangers = [make_participant(prison) for _number in range(6)]
        for person in self.members:
            make_enrollment(own, person)

    @contextmanager
    def world(self, there: int, at_third: int = 0) -> Iterator[None]:
        """So many of the own group are with the others too; these groups count as many people in every world."""
        with taken_back():
            for group, number, spare in ((self.groups[1], there, 0), (self.groups[2], at_third, 3)):
                people = [*self.members[:number], *self.strangers[spare : spare + 3 - number]]
                for person in people:
                    make_enrollment(group, person)
            self.prison.refresh_from_db()
            forget()
            yield
        self.prison.refresh_from_db()
        forget()

    def addresses(self, session: GroupSession) -> list[str]:
        here = f"{BOARD}sessions/{session.pk}/"
        pages = [f"{here}{page}/?week=2026-W48" for page in ("cells", "places", "move", "dates")]
        pages += [here, f"{here}minutes/?view=day&day=2026-11-24", f"{here}minutes/?day=2026-11-24&edge=end"]
        pages += [
            f"{BOARD}?week=2026-W48",
            f"{BOARD}?view=day&day=2026-11-24",
            f"{BOARD}publish/?week=2026-W48",
        ]
        pages += ["/p/haren/conflicts/", "/p/haren/conflicts/?kind=soft", "/p/haren/"]
        pages += [f"/p/haren/series/{session.series_id}/rooms/"]
        return pages

    def drop(self, session: GroupSession) -> tuple[str, dict[str, Any]]:
        """Onto Tuesday afternoon in a room that is free."""
        slot = self.prison.time_slots.get(weekday=2, starts=dt.time(13, 30))
        data = {"room": self.rooms[0].pk, "day": "2026-11-24", "slot": slot.pk, "version": session.version}
        return f"{BOARD}sessions/{session.pk}/drop/", data

    def heard(self, reader: User, session: GroupSession) -> dict[str, bytes]:
        """All that this reader is told around that session, drops and asks included."""
        with taken_back():
            if session == self.free:  # else its people would be at the other date of their own group
                GroupSession.objects.filter(pk=self.clashing.pk).delete()
            return self._heard(reader, session)

    def _heard(self, reader: User, session: GroupSession) -> dict[str, bytes]:
        heard = {address: signed_in(reader).get(address) for address in self.addresses(session)}
        address, data = self.drop(session)
        with taken_back():
            heard[address] = signed_in(reader).post(address, data)
        move = {"day": "2026-11-24", "start": "14:00", "minutes": 90, "version": session.version}
        with taken_back():
            heard["move"] = signed_in(reader).post(
                address.replace("drop", "move"), move | {"room": self.rooms[0].pk}
            )
        picks = {"pick": f"{session.pk}:{session.version}", "act": "room", "room": self.rooms[0].pk}
        heard["bulk"] = signed_in(reader).post(f"{BOARD}bulk/", picks)
        with taken_back():
            heard["ask"] = signed_in(reader).post(address.replace("drop", "ask/move"), data)
            heard["asks"] = signed_in(reader).get("/p/haren/asks/?tab=sent")
        return {
            name: COUNTER.sub(rb"\1", FRESH.sub(b"", b"%d %s" % (answer.status_code, answer.content)))
            for name, answer in heard.items()
        }


@pytest.fixture
def third_service(haren: Prison) -> Organisation:
    return make_organisation(haren, short_name="Le Tiers", authority="common")


@pytest.fixture
def house(
    haren: Prison, service: Organisation, other_service: Organisation, third_service: Organisation
) -> House:
    return House(haren, (service, other_service, third_service))


@pytest.fixture
def organiser_third(haren: Prison, third_service: Organisation) -> User:
    user = make_user("Tine Derde")
    make_membership(user, haren, "organiser", third_service)
    return user


def unlike(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    different = [address for address in one if one[address] != other[address]]
    for address in different:
        print(address, between(one[address], other[address]))
    return different


@pytest.mark.parametrize("of", ["free", "clashing"])
def test_neither_how_many_nor_in_which_other_groups(house: House, organiser_anna: User, of: str) -> None:
    session = getattr(house, of)
    with house.world(1):
        one = house.heard(organiser_anna, session)
    for number, at_third in ((2, 0), (3, 2), (0, 1)):
        with house.world(number, at_third):
            assert unlike(one, house.heard(organiser_anna, session)) == []


def test_yes_or_no_is_said_in_the_same_words_everywhere(house: House, organiser_anna: User) -> None:
    with house.world(0):
        nobody = house.heard(organiser_anna, house.free)
    with house.world(2, 1):
        somebody = house.heard(organiser_anna, house.free)
        shown = house.heard(organiser_anna, house.clashing)
    said = set(unlike(nobody, somebody))
    assert {re.sub(r".*/(\w+)/(\?.*)?$", r"\1", page) for page in said} == SAYING | {"places"}
    assert [page for page in said if YES not in somebody[page] and "places" not in page] == []
    assert YES in shown[f"{BOARD}sessions/{house.clashing.pk}/"]
    assert YES in shown["/p/haren/conflicts/"]
    assert not [
        page for page, answer in (somebody | shown).items() if b"Elsewhere at that time, of" in answer
    ]


@pytest.mark.parametrize("of", ["free", "clashing", "theirs"])
def test_of_groups_of_other_services_nothing(house: House, organiser_third: User, of: str) -> None:
    session = getattr(house, of)
    with house.world(0):
        nobody = house.heard(organiser_third, session)
    with house.world(3):
        make_separation(house.prison, *house.members[:2])
        assert unlike(nobody, house.heard(organiser_third, session)) == []


def test_whoever_asks_for_a_session_of_others_is_not_told_that_they_cannot(
    house: House, organiser_third: User
) -> None:
    """It is noted; the owner hears of it when the ask is to be answered."""
    address, data = house.drop(house.free)
    client = signed_in(organiser_third)
    with house.world(2):
        house.clashing.delete()
        assert client.post(address.replace("drop", "ask/move"), data).status_code in (200, 302)
        assert Ask.objects.get().session == house.free


@pytest.mark.parametrize(("owner", "named"), [(0, True), (1, False)])
def test_what_would_have_to_move_is_named_where_it_is_own(
    house: House, organiser_anna: User, owner: int, named: bool
) -> None:
    """Every free place taken: the group that shares people stands in the way by name only if it is the reader's."""
    group = make_series(house.prison, activity=make_activity(house.services[owner], "Koor"))
    make_enrollment(group, house.members[0])
    GroupSession.objects.all().delete()
    looking = make_session(house.groups[0], starts_at=None)
    for day in range(23, 28):
        for hour in ("08:30", "13:30"):
            make_session(group, f"2026-11-{day} {hour}", minutes=180, room=house.rooms[1])
    page = f"{BOARD}sessions/{looking.pk}/places/?week=2026-W48"
    answer = signed_in(organiser_anna).get(page).content
    assert (b"Koor" in answer) is named


def test_what_is_counted_is_what_is_listed(
    house: House, organiser_anna: User, organiser_emile: User, organiser_third: User, liaison_bert: User
) -> None:
    with house.world(3, 2):
        for reader in (organiser_anna, organiser_emile, organiser_third, liaison_bert):
            access = access_for(reader, house.prison)
            assert access is not None
            listed = [(row.session.pk, row.conflict.code) for row in open_for(access, *ahead(house.prison))]
            assert sorted((one.session_id, one.code) for one in hard_ones(access)) == sorted(listed)


def test_the_prison_hears_of_all_because_it_brings_them(house: House, liaison_bert: User) -> None:
    with house.world(1):
        access = access_for(liaison_bert, house.prison)
        assert access is not None
        GroupSession.objects.update(state="published")
        rows = open_for(access, *ahead(house.prison))
    assert {row.session.pk for row in rows} == {house.clashing.pk, house.theirs.pk}
