"""Every act with a preview does exactly what was shown: change the form or a row in between, press, nothing happens.

The answer then shows the effect as it is now, and pressing once more does that.
"""

from __future__ import annotations

import ast
import datetime as dt
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.core import serializers
from django.test import Client
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from core.dates import clock
from enrollment.domain.attendance.sheet_lines import fill_sheet
from enrollment.domain.roster import comparison
from enrollment.models import Attendance, Enrollment, SheetDraft, Slip, Stay
from planner.models import MadeUp, Proposal, ProposalLine
from planner.proposals import starting
from planner.proposals.lines import mending
from planner.scheduling.asks import ask_acts
from planner.scheduling.closures import closing
from planner.scheduling.closures.parts import ClosureDraft
from planner.scheduling.closures.parts import ClosurePart as Place
from planner.scheduling.placement.session_changes import Change
from planner.scheduling.placement.writer import apply
from planner.scheduling.series.make_up import dates_for
from prisons.models import ChangeSet, Organisation, Prison, Todo, User
from rooms.models import Closure, Room
from sessions.models import Cancellation, GroupSession, Series, SkippedDate
from tests.factories import (
    at,
    make_activity,
    make_enrollment,
    make_holiday,
    make_participant,
    make_room,
    make_series,
    make_session,
    make_slot,
    make_term,
    make_worker,
    signed_in,
)
from tests.pages import flat, seen_on

KEPT = (
    GroupSession,
    Series,
    Room,
    Closure,
    Cancellation,
    MadeUp,
    Enrollment,
    Slip,
    ChangeSet,
    ProposalLine,
    Todo,
    SkippedDate,
    Attendance,
    Stay,
)
MONDAY = dt.date(2050, 1, 10)


@dataclass
class Act:
    """How a page of this act is looked at and pressed, and what may change in between."""

    url: str
    data: dict[str, Any]
    page: str = ""
    """Looked at by its address ..."""
    look: dict[str, Any] | None = None
    """... or by sending the form with the button that only shows."""
    name: str = "seen"
    """Of the field that carries the digest."""
    beside: str = ""
    other_form: dict[str, Any] = field(default_factory=dict)
    row: Callable[[], object] = lambda: None
    by: str = "anna"
    answers: int = 302
    """What says that it was done."""


@dataclass
class House:
    prison: Prison
    service: Organisation
    users: dict[str, User]

    def __post_init__(self) -> None:
        for weekday in range(1, 6):
            make_slot(self.prison, weekday, "08:30", "11:00")
            make_slot(self.prison, weekday, "13:30", "16:00")
        self.room, self.other_room = make_room(self.prison, name="A"), make_room(self.prison, name="B")
        self.leader = make_worker(self.prison, organisation=self.service)
        self.term = make_term(
            self.prison, starts_on=dt.date(2050, 1, 3), ends_on=dt.date(2050, 3, 27), name="Spring"
        )
        self.series = make_series(
            self.prison, organisation=self.service, default_room=self.room, term=self.term,
            starts_on=MONDAY, weeks=3,
        )  # fmt: skip
        self.sessions = [self.add(f"2050-01-{day} 09:00") for day in (10, 17, 24)]

    def add(self, start: str, **fields: Any) -> GroupSession:
        return make_session(self.series, start, room=self.room, workers=[self.leader], **fields)

    def touch(self, session: GroupSession) -> None:
        """A colleague moves it by an hour."""
        by = self.users["karim"]
        assert session.starts_at and session.ends_at
        hour = dt.timedelta(minutes=30)
        change = Change(session.pk, starts_at=session.starts_at + hour, ends_at=session.ends_at + hour)
        apply(self.prison, [change], by=by, verb="move", accept_soft=True)

    def cancel(self, *sessions: GroupSession, **fields: Any) -> None:
        for session in sessions:
            GroupSession.objects.filter(pk=session.pk).update(state="cancelled")
            Cancellation.objects.create(
                session=session, was_state="draft", at=at("2049-01-01 09:00"), **({"reason": "room"} | fields)
            )

    def address(self, name: str, *args: object) -> str:
        return reverse(f"planner:{name}", args=[self.prison.slug, *args])


