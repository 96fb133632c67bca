"""Random histories, in whatever order: no place is given twice, nobody is passed over without a
reason, every request is answered or undecided, and lists of past dates do not change."""

import datetime as dt
import os
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import PlannerError
from enrollment.domain.notes.note_intake import NoteAsk, enter_note
from enrollment.domain.participants import continuity
from enrollment.domain.requests import agreement, decisions, waiting_list
from enrollment.domain.taking_part import occupancy
from enrollment.models import Enrollment, EnrollmentStep, Request, Slip, Stay
from tests.factories import at, make_participant, make_separation, make_series, make_session, make_unit

E = Enrollment.State
EXAMPLES = {"": 15, "small": 40}.get(os.environ.get("PROOF_SIZE", ""), 300)
START = at("2026-11-23 08:00")
VERBS = [
    "ask",
    "approve",
    "approve",
    "approve",
    "approve",
    "decline",
    "list",
    "withdraw",
    "end",
    "give",
    "back",
    "hand",
    "leave",
    "away",
    "return",
    "agree",
    "move",
    "day",
    "day",
    "places",
]
STATES = {
    "approve": [E.REQUESTED],
    "decline": [E.REQUESTED, E.AWAITING, E.WAITING],
    "list": [E.REQUESTED],
    "withdraw": list(Enrollment.LIVE),
    "end": [E.PLACED],
    "give": [E.WAITING],
    "back": list(E),
    "hand": [E.WAITING],
    "agree": [E.AWAITING],
}
steps = st.lists(
    st.tuples(st.sampled_from(VERBS), st.integers(0, 7), st.integers(0, 2)), min_size=5, max_size=30
)


