"""Every calendar program shows every session at its right time under its right name.

First a feed of sessions at the edges of the calendar, then the product's own, read from its address. To try
any other feed: `check_in_all_programs(programs, body, expected)`.
"""

import datetime as dt
from collections.abc import Iterable

import pytest

from core.dates.clock import BRUSSELS
from core.dates.timespan import Span
from core.ical import FeedEvent, render_calendar, render_event
from planner.scheduling.placement import writer
from planner.scheduling.placement.session_changes import Change
from prisons.access import access_for
from prisons.domain.records import audit
from sessions import feed_answers
from sessions.domain import feeds
from sessions.domain.recurrence import Pattern, occurrences
from tests.factories import at, make_activity, make_series, make_session, make_slot, make_worker
from tests.proof.calendar_programs import (
    CalendarPrograms,
    Shown,
    by_icalendar,
    by_recurring_ical_events,
    install,
    served,
)

pytestmark = pytest.mark.proof

# start and end on the clock of Brussels, start and end in UTC, title
SESSIONS = [
    ("2026-10-24 13:30", "2026-10-24 16:00", "2026-10-24T11:30", "2026-10-24T14:00", "Laatste dag zomertijd"),
    ("2026-10-25 01:30", "2026-10-25 03:30", "2026-10-24T23:30", "2026-10-25T02:30", "Door de lange nacht"),
    ("2026-10-25 13:30", "2026-10-25 16:00", "2026-10-25T12:30", "2026-10-25T15:00", "Eerste dag wintertijd"),
    (
        "2026-11-24 09:00",
        "2026-11-24 11:00",
        "2026-11-24T08:00",
        "2026-11-24T10:00",
        "Taal, niveau 1; groep \\B",
    ),
    ("2026-12-31 18:00", "2026-12-31 20:00", "2026-12-31T17:00", "2026-12-31T19:00", "Théâtre 🎭 & musique"),
    ("2027-01-01 00:00", "2027-01-01 01:00", "2026-12-31T23:00", "2027-01-01T00:00", "é" * 300),
    ("2027-03-27 13:30", "2027-03-27 16:00", "2027-03-27T12:30", "2027-03-27T15:00", "Dernier jour d'hiver"),
    ("2027-03-28 01:30", "2027-03-28 03:30", "2027-03-28T00:30", "2027-03-28T01:30", "Door de korte nacht"),
    ("2027-03-28 13:30", "2027-03-28 16:00", "2027-03-28T11:30", "2027-03-28T14:00", "Premier jour d'été"),
    (
        "2027-07-01 18:00",
        "2027-07-01 20:00",
        "2027-07-01T16:00",
        "2027-07-01T18:00",
        "اللغة الهولندية، المستوى الأول",
    ),
]
CHANGED = dt.datetime(2026, 9, 1, 12, tzinfo=dt.UTC)


def event(number: int, start: str, end: str, title: str, **facts) -> bytes:
    starts_at, ends_at = (dt.datetime.fromisoformat(wall).replace(tzinfo=BRUSSELS) for wall in (start, end))
    span = Span(starts_at, ends_at)
    return render_event(
        FeedEvent(uid=f"{number}@tempo", span=span, summary=title, sequence=0, changed_at=CHANGED, **facts)
    )


def sessions_and_what_to_show() -> tuple[bytes, list[Shown]]:
    rows = list(enumerate(SESSIONS))
    body = render_calendar(
        "Sessies",
        [event(number, start, end, title) for number, (start, end, _, _, title) in rows],
        product="Tempo",
    )
    return body, [Shown(f"{number}@tempo", row[2], row[3], row[4]) for number, row in rows]


def check_in_all_programs(
    programs: CalendarPrograms, body: bytes, expected: Iterable[Shown], year: int = 2026
) -> None:
    """Whether every program shows just these events (of that year and the next); `body` is a whole feed."""
    wanted = sorted(expected)
    assert by_icalendar(body) == wanted
    assert by_recurring_ical_events(body, year) == wanted
    assert programs.ical_js(body) == wanted
    assert programs.node_ical(body) == wanted
    assert programs.khal(body, year) == wanted
    with served(body) as url:
        assert len(programs.vdirsyncer(url)) == len(wanted)


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> CalendarPrograms:
    return install(tmp_path_factory.mktemp("programs"))


@pytest.mark.parametrize("program", ["ical_js", "node_ical", "khal"])
def test_every_program_shows_the_right_times_and_names(programs, program):
    body, expected = sessions_and_what_to_show()
    assert getattr(programs, program)(body) == sorted(expected)


