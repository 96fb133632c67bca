"""For any schedule and any closure: what is shown is what is cancelled, and undo brings all of it back."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.scheduling.closures.closing import announce, confirm, group_of, lift
from planner.scheduling.closures.effects import effects_of, effects_of_closures
from planner.scheduling.closures.parts import ClosureDraft, ClosurePart
from planner.scheduling.placement.undo import undo
from planner.scheduling.rules import conflicts, snapshot
from prisons.models import Prison, User
from rooms.domain.facts import rules_of
from sessions.models import Cancellation, GroupSession
from tests.factories import at, make_room, make_series, make_session, make_slot, make_unit

NOW = at("2026-11-22 12:00")
MIDNIGHT = at("2026-11-23 00:00")
DAYS = [dt.date(2026, 11, 22) + dt.timedelta(days=number) for number in range(5)]
QUARTERS = 4 * 24 * 3
"""Three days in quarters of an hour."""


class RollBack(Exception):
    """Ends an example: the next one starts with an empty schedule."""


def moment(quarter: int) -> dt.datetime:
    return MIDNIGHT + dt.timedelta(minutes=15 * quarter)


sessions = st.lists(
    st.tuples(
        st.integers(0, 1),  # room
        st.tuples(st.integers(0, 2), st.integers(0, 4 * 24 - 9)),  # day and quarter, within the day
        st.integers(1, 8),  # quarters
        st.sets(st.integers(0, 1)),  # units, empty for all
        st.sampled_from(["draft", "published"]),
    ),
    max_size=8,
)
parts = st.lists(
    st.tuples(
        st.sampled_from(["prison", "room", "unit"]),
        st.integers(0, 1),
        st.integers(0, QUARTERS - 1),
        st.integers(1, QUARTERS),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda part: (part[0], part[0] != "prison" and part[1]),
)


def closed_now(prison: Prison) -> set[int]:
    found = conflicts.find(snapshot.load(prison, DAYS), rules_of(Prison.objects.get(pk=prison.pk)))
    return {conflict.session_id for conflict in found if conflict.code == "closed"}


def business(prison: Prison) -> list[Any]:
    rows = GroupSession.objects.in_prison(prison).order_by("pk")
    return [
        *rows.values_list("pk", "room", "starts_at", "ends_at", "state", "week_on"),
        *Cancellation.objects.order_by("session").values_list("session", "reason", "closure", "was_state"),
    ]


@settings(max_examples=20)
@given(planned=sessions, closing=parts)
def test_shown_is_cancelled_and_undo_brings_it_back(
    haren: Prison, coordinator_karim: User, planned: Any, closing: Any
) -> None:
    try:
        with transaction.atomic():
            play(haren, coordinator_karim, planned, closing)
            raise RollBack
    except RollBack:
        pass


def play(prison: Prison, by: User, planned: Any, closing: Any) -> None:
    rooms, units = [make_room(prison), make_room(prison)], [make_unit(prison), make_unit(prison)]
    taken: list[tuple[int, int, int]] = []
    for weekday in range(1, 8):
        make_slot(prison, weekday, "00:00", "23:59:59")
    for room, (day, quarter), length, of_units, state in planned:
        start = 4 * 24 * day + quarter
        if any(room == r and start < s + n and s < start + length for r, s, n in taken):
            continue  # the database would refuse it
        taken.append((room, start, length))
        series = make_series(prison, units=[units[number] for number in of_units])
        make_session(series, moment(start), minutes=15 * length, room=rooms[room], state=state)
    draft = ClosureDraft("other", tuple(part_of(part, rooms, units) for part in closing))
    before = business(prison)

    shown = {hit.session.pk for hit in effects_of(prison, draft.parts, now=NOW).hits}
    closure = announce(prison, draft, by=by, now=NOW).closures[0]
    assert closed_now(prison) == set() and business(prison) == before
    fresh = Prison.objects.get(pk=prison.pk)
    seal = effects_of_closures(fresh, group_of(closure), now=NOW).digest
    decision = confirm(closure, by=by, seen=seal, now=NOW)

    assert set(decision.session_ids) == shown
    assert closed_now(prison) == set()
    undo(decision.change_set, by=by, now=NOW)
    assert business(prison) == before
    confirm(closure, by=by, now=NOW)
    lifted = lift(closure, by=by, now=NOW)
    assert set(lifted.session_ids) == shown and business(prison) == before


def part_of(part: Any, rooms: Any, units: Any) -> ClosurePart:
    what, number, start, length = part
    room_id = rooms[number].pk if what == "room" else None
    unit_id = units[number].pk if what == "unit" else None
    return ClosurePart(room_id, unit_id, moment(start), moment(start + length))