def dates(house: House) -> Act:
    first = house.sessions[0]
    look = {
        "scope": "this", "weekday": 1, "start": "09:15", "minutes": 90, "room": house.room.pk,
        "workers": [house.leader.pk],
    }  # fmt: skip
    return Act(
        house.address("session_dates", first.pk), {**look, "do": "1"}, look=look,
        other_form={"scope": "all"}, row=lambda: house.touch(first),
    )  # fmt: skip


def publish(house: House) -> Act:
    url, span = house.address("board_publish"), {"first": "2050-01-10", "last": "2050-01-17"}
    return Act(
        url, span, page=f"{url}?{urlencode(span)}", other_form={"last": "2050-01-31"},
        row=lambda: house.add("2050-01-14 13:30"), by="karim",
    )  # fmt: skip


def _picks(house: House) -> list[str]:
    return [f"{one.pk}:{one.version}" for one in house.sessions]


def bulk(house: House) -> Act:
    look = {"act": "weeks", "pick": _picks(house), "sent": "1", "weeks": "4", "way": "on"}
    return Act(
        house.address("board_bulk"), {**look, "step": "do"}, look=look, other_form={"weeks": "5"},
        row=lambda: make_enrollment(_published(house.sessions[0]).series),
    )  # fmt: skip


def _published(session: GroupSession) -> GroupSession:
    GroupSession.objects.filter(pk=session.pk).update(state="published", version=2)
    return session


def bulk_cancel(house: House) -> Act:
    look = {"act": "cancel", "pick": _picks(house), "sent": "1", "reason": "room"}
    return Act(
        house.address("board_bulk"), {**look, "step": "do"}, look=look,
        other_form={"pick": _picks(house)[:1]}, row=lambda: _published(house.sessions[0]),
    )  # fmt: skip


def cancel(house: House) -> Act:
    look = {"pick": _picks(house)}
    return Act(
        house.address("sessions_cancel"), {**look, "step": "do", "reason": "room"}, look=look,
        other_form={"pick": _picks(house)[1:]}, row=lambda: _published(house.sessions[0]),
    )  # fmt: skip


def restore(house: House) -> Act:
    house.cancel(*house.sessions)
    look = {"pick": _picks(house)}
    return Act(
        house.address("sessions_restore"), {**look, "step": "do", "leave_out": "1"}, look=look,
        other_form={"pick": _picks(house)[1:]},
        row=lambda: make_session(make_series(house.prison), "2050-01-10 09:30", room=house.room),
    )  # fmt: skip


def announce(house: House) -> Act:
    url = house.address("closure_announce") + "?preset=strike-24"
    look = {"day": "2050-01-17", "step": "look"}
    return Act(
        url, {**look, "step": "announce"}, look=look, other_form={"day": "2050-01-24"},
        row=lambda: house.add("2050-01-17 13:30"), by="karim",
    )  # fmt: skip


def _closure(house: House) -> Closure:
    """By a coordinator: drafts, which are changed below, do not exist for the prison."""
    draft = ClosureDraft("strike", (Place(None, None, at("2050-01-17 00:00"), at("2050-01-18 00:00")),))
    return closing.announce(house.prison, draft, by=house.users["karim"]).closures[0]


def confirm(house: House) -> Act:
    closure = _closure(house)
    return Act(
        house.address("closure_confirm", closure.pk), {}, page=house.address("closure_detail", closure.pk),
        row=lambda: house.add("2050-01-17 13:30"), by="karim",
    )  # fmt: skip


def lift(house: House) -> Act:
    closure = _closure(house)
    closing.confirm(closure, by=house.users["karim"])
    url = house.address("closure_lift", closure.pk)
    return Act(
        url, {}, page=url, by="karim",
        row=lambda: GroupSession.objects.filter(pk=house.sessions[1].pk).update(version=9),
    )  # fmt: skip


