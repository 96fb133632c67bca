"""A year of requests, strikes, transfers and releases: nobody is left without an answer unseen."""

import datetime as dt
import os
import random
from contextlib import suppress

import pytest

from core.errors import PlannerError
from enrollment.domain.deciding import fairness
from enrollment.domain.notes.note_intake import NoteAsk, enter_note
from enrollment.domain.participants import continuity, transfer
from enrollment.domain.requests import counts, decisions, endings
from enrollment.domain.slips import reply_slips
from enrollment.domain.taking_part import occupancy
from enrollment.models import Enrollment, Request, Slip
from prisons.access import access_for
from sessions.models import GroupSession
from tests.factories import at, make_activity, make_participant, make_series, make_session, make_unit

FULL = os.environ.get("PROOF_SIZE", "full") == "full"
REQUESTS, STRIKES, TRANSFERS, RELEASES = (900, 12, 60, 200) if FULL else (180, 4, 12, 40)
START = at("2026-01-05 09:00")
DAYS = 364
E = Enrollment.State


class Year:
    """What happens on which day is drawn once, from a seed."""

    def __init__(self, prison, elsewhere, service, by):
        self.random = random.Random(26)
        self.prison, self.elsewhere, self.by = prison, elsewhere, by
        service.prisons.add(elsewhere)
        self.units = [make_unit(prison) for _ in range(6)]
        self.people = [self.newcomer(START) for _ in range(240)]
        self.series = [self.group(service, number) for number in range(16)]
        self.told = self.taken = 0
        for person in self.people[::3]:
            person.consents.create(organisation=service, given_on=START.date())

    def somebody_goes(self, now):
        """Anybody, also who holds a place; somebody new comes in."""
        person = self.people.pop(self.random.randrange(len(self.people)))
        self.people.append(self.newcomer(now))
        return person

    def newcomer(self, now):
        return make_participant(self.prison, unit=self.random.choice(self.units), starts_on=now.date())

    def group(self, service, number):
        first = START.date() + dt.timedelta(weeks=3 * number, days=number % 5)
        series = make_series(
            self.prison, activity=make_activity(service), places=8, starts_on=first, weeks=10
        )
        for week in range(10):
            start = dt.datetime.combine(
                first + dt.timedelta(weeks=week), dt.time(9 + number % 8), tzinfo=dt.UTC
            )
            make_session(series, start, state="published")
        return series

    def day(self, number):
        now = START + dt.timedelta(days=number)
        for _ in range(self.due(REQUESTS, number)):
            self.ask_until_taken(now)
        for _ in range(self.due(TRANSFERS, number)):
            transfer.transfer(self.somebody_goes(now), self.prison, self.elsewhere, by=self.by, now=now)
        for _ in range(self.due(RELEASES, number)):
            continuity.leave(self.somebody_goes(now), self.prison, by=self.by, now=now)
        if self.due(STRIKES, number + 3):  # else every strike of the small size falls on a Sunday
            self.strike(now)
        elif self.random.random() < 0.6:
            self.work(now)
        continuity.settle(self.prison, now=now)
        endings.close_series(self.prison, now=now)

    @staticmethod
    def due(total, day):
        """How many of `total` in a year fall on this day."""
        return total * (day + 1) // DAYS - total * day // DAYS

    def ask_until_taken(self, now):
        """A duplicate, or somebody who has left, is refused at once: then the next note of the pile."""
        for _ in range(60):
            with suppress(PlannerError):
                self.ask(self.random.choice(self.people), now)
                self.taken += 1
                return

    def ask(self, person, now):
        series = self.random.choice([s for s in self.series if (s.starts_on - now.date()).days < 40])
        ask = NoteAsk(series=series) if self.random.random() < 0.8 else NoteAsk(activity=series.activity)
        enter_note(self.prison, participant=person, asks=[ask], by=self.by, now=now)

    def strike(self, now):
        """The day's sessions do not take place, and nobody decides anything."""
        sessions = list(GroupSession.objects.in_prison(self.prison).on_day(now.date()).live())
        there = occupancy(self.prison, [s.pk for s in sessions], with_awaiting=False)
        wanted = {(pk, person): Slip.Kind.CANCELLED for pk, people in there.items() for person in people}
        self.told += reply_slips.tell(self.prison, wanted, about=list(there), now=now)
        GroupSession.objects.filter(pk__in=[s.pk for s in sessions]).update(state="cancelled")

    def work(self, now):
        """Decides some, hands some out; a few people withdraw."""
        for row in Enrollment.objects.filter(state=E.REQUESTED).order_by("requested_at")[:6]:
            with suppress(PlannerError):
                decisions.approve(row, by=self.by, now=now)
        placed = list(Enrollment.objects.filter(state=E.PLACED))
        if placed and self.random.random() < 0.2:
            decisions.withdraw(self.random.choice(placed), by=self.by, now=now)
        desk = list(reply_slips.desk(self.prison).values_list("pk", flat=True)[:10])
        reply_slips.hand_out(self.prison, desk, by=self.by, now=now)


@pytest.mark.django_db
def test_a_year_leaves_nobody_unanswered_and_unseen(haren, saint_gilles, service, organiser_anna):
    year = Year(haren, saint_gilles, service, organiser_anna)
    for number in range(DAYS):
        year.day(number)
    now = START + dt.timedelta(days=DAYS)
    access = access_for(organiser_anna, haren, now=now)
    late = now.date() - dt.timedelta(days=haren.promise_days)
    mine = Request.objects.in_prison(haren)
    alarm = set(counts.overdue(access, now=now).values_list("pk", flat=True))
    assert set(mine.undecided().filter(received_on__lt=late).values_list("pk", flat=True)) == alarm
    numbers = counts.of(access, now=now)
    assert numbers.undecided == len(counts.undecided(access)) and numbers.overdue == len(alarm)
    assert numbers.to_hand_out == len(counts.to_hand_out(access))
    assert numbers.wishes == len(counts.wishes(access)) and numbers.parked == len(counts.parked(access))
    assert numbers.not_handed_out == len(counts.not_handed_out(access))
    unanswered = {*counts.undecided(access), *counts.wishes(access), *counts.not_handed_out(access)}
    assert numbers.unanswered == len(unanswered), "undecided and not handed out are apart"
    year_ago = now - dt.timedelta(days=counts.APART_DAYS)
    left = mine.filter(state=Request.State.LEFT, received_on__gte=year_ago.date())
    assert counts.counted_apart(access, now=now).left == left.count()
    asked = fairness.asked_between(access, START.date(), now.date(), now=now)
    for by in (fairness.UNIT, fairness.LANGUAGE):
        lines = fairness.lines(asked, by)
        assert sum(line.asked for line in lines) == REQUESTS
        for line in lines:
            for what in fairness.WHAT:
                assert getattr(line, what) == len(fairness.behind(asked, by, line.key, what))
    states = {state: mine.filter(state=state).count() for state in Request.State.values}
    assert sum(states.values()) == mine.count() == year.taken == REQUESTS, "not one was lost"
    decided = mine.filter(state=Request.State.DECIDED)
    assert not decided.filter(slips__isnull=True).exists(), "no decision without a slip"
    for series in year.series:
        assert Enrollment.objects.holding_a_place().filter(series=series).count() <= series.places
    over = [series for series in year.series if series.starts_on + dt.timedelta(weeks=11) < now.date()]
    assert not Enrollment.objects.live().filter(series__in=over).exists(), (
        "who waited got an answer at the end"
    )
    assert year.told, "strikes hit people, who were told"
    print(states, f"slips {Slip.objects.count()}, told of strikes {year.told}")
