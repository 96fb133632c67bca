"""`make bench`: what the conflict engine, a placement and the board cost, in CPU time and statements.

CPU time of this process, the least of several runs: other work on the machine disturbs it least.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from typing import Any

from benchmarks import reports
from benchmarks.audit import audit
from benchmarks.day_lists import day_lists
from benchmarks.feeds import feeds
from benchmarks.house import MONDAY, House, build, open_database


def least_ms(work: Callable[[], Any], times: int = 5) -> float:
    """Least CPU time of `work` in ms."""
    taken = []
    for _number in range(times):
        begun = time.process_time()
        work()
        taken.append((time.process_time() - begun) * 1000)
    return min(taken)


def since_ms(begun: float) -> float:
    """CPU time since then, in ms."""
    return (time.process_time() - begun) * 1000


def say(what: str, figure: str, goal: str) -> None:
    print(f"{what:<66} {figure:>26}   goal {goal}")


def statements(work: Callable[[], Any]) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        work()
    return len(queries)


def engine() -> None:
    from planner.scheduling.rules import conflicts, snapshot
    from rooms.domain.facts import rules_of

    house = build("engine", rooms=60, sessions=1000, enrollments=10_000)
    days = [MONDAY + dt.timedelta(days=number) for number in range(7)]
    rules = rules_of(house.prison)
    loaded = snapshot.load(house.prison, days)
    found = conflicts.find(loaded, rules)
    rows = f"{len(loaded.rows)} sessions, {sum(map(len, loaded.people.values()))} places"
    say(f"all conflict codes of {rows}", f"{least_ms(lambda: conflicts.find(loaded, rules)):.1f} ms", "30 ms")
    say("  loading the rows", f"{least_ms(lambda: snapshot.load(house.prison, days), 3):.0f} ms", "-")
    say("  conflicts found", str(len(found)), "-")


def move() -> None:
    from planner.scheduling.placement.session_changes import Change
    from planner.scheduling.placement.writer import apply
    from prisons.access import access_for
    from tests.factories import at, signed_in

    house = build("move", rooms=20, sessions=300, enrollments=3000)
    one, access = house.sessions[0], access_for(house.organiser, house.prison)
    places = [(house.rooms[0].pk, at(f"{MONDAY} 08:30")), (house.rooms[0].pk, at(f"{MONDAY} 09:45"))]

    def act(number: int = [0]) -> None:
        room, start = places[number[0] % 2]
        number[0] += 1
        change = Change(one.pk, room, start, start + dt.timedelta(minutes=60))
        apply(house.prison, [change], by=house.organiser, verb="move", access=access, accept_soft=True)

    act()
    say("check and move one session", f"{least_ms(act, 11):.1f} ms", "15 ms")
    say("  statements", str(statements(act)), "26")
    client = signed_in(house.organiser)

    def drop(number: int = [0]) -> None:
        one.refresh_from_db()
        slots = list(house.prison.time_slots.filter(weekday=1).order_by("starts")[:2])
        number[0] += 1
        sent = {"room": house.rooms[number[0] % 2 + 2].pk, "day": f"{MONDAY + dt.timedelta(days=6):%Y%m%d}",
                "slot": house.prison.time_slots.filter(weekday=7).order_by("starts")[number[0] % 2].pk,
                "version": one.version, "week": "2050-W02"}  # fmt: skip
        del slots
        answer = client.post(f"/p/move/board/sessions/{one.pk}/drop/", sent, headers={"hx-request": "true"})
        if answer.status_code != 200:
            raise SystemExit(answer.content.decode()[:500])

    drop()
    say("  the whole HTMX answer with a week of 300 sessions", f"{least_ms(drop, 7):.0f} ms", "60 ms")


def many() -> None:
    from planner.scheduling.closures.closing import announce, confirm, lift
    from planner.scheduling.closures.effects import effects_of
    from planner.scheduling.closures.parts import ClosureDraft, ClosurePart, instant
    from sessions.models import GroupSession
    from tests.factories import at, make_membership, make_user

    house = build("strike", rooms=60, sessions=200, enrollments=2000)
    GroupSession.objects.filter(prison=house.prison).update(
        state="published", published_at=at("2049-12-01 09:00")
    )
    liaison = make_user("Liaison of the strike")
    make_membership(liaison, house.prison, "liaison")
    week = ClosurePart(None, None, instant(MONDAY), instant(MONDAY + dt.timedelta(days=7)))
    begun = time.process_time()
    seal = effects_of(house.prison, [week]).digest
    say("what a strike of 200 sessions hits, in numbers and names", f"{since_ms(begun):.0f} ms", "-")
    closure = announce(house.prison, ClosureDraft("strike", (week,)), by=liaison).closures[0]
    begun = time.process_time()
    done = confirm(closure, by=liaison, seen=seal)
    say(
        f"confirm a strike of {len(done.session_ids)} sessions, with letters and slips",
        f"{since_ms(begun) / 1000:.2f} s",
        "1 s",
    )
    begun = time.process_time()
    done = lift(closure, by=liaison)
    say(
        f"reopen: {len(done.session_ids)} return, {len(done.ruling.cannot)} named with the reason",
        f"{since_ms(begun) / 1000:.2f} s",
        "-",
    )
    _accept(build("accept", rooms=60, sessions=1500, enrollments=0, placed=False))


def _accept(house: House) -> None:
    from benchmarks.house import HOURS
    from planner.scheduling.placement.session_changes import Change
    from planner.scheduling.placement.writer import apply
    from prisons.access import access_for
    from sessions.models import SessionWorker
    from tests.factories import at

    SessionWorker.objects.filter(session__prison=house.prison).delete()
    access = access_for(house.organiser, house.prison)
    cells = [
        (week, day, slot, room)
        for week in range(2)
        for day in range(7)
        for slot in range(3)
        for room in house.rooms
    ]
    changes = []
    for one, (week, day, slot, room) in zip(house.sessions, cells, strict=False):
        start = at(f"{MONDAY + dt.timedelta(days=day, weeks=week)} {HOURS[slot][0]}")
        changes.append(Change(one.pk, room.pk, start, start + dt.timedelta(minutes=60)))
    begun = time.process_time()
    apply(house.prison, changes, by=house.organiser, verb="accept", access=access, accept_soft=True)
    say(f"accept {len(changes)} placements as one act", f"{time.process_time() - begun:.2f} s", "2 s")


def board() -> None:
    from core.dates.weeks import Week
    from planner.board.week.filters import BoardFilter
    from planner.board.week.table import week_board
    from prisons.access import access_for
    from rooms.domain import facts
    from tests.factories import signed_in

    week = Week.from_date(MONDAY)
    large = build("board", rooms=60, sessions=1000, enrollments=10_000)
    access = access_for(large.organiser, large.prison)
    if access is None:
        raise SystemExit("the organiser has no access")

    def data() -> None:
        week_board(large.prison, week, access, BoardFilter())

    def cold() -> None:
        facts._rules.cache_clear()
        data()

    data()
    say(
        "board data of 1,000 sessions, rules cold",
        f"{least_ms(cold):.0f} ms, {statements(cold)} queries",
        "75 ms, 18",
    )
    say("board data of 1,000 sessions, rules kept", f"{least_ms(data):.0f} ms", "40 ms")
    small = build("week", rooms=20, sessions=300, enrollments=3000)
    client = signed_in(small.organiser)

    def page() -> None:
        client.get("/p/week/board/?week=2050-W02")

    page()
    say(
        "the page of a week with 300 sessions",
        f"{least_ms(page):.0f} ms, {statements(page)} queries",
        "40-90 ms, 24",
    )
    version = type(small.prison).objects.get(pk=small.prison.pk).plan_version
    poll = f"/p/week/board/live/?week=2050-W02&version={version}"
    say("the poll when nothing changed", f"{least_ms(lambda: client.get(poll), 9):.1f} ms", "2 ms, 3")


def year_report() -> None:
    found = reports.figures()
    say(
        f"year report over {found['sessions']} sessions, {found['marks']} marks",
        f"{found['cpu_seconds']} s, {found['peak_mb']} MB",
        "5 s, 300 MB",
    )


def main() -> None:
    open_database()
    for part in (engine, move, many, board):
        part()
    feeds(least_ms, say, statements)
    day_lists(least_ms, say)
    year_report()
    audit(least_ms, say, statements)


if __name__ == "__main__":
    main()