def make_up(house: House) -> Act:
    house.cancel(house.sessions[1])
    session = GroupSession.objects.select_related("cancellation", "series", "prison").get(
        pk=house.sessions[1].pk
    )
    first, second = dates_for(session)[:2]
    url = house.address("session_make_up", session.pk)

    def sent(choice: Any) -> dict[str, Any]:
        form = "%Y-%m-%dT%H:%M:%S%z"
        return {
            "room": choice.room_id,
            "starts_at": f"{choice.starts_at:{form}}",
            "ends_at": f"{choice.ends_at:{form}}",
        }

    return Act(
        url, sent(first), page=url, other_form=sent(second), beside=sent(first)["starts_at"],
        row=lambda: GroupSession.objects.filter(pk=session.pk).update(version=9),
    )  # fmt: skip


def copy(house: House) -> Act:
    term = make_term(house.prison, starts_on=dt.date(2050, 4, 4), ends_on=dt.date(2050, 6, 26), name="Summer")
    other = make_series(
        house.prison, organisation=house.service, term=house.term, starts_on=MONDAY, weeks=2,
        start_time=dt.time(13, 30), default_room=house.other_room,
    )  # fmt: skip
    url = house.address("term_copy")
    query = {
        "was": house.term.pk, "from": house.term.pk, "to": term.pk, "conflicts": "tray", "series": [house.series.pk],
    }  # fmt: skip
    return Act(
        url, query, page=f"{url}?{urlencode(query, doseq=True)}", other_form={"series": [house.series.pk, other.pk]},
        row=lambda: make_session(make_series(house.prison), "2050-04-11 09:30", room=house.room),
    )  # fmt: skip


def new_series(house: House) -> Act:
    data = {
        "activity": make_activity(house.service).pk, "places": "8", "waiting_order": "first_come",
        "starts_on": "2050-01-11", "start_time": "09:00", "end_time": "10:30", "weeks": "3", "every_weeks": "1",
        "default_room": house.room.pk, "list_code": "A-77", "units": ["all"],
    }  # fmt: skip
    return Act(
        house.address("series_add"), data, look={**data, "preview": "yes"}, name="seen_dates",
        other_form={"default_room": house.other_room.pk},
        row=lambda: make_session(make_series(house.prison), "2050-01-11 09:30", room=house.room),
    )  # fmt: skip


def add_date(house: House) -> Act:
    look = {"on": "2050-01-13", "starts": "13:30", "room": house.room.pk}
    return Act(
        house.address("series_date_add", house.series.pk), {**look, "do": "1"}, look=look,
        other_form={"room": house.other_room.pk},
        row=lambda: make_session(make_series(house.prison), "2050-01-13 14:00", room=house.room),
    )  # fmt: skip


def prolong(house: House) -> Act:
    return Act(
        house.address("series_prolong", house.series.pk), {"weeks": "2", "do": "1"}, look={"weeks": "2"},
        other_form={"weeks": "3"},
        row=lambda: make_holiday(house.prison, dt.date(2050, 2, 7)),
    )  # fmt: skip


def take_up(house: House) -> Act:
    first, second = (
        SkippedDate.objects.create(series=house.series, on=dt.date(2050, 1, day), reason="holiday").pk
        for day in (13, 20)
    )
    return Act(
        house.address("series_take_up", house.series.pk), {"dates": [first], "do": "1"}, look={"dates": [first]},
        other_form={"dates": [first, second]},
        row=lambda: make_session(make_series(house.prison), "2050-01-13 09:30", room=house.room),
    )  # fmt: skip


def end(house: House) -> Act:
    url = house.address("series_end", house.series.pk)
    return Act(url, {}, page=url, row=lambda: make_enrollment(house.series))


def propose(house: House) -> Act:
    first, last = MONDAY, MONDAY + dt.timedelta(days=6)
    wish = starting.PlanningWish(first=first, last=last)
    proposal = starting.make_by_hand(house.prison, wish, by=house.users["anna"])
    tray = [make_session(house.series, None, week_on=MONDAY) for _number in range(2)]
    goal = mending.Goal(2, 510, 660, house.room, dt.date(2050, 1, 11))
    line = mending.add_line(proposal, tray[0], goal, by=house.users["anna"])
    page = house.address("proposal_detail", proposal.pk)
    return Act(
        house.address("proposal_accept", proposal.pk), {"action": "all"}, page=page,
        row=lambda: ProposalLine.objects.filter(pk=line.pk).update(room=house.other_room),
    )  # fmt: skip


