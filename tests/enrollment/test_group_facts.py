"""What is kept of who takes part is always what is read anew: after every kind of row, however it is written.

Nothing is kept inside a transaction, so these tests write for good.
"""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.database import kept_rows
from core.dates.clock import today
from enrollment.domain import group_facts
from enrollment.domain.taking_part import occupancy, people_there
from enrollment.models import Absence, Enrollment, Participant, Separation, Skip, Stay
from planner.board.drawing import shared
from planner.scheduling.rules import open_conflicts, snapshot
from planner.scheduling.rules.open_conflicts import ahead
from prisons.models import Organisation, Prison, Unit, User
from sessions.models import Activity, GroupSession, Series, Worker, WorkerAccess
from tests import factories as make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
MONDAY = dt.date(2026, 12, 7)
WEEK = [MONDAY + dt.timedelta(days=number) for number in range(7)]


@dataclass
class House:
    prison: Prison
    client: Client
    units: list[Unit]
    series: list[Series]
    people: list[Participant]
    workers: list[Worker]
    chance: random.Random = field(default_factory=lambda: random.Random(7))

    def one(self, rows: Any) -> Any:
        """Any of these rows, or None."""
        found = list(rows.order_by("pk"))
        return self.chance.choice(found) if found else None


@pytest.fixture
def house(haren: Prison, organiser_anna: User) -> Iterator[House]:
    units = [make.make_unit(haren), make.make_unit(haren)]
    for day in range(1, 8):
        make.make_slot(haren, day, "08:30", "11:00")
    series = [make.make_series(haren, starts_on=MONDAY, places=20) for _number in range(4)]
    workers: list[Worker] = []
    for number, one in enumerate(series):
        for on in WEEK[:4]:
            hour = "09:00" if number % 2 else "09:30"
            room = make.make_room(haren)
            workers.append(make.make_worker(haren))
            make.make_session(one, f"{on} {hour}", room=room, workers=[workers[-1]], state="published")
    people = [make.make_participant(haren, unit=units[number % 2]) for number in range(10)]
    for number, person in enumerate(people):
        make.make_enrollment(series[number % 4], person, placed_from=dt.date(2026, 11, 2))
        make.make_enrollment(series[(number + 1) % 4], person, placed_from=dt.date(2026, 11, 2))
    make.make_separation(haren, people[0], people[4])
    group_facts.forget()
    yield House(haren, make.signed_in(organiser_anna), units, series, people, workers)
    group_facts.forget()
    kept_rows.forget()
    shared.forget()
    open_conflicts._hard_ones.cache_clear()


# --- one act for each kind of row ---------------------------------------------------------------------------


def new_stay(house: House) -> None:
    house.people.append(make.make_participant(house.prison, unit=house.chance.choice(house.units)))


def stay_elsewhere_unit(house: House) -> None:
    row = house.one(Stay.objects.all())
    Stay.objects.filter(pk=row.pk).update(unit=house.chance.choice(house.units))


def stay_ends(house: House) -> None:
    row = house.one(Stay.objects.filter(ends_on=None))
    Stay.objects.filter(pk=row.pk).update(ends_on=house.chance.choice(WEEK))


def stay_again(house: House) -> None:
    placed = Enrollment.objects.filter(placed_until=None, placed_from__isnull=False).values("participant")
    open_ones = Stay.objects.filter(ends_on=None).values("participant")
    ended = Stay.objects.filter(ends_on__lt=WEEK[5], participant__in=placed)
    if row := house.one(ended.exclude(participant__in=open_ones)):
        begins = row.ends_on + dt.timedelta(days=1)
        again = Stay(participant_id=row.participant_id, prison=house.prison, starts_on=begins)
        Stay.objects.bulk_create([again])


def stay_gone(house: House) -> None:
    if house.chance.random() < 0.3 and (row := house.one(Stay.objects.all())):
        row.delete()


def enrolled(house: House) -> None:
    person, series = house.chance.choice(house.people), house.chance.choice(house.series)
    if not Enrollment.objects.filter(participant=person, series=series).exists():
        state = house.chance.choice(["placed", "awaiting", "requested"])
        make.make_enrollment(series, person, state)


def place_ends(house: House) -> None:
    row = house.one(Enrollment.objects.filter(placed_from__isnull=False, placed_until=None))
    if row:
        Enrollment.objects.filter(pk=row.pk).update(placed_until=house.chance.choice(WEEK))


def place_goes(house: House) -> None:
    if row := house.one(Enrollment.objects.all()):
        row.delete()


