"""Whatever a process keeps (rules, choices, drawn cards, open conflicts, feeds) is right on the other machine too.

Two processes with one database: what one writes, the other shows in its very next request.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.proof.hand import Hand
from tests.proof.test_booking_race import environment_of

pytestmark = pytest.mark.proof

PREPARE = """
from django.core.management import call_command
from sessions.domain import feeds
call_command("createcachetable", verbosity=0)
prison = make_prison("race")
service = make_organisation(prison)
karim = make_user("Karim Haddad", password="een lang wachtwoord")
make_membership(karim, prison, "coordinator", service)
for day in range(1, 6):
    make_slot(prison, day, "08:00", "12:00")
monday = clock.today() + dt.timedelta(days=7 - clock.today().weekday())
worker = make_worker(prison, organisation=service, name="Fatima El Amrani")
one, other = make_participant(prison), make_participant(prison)
for number, person in enumerate((one, other)):
    series = make_series(prison, organisation=service, starts_on=monday, places=12)
    made = make_session(series, f"{monday} 09:00", room=make_room(prison), state="published", workers=[worker][number:])
    make_enrollment(series, person)
_feed, secret = feeds.create(Series.objects.first(), access=access_for(karim, prison), language="nl")
"""
BOTH = """
import re
from django.core.cache import cache
from core.dates.weeks import Week
from django.test import Client
from enrollment.domain.participants import separations
from planner.scheduling.rules.open_conflicts import hard_ones
from prisons.access import access_for
from rooms.domain.places import save_room
prison = Prison.objects.filter(slug="race").first()
karim = User.objects.filter(full_name="Karim Haddad").first()
browser = karim and signed_in(karim)
monday = clock.today() + dt.timedelta(days=7 - clock.today().weekday())
def board():
    answer = browser.get(f"/p/race/board/?week={Week.from_date(monday)}")
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()
def feed(secret):
    return Client().get(f"/ical/{secret}.ics").content.decode()
def sign_in():
    sent = {"login": karim.email, "password": "falsch"}
    return Client(headers={"accept-language": "en"}).post("/accounts/login/", sent).content.decode()
None
"""
BOARD_CASES = {
    "a room, by the rules that are kept": (
        "'Zaal Nieuw' in board()",
        "save_room(prison, {'name': 'Zaal Nieuw'}, by=karim, room=Room.objects.first()); None",
    ),
    "a facilitator, on a drawn card": (
        "'Nadia Peeters' in board()",
        "Worker.objects.update(name='Nadia Peeters'); None",
    ),
    "a place, counted on a card": (
        "re.findall(r'</span>(\\d+/\\d+)</b>', board())",
        "make_enrollment(Series.objects.first(), make_participant(prison)); None",
    ),
    "two people kept apart, in the count of open conflicts": (
        "len(hard_ones(access_for(karim, Prison.objects.get())))",
        "separations.separate(prison, *Participant.objects.order_by('pk')[:2], by=karim); None",
    ),
    "a date, in a feed": (
        "'STATUS:CANCELLED' in feed(secret)",
        "from planner.scheduling.bulk.cancelling import cancel_many;"
        "cancel_many(prison, [GroupSession.objects.first().pk], reason='not_needed', by=karim); None",
    ),
}


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def two(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Hand, Hand]]:
    environment = environment_of(request.param, Path(tmp_path_factory.mktemp("two")))
    with Hand(environment) as one, Hand(environment) as other:
        one.do(BOTH)
        secret = one.do(PREPARE + "\nsecret")
        for hand in (one, other):
            hand.do(BOTH)
            hand.do(f"secret = {secret!r}; None")
        yield one, other


@pytest.mark.parametrize("name", BOARD_CASES)
def test_what_one_writes_the_other_shows_in_its_next_request(two: tuple[Hand, Hand], name: str) -> None:
    writes, reads = two
    look, act = BOARD_CASES[name]
    before = [hand.do(look) for hand in two]
    writes.do(act)
    there, here = reads.do(look), writes.do(look)
    assert here != before[0], "the act changes nothing that is looked at: this would prove nothing"
    assert there == here
    assert before[0] == before[1]


def test_who_is_signed_out_on_one_is_out_on_the_other(two: tuple[Hand, Hand]) -> None:
    writes, reads = two
    key = writes.do("mine = signed_in(karim); mine.cookies['sessionid'].value")
    look = f"guest = Client(); guest.cookies['sessionid'] = {key!r};guest.get('/p/race/board/').status_code"
    assert reads.do(look) == 200
    writes.do("mine.post('/accounts/logout/'); None")
    assert reads.do(look) in (302, 404)


def test_wrong_passwords_are_counted_together(two: tuple[Hand, Hand]) -> None:
    """Five on one machine and five on the other are ten."""
    writes, reads = two
    for _try in range(3):
        writes.do("sign_in(); None")
        reads.do("sign_in(); None")
    assert "Too many" in writes.do("sign_in()")
    assert "Too many" in reads.do("sign_in()")