def try_again(house: House) -> Act:
    closure = _closure(house)
    closing.confirm(closure, by=house.users["karim"])
    in_the_way = make_session(make_series(house.prison), "2050-01-17 09:30", room=house.room)
    closing.lift(closure, by=house.users["karim"])
    in_the_way.delete()
    url = house.address("closure_restore", closure.pk)
    return Act(
        url, {}, page=url, by="karim",
        row=lambda: GroupSession.objects.filter(pk=house.sessions[1].pk).update(version=9),
    )  # fmt: skip


def accept_ask(house: House) -> Act:
    session = _published(house.sessions[0])
    to = Change(session.pk, house.room.pk, at("2050-01-11 09:00"), at("2050-01-11 10:30"))
    ask = ask_acts.ask_to_move(session, to, by=house.users["emile"])
    url = house.address("ask_accept", ask.pk)
    return Act(url, {}, page=house.address("ask_list"), beside=url, row=lambda: make_enrollment(house.series))


def move(house: House) -> Act:
    session = _published(house.sessions[0])
    url = house.address("session_move", session.pk)
    data = {
        "room": house.room.pk, "day": "2050-01-11", "start": "09:00", "until": "10:30", "version": 2,
    }  # fmt: skip
    return Act(url, data, page=url, row=lambda: make_enrollment(house.series))


def filled_sheet(house: House) -> Act:
    day = clock.today() - dt.timedelta(days=1)
    session = _published(house.add(f"{day} 09:00"))
    early = day - dt.timedelta(days=1)
    person = make_enrollment(house.series, placed_from=early).participant_id
    Stay.objects.update(starts_on=early)
    draft = SheetDraft.objects.create(
        session=session, by=house.users["anna"], created_at=clock.now(), made_of=fill_sheet(session).made_of,
        lines=[{"participant_id": person, "mark": "present", "adults": None, "children": None}],
    )  # fmt: skip
    page = reverse("enrollment:read_sheet", args=[house.prison.slug, draft.pk])
    return Act(
        reverse("enrollment:accept_sheet", args=[house.prison.slug, draft.pk]), {"confirmed": "on"}, page=page,
        row=lambda: make_enrollment(house.series, placed_from=early),
    )  # fmt: skip


def undo(house: House) -> Act:
    change = Change(house.sessions[0].pk, house.other_room.pk)
    act = apply(house.prison, [change], by=house.users["anna"], verb="move", accept_soft=True).change_set
    url = house.address("undo", act.pk)
    return Act(
        url, {}, page=url,
        row=lambda: GroupSession.objects.filter(pk=house.sessions[0].pk).update(version=9),
    )  # fmt: skip


def publish_series(house: House) -> Act:
    GroupSession.objects.filter(series=house.series).update(state="draft")
    url = house.address("series_publish", house.series.pk)
    return Act(
        url, {}, page=url,
        row=lambda: GroupSession.objects.filter(pk=house.sessions[1].pk).update(version=9),
    )  # fmt: skip


def find_room(house: House) -> Act:
    GroupSession.objects.filter(series=house.series).update(room=None, state="draft")
    url = house.address("series_rooms", house.series.pk)
    room = f'name="room" value="{house.room.pk}"'
    return Act(
        url, {"room": house.room.pk}, page=url, beside=room, other_form={"room": house.other_room.pk},
        row=lambda: make_session(make_series(house.prison), "2050-01-10 09:30", room=house.room),
    )  # fmt: skip


def along(house: House) -> Act:
    """The later dates go where one was dropped."""
    first = house.sessions[0]
    change = Change(first.pk, house.room.pk, at("2050-01-11 09:00"), at("2050-01-11 10:30"))
    act = apply(house.prison, [change], by=house.users["anna"], verb="move", accept_soft=True).change_set
    url = house.address("dates_along", act.pk)
    return Act(url, {}, page=url, row=lambda: house.touch(house.sessions[2]))