class World:
    """Two groups that meet at the same hour, eight people, and a clock that moves by hours and days."""

    def __init__(self, prison, service, by, agrees):
        prison.asks_agreement = agrees
        prison.save()
        self.prison, self.by, self.now = prison, by, START
        units = [make_unit(prison), make_unit(prison)]
        self.people = [make_participant(prison, unit=units[number % 2]) for number in range(8)]
        self.groups = [
            make_series(prison, organisation=service, places=2, starts_on=START.date(), weeks=6),
            make_series(
                prison, organisation=service, places=1, starts_on=START.date(), weeks=6, units=units[:1]
            ),
        ]
        self.sessions = [
            make_session(group, START + dt.timedelta(hours=2 + number, days=(2 + number) * week))
            for number, group in enumerate(self.groups)
            for week in range(6)
        ]
        make_separation(prison, self.people[0], self.people[1])
        self.past = {}
        for number, person in enumerate(self.people):
            self.ask(self.groups[0], person, None, 0)
            if number % 3 == 0:
                self.ask(self.groups[1], person, None, 0)

    def do(self, verb, who, which):
        self.now += dt.timedelta(minutes=7)
        group, person = self.groups[which % 2], self.people[who]
        rows = (
            list(Enrollment.objects.filter(state__in=STATES[verb]).order_by("pk")) if verb in STATES else []
        )
        row = rows[(who * 3 + which) % len(rows)] if rows else None
        with suppress(PlannerError):
            getattr(self, verb)(group, person, row, which)

    def ask(self, group, person, row, which):
        enter_note(self.prison, participant=person, asks=[NoteAsk(series=group)], by=self.by, now=self.now)

    def approve(self, group, person, row, which):
        if row:
            decisions.approve(row, by=self.by, now=self.now, skip_clashing=which == 2)

    def decline(self, group, person, row, which):
        if row:
            decisions.decline(row, "requirement", by=self.by, now=self.now)

    def list(self, group, person, row, which):
        if row:
            decisions.put_on_list(row, by=self.by, now=self.now)

    def withdraw(self, group, person, row, which):
        if row:
            decisions.withdraw(row, by=self.by, now=self.now)

    def end(self, group, person, row, which):
        if row:
            decisions.end(row, "dropped_out", by=self.by, now=self.now)

    def give(self, group, person, row, which):
        if row:
            decisions.give_place(row, by=self.by, reason="group", now=self.now)

    def back(self, group, person, row, which):
        if row:
            decisions.take_back(row, by=self.by, now=self.now)

    def hand(self, group, person, row, which):
        if row:
            waiting_list.move_by_hand(row, which + 1, "group", by=self.by, now=self.now)

    def leave(self, group, person, row, which):
        continuity.leave(person, self.prison, by=self.by, now=self.now)

    def away(self, group, person, row, which):
        continuity.go_away(person, self.prison, by=self.by, now=self.now)

    def return_(self, group, person, row, which):
        continuity.come_back(person, self.prison, by=self.by, now=self.now)

    def agree(self, group, person, row, which):
        if row:
            agreement.answer(self.prison, {row.pk: ["yes", "no", "not_now"][which]}, by=self.by, now=self.now)

    def move(self, group, person, row, which):
        decisions.fill_series(group, by=self.by, now=self.now)

    def places(self, group, person, row, which):
        group.places = max(group.places, which + 1)
        group.save()
        decisions.fill_series(group, by=self.by, now=self.now)

    def day(self, group, person, row, which):
        self.now += dt.timedelta(days=which + 1)
        continuity.settle(self.prison, now=self.now)

    def check(self):
        self.check_places()
        self.check_answers()
        self.check_reasons()
        self.check_past()

    def check_places(self):
        for group in self.groups:
            held = Enrollment.objects.holding_a_place().filter(series=group)
            assert held.count() <= group.places
            places = Enrollment.objects.filter(series=group, placed_from__isnull=False)
            for days in range(30):
                day = START.date() + dt.timedelta(days=days)
                there = [
                    p
                    for p in places
                    if p.placed_from <= day and (p.placed_until is None or day <= p.placed_until)
                ]
                assert len({p.participant_id for p in there}) == len(there) <= group.places, day

    def check_answers(self):
        for request in Request.objects.filter(state=Request.State.OPEN):
            assert request.enrollment.state in (E.REQUESTED, E.AWAITING)
        decided = Request.objects.filter(state=Request.State.DECIDED)
        for request in decided:
            assert request.slips.exists() or Slip.objects.filter(enrollment__request=request).exists(), (
                request.pk
            )
        undecided = set(Request.objects.undecided().values_list("pk", flat=True))
        live = Enrollment.objects.filter(state=E.REQUESTED, request__isnull=False)
        assert set(live.values_list("request_id", flat=True)) <= undecided

    def check_reasons(self):
        """Whenever somebody got a place while others stood before, each of those has a step with a reason."""
        assert not EnrollmentStep.objects.filter(verb="pass_over", reason="").exists()
        for step in EnrollmentStep.objects.filter(verb="give_place").select_related("enrollment__series"):
            self.check_given(step)

    def check_given(self, given):
        enrollment = given.enrollment
        before = Enrollment.objects.filter(
            series=enrollment.series, requested_at__lt=enrollment.requested_at, waiting_since__lt=given.at
        ).exclude(pk=enrollment.pk)
        moved = EnrollmentStep.objects.filter(
            enrollment__series=enrollment.series, verb="move_by_hand", at__lte=given.at
        )
        for other in before:
            last = other.steps.filter(at__lt=given.at).order_by("-at", "-pk")
            waited = (
                last.exclude(verb__in=["pass_over", "move_by_hand", "ask_again"])
                .values_list("state", flat=True)
                .first()
            )
            if waited != E.WAITING:
                continue
            same_act = EnrollmentStep.objects.filter(enrollment=other, at=given.at)
            assert same_act.exists() or moved.exists(), (given, other)

    def check_past(self):
        """Who was there on a date before today is what it was when that day ended."""
        today = self.now.astimezone(dt.UTC).date()
        done = [s.pk for s in self.sessions if s.starts_at.date() < today]
        there = occupancy(self.prison, done, with_awaiting=False)
        for session_id, people in self.past.items():
            assert there[session_id] == people
        self.past = there


World.return_.__name__ = "return"
setattr(World, "return", World.return_)


@pytest.mark.django_db
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(agrees=st.booleans(), history=steps)
def test_random_histories(haren, service, organiser_anna, agrees, history):
    for model in (Slip, EnrollmentStep, Enrollment, Request, Stay):
        model.objects.all().delete()
    world = World(haren, service, organiser_anna, agrees)
    for verb, who, which in history:
        world.do(verb, who, which)
        world.check()