def skipped(house: House) -> None:
    session = house.one(GroupSession.objects.all())
    row = house.one(Enrollment.objects.filter(series=session.series_id))
    if row and not Skip.objects.filter(enrollment=row, session=session).exists():
        row.skips.create(session=session, at=make.at("2026-12-01 09:00"))


def skip_goes(house: House) -> None:
    if row := house.one(Skip.objects.all()):
        row.delete()


def absent(house: House) -> None:
    first, last = sorted(house.chance.sample(WEEK, 2))
    person = house.chance.choice(house.people)
    person.absences.create(prison=house.prison, starts_on=first, ends_on=last)


def absence_changes(house: House) -> None:
    if row := house.one(Absence.objects.all()):
        Absence.objects.filter(pk=row.pk).update(ends_on=None)


def absence_goes(house: House) -> None:
    if row := house.one(Absence.objects.all()):
        row.delete()


def kept_apart(house: House) -> None:
    one, other = house.chance.sample(house.people, 2)
    if not Separation.objects.filter(one__in=(one, other), other__in=(one, other)).exists():
        make.make_separation(house.prison, one, other)


def together_again(house: House) -> None:
    if row := house.one(Separation.objects.all()):
        row.delete()


def card_moved(house: House) -> None:
    row = house.one(GroupSession.objects.all())
    day = house.chance.choice(WEEK)
    start = make.at(f"{day} {house.chance.choice(('08:30', '09:15', '09:45'))}")
    GroupSession.objects.filter(pk=row.pk).update(starts_at=start, ends_at=start + dt.timedelta(minutes=60))


def new_date(house: House) -> None:
    room = make.make_room(house.prison)
    make.make_session(house.chance.choice(house.series), f"{house.chance.choice(WEEK)} 10:00", room=room)


def new_group(house: House) -> None:
    house.series.append(make.make_series(house.prison, starts_on=MONDAY, places=20))
    make.make_session(
        house.series[-1], f"{house.chance.choice(WEEK)} 10:10", room=make.make_room(house.prison)
    )
    make.make_enrollment(house.series[-1], house.chance.choice(house.people))


def group_renamed(house: House) -> None:
    series = house.chance.choice(house.series)
    Series.objects.filter(pk=series.pk).update(label=f"Groep {house.chance.random()}", places=1)


def group_for_units(house: House) -> None:
    house.chance.choice(house.series).units.set(house.chance.sample(house.units, 1))


def group_needs(house: House) -> None:
    house.chance.choice(house.series).needs_features.add(make.make_feature())


def activity_renamed(house: House) -> None:
    Activity.objects.update(title_nl=f"Koor {house.chance.random()}", title_en="")


def service_renamed(house: House) -> None:
    """Also one that no longer works in this prison, but whose groups still stand there."""
    service = house.one(Organisation.objects.filter(activities__isnull=False))
    service.prisons.clear()
    Organisation.objects.filter(pk=service.pk).update(
        authority="french" if service.authority == "flemish" else "flemish"
    )


def permitted(house: House) -> None:
    accesses = WorkerAccess.objects.filter(worker__in=house.workers)
    accesses.update(needs_permission=True, permitted_until=house.chance.choice([None, *WEEK]))


def no_access(house: House) -> None:
    """Who has none is read each time; then one comes again."""
    worker = house.workers[0]
    if not WorkerAccess.objects.filter(worker=worker).delete()[0]:
        WorkerAccess.objects.create(worker=worker, prison=house.prison, permitted_until=None)


def wished(house: House) -> None:
    worker = house.chance.choice(house.workers)
    worker.wishes.all().delete()
    make.make_wish(worker, house.chance.randrange(1, 6), "17:00", "18:00")


ACTS: list[Callable[[House], None]] = [
    new_stay, stay_elsewhere_unit, stay_ends, stay_again, stay_gone, enrolled, place_ends, place_goes, skipped,
    skip_goes, absent, absence_changes, absence_goes, kept_apart, together_again, card_moved, new_date, new_group,
    group_renamed, group_for_units, group_needs, activity_renamed, service_renamed, permitted,
    no_access, wished,
]  # fmt: skip


# --- what is shown --------------------------------------------------------------------------------------------


