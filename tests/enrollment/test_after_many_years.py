"""With thousands of people who have left, and answers long handed out, what is asked today begins with what is here.

SQLite chooses a way by sizes: small sets are read otherwise than large ones, so each is made here as a long one is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection

from benchmarks.scale import plans
from core.dates.clock import today
from enrollment.domain.requests import counts
from enrollment.domain.slips import slip_batches
from enrollment.models import Note, Participant, Request, Slip, Stay
from planner.today.by_service import waiting_by_service
from prisons.access import Access, access_for
from prisons.models import Organisation, Prison, User
from tests.factories import at, make_membership, make_organisation, make_prison, make_user

pytestmark = pytest.mark.django_db
LONG_AGO = dt.date(2016, 2, 1)
MANY = 6_000
SERVICES = 12


@pytest.fixture
def prison(db: None) -> Prison:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL weighs what rows hold, and finds these ways by itself")
    prison = make_prison()
    services = [make_organisation(prison) for _each in range(SERVICES)]
    _years(prison, [service.pk for service in services], make_user())
    return prison


@pytest.fixture
def access(prison: Prison) -> Access:
    return _as("coordinator", prison)


@pytest.fixture
def organiser(prison: Prison) -> Access:
    return _as("organiser", prison)


def _as(role: str, prison: Prison) -> Access:
    user = make_user()
    make_membership(user, prison, role, Organisation.objects.filter(requests__prison=prison).first())
    access = access_for(user, prison)
    assert access is not None
    return access


def _ways(read: Callable[[], object]) -> str:
    """How SQLite finds the rows of everything that this reads."""
    asked: list[plans.Asked] = []
    with plans.listening(asked):
        read()
    assert asked
    return "\n".join(line for each in asked for line in plans.explain(connection, each))


def _years(prison: Prison, services: list[int], by: User) -> None:
    people = Participant.objects.bulk_create(Participant(last_name=f"J{each}") for each in range(MANY))
    Stay.objects.bulk_create(
        Stay(
            participant=person,
            prison=prison,
            register_number=f"{each}",
            starts_on=LONG_AGO + dt.timedelta(days=each % 3000),
            ends_on=LONG_AGO + dt.timedelta(days=each % 3000 + 20) if each % 50 else None,
        )
        for each, person in enumerate(people)
    )
    written = at("2020-01-01 10:00")
    note = Note.objects.create(
        prison=prison, participant=people[0], received_on=LONG_AGO, entered_by=by, entered_at=written
    )
    asked = Request.objects.bulk_create(
        Request(
            prison=prison,
            note=note,
            participant=person,
            organisation_id=services[each % SERVICES],
            wish_domain="sport",
            wish_title="x",
            state="decided" if each % 50 else "open",
            decided_at=at("2020-01-01 10:00") if each % 50 else None,
            received_on=LONG_AGO + dt.timedelta(days=each % 3000),
        )
        for each, person in enumerate(people)
    )
    Slip.objects.bulk_create(
        Slip(
            prison=prison,
            participant_id=one.participant_id,
            request=one,
            kind="noted",
            created_at=at("2020-01-01 10:00"),
            printed_at=at("2020-01-02 10:00") + dt.timedelta(hours=each),
            handed_out_at=at("2020-01-03 10:00") + dt.timedelta(hours=each) if each % 50 > 1 else None,
        )
        for each, one in enumerate(asked)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def test_who_is_here_is_found_from_who_has_not_left(access: Access) -> None:
    stays = Stay.objects.in_prison(access.prison)
    for rows in (stays.open_on(today()), stays.touching(today() - dt.timedelta(days=30), today())):
        ways = _ways(partial(list, rows.order_by()))
        assert "stay_by_end (prison_id=? AND ends_on>?)" in ways
        assert "stay_by_start" not in ways


def test_answers_to_hand_out_are_found_from_the_desk(access: Access) -> None:
    assert counts.not_handed_out(access).count() == MANY // 50
    ways = _ways(lambda: counts.not_handed_out(access).count())
    assert "slip_on_the_desk" in ways
    assert "SEARCH enrollment_request USING INTEGER PRIMARY KEY" in ways


def test_batches_are_found_from_the_desk_and_from_their_moments(access: Access) -> None:
    ways = _ways(lambda: slip_batches.batches(counts.own_slips(access)))
    assert "slip_on_the_desk" in ways
    assert "printed_at<?" not in ways


def test_what_waits_at_each_service_reads_no_decided_request(access: Access) -> None:
    ways = _ways(lambda: waiting_by_service(access))
    assert "SCAN enrollment_request" not in ways
    assert "request_by_age (prison_id=? AND state=?" in ways


def test_a_service_counts_what_waits_among_what_waits(organiser: Access) -> None:
    """Not among all that people ever asked of it."""
    lists = (counts.undecided, counts.overdue, counts.wishes, counts.not_handed_out, counts.ended_unanswered)
    reads: list[Callable[[], object]] = [partial(list, rows(organiser)) for rows in lists]
    reads += [rows(organiser).count for rows in lists]
    reads += [partial(counts.open_requests, organiser), partial(counts.counted_apart, organiser)]
    for read in reads:
        ways = _ways(read)
        assert "enrollment_request_organisation" not in ways
        assert "SCAN enrollment_request" not in ways
