"""Whom a page says that a change tells, and whom the change tells: the same, for every kind of change."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from enrollment.models import Absence, Slip
from planner.models import Notice
from planner.scheduling.placement.audience_counts import told_by
from planner.scheduling.placement.session_changes import Change, Refused
from planner.scheduling.placement.writer import apply
from prisons.models import Organisation, Prison, User
from sessions.domain.placing import Part
from sessions.models import Cancellation, GroupSession
from tests.factories import (
    at,
    make_enrollment,
    make_participant,
    make_room,
    make_series,
    make_session,
    make_slot,
    make_worker,
)

pytestmark = pytest.mark.django_db
NOW = at("2026-11-20 12:00")
OLD, NEW = dt.date(2026, 11, 23), dt.date(2026, 11, 24)


@pytest.mark.parametrize("seed", range(60))
def test_told_before_is_written_after(
    haren: Prison, service: Organisation, organiser_anna: User, seed: int
) -> None:
    dice = random.Random(seed)
    for weekday in (1, 2):
        make_slot(haren, weekday, "08:30", "11:00")
    rooms = [make_room(haren) for _number in range(3)]
    workers = [make_worker(haren) for _number in range(3)]
    series = make_series(haren, organisation=service)
    sessions = [
        make_session(
            series, "2026-11-23 09:00", room=room, workers=[worker], published_at=NOW,
            state=dice.choice(["draft", "published", "published", "cancelled"]),
        )
        for room, worker in zip(rooms[:1] if dice.random() < 0.5 else rooms[:2], workers, strict=False)
    ]  # fmt: skip
    for session in sessions:
        if session.state == "cancelled":
            Cancellation.objects.create(session=session, reason="room", was_state="published", at=NOW)
    for _number in range(4):
        _person(haren, series, dice)
    for session in sessions:
        _slip_in_hand(haren, session, dice)
    changes = [change for session in sessions if (change := _change(session, dice, workers))]

    told = told_by(haren, changes)
    try:
        apply(haren, changes, by=organiser_anna, verb="move", now=NOW, accept_soft=True)
    except Refused:
        assert not Notice.objects.exists() and not Slip.objects.filter(created_at=NOW).exists()
        return

    new = Slip.objects.filter(created_at=NOW)
    assert told.workers == Notice.objects.values("worker").distinct().count()
    assert told.people_count == new.values("participant").distinct().count()


def _person(prison: Prison, series: object, dice: random.Random) -> None:
    person = make_participant(prison)
    first = dice.choice([dt.date(2026, 11, 1), NEW])
    make_enrollment(
        series, person, dice.choice(["placed", "placed", "awaiting", "waiting"]),  # type: ignore[arg-type]
        **({"placed_from": first} if first == NEW else {}),
    )  # fmt: skip
    away = dice.choice([None, OLD, NEW])
    if away:
        Absence.objects.create(participant=person, prison=prison, starts_on=away, ends_on=away)


def _slip_in_hand(prison: Prison, session: GroupSession, dice: random.Random) -> None:
    """Some hold the slip that says it is cancelled."""
    if session.state != "cancelled":
        return
    for enrollment in session.series.enrollments.all():
        if dice.random() < 0.5:
            Slip.objects.create(
                prison=prison, participant=enrollment.participant, kind="cancelled", created_at=at("2026-11-19 10:00"),
                handed_out_at=at("2026-11-19 11:00"), facts={"session": session.pk, "before": ""},
            )  # fmt: skip


def _change(session: GroupSession, dice: random.Random, workers: list[object]) -> Change | None:
    start = at("2026-11-24 09:00")
    end = start + dt.timedelta(minutes=90)
    moved = {"starts_at": start, "ends_at": end}
    other = {"workers": (Part(workers[2].pk),) if dice.random() < 0.5 else ()}  # type: ignore[attr-defined]
    if session.state == "cancelled":
        return Change(session.pk, state="published", **dice.choice([{}, moved]))  # type: ignore[arg-type]
    kinds = [
        moved,
        moved | other,
        other,
        {"state": "cancelled", "reason": "room"},
        {"room_id": None, "starts_at": None, "ends_at": None},
        {"room_id": None},
        {"state": "published"},
        {"state": "published"} | moved,
    ]
    return Change(session.pk, **dice.choice(kinds))  # type: ignore[arg-type]


def test_who_is_away_on_the_new_date_hears_that_the_old_one_is_off(
    haren: Prison, service: Organisation, organiser_anna: User
) -> None:
    make_slot(haren, 2, "08:30", "11:00")
    series = make_series(haren, organisation=service)
    session = make_session(
        series, "2026-11-23 09:00", room=make_room(haren), state="published", published_at=NOW
    )
    person = make_participant(haren)
    make_enrollment(series, person)
    Absence.objects.create(participant=person, prison=haren, starts_on=NEW, ends_on=NEW)
    start = at("2026-11-24 09:00")
    change = Change(session.pk, starts_at=start, ends_at=start + dt.timedelta(minutes=90))

    assert told_by(haren, [change]).people_count == 1
    apply(haren, [change], by=organiser_anna, verb="move", now=NOW)
    assert Slip.objects.get().participant == person