def decide(house: House) -> Act:
    asked = [make_enrollment(house.series, state="requested") for _number in range(2)]
    url = reverse("enrollment:bulk_decide", args=[house.prison.slug])
    data = {"action": "approve", "row": [one.pk for one in asked]}
    return Act(
        url, data, look=data, other_form={"action": "put_on_list"},
        row=lambda: Enrollment.objects.filter(pk=asked[0].pk).update(version=9), answers=200,
    )  # fmt: skip


def roster_list(house: House) -> Act:
    draft = comparison.draft(house.prison, "x", b"Nr;Naam\n81;Claes, Cis\n", by=house.users["anna"])
    return Act(
        reverse("enrollment:roster_accept", args=[house.prison.slug, draft.pk]), {},
        page=reverse("enrollment:roster_preview", args=[house.prison.slug, draft.pk]),
        row=lambda: make_participant(house.prison, register_number="82"),
    )  # fmt: skip


def paste(house: House) -> Act:
    url = reverse("rooms:room_paste", args=[house.prison.slug])
    pasted = "Naam\tCapaciteit\nKlas 8\t12\nKlas 9\t12"
    return Act(
        url, {"pasted": pasted, "accept": "yes"}, look={"pasted": pasted, "look": "yes"},
        other_form={"pasted": pasted + "\nKlas 10\t12"}, by="karim",
        row=lambda: make_room(house.prison, name="Klas 9", capacity=12),
    )  # fmt: skip


ACTS = [
    dates, publish, bulk, bulk_cancel, cancel, restore, announce, confirm, lift, make_up, copy, new_series, end,
    propose, undo, add_date, prolong, take_up, try_again, accept_ask, move,
    filled_sheet, publish_series, find_room, along, decide, roster_list, paste,
]  # fmt: skip
ASKED_IN = {
    "dates": "planner.scheduling.bulk.date_edits.edit_dates",
    "publish": "planner.scheduling.publishing.publish",
    "bulk": "planner.scheduling.bulk.bulk_edits.edit_many",
    "bulk_cancel": "planner.scheduling.bulk.cancelling.cancel_many",
    "cancel": "planner.scheduling.bulk.cancelling.cancel_many",
    "restore": "planner.scheduling.bulk.cancelling.restore_many",
    "announce": "planner.scheduling.closures.closing.announce",
    "confirm": "planner.scheduling.closures.closing.confirm",
    "lift": "planner.scheduling.closures.closing.lift",
    "make_up": "planner.scheduling.series.make_up.make_up",
    "copy": "planner.scheduling.copying.copies.copy_series",
    "new_series": "planner.scheduling.series.making.create_series",
    "end": "planner.scheduling.series.series_end.end",
    "propose": "planner.proposals.accepting.accept",
    "undo": "planner.scheduling.placement.undo_effects.require_seen",
    "add_date": "planner.scheduling.series.gained_dates.add_dates",
    "prolong": "planner.scheduling.series.gained_dates.add_dates",
    "take_up": "planner.scheduling.series.gained_dates.add_dates",
    "try_again": "planner.scheduling.closures.closing.restore",
    "accept_ask": "planner.scheduling.asks.ask_acts.accept",
    "move": "planner.board.views.week._require_shown",
    "filled_sheet": "enrollment.domain.attendance.sheet_return.accept",
    "publish_series": "planner.scheduling.publishing.publish",
    "find_room": "planner.scheduling.bulk.room_finding.take_room",
    "along": "planner.scheduling.bulk.following.take_along",
    "decide": "enrollment.domain.requests.bulk.decide_as_shown",
    "roster_list": "enrollment.domain.roster.acceptance.accept",
    "paste": "rooms.domain.pasting.accept",
}
"""Where each of them compares what was shown with what is."""