def test_vdirsyncer_stores_one_item_per_session(programs):
    body, expected = sessions_and_what_to_show()
    with served(body) as url:
        items = programs.vdirsyncer(url)
    assert len(items) == len(expected)
    assert all(item.count(b"BEGIN:VEVENT") == 1 for item in items)


def test_the_hour_that_comes_twice_is_read_alike(programs):
    first = dt.datetime(2026, 10, 25, 2, 15, tzinfo=BRUSSELS)
    spans = [Span(first.replace(fold=fold), first.replace(minute=45, fold=fold)) for fold in (0, 1)]
    events = [
        FeedEvent(uid=f"{fold}@tempo", span=span, summary="Nacht", sequence=0, changed_at=CHANGED)
        for fold, span in enumerate(spans)
    ]
    body = render_calendar("Nacht", map(render_event, events), product="Tempo")
    shown = [(row.starts_at, row.ends_at) for row in programs.ical_js(body)]
    assert shown == [("2026-10-25T00:15", "2026-10-25T00:45"), ("2026-10-25T01:15", "2026-10-25T01:45")]
    assert shown == [(row.starts_at, row.ends_at) for row in programs.node_ical(body)]


def test_a_feed_without_sessions_is_no_error(programs):
    check_in_all_programs(programs, render_calendar("Leeg", [], product="Tempo"), [])


def instant(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M")


TITLES = [
    "Théâtre, niveau 1; groupe « B » 🎭",
    "اللغة الهولندية، المستوى الأول",
    "Taal \\, en \\; letterlijk",
    "é, ".join("lang" for _number in range(20))[:120],
]


def last_sunday(year: int, month: int) -> dt.date:
    last = dt.date(year, month, 31)
    return last - dt.timedelta(days=last.isoweekday() % 7)


@pytest.mark.parametrize("year", [2026, 2033])
def test_a_facilitators_own_feed_in_all_programs(
    programs, haren, service, worker_chloe, organiser_anna, client, monkeypatch, year
):
    """Weekly series over both changes of the clocks; one session moved, one cancelled, one series renamed."""
    now = at(f"{year}-10-01 10:00")
    monkeypatch.setattr(feed_answers, "clock_now", lambda: now)
    for weekday in range(1, 8):
        make_slot(haren, weekday, "08:00", "12:00")
        make_slot(haren, weekday, "13:00", "17:00")
    chloe = make_worker(haren, organisation=service, user=worker_chloe)
    rows = {}
    for begun, title in enumerate(TITLES):
        activity = make_activity(service, title_nl=title, title_fr=title, title_en=title)
        series = make_series(haren, activity=activity)
        for turn in (last_sunday(year, 10), last_sunday(year + 1, 3)):
            first_on = turn - dt.timedelta(days=7 + begun)  # nobody leads two groups at once
            pattern = Pattern(first_on=first_on, starts=dt.time(13, 30), duration_minutes=90, weeks=3)
            for row in occurrences(pattern):
                rows[
                    make_session(series, row.starts_at, state="published", workers=[chloe], published_at=now)
                ] = title
    sessions = list(rows)
    access = access_for(worker_chloe, haren, now=now)
    _feed, secret = feeds.create(chloe, access=access, language="fr", now=now)
    client.get(f"/ical/{secret}.ics")  # what follows changes what a calendar has seen
    moved, cancelled, renamed = sessions[0], sessions[4], sessions[-1]
    day = moved.starts_at + dt.timedelta(days=1)
    changes = [
        Change(moved.pk, starts_at=day.replace(hour=8), ends_at=day.replace(hour=9)),
        Change(cancelled.pk, state="cancelled", reason="worker"),
    ]
    writer.apply(haren, changes, by=organiser_anna, verb="move", now=now, accept_soft=True)
    activity = renamed.series.activity
    activity.title_fr = "Nouveau nom, « autre » ; 🎨"
    activity.save()
    audit.record(haren, organiser_anna, "change", activity, now=now)
    expected = []
    for session, title in rows.items():
        session.refresh_from_db()
        told = "Nouveau nom, « autre » ; 🎨" if session.series_id == renamed.series_id else title
        told = f"ANNULÉE : {told}" if session == cancelled else told
        uid = f"session-{session.pk}@localhost"
        expected.append(Shown(uid, instant(session.starts_at), instant(session.ends_at), told))
    check_in_all_programs(programs, client.get(f"/ical/{secret}.ics").content, expected, year)