def shown(house: House) -> dict[str, Any]:
    """All that is made of who takes part, as each part of the program asks for it."""
    prison = Prison.objects.get(pk=house.prison.pk)
    loaded = snapshot.load(prison, WEEK)
    ids = set(GroupSession.objects.values_list("pk", flat=True))
    rows = [(pk, row.series_id, today(row.starts_at)) for pk, row in loaded.rows.items() if row.starts_at]
    told = {
        "people": dict(loaded.people),
        "units": dict(loaded.people_units),
        "workers": dict(loaded.workers),
        "apart": loaded.separations,
        "lists": occupancy(prison, ids, with_awaiting=False),
        "with awaiting": occupancy(prison, ids),
        "there": people_there(prison.pk, rows),
        "open": [
            (row.session.pk, row.conflict.code, row.conflict.facts)
            for row in open_conflicts.open_conflicts(prison, *ahead(prison), with_soft=True)
        ],
        "hard": open_conflicts._hard_ones(
            prison.pk, prison.plan_version, prison.rules_version, today(), True
        ),
    }
    for by in ("rooms", "units", "workers"):
        answer = house.client.get(f"/p/haren/board/live/?week=2026-W50&rows={by}&version=0")
        assert answer.status_code == 200
        told[by] = re.sub(rb"version=\d+", b"", answer.content)
    return told


def anew(house: House) -> dict[str, Any]:
    """As another machine, which has kept nothing."""
    group_facts.forget()
    kept_rows.forget()
    shared.forget()
    open_conflicts._hard_ones.cache_clear()
    return shown(house)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_after_each_kind_of_row_what_is_kept_is_what_is_read_anew(
    house: House, act: Callable[[House], None]
) -> None:
    """Each after some others, so that there is something to change, and looked at before, so that it is kept."""
    for before in house.chance.sample(ACTS, 6):
        before(house)
    for _time in range(2):
        shown(house)
        act(house)
        now = shown(house)
        assert now == anew(house)


def test_the_acts_change_what_is_shown(house: House) -> None:
    """The table above would prove nothing of acts that nobody sees."""
    unseen = set(ACTS)
    for act in ACTS * 8:
        if act in unseen and unseen != {new_stay}:
            before = shown(house)
            act(house)
            unseen -= {act} if shown(house) != before else set()
        elif unseen != {new_stay}:
            act(house)
    assert unseen == {new_stay}, "and of somebody without a place nothing is shown"


# --- how ------------------------------------------------------------------------------------------------------


def reads(act: Callable[[], Any]) -> int:
    """How many statements ask for stays."""
    with CaptureQueriesContext(connection) as asked:
        act()
    return sum("enrollment_stay" in one["sql"] for one in asked.captured_queries)


def test_a_moved_card_lets_nobody_ask_again_who_takes_part(house: House) -> None:
    shown(house)
    for _time in range(3):
        card_moved(house)
        house.prison.refresh_from_db()
        assert reads(lambda: snapshot.load(house.prison, WEEK)) == 0
    new_stay(house)
    assert reads(lambda: snapshot.load(house.prison, WEEK)) == 0
    enrolled(house)
    place_goes(house)
    assert reads(lambda: snapshot.load(house.prison, WEEK)) == 1


def test_what_a_transaction_takes_back_was_never_kept(house: House) -> None:
    """The number comes a second time after a roll back, with other contents."""
    shown(house)
    row = Enrollment.objects.order_by("pk").first()
    assert row
    session = GroupSession.objects.filter(series=row.series).first()
    assert session
    with transaction.atomic():
        row.skips.create(session=session, at=make.at("2026-12-01 09:00"))
        shown(house)
        transaction.set_rollback(True)
    absent(house)  # the same number again
    now = shown(house)
    assert now == anew(house)


def test_inside_a_transaction_the_own_change_counts(house: House) -> None:
    shown(house)
    with transaction.atomic():
        enrolled(house)
        place_goes(house)
        now = shown(house)
        assert now == anew(house)


def test_no_more_is_kept_than_said_and_nothing_of_before(house: House) -> None:
    kept = group_facts.KeptFacts(most=2)
    rows = [(number, number, MONDAY) for number in range(5)]
    spans = [group_facts.FactSpan.of([row]) for row in rows]
    for span in spans[:3]:
        kept.keep(1, 1, span, group_facts.GroupFacts())
    assert [kept.get(1, 1, span) is not None for span in spans[:3]] == [False, True, True]
    kept.keep(1, 2, spans[3], group_facts.GroupFacts())
    assert kept.get(1, 1, spans[2]) is None
    assert kept.get(1, 2, spans[2]) is None
    assert kept.get(2, 2, spans[3]) is None, "another prison"
    assert kept.get(1, 2, spans[3]) is not None
