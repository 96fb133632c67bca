"""Every calendar program shows every session at its right time under its right name.

First a feed of sessions at the edges of the calendar, then the product's own, read from its address. To try
any other feed: `check_in_all_programs(programs, body, expected)`.
"""

import datetime as dt
from collections.abc import Iterable

import pytest

from core.clock import BRUSSELS
from core.ical import FeedEvent, render_calendar, render_event
from core.timespan import Span
from prisons.access import access_for
from sessions import feed_answers
from sessions.domain import feeds
from sessions.domain.recurrence import Pattern, occurrences
from tests.factories import at, make_activity, make_series, make_session, make_worker
from tests.proof.calendar_programs import CalendarPrograms, Shown, install, served

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


def check_in_all_programs(programs: CalendarPrograms, body: bytes, expected: Iterable[Shown]) -> None:
    """Whether every program shows just these events (between 2026 and 2027); `body` is a whole feed."""
    wanted = sorted(expected)
    assert programs.ical_js(body) == wanted
    assert programs.node_ical(body) == wanted
    assert programs.khal(body) == wanted
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


def test_a_facilitators_own_feed_in_all_programs(programs, haren, service, worker_chloe, client, monkeypatch):
    """Weekly series over both changes of the clocks, from the secret address of whoever gives them."""
    now = at("2026-11-20 10:00")
    monkeypatch.setattr(feed_answers, "clock_now", lambda: now)
    chloe = make_worker(haren, organisation=service, user=worker_chloe)
    title = "Théâtre, niveau 1; groupe « B » 🎭"
    series = make_series(
        haren, activity=make_activity(service, title_nl=title, title_fr=title, title_en=title)
    )
    expected = []
    for first_on in (dt.date(2026, 10, 18), dt.date(2027, 3, 21)):  # Sundays around 25 October and 28 March
        pattern = Pattern(first_on=first_on, starts=dt.time(13, 30), duration_minutes=90, weeks=3)
        for row in occurrences(pattern):
            session = make_session(series, row.starts_at, state="published", workers=[chloe])
            uid = f"session-{session.pk}@localhost"
            expected.append(Shown(uid, instant(row.starts_at), instant(row.ends_at), title))
    access = access_for(worker_chloe, haren, now=now)
    _feed, secret = feeds.create(chloe, access=access, language="fr", now=now)
    check_in_all_programs(programs, client.get(f"/ical/{secret}.ics").content, expected)
