"""What the first page says, per role. Every number is the length of the list that it links to."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.dates import clock
from core.dates.weeks import Week
from enrollment.domain.attendance import sheet_entry
from enrollment.domain.participants import welcome
from enrollment.domain.requests import agreement, counts, inbox
from enrollment.domain.taking_part import occupancy
from planner.closures.upcoming import ClosureNotice, notices_for
from planner.emergency import pack_file
from planner.notifications import cannot_come, own_sessions
from planner.scheduling.asks.lists import received
from planner.scheduling.rules.codes import CODES
from planner.scheduling.rules.open_conflicts import hard_ones, to_solve
from planner.today.by_service import WaitingRequests, waiting_by_service
from planner.today.lists_state import ListsOfDay, lists_to_hand_over
from planner.workers import unread
from prisons import gate
from prisons.access import Access, Right
from prisons.domain.background import outbox
from prisons.domain.people.announcements import for_reader
from prisons.models import Announcement
from sessions.models import GroupSession


@dataclass(frozen=True)
class Tile:
    number: int
    label: str
    url: str
    tone: str = ""
    is_usual: bool = False
    """Stands there with a nought too; every other number is an exception, shown when there is one."""


@dataclass(frozen=True)
class TodaySession:
    session: GroupSession
    name: str
    service: str
    """Whose it is; empty for whoever knows neutral names only."""
    enrolled: int
    is_cancelled: bool
    warnings: tuple[str, ...] = ()
    """What is wrong with it, in a word or two each."""
    may_mark: bool = False
    has_said_no: bool = False
    """The facilitator who reads it has told the service not to come."""


@dataclass(frozen=True)
class LaterDay:
    """A day of this week after tomorrow, in numbers."""

    on: dt.date
    sessions: int
    enrolled: int


@dataclass(frozen=True)
class Summary:
    day: dt.date
    tiles: list[Tile]
    sessions: list[TodaySession]
    tomorrow: list[TodaySession] = field(default_factory=list)
    later: list[LaterDay] = field(default_factory=list)
    """The rest of the week, day by day."""
    next_sessions: list[TodaySession] = field(default_factory=list)
    closures: list[ClosureNotice] = field(default_factory=list)
    is_worker: bool = False
    announcements: list[Announcement] = field(default_factory=list)
    lists: list[ListsOfDay] = field(default_factory=list)
    """What is handed over next, for whoever prints."""
    services: list[WaitingRequests] = field(default_factory=list)
    """What waits at each service, for a coordinator."""

    @property
    def tomorrow_on(self) -> dt.date:
        return self.day + dt.timedelta(days=1)


def summary_of(access: Access, *, now: dt.datetime | None = None) -> Summary:
    """The first page of this reader."""
    now = now or clock.now()
    day = clock.today(now)
    if not access.has(Right.SEE_BOARD):
        return Summary(
            day=day,
            tiles=list(_sheets(access)),
            sessions=[],
            next_sessions=_own_next(access, now),
            closures=notices_for(access, now),
            announcements=for_reader(access, now=now),
            is_worker=True,
        )
    tomorrow = day + dt.timedelta(days=1)
    until = max(Week.from_date(day).sunday, tomorrow)
    sessions = (
        GroupSession.objects.in_prison(access.prison)
        .exclude(room=None)
        .filter(
            starts_at__gte=clock.midnight(day), starts_at__lt=clock.midnight(until + dt.timedelta(days=1))
        )
    )
    sessions = sessions.filter(gate.sessions_for(access))
    if access.organisation_ids and not access.authorities:
        sessions = sessions.filter(series__activity__organisation__in=access.organisation_ids)
    by_day = defaultdict(list)
    for row in _told(sessions, access, now):
        by_day[clock.today(row.session.starts_at)].append(row)
    return Summary(
        day=day,
        tiles=list(_tiles(access)),
        sessions=by_day.pop(day, []),
        tomorrow=by_day.pop(tomorrow, []),
        later=[
            LaterDay(on, len(live), sum(row.enrolled for row in live))
            for on, rows in sorted(by_day.items())
            if (live := [row for row in rows if not row.is_cancelled])
        ],
        closures=notices_for(access, now),
        announcements=for_reader(access, now=now),
        lists=lists_to_hand_over(access, now=now),
        services=waiting_by_service(access, now=now),
    )


def _tiles(access: Access) -> list[Tile]:
    slug = access.prison.slug
    tiles = []
    if access.has(Right.ENTER_REQUESTS):
        desk = reverse("enrollment:request_list", args=[slug])
        tiles += [
            Tile(
                late := counts.overdue(access).count(),
                ngettext("request older than %(days)s days", "requests older than %(days)s days", late)
                % {"days": access.prison.promise_days},
                f"{desk}?tab=overdue",
                "stop",
                is_usual=True,
            ),
            _to_decide(access, desk),
            Tile(
                slips := counts.to_hand_out(access).count(),
                ngettext("reply slip to hand out", "reply slips to hand out", slips),
                f"{desk}?tab=hand_out",
                is_usual=True,
            ),
        ]
        tiles += [
            Tile(
                talks := inbox.open_todos(access, inbox.DROP_OUT).count(),
                ngettext("talk with somebody who stays away", "talks with people who stay away", talks),
                reverse("enrollment:change_inbox", args=[slug]) + f"?only={inbox.DROP_OUT}",
                "warn",
            ),
            Tile(
                changes := inbox.open_todos(access, inbox.ROSTER).count(),
                ngettext("change to acknowledge", "changes to acknowledge", changes),
                reverse("enrollment:change_inbox", args=[slug]) + f"?only={inbox.ROSTER}",
                "warn",
            ),
            Tile(
                new := len(welcome.new_arrivals(access.prison)),
                ngettext("new arrival who has nothing yet", "new arrivals who have nothing yet", new),
                reverse("enrollment:new_arrivals", args=[slug]),
            ),
        ]
    if access.prison.asks_agreement and access.has(Right.AGREE):
        url = reverse("enrollment:agreement", args=[slug])
        asked = agreement.awaiting(access.prison).count()
        tiles.append(Tile(asked, ngettext("person to agree on", "people to agree on", asked), url))
    if access.has(Right.MANAGE_WORKERS):
        url = reverse("planner:call_list", args=[slug])
        people = unread.number_to_call(access)
        label = ngettext("facilitator to call", "facilitators to call", people)
        tiles.append(Tile(people, label, url, "stop"))
    tiles += _sheets(access)
    if access.has(Right.READ_OUTBOX):
        url = reverse("prisons:outbox_list", args=[slug]) + "?state=not_sent"
        letters = outbox.not_sent(access.prison).count()
        tiles.append(Tile(letters, ngettext("letter not sent", "letters not sent", letters), url, "stop"))
    if access.has(Right.DISTRIBUTE) and pack_file.is_missing(access.prison):
        url = reverse("planner:emergency_pack", args=[slug])
        tiles.append(Tile(1, _("emergency pack that was not written"), url, "stop"))
    if access.has(Right.SEE_BOARD):
        conflicts = to_solve(access)
        label = ngettext("open conflict", "open conflicts", conflicts)
        if access.has(Right.PLACE):
            label = ngettext("conflict to solve", "conflicts to solve", conflicts)
        url = reverse("planner:conflicts", args=[slug])
        tiles.append(Tile(conflicts, label, url, "stop", is_usual=True))
    if access.has(Right.PLACE):
        missing = len(cannot_come.waiting(access))
        label = ngettext("facilitator cannot come", "facilitators cannot come", missing)
        tiles.append(Tile(missing, label, reverse("planner:cannot_come_list", args=[slug]), "stop"))
        asks = reverse("planner:ask_list", args=[slug])
        number = received(access).count()
        label = ngettext("ask of another service to answer", "asks of other services to answer", number)
        tiles.append(Tile(number, label, asks, "warn"))
    return [tile for tile in tiles if tile.number or tile.is_usual]


def _to_decide(access: Access, url: str) -> Tile:
    """The list stands in the order of age, so its first row is the oldest."""
    rows = counts.undecided(access)
    number, oldest = rows.count(), rows.first()
    label = ngettext("request to decide", "requests to decide", number)
    days = (clock.today() - oldest.received_on).days if oldest else 0
    if days:
        since = ngettext("the oldest for %(count)s day", "the oldest for %(count)s days", days)
        label = f"{label}, {since % {'count': days}}"
    return Tile(number, label, url, is_usual=True)


def _sheets(access: Access) -> Iterator[Tile]:
    """Attendance that nobody has entered yet."""
    if access.has(Right.MARK):
        url = reverse("enrollment:attendance_list", args=[access.prison.slug])
        sheets = sheet_entry.to_type_in(access).count()
        if sheets:
            yield Tile(sheets, ngettext("sheet to type in", "sheets to type in", sheets), url)


def _own_next(access: Access, now: dt.datetime) -> list[TodaySession]:
    """The next published sessions of a facilitator, two weeks ahead."""
    sessions = GroupSession.objects.in_prison(access.prison).filter(
        session_workers__worker__user=access.user,
        state__in=(GroupSession.State.PUBLISHED, GroupSession.State.CANCELLED),
        published_at__isnull=False,
        ends_at__gte=now,
        starts_at__lt=Week.from_date(clock.today(now)).span.ends_at + dt.timedelta(days=7),
    )
    worker = own_sessions.worker_of(access.user)
    said_no = cannot_come.said_no(worker) if worker else set()
    return [replace(row, has_said_no=row.session.pk in said_no) for row in _told(sessions, access, now)]


def _told(sessions: Any, access: Access, now: dt.datetime) -> list[TodaySession]:
    related = sessions.select_related("series__activity__organisation", "room")
    rows = list(related.prefetch_related("session_workers").order_by("starts_at"))
    people = occupancy(access.prison, {row.pk for row in rows}) if rows else {}
    hard: dict[int, list[str]] = defaultdict(list)
    for one in hard_ones(access, now=now) if rows and access.has(Right.SEE_BOARD) else ():
        hard[one.session_id].append(one.code)
    return [
        TodaySession(
            row,
            gate.name_of(access, row.series),
            gate.service_of(access, row.series.activity.organisation),
            len(people.get(row.pk, ())),
            not row.is_live,
            tuple(_warnings(row, hard[row.pk])) if access.has(Right.SEE_BOARD) else (),
            _may_mark(row, access, now),
        )
        for row in rows
    ]


def _warnings(session: GroupSession, codes: Iterable[str]) -> Iterator[str]:
    if session.is_live:
        yield from (str(CODES[code].title) for code in dict.fromkeys(codes))
        if not session.session_workers.all():
            yield _("nobody leads it")


def _may_mark(session: GroupSession, access: Access, now: dt.datetime) -> bool:
    """A facilitator's own list holds only sessions that he or she leads."""
    if not access.has(Right.MARK) or not session.is_live or session.starts_at is None:
        return False
    is_own = not access.has(Right.SEE_BOARD) or access.may_change(session.series.activity.organisation)
    return is_own and session.starts_at <= now
