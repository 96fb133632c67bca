"""Every verb and its undo: rows, notices, slips, feed and versions, before anybody has heard of the act and after.

Undone within two minutes it was never said. Undone later, exactly those hear of it to whom it was said.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from enrollment.domain.slips import reply_slips
from enrollment.models import Enrollment, Slip
from planner.models import Ask, MadeUp, Notice
from planner.scheduling.asks import ask_acts
from planner.scheduling.bulk import cancelling
from planner.scheduling.bulk.date_edits import DateEdit, Scope, edit_dates
from planner.scheduling.closures import closing
from planner.scheduling.closures.parts import ClosureDraft
from planner.scheduling.closures.parts import ClosurePart as Place
from planner.scheduling.copying.copies import copy_series
from planner.scheduling.placement.act_words import ACTS, name_of
from planner.scheduling.placement.session_changes import Change
from planner.scheduling.placement.undo import undo
from planner.scheduling.placement.undo_effects import effect_of
from planner.scheduling.placement.writer import apply
from planner.scheduling.publishing import publish
from planner.scheduling.rules import waivers
from planner.scheduling.series import make_up, series_end
from planner.scheduling.series.gained_dates import Longer, OneMore, TakenUp, add_dates
from planner.scheduling.series.making import SeriesDraft, create_series
from prisons.access import access_for
from prisons.domain.background import outbox
from prisons.models import ChangeSet, Message, Organisation, Prison, User
from rooms.models import Closure
from sessions.domain.placing import Part, placing_of
from sessions.feeds import read_session
from sessions.models import GroupSession, Material, Series, SkippedDate
from tests.factories import (
    at,
    make_activity,
    make_enrollment,
    make_room,
    make_series,
    make_session,
    make_slot,
    make_term,
    make_worker,
)

pytestmark = pytest.mark.postgres
NOW = at("2026-11-20 12:00")  # Friday; what follows is more than a day on
LATER = NOW + dt.timedelta(minutes=5)
ABOUT = (Slip.Kind.MOVED, Slip.Kind.CANCELLED, Slip.Kind.RESTORED)


class House:
    """One published group of three on two Mondays, a draft, a cancelled date, and all who act on them."""

    def __init__(self, haren: Prison, service: Organisation, other: Organisation, users: dict[str, User]):
        for weekday in range(1, 6):
            make_slot(haren, weekday, "08:30", "11:00")
            make_slot(haren, weekday, "13:30", "16:00")
        self.prison, self.service = haren, service
        self.anna, self.karim, self.bert, self.emile = (
            users[name] for name in ("anna", "karim", "bert", "emile")
        )
        self.room, self.other_room = make_room(haren), make_room(haren)
        self.leader, self.other_leader = make_worker(haren), make_worker(haren)
        self.series = make_series(haren, organisation=service, default_room=self.room, term=make_term(haren))
        for _number in range(3):
            make_enrollment(self.series)
        self.session = self._session("2026-11-23 09:00", state="published")
        self.next = self._session("2026-11-30 09:00", state="published")
        self.draft = self._session("2026-12-07 09:00")
        self.gone = self._session("2026-12-14 09:00", state="published")
        self.theirs = make_series(haren, organisation=other)

    def _session(self, start: str, state: str = "draft") -> GroupSession:
        seen = {"published_at": NOW} if state == "published" else {}
        return make_session(self.series, start, room=self.room, workers=[self.leader], state=state, **seen)

    def apply(self, verb: str, **change: Any) -> ChangeSet:
        changes = [Change(self.session.pk, **change)]
        return apply(self.prison, changes, by=self.anna, verb=verb, now=NOW, accept_soft=True).change_set

    def cancel_gone(self) -> None:
        cancelling.cancel_many(self.prison, [self.gone.pk], reason="room", by=self.anna, now=NOW)
        self.ready()

    def ready(self) -> None:
        """The act comes now: undoing it has to lead back to here, whatever was said before."""
        forget_letters()
        self.before = rows(self)


def forget_letters() -> None:
    """What was said before the act that is looked at."""
    Message.objects.update(state="sent")
    Slip.objects.filter(handed_out_at__isnull=True).update(handed_out_at=NOW)


def move(house: House) -> ChangeSet:
    return house.apply("move", starts_at=at("2026-11-24 09:00"), ends_at=at("2026-11-24 10:30"))


def another_leader(house: House) -> ChangeSet:
    return house.apply("workers", workers=(Part(house.other_leader.pk),))


def cancel(house: House) -> ChangeSet:
    return house.apply("cancel", state="cancelled", reason="room")


def restore(house: House) -> ChangeSet:
    house.cancel_gone()
    return cancelling.restore_many(house.prison, [house.gone.pk], by=house.anna, now=NOW).change_set


def publish_draft(house: House) -> ChangeSet:
    done = publish(house.prison, dt.date(2026, 12, 7), dt.date(2026, 12, 7), by=house.anna, now=NOW)
    assert done is not None
    return done.change_set


def dates(house: House) -> ChangeSet:
    edit = DateEdit(start=dt.time(9, 15), workers=(Part(house.other_leader.pk),))
    return edit_dates(house.session, Scope.ALL, edit, by=house.anna, now=NOW).change_set


def create(house: House) -> ChangeSet:
    series = Series(
        activity=make_activity(house.service), places=5, starts_on=dt.date(2026, 11, 25),
        start_time=dt.time(9), duration_minutes=60, weeks=3, default_room=house.room,
    )  # fmt: skip
    return create_series(house.prison, SeriesDraft(series), by=house.anna, now=NOW).outcome.change_set


def copy(house: House) -> ChangeSet:
    term = make_term(house.prison, starts_on=dt.date(2027, 9, 6), ends_on=dt.date(2027, 12, 19), name="Next")
    done = copy_series(house.prison, series=[house.series], target_term=term, by=house.anna, now=NOW)
    assert done.change_set is not None
    return done.change_set


def add_date(house: House) -> ChangeSet:
    wish = OneMore(dt.date(2026, 11, 25), dt.time(9), house.room.pk)
    return add_dates(house.series, wish, by=house.anna, now=NOW).outcome.change_set


def prolong(house: House) -> ChangeSet:
    Series.objects.filter(pk=house.series.pk).update(starts_on=dt.date(2026, 11, 23), weeks=4)
    house.ready()
    return add_dates(house.series, Longer(2), by=house.anna, now=NOW).outcome.change_set


def take_up(house: House) -> ChangeSet:
    row = SkippedDate.objects.create(series=house.series, on=dt.date(2026, 11, 26), reason="holiday")
    house.ready()
    return add_dates(house.series, TakenUp((row.pk,)), by=house.anna, now=NOW).outcome.change_set


def end(house: House) -> ChangeSet:
    access = access_for(house.anna, house.prison, now=NOW)
    assert access is not None
    return series_end.end(access, house.series, now=NOW).change_set


def made_up(house: House) -> ChangeSet:
    house.cancel_gone()
    start = at("2026-12-15 09:00")
    return make_up.make_up(
        house.gone, room_id=house.room.pk, starts_at=start, ends_at=start + dt.timedelta(minutes=90),
        by=house.anna, accept_soft=True, now=NOW,
    ).change_set  # fmt: skip


def allow(house: House) -> ChangeSet:
    GroupSession.objects.filter(pk=house.session.pk).update(
        starts_at=at("2026-11-23 11:30"), ends_at=at("2026-11-23 12:30")
    )
    house.session.refresh_from_db()
    house.ready()
    return waivers.waive(house.session, ["outside_slot"], "One time", by=house.karim, now=NOW).change_set


def allow_no_longer(house: House) -> ChangeSet:
    allow(house)
    house.ready()
    return waivers.withdraw(house.session.waivers.get(), by=house.karim, now=NOW).change_set


def asked(house: House) -> ChangeSet:
    to = Change(house.session.pk, house.room.pk, at("2026-11-24 09:00"), at("2026-11-24 10:30"))
    ask = ask_acts.ask_to_move(house.session, to, by=house.emile, now=NOW)
    house.ready()
    return ask_acts.accept(ask, by=house.anna, accept_soft=True, now=NOW).change_set


def proposed(house: House) -> ChangeSet:
    """What accepting a proposal writes: several moves as one act."""
    changes = [
        Change(one.pk, house.other_room.pk, one.starts_at, one.ends_at) for one in (house.session, house.next)
    ]
    done = apply(house.prison, changes, by=house.anna, verb="accept_proposal", now=NOW, accept_soft=True)
    return done.change_set


def _strike(house: House) -> closing.ClosureDecision:
    draft = ClosureDraft("strike", (Place(None, None, at("2026-11-29 22:00"), at("2026-11-30 22:00")),))
    return closing.announce(house.prison, draft, by=house.bert, now=NOW)


def announce(house: House) -> ChangeSet:
    return _strike(house).change_set


def confirm(house: House) -> ChangeSet:
    closure = _strike(house).closures[0]
    house.ready()
    return closing.confirm(closure, by=house.bert, now=NOW).change_set


def lift(house: House) -> ChangeSet:
    closure = _strike(house).closures[0]
    house.ready()
    return closing.lift(closure, by=house.bert, now=NOW).change_set


def reopen(house: House) -> ChangeSet:
    closure = _strike(house).closures[0]
    closing.confirm(closure, by=house.bert, now=NOW)
    house.ready()
    return closing.lift(closure, by=house.bert, now=NOW).change_set


TABLE: dict[str, Callable[[House], ChangeSet]] = {
    "accept_ask": asked,
    "accept_proposal": proposed,
    "add_date": add_date,
    "announce_closure": announce,
    "cancel": cancel,
    "confirm_closure": confirm,
    "copy_series": copy,
    "create_series": create,
    "edit_dates": dates,
    "end_series": end,
    "lift_closure": lift,
    "make_up": made_up,
    "move": move,
    "prolong_series": prolong,
    "publish": publish_draft,
    "reopen": reopen,
    "restore": restore,
    "take_up_dates": take_up,
    "waive": allow,
    "withdraw_waiver": allow_no_longer,
    "workers": another_leader,
}


@pytest.fixture
def house(
    haren: Prison,
    service: Organisation,
    other_service: Organisation,
    organiser_anna: User,
    coordinator_karim: User,
    liaison_bert: User,
    organiser_emile: User,
) -> House:
    users = {
        "anna": organiser_anna,
        "karim": coordinator_karim,
        "bert": liaison_bert,
        "emile": organiser_emile,
    }
    return House(haren, service, other_service, users)


def rows(house: House) -> dict[str, Any]:
    """The plan as people see it: every session, series and closure; numbers that only rise are left out."""
    sessions = GroupSession.objects.select_related("cancellation").prefetch_related(
        "session_workers", "waivers"
    )
    return {
        "sessions": {one.pk: placing_of(one).as_json() for one in sessions},
        "series": sorted(
            Series.objects.values_list(
                "pk", "weekday", "starts_on", "start_time", "duration_minutes", "weeks", "ended_on"
            )
        ),
        "skipped": sorted(SkippedDate.objects.values_list("series", "on", "reason")),
        "leaders": sorted(Series.objects.values_list("pk", "usual_workers__worker"), key=str),
        "closures": sorted(Closure.objects.values_list("pk", "state", "decided_by")),
        "made_up": sorted(MadeUp.objects.values_list("session", "instead")),
        "asks": sorted(Ask.objects.values_list("pk", "state")),
        "people": sorted(Enrollment.objects.values_list("pk", "state", "reason")),
        "materials": sorted(Material.objects.values_list("series", "name", "count", "state")),
        "calendars": {one.pk: feed(one) for one in sessions},
    }


def told() -> tuple[list[Any], list[Any], int]:
    """Notices, slips about sessions on the desk, letters that wait."""
    notices = sorted(Notice.objects.values_list("session", "worker", "kind"))
    desk = Slip.objects.on_the_desk().filter(kind__in=ABOUT)
    on_desk = sorted((slip.facts["session"], slip.participant_id, slip.kind) for slip in desk)
    return notices, on_desk, Message.objects.filter(state="waiting", leaves_at__isnull=False).count()


def feed(session: GroupSession) -> list[bytes]:
    """What a calendar shows of it, without the numbers that only rise and the moment of the change."""
    body = read_session(session, shows_title=True, now=NOW).body
    kept = (b"UID", b"DTSTART", b"DTEND", b"STATUS", b"SUMMARY", b"LOCATION", b"DESCRIPTION")
    return [line for line in body.splitlines() if line.startswith(kept)]


def acted(house: House, verb: str) -> tuple[ChangeSet, dict[str, Any]]:
    """The act with the rows as they were just before it, kept by its own images."""
    house.ready()
    act = TABLE[verb](house)
    assert act.verb == verb
    return act, {
        image.object_id: image.before for image in act.images.filter(model="group_sessions.groupsession")
    }


def test_the_table_knows_every_verb_and_each_has_a_name(house: House) -> None:
    assert set(TABLE) == set(ACTS)
    assert name_of(move(house), [house.session]) == f"Move: {house.series.neutral_name}, 1 session"


@pytest.mark.parametrize("verb", TABLE)
def test_undone_before_anybody_heard_of_it_nothing_was_said(house: House, verb: str) -> None:
    act, before = acted(house, verb)
    created = {pk for pk, image in before.items() if image is None}
    old = {pk: image for pk, image in before.items() if image is not None}
    plan_version = Prison.objects.get(pk=house.prison.pk).plan_version
    versions = dict(GroupSession.objects.values_list("pk", "version"))
    foretold = effect_of(act, now=NOW).told

    undo(act, by=act.by, now=NOW)  # type: ignore[arg-type]

    after = rows(house)
    standing = after["sessions"]
    assert {pk: standing[pk] for pk in old} == old
    for pk in created & set(standing):
        assert standing[pk]["state"] == "cancelled" and GroupSession.objects.get(pk=pk).published_at
        del standing[pk], after["calendars"][pk]
    assert after == house.before
    assert Prison.objects.get(pk=house.prison.pk).plan_version > plan_version
    assert all(GroupSession.objects.get(pk=pk).version > versions[pk] for pk in old)
    _notices, desk, waiting = told()
    assert (foretold.workers, foretold.people_count) == (0, 0)
    assert not [one for one in Notice.objects.all() if one.change_set_id == act.pk]
    assert (desk, waiting) == ([], 0)
    assert not MadeUp.objects.filter(instead__in=created).exists()
    if verb in ("create_series", "copy_series"):
        assert set(Series.objects.values_list("pk", flat=True)) == {house.series.pk, house.theirs.pk}


@pytest.mark.parametrize("verb", TABLE)
def test_undone_once_it_was_said_everybody_who_heard_it_hears_again(house: House, verb: str) -> None:
    act, before = acted(house, verb)
    heard = {(one.session_id, one.worker_id) for one in Notice.objects.filter(change_set=act)}
    holders = {
        (slip.facts["session"], slip.participant_id)
        for slip in reply_slips.desk(house.prison).filter(kind__in=ABOUT)
        if slip.facts["act"] == act.pk
    }
    Message.objects.update(state="sent")
    reply_slips.hand_out(
        house.prison,
        [slip.pk for slip in reply_slips.desk(house.prison).filter(kind__in=ABOUT)],
        by=house.anna,
        now=NOW,
    )
    calendars = {pk: feed(GroupSession.objects.get(pk=pk)) for pk in before}
    foretold = effect_of(act, now=LATER).told

    done = undo(act, by=act.by, now=LATER)  # type: ignore[arg-type]

    corrected = Notice.objects.filter(change_set=done.change_set)
    assert heard <= {(one.session_id, one.worker_id) for one in corrected}
    written = [slip for slip in Slip.objects.on_the_desk() if slip.facts.get("act") == done.change_set.pk]
    assert holders <= {(slip.facts["session"], slip.participant_id) for slip in written}
    if act.verb != "announce_closure":  # of a closure itself the page speaks apart
        assert foretold.workers == len(
            {one.worker_id for one in corrected if one.kind not in ("doubtful", "certain")}
        )
    assert foretold.people_count == len({slip.participant_id for slip in written})
    if verb in ("make_up", "publish"):
        assert foretold.people_count == 3, "whoever was to come must not stand there in vain"
    for pk in set(calendars) & set(GroupSession.objects.values_list("pk", flat=True)):
        if before[pk] is None:
            assert b"STATUS:CANCELLED" in feed(GroupSession.objects.get(pk=pk))


def test_a_letter_leaves_after_two_minutes_or_at_once_when_it_is_near(house: House) -> None:
    act = move(house)
    letters = Message.objects.filter(change_set=act)
    assert {letter.leaves_at for letter in letters} == {NOW + dt.timedelta(minutes=2)}
    outbox.deliver(letters.first().pk, now=NOW + dt.timedelta(minutes=1))  # type: ignore[union-attr]
    assert set(letters.values_list("state", flat=True)) == {"waiting"}
    assert outbox.send_due(now=NOW + dt.timedelta(minutes=1)) == 0
    assert outbox.send_due(now=NOW + dt.timedelta(minutes=2)) == letters.count() > 0

    cancelled = apply(
        house.prison, [Change(house.session.pk, state="cancelled", reason="room")],
        by=house.anna, verb="cancel", now=at("2026-11-23 10:00"), accept_soft=True,
    ).change_set  # fmt: skip
    assert {letter.leaves_at for letter in Message.objects.filter(change_set=cancelled)} == {None}


def test_who_returns_into_a_place_that_another_leaves_is_one_act(house: House) -> None:
    house.cancel_gone()
    other = make_session(house.series, "2026-12-14 09:00", room=house.room, workers=[house.leader])
    changes = [
        Change(house.gone.pk, state="published"),
        Change(other.pk, house.room.pk, at("2026-12-15 09:00"), at("2026-12-15 10:30")),
    ]
    act = apply(house.prison, changes, by=house.anna, verb="restore", now=NOW, accept_soft=True).change_set
    assert GroupSession.objects.get(pk=house.gone.pk).state == "published"
    undo(act, by=house.anna, now=NOW)
    assert GroupSession.objects.get(pk=other.pk).starts_at == at("2026-12-14 09:00")


def test_a_slip_that_was_replaced_lies_on_the_desk_again(house: House) -> None:
    move(house)
    first = list(Slip.objects.on_the_desk().values_list("pk", flat=True))
    second = apply(
        house.prison, [Change(house.session.pk, state="cancelled", reason="room")],
        by=house.anna, verb="cancel", now=NOW,
    ).change_set  # fmt: skip
    assert not Slip.objects.on_the_desk().filter(pk__in=first).exists()
    undo(second, by=house.anna, now=NOW)
    assert list(Slip.objects.on_the_desk().values_list("pk", flat=True)) == first
