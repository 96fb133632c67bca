"""What must hold for any plan: found by hypothesis on small random weeks."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.dates.clock import today
from planner.scheduling.placement.session_changes import Change, Refused
from planner.scheduling.placement.undo import undo
from planner.scheduling.placement.writer import apply
from planner.scheduling.rules import conflicts
from planner.scheduling.rules.codes import CODES
from planner.scheduling.rules.sentences import speak
from planner.scheduling.rules.snapshot import SeriesFacts, Snapshot, SnapshotRow, WorkerFacts, load
from prisons.models import Organisation, Prison, User
from rooms.domain.facts import Rules, rules_of
from sessions.domain.placing import Part, placing_of
from sessions.models import GroupSession
from tests.factories import at, make_room, make_series, make_session, make_slot, make_worker
from tests.planner.scheduling.rules.test_conflicts import RULES

NOW = at("2026-11-22 12:00")
ROOMS, WORKERS, PEOPLE = [1, 2, None], [21, 22], range(100, 106)

starts = st.builds(
    lambda day, quarter: at(f"2026-11-{23 + day} 08:00") + dt.timedelta(minutes=15 * quarter),
    st.integers(0, 3),
    st.integers(0, 40),
)
rows = st.builds(
    lambda pk, room, start, minutes, workers: SnapshotRow(
        pk, 1 + pk % 3, room, start, start + dt.timedelta(minutes=minutes), tuple(sorted(workers))
    ),
    st.integers(1, 40),
    st.sampled_from(ROOMS),
    starts,
    st.sampled_from([30, 60, 90, 150]),
    st.sets(st.sampled_from(WORKERS)),
)


@st.composite
def snapshots(draw: Any) -> Snapshot:
    drawn = {row.session_id: row for row in draw(st.lists(rows, max_size=14))}
    series = {
        pk: SeriesFacts(
            pk, 1, draw(st.integers(1, 15)), frozenset(), frozenset(), draw(st.sampled_from(ROOMS)), False
        )
        for pk in (1, 2, 3)
    }
    people = {pk: draw(st.frozensets(st.sampled_from(PEOPLE), max_size=3)) for pk in drawn}
    workers = {pk: WorkerFacts(needs_permission=draw(st.booleans())) for pk in WORKERS}
    return Snapshot(drawn, series, workers, people, separations=frozenset({(100, 101)}))


def rules(turnaround: int) -> Rules:
    return replace(RULES, turnaround_minutes=turnaround)


@given(snapshots(), st.sampled_from([0, 15]))
@settings(max_examples=150, deadline=None)
def test_a_week_says_the_same_as_its_sessions_asked_one_by_one(seen: Snapshot, turnaround: int) -> None:
    of_week = conflicts.by_session(conflicts.find(seen, rules(turnaround)))
    for row in seen.rows.values():
        assert row.starts_at is not None
        day = today(row.starts_at)
        near = {pk: one for pk, one in seen.rows.items() if one.starts_at and today(one.starts_at) == day}
        alone = conflicts.by_session(conflicts.find(replace(seen, rows=near), rules(turnaround)))
        assert sorted(c.key for c in alone.get(row.session_id, [])) == sorted(
            c.key for c in of_week.get(row.session_id, [])
        )


@given(snapshots())
@settings(max_examples=100, deadline=None)
def test_nothing_is_said_twice_and_pairs_are_said_of_both(seen: Snapshot) -> None:
    found = conflicts.find(seen, RULES)
    assert len({conflict.key for conflict in found}) == len(found)
    pairs = {(c.code, c.session_id, c["other"]) for c in found if c.code in ("room_taken", "worker_taken")}
    assert {(code, other, one) for code, one, other in pairs} == pairs


@given(snapshots(), rows)
@settings(max_examples=100, deadline=None)
def test_what_is_added_and_what_stood_make_up_what_is_found(seen: Snapshot, candidate: SnapshotRow) -> None:
    after = seen.with_rows([candidate])
    new = {c.key for c in conflicts.added(seen, after, RULES)}
    old = {c.key for c in conflicts.find(seen, RULES)}
    everything = {c.key for c in conflicts.find(after, RULES)}
    assert new | (old & everything) == everything
    assert not new & old


# --- with the database --------------------------------------------------------------------------------------

Plan = tuple[Prison, User, list[GroupSession], list[int], list[int]]


@pytest.fixture
def plan(haren: Prison, service: Organisation, organiser_anna: User) -> Plan:
    for weekday in (1, 2):
        make_slot(haren, weekday, "08:30", "11:00")
    rooms = [make_room(haren).pk, make_room(haren, capacity=4).pk]
    workers = [make_worker(haren).pk, make_worker(haren).pk]
    series = make_series(haren, organisation=service)
    sessions = [make_session(series, starts_at=None) for _number in range(4)]
    return haren, organiser_anna, sessions, rooms, workers


moves = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.integers(0, 2),
        st.integers(0, 1),
        st.integers(0, 11),
        st.sets(st.integers(0, 1)),
    ),
    min_size=1,
    max_size=8,
)


def change(plan: Plan, which: int, room: int, day: int, quarter: int, workers: set[int]) -> Change:
    _prison, _by, sessions, rooms, worker_ids = plan
    parts = tuple(Part(worker_ids[number]) for number in sorted(workers))
    if room == 2:
        return Change(sessions[which].pk, None, None, None, workers=parts)
    starts_at = at(f"2026-11-{23 + day} 08:30") + dt.timedelta(minutes=15 * quarter)
    return Change(
        sessions[which].pk, rooms[room], starts_at, starts_at + dt.timedelta(hours=1), workers=parts
    )


def hard_keys(prison: Prison) -> set[Any]:
    days = [dt.date(2026, 11, 23), dt.date(2026, 11, 24)]
    prison.refresh_from_db()
    return {c.key for c in conflicts.find(load(prison, days), rules_of(prison)) if c.is_hard}


@given(moves)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_placement_adds_a_hard_conflict_and_undo_is_exact(plan: Plan, asked: list[Any]) -> None:
    prison, by, sessions, _rooms, _workers = plan
    for one in asked:
        before, standing = [placing_of(fresh(s)) for s in sessions], hard_keys(prison)
        try:
            outcome = apply(prison, [change(plan, *one)], by=by, verb="move", now=NOW, accept_soft=True)
        except Refused:
            assert [placing_of(fresh(s)) for s in sessions] == before
            continue
        assert hard_keys(prison) <= standing
        if outcome.session_ids:
            undo(outcome.change_set, by=by, now=NOW)
            assert [placing_of(fresh(s)) for s in sessions] == before
            apply(prison, [change(plan, *one)], by=by, verb="move", now=NOW, accept_soft=True)


def fresh(session: GroupSession) -> GroupSession:
    return GroupSession.objects.get(pk=session.pk)


def test_every_conflict_can_be_said_in_words(plan: Plan) -> None:
    """A sentence that asks for a fact which the engine does not give would fail only in front of a user."""
    prison, _by, sessions, rooms, workers = plan
    ids = {"room": rooms[0], "usual": rooms[1], "other": sessions[0].pk, "worker": workers[0]}
    unknown = dict.fromkeys(["unit", "feature", "holiday", "band", "slot", "closure"], 0)
    plain = {"kind": "yard", "start": 540, "end": 600, "count": 2, "capacity": 4, "places": 8, "minutes": 5}
    days = {"day": dt.date(2026, 11, 23), "until": dt.date(2026, 11, 30)}
    facts: dict[str, Any] = {**ids, **unknown, **plain, **days}
    found = [conflicts.Conflict(code, sessions[1].pk, tuple(facts.items())) for code in CODES]
    spoken = speak(found, prison)
    assert all("%(" not in one.sentence for one in spoken)


@given(snapshots())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_the_engine_finds_it_can_say(haren: Prison, seen: Snapshot) -> None:
    for one in speak(conflicts.find(seen, rules(15)), haren):
        assert one.sentence and "%(" not in one.sentence
