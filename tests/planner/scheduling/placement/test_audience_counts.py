"""Whom a change tells, what changed since somebody looked, and the news since a publication."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from core.errors import PlannerError
from enrollment.models import ListVersion, Slip
from planner.models import Notice
from planner.scheduling.news import since_last_publication
from planner.scheduling.placement.audience_counts import told_by, told_by_each
from planner.scheduling.placement.session_changes import Change
from planner.scheduling.placement.undo import undo
from planner.scheduling.placement.writer import apply
from planner.scheduling.publishing import publish
from prisons.access import Access, access_for
from prisons.models import ChangeImage, Organisation, Prison, User
from sessions.domain.placing import Part
from sessions.models import GroupSession
from tests.factories import at, make_enrollment, make_room, make_series, make_session, make_slot, make_worker

NOW = at("2026-11-22 12:00")
MONDAY, SUNDAY = dt.date(2026, 11, 23), dt.date(2026, 11, 29)


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def session(haren: Prison, service: Organisation) -> GroupSession:
    """Published on Monday at nine, with one facilitator and two people."""
    make_slot(haren, 1, "08:30", "11:00")
    make_slot(haren, 1, "13:30", "16:00")
    series = make_series(haren, organisation=service)
    for _number in range(2):
        make_enrollment(series)
    workers = [make_worker(haren)]
    return make_session(series, room=make_room(haren), workers=workers, state="published", published_at=NOW)


def to(session: GroupSession, start: str) -> Change:
    starts_at = at(f"2026-11-23 {start}")
    return Change(session.pk, session.room_id, starts_at, starts_at + dt.timedelta(minutes=90))


def access_of(user: User, prison: Prison) -> Access:
    access = access_for(user, prison, now=NOW)
    assert access is not None
    return access


def test_a_move_tells_facilitator_people_lists_and_calendars(session: GroupSession, haren: Prison) -> None:
    told = told_by(haren, [to(session, "13:30")])
    assert (told.workers, told.people_count, told.liaison, told.feeds) == (1, 2, True, True)
    assert told.sentences == [
        "This tells 1 facilitator.",
        "2 people of the group get a slip.",
        "It stands on the lists and in the calendars at once.",
    ]


def test_after_the_cut_off_it_stands_on_the_page_of_changes(session: GroupSession, haren: Prison) -> None:
    ListVersion.objects.create(prison=haren, on=MONDAY, number=1, made_at=NOW, facts={}, digest="")
    assert told_by(haren, [Change(session.pk, state="cancelled")]).after_cut_off
    assert not told_by(haren, [Change(session.pk, None, None, None)]).sentences[-1].startswith("It stands on")


def test_another_facilitator_tells_both_of_them_and_not_the_group(
    session: GroupSession, haren: Prison
) -> None:
    told = told_by(haren, [Change(session.pk, workers=(Part(make_worker(haren).pk),))])
    assert (told.workers, told.people_count) == (2, 0)


@pytest.mark.parametrize("kind", ["move", "cancel", "tray", "workers", "publish", "restore"])
def test_what_is_said_before_is_what_is_done(
    session: GroupSession, haren: Prison, organiser_anna: User, kind: str
) -> None:
    """Against the notices and slips that the act itself writes."""
    worker = make_worker(haren)
    if kind == "publish":
        GroupSession.objects.filter(pk=session.pk).update(state="draft")
    if kind == "restore":
        cancel = Change(session.pk, state="cancelled", reason="room")
        apply(haren, [cancel], by=organiser_anna, verb="cancel", now=NOW)
        Notice.objects.all().delete()
        Slip.objects.all().delete()
    change = {
        "move": to(session, "13:30"),
        "cancel": Change(session.pk, state="cancelled", reason="room"),
        "tray": Change(session.pk, None, None, None),
        "workers": Change(session.pk, workers=(Part(worker.pk),)),
        "publish": Change(session.pk, state="published", workers=(Part(worker.pk),)),
        "restore": Change(session.pk, state="published"),
    }[kind]

    told = told_by(haren, [change])
    apply(haren, [change], by=organiser_anna, verb=kind, now=NOW)

    assert told.workers == Notice.objects.values("worker").distinct().count() > 0
    assert told.people_count == Slip.objects.count()


def test_a_draft_tells_nobody_until_it_is_published(session: GroupSession, haren: Prison) -> None:
    draft = make_session(session.series, "2026-11-30 09:00", workers=[make_worker(haren)])
    assert not told_by(haren, [to(draft, "13:30")])
    assert told_by(haren, [to(draft, "13:30")]).sentences == ["Nobody is told: it is not published yet."]
    told = told_by(haren, [Change(draft.pk, state="published")])
    assert (told.workers, told.people_count, told.feeds) == (
        1,
        0,
        True,
    )  # nobody of the group knew another time


def test_many_acts_cost_as_many_queries_as_one(session: GroupSession, haren: Prison) -> None:
    others = [make_session(session.series, f"2026-12-{day:02d} 09:00") for day in range(1, 20)]

    def cost(sessions: list[GroupSession]) -> int:
        with CaptureQueriesContext(connection) as queries:
            told_by_each(haren, {one.pk: [to(one, "13:30")] for one in sessions})
        return len(queries)

    assert cost([session]) == cost([session, *others])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"start": "13:30"}, "Karim Haddad changed the time at 13:00."),
        ({"workers": ()}, "Karim Haddad changed the facilitator at 13:00."),
        ({"start": "13:30", "workers": ()}, "Karim Haddad changed the time and the facilitator at 13:00."),
        ({"state": "cancelled"}, "Karim Haddad changed the state at 13:00."),
    ],
)
def test_who_looked_at_an_older_version_is_told_what_changed(
    session: GroupSession,
    haren: Prison,
    organiser_anna: User,
    coordinator_karim: User,
    change: dict[str, object],
    words: str,
) -> None:
    now = at("2026-11-22 13:00")
    fields = dict(change)
    start = fields.pop("start", None)
    made = Change(session.pk, **fields)  # type: ignore[arg-type]
    if start:
        made = Change(session.pk, session.room_id, *_span(str(start)), **fields)  # type: ignore[arg-type]
    apply(haren, [made], by=coordinator_karim, verb="move", now=now)

    with pytest.raises(PlannerError) as refusal:
        apply(haren, [to(session, "09:15")], by=organiser_anna, verb="move", now=now, seen={session.pk: 1})

    assert str(refusal.value).startswith(words)


def _span(start: str) -> tuple[dt.datetime, dt.datetime]:
    starts_at = at(f"2026-11-23 {start}")
    return starts_at, starts_at + dt.timedelta(minutes=90)


def test_several_changes_are_told_as_one_and_forgotten_after_the_hour(
    session: GroupSession, haren: Prison, organiser_anna: User, coordinator_karim: User
) -> None:
    apply(haren, [to(session, "13:30")], by=coordinator_karim, verb="move", now=NOW)
    there = to(session, "09:00")
    moved = Change(session.pk, make_room(haren).pk, there.starts_at, there.ends_at)
    apply(haren, [moved], by=coordinator_karim, verb="move", now=NOW)

    def refusal(now: dt.datetime) -> str:
        with pytest.raises(PlannerError) as refused:
            apply(haren, [there], by=organiser_anna, verb="move", now=now, seen={session.pk: 1})
        return str(refused.value)

    assert "changed the room at" in refusal(NOW)  # the time is what it was
    ChangeImage.objects.all().delete()
    assert "Karim Haddad changed this at" in refusal(NOW)


def test_the_news_since_a_publication_are_moves_and_cancellations_of_the_own_sessions(
    session: GroupSession,
    haren: Prison,
    service: Organisation,
    other_service: Organisation,
    organiser_anna: User,
    organiser_emile: User,
) -> None:
    rooms = [make_room(haren) for _number in range(4)]
    series = make_series(haren, organisation=service)
    moved, gone, same = (make_session(series, room=room) for room in rooms[:3])
    theirs = make_session(make_series(haren, organisation=other_service), room=rooms[3])
    access = access_of(organiser_anna, haren)
    assert since_last_publication(haren, MONDAY, SUNDAY, access).since is None
    publish(haren, MONDAY, SUNDAY, by=organiser_anna, now=NOW)
    publish(haren, MONDAY, SUNDAY, by=organiser_emile, now=NOW)
    assert not since_last_publication(haren, MONDAY, SUNDAY, access)

    later = NOW + dt.timedelta(minutes=5)
    apply(haren, [to(moved, "13:30")], by=organiser_anna, verb="move", now=later)
    apply(
        haren,
        [Change(gone.pk, state="cancelled", reason="room")],
        by=organiser_anna,
        verb="cancel",
        now=later,
    )
    apply(haren, [to(theirs, "13:30")], by=organiser_emile, verb="move", now=later)
    back = apply(haren, [to(same, "13:30")], by=organiser_anna, verb="move", now=later)
    undo(back.change_set, by=organiser_anna, now=later)

    news = since_last_publication(haren, MONDAY, SUNDAY, access)
    assert news.since == NOW
    assert [(one.session.pk, one.what) for one in news.moved] == [(moved.pk, "the time")]
    assert [one.pk for one in news.cancelled] == [gone.pk]