@pytest.fixture
def house(
    haren: Prison,
    service: Organisation,
    organiser_anna: User,
    coordinator_karim: User,
    liaison_bert: User,
    organiser_emile: User,
) -> House:
    users = {
        "anna": organiser_anna, "karim": coordinator_karim, "bert": liaison_bert, "emile": organiser_emile,
    }  # fmt: skip
    return House(haren, service, users)


def rows() -> str:
    return serializers.serialize(
        "json", [row for model in KEPT for row in model._default_manager.order_by("pk")]
    )


def look(client: Client, act: Act) -> str:
    shown = client.get(act.page) if act.look is None else client.post(act.url, act.look)
    assert shown.status_code == 200
    seen = seen_on(shown, act.name, act.beside)
    assert seen, "the page carries what it showed"
    return seen


@pytest.mark.parametrize("scene", ACTS, ids=lambda one: one.__name__)
def test_pressed_as_it_was_shown_it_is_done(
    house: House, scene: Callable[[House], Act], monkeypatch: pytest.MonkeyPatch
) -> None:
    act, asked = scene(house), set[str]()

    def listening(seen: str, shown: str) -> bool:
        caller = sys._getframe(2)
        asked.add(f"{caller.f_globals['__name__']}.{caller.f_code.co_name}")
        return constant_time_compare(seen, shown)

    client = signed_in(house.users[act.by])
    seen, before = look(client, act), rows()
    monkeypatch.setattr("core.secrets.digest.constant_time_compare", listening)
    assert client.post(act.url, {**act.data, act.name: seen}).status_code == act.answers
    assert rows() != before
    assert asked == {ASKED_IN[scene.__name__]} or scene is undo, "which compares with two digests"


@pytest.mark.parametrize("scene", ACTS, ids=lambda one: one.__name__)
def test_another_form_than_was_shown_does_nothing(house: House, scene: Callable[[House], Act]) -> None:
    act = scene(house)
    client = signed_in(house.users[act.by])
    seen, before = look(client, act), rows()
    for data in [{**act.data, **act.other_form}] if act.other_form else []:
        assert client.post(act.url, {**data, act.name: seen}).status_code == 409
    unseen = client.post(act.url, act.data)
    assert unseen.status_code == (200 if scene in (undo, decide) else 409)
    assert rows() == before


@pytest.mark.parametrize("scene", ACTS, ids=lambda one: one.__name__)
def test_what_a_colleague_changed_is_shown_before_it_is_done(
    house: House, scene: Callable[[House], Act]
) -> None:
    act = scene(house)
    client = signed_in(house.users[act.by])
    seen = look(client, act)
    act.row()
    before = rows()

    refused = client.post(act.url, {**act.data, act.name: seen})

    assert refused.status_code == 409 and rows() == before
    now_seen = seen_on(refused, act.name, act.beside)
    assert now_seen and now_seen != seen
    again = {**act.data, act.name: now_seen}
    if "pick" in again:  # each tick says which version of its session is shown
        again["pick"] = re.findall(r'name="pick" value="([^"]+)"', flat(refused))
    assert client.post(act.url, again).status_code == act.answers


def test_proposals_are_known(house: House) -> None:
    """The walk above stands on a proposal that can be accepted."""
    propose(house)
    assert Proposal.objects.get().lines.count() == 1


def callers_in_code() -> set[str]:
    """`module.function` of all that compares what was shown with what is."""
    root = Path(settings.BASE_DIR)
    found = set()
    for app in ("prisons", "rooms", "sessions", "enrollment", "planner"):
        for path in (root / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.FunctionDef) and any(map(is_comparison, ast.walk(node))):
                    found.add(f"{path.relative_to(root).with_suffix('')}.{node.name}".replace("/", "."))
    return found


def is_comparison(node: ast.AST) -> bool:
    if isinstance(node, ast.Raise):
        return isinstance(node.exc, ast.Name) and node.exc.id == "NotAsShown"
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "require_seen"


def test_every_act_that_compares_what_was_shown_is_walked() -> None:
    """A new act with a preview must get a scene: it is found because it asks."""
    assert callers_in_code() == {ASKED_IN[scene.__name__] for scene in ACTS}
