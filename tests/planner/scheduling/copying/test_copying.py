"""Copying series to another term: what is previewed is made, and what cannot go along is named."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.database.folded_field import folded_fields
from core.errors import PlannerError
from enrollment.models import Enrollment
from planner.scheduling.copying import copies
from planner.scheduling.copying.copies import CopyOutcome, CopyPreview, copy_series, copy_term, preview_copy
from planner.scheduling.copying.notes import CopyNote, CopyNoteKind, in_words
from planner.scheduling.copying.plans import PLAIN
from planner.scheduling.placement.undo import undo
from prisons.access import Access, access_for
from prisons.domain.locking import lock_prison
from prisons.models import ChangeSet, Organisation, Prison, User
from rooms.models import Room
from sessions.models import GroupSession, Material, Series, Term
from tests.factories import (
    at,
    make_activity,
    make_closure,
    make_enrollment,
    make_holiday,
    make_room,
    make_series,
    make_session,
    make_slot,
    make_term,
    make_unit,
    make_worker,
)

NOW = at("2026-11-22 12:00")


@pytest.fixture(autouse=True)
def slots(haren: Prison) -> None:
    for weekday in (1, 2):
        make_slot(haren, weekday, "08:30", "11:00")


@pytest.fixture
def room(haren: Prison) -> Room:
    return make_room(haren)


@pytest.fixture
def autumn(haren: Prison) -> Term:
    return make_term(haren, name="Autumn", starts_on=dt.date(2026, 9, 7), ends_on=dt.date(2026, 12, 20))


@pytest.fixture
def spring(haren: Prison) -> Term:
    return make_term(haren, name="Spring", starts_on=dt.date(2027, 1, 11), ends_on=dt.date(2027, 3, 28))


def mondays(term: Term, service: Organisation, room: Room | None, **fields: Any) -> Series:
    """Four Mondays at nine from the first week of the autumn, held in their room."""
    series = make_series(
        term.prison,
        organisation=service,
        term=term,
        starts_on=dt.date(2026, 9, 7),
        default_room=room,
        **{"weeks": 4} | fields,
    )
    hold(series, "2026-09-07 09:00", 4, room)
    return series


def hold(series: Series, first: str, count: int, room: Room | None, **fields: Any) -> None:
    starts_at = dt.datetime.fromisoformat(first)
    workers = [usual.worker for usual in series.usual_workers.all()]
    for week in range(count):
        when = starts_at + dt.timedelta(weeks=week)
        values = {"pattern_on": when.date()} | fields
        make_session(series, f"{when:%Y-%m-%d %H:%M}", room=room, workers=workers, **values)


def access_of(user: User, prison: Prison) -> Access:
    access = access_for(user, prison, now=NOW)
    assert access is not None
    return access


def look(series: Series, term: Term, user: User, **options: Any) -> CopyPreview:
    access = access_of(user, term.prison)
    return preview_copy(term.prison, series=[series], target_term=term, access=access, now=NOW, **options)


def copy(series: Series, term: Term, user: User, **options: Any) -> CopyOutcome:
    return copy_series(term.prison, series=[series], target_term=term, by=user, now=NOW, **options)


def codes(found: CopyPreview | CopyOutcome) -> dict[str, tuple[dt.date, ...]]:
    return {note.code: note.dates for note in found.notes}


def starts(series: Series) -> list[dt.datetime | None]:
    return [one.starts_at for one in GroupSession.objects.filter(series=series).order_by("week_on")]


def test_a_series_is_made_again_in_the_same_weeks_of_the_other_term(
    service: Organisation, organiser_anna: User, autumn: Term, spring: Term, room: Room
) -> None:
    worker = make_worker(autumn.prison)
    old = mondays(autumn, service, room, places=5, label="1", languages=["nl"], workers=[worker])

    outcome = copy(old, spring, organiser_anna)

    ((source, new),) = outcome.created
    assert source == old and new.copied_from == old and new.term == spring
    assert (new.places, new.label, new.languages, new.list_code) == (5, "1", ["nl"], "A-01")
    assert starts(new) == [at(f"2027-{day} 09:00") for day in ("01-11", "01-18", "01-25", "02-01")]
    sessions = GroupSession.objects.filter(series=new)
    assert {(one.state, one.room) for one in sessions} == {("draft", room)}
    assert {one.session_workers.get().worker for one in sessions} == {worker}
    assert len(outcome.placed) == 4 and outcome.in_tray == () and outcome.notes == ()


def test_what_began_in_the_third_week_begins_in_the_third_week_again(
    service: Organisation, organiser_anna: User, autumn: Term, spring: Term, room: Room
) -> None:
    old = make_series(
        autumn.prison, organisation=service, term=autumn, starts_on=dt.date(2026, 9, 21), weeks=2
    )
    assert starts(copy(old, spring, organiser_anna).created[0][1])[0] == at("2027-01-25 09:00")


def test_a_group_that_was_moved_for_good_is_copied_as_it_meets_now(
    service: Organisation, organiser_anna: User, autumn: Term, spring: Term, room: Room
) -> None:
    """On the board each date was dragged to Tuesday and another room; the pattern never learned it."""
    old = make_series(
        autumn.prison, organisation=service, term=autumn, starts_on=dt.date(2026, 9, 7), weeks=3
    )
    hold(old, "2026-09-08 09:15", 3, room, pattern_on=None)

    ((_old, new),) = copy(old, spring, organiser_anna).created

    assert starts(new)[0] == at("2027-01-12 09:15")
    assert new.default_room == room and new.starts_on == dt.date(2027, 1, 12)


def test_the_preview_is_what_is_made_and_writes_nothing(
    service: Organisation, organiser_anna: User, autumn: Term, spring: Term, room: Room
) -> None:
    old = mondays(autumn, service, room)
    make_session(make_series(autumn.prison, organisation=service), "2027-01-18 09:30", room=room)
    make_holiday(autumn.prison, dt.date(2027, 2, 1))
    before = GroupSession.objects.count()

    seen = look(old, spring, organiser_anna)
    assert GroupSession.objects.count() == before and not ChangeSet.objects.exists()
    outcome = copy(old, spring, organiser_anna)

    assert codes(seen) == codes(outcome)
    assert codes(seen)["room_taken"] == (dt.date(2027, 1, 18),)
    assert codes(seen)["on_holiday"] == (dt.date(2027, 2, 1),)
    (one,) = seen.copied
    assert (one.placed_count, one.tray_count) == (len(outcome.placed), len(outcome.in_tray)) == (2, 1)
    in_tray = GroupSession.objects.get(pk=outcome.in_tray[0])
    # Only the room is refused: it keeps its day and hour.
    stands = in_tray.room, in_tray.starts_at, in_tray.pattern_on
    assert stands == (None, at("2027-01-18 09:00"), dt.date(2027, 1, 18))


def test_dates_in_conflict_can_be_left_out_instead(
    service: Organisation, organiser_anna: User, autumn: Term, spring: Term, room: Room
) -> None:
    old = mondays(autumn, service, room)
    make_closure(autumn.prison, at("2027-01-18 00:00"), at("2027-01-19 00:00"))
    spring.prison.refresh_from_db()

    outcome = copy(old, spring, organiser_anna, unplaced_when_in_conflict=False)

    assert outcome.in_tray == () and len(outcome.placed) == 3
    assert [(note.code, note.kind) for note in outcome.notes] == [("closed", CopyNoteKind.LEFT_OUT)]
    assert outcome.created[0][1].skipped_dates.get().on == dt.date(2027, 1, 18)


def test_copying_twice_finds_it_there(
    service: Organisation, organiser_anna: User, autumn: Term, spring: Term, room: Room
) -> None:
    old = mondays(autumn, service, room)
    ((_old, new),) = copy(old, spring, organiser_anna).created

    again = copy(old, spring, organiser_anna)

    assert again.created == () and again.change_set is None
    assert dict(again.notes[0].facts) == {"there": new.pk} and again.notes[0].code == "there_already"
    assert Series.objects.filter(term=spring).count() == 1


def test_a_series_made_by_hand_for_the_same_group_counts_as_there(
    service: Organisation, organiser_anna: User, autumn: Term, spring: Term, room: Room
) -> None:
    old = mondays(autumn, service, room, label="1")
    by_hand = {"activity": old.activity, "term": spring, "starts_on": dt.date(2027, 1, 18)}
    other = make_series(autumn.prison, label="2", **by_hand)
    assert len(look(old, spring, organiser_anna).copied) == 1
    same = make_series(autumn.prison, label="1", **by_hand)
    assert dict(look(old, spring, organiser_anna).notes[0].facts) == {"there": same.pk}
    assert other.label == "2"


def test_undo_takes_the_whole_copy_back_and_it_can_be_made_again(
    service: Organisation, organiser_anna: User, autumn: Term, spring: Term, room: Room
) -> None:
    old = mondays(autumn, service, room)
    outcome = copy(old, spring, organiser_anna)
    assert outcome.change_set is not None

    undo(outcome.change_set, by=organiser_anna, now=NOW)

    assert list(Series.objects.filter(prison=autumn.prison)) == [old]
    assert len(copy(old, spring, organiser_anna).created) == 1


def test_one_act_for_a_whole_term_and_other_services_are_named(
    service: Organisation,
    other_service: Organisation,
    organiser_anna: User,
    autumn: Term,
    spring: Term,
    room: Room,
) -> None:
    mine = [mondays(autumn, service, None), mondays(autumn, service, room)]
    theirs = mondays(autumn, other_service, make_room(autumn.prison))

    outcome = copy_term(autumn.prison, source_term=autumn, target_term=spring, by=organiser_anna, now=NOW)

    assert [source for source, _new in outcome.created] == mine
    assert [new.list_code for _source, new in outcome.created] == ["A-01", "A-02"]
    assert ChangeSet.objects.count() == 1
    (note,) = [note for note in outcome.notes if note.kind == CopyNoteKind.REFUSED]
    assert (note.code, note.series_id) == ("not_yours", theirs.pk)


def test_of_two_copies_that_want_one_room_the_later_waits_and_says_for_whom(
    service: Organisation, organiser_anna: User, autumn: Term, spring: Term, room: Room
) -> None:
    """In the old term they took turns; in the new one both would begin in its first week."""
    first = mondays(autumn, service, room, activity=make_activity(service, "Yoga"))
    second = make_series(
        autumn.prison, organisation=service, term=None, starts_on=dt.date(2026, 10, 5), weeks=2
    )
    hold(second, "2026-10-05 09:30", 2, room)
    wanted = {"series": [first, second], "target_term": spring, "now": NOW}
    access = access_of(organiser_anna, autumn.prison)

    seen = preview_copy(autumn.prison, access=access, **wanted)
    (told,) = seen.in_words(access)
    assert told.series == second and told.dates == (dt.date(2027, 1, 11), dt.date(2027, 1, 18))
    assert told.sentence.startswith(f"{room} is taken by Yoga (") and "Mon 11" in told.sentence

    outcome = copy_series(autumn.prison, by=organiser_anna, **wanted)
    assert [(len(copy.made), copy.tray_count) for copy in outcome.preview.copies] == [(4, 0), (2, 2)]
    series = {one.pk: one for one in (first, second)}
    (kept,) = in_words(outcome.notes, series, autumn.prison, access)
    assert kept.sentence == told.sentence


def test_more_than_a_slot_can_bring_leaves_the_last_in_the_tray(
    service: Organisation, organiser_anna: User, autumn: Term, spring: Term, haren: Prison
) -> None:
    haren.time_slots.update(max_people=16)
    three = [mondays(autumn, service, make_room(haren), weeks=1, places=8) for _ in range(3)]

    outcome = copy_series(haren, series=three, target_term=spring, by=organiser_anna, now=NOW)

    assert [copy.tray_count for copy in outcome.preview.copies] == [0, 0, 1]
    assert list(codes(outcome)) == ["movement_capacity"]


def test_room_out_of_use_means_the_tray(
    service: Organisation, organiser_anna: User, autumn: Term, spring: Term, room: Room
) -> None:
    old = mondays(autumn, service, room)
    Room.objects.filter(pk=room.pk).update(is_active=False)

    outcome = copy(old, spring, organiser_anna)

    assert len(outcome.in_tray) == 4 and outcome.placed == ()
    assert len(codes(outcome)["room_gone"]) == 4
    assert outcome.created[0][1].default_room is None
    assert starts(outcome.created[0][1])[0] == at("2027-01-11 09:00")


def test_where_more_than_the_room_is_refused_it_loses_its_hour_too(
    service: Organisation, organiser_anna: User, autumn: Term, spring: Term, room: Room
) -> None:
    """The room is taken, and without it the facilitator is."""
    worker = make_worker(autumn.prison, organisation=service)
    old = mondays(autumn, service, room)
    for session in old.group_sessions.all():
        session.session_workers.create(worker=worker)
    other = make_series(autumn.prison, organisation=service)
    make_session(other, "2027-01-11 09:30", room=room)
    make_session(other, "2027-01-18 09:30", room=room, workers=[worker])

    outcome = copy(old, spring, organiser_anna)

    made = outcome.created[0][1].group_sessions.order_by("pattern_on")
    assert [(one.room_id, bool(one.starts_at)) for one in made][:2] == [(None, True), (None, False)]


def test_without_a_usual_room_it_keeps_its_hour_and_waits_in_the_tray(
    service: Organisation, organiser_anna: User, autumn: Term, spring: Term
) -> None:
    outcome = copy(mondays(autumn, service, None), spring, organiser_anna)
    (one,) = outcome.preview.copied
    assert (one.placed_count, one.tray_count, outcome.placed, len(outcome.in_tray)) == (0, 4, (), 4)
    assert starts(outcome.created[0][1])[0] == at("2027-01-11 09:00")
    assert [(note.code, note.kind) for note in outcome.notes] == [("no_room", CopyNoteKind.TRAY)]


def test_a_permission_that_ends_takes_the_facilitator_off_the_dates_after_it(
    service: Organisation, organiser_anna: User, autumn: Term, spring: Term, room: Room
) -> None:
    ends = make_worker(autumn.prison, permitted_until=dt.date(2027, 1, 18), name="Els")
    gone = make_worker(name="Jan")
    old = mondays(autumn, service, room, workers=[ends, gone])

    outcome = copy(old, spring, organiser_anna)

    sessions = GroupSession.objects.filter(series=outcome.created[0][1]).order_by("starts_at")
    assert [[part.worker.name for part in one.session_workers.all()] for one in sessions] == [
        ["Els"],
        ["Els"],
        [],
        [],
    ]
    assert len(outcome.placed) == 4
    found = codes(outcome)
    assert found["permission_over"] == (dt.date(2027, 1, 25), dt.date(2027, 2, 1))
    assert found["worker_gone"] == ()
    told = outcome.preview.in_words()
    assert "The permission of Els ends on 18/01/2027: these dates have no facilitator." in [
        one.sentence for one in told
    ]


def test_a_slot_that_is_gone_and_dates_outside_the_term(
    service: Organisation, organiser_anna: User, autumn: Term, spring: Term, room: Room, haren: Prison
) -> None:
    haren.time_slots.filter(weekday=1).update(valid_to=dt.date(2027, 1, 31))
    Term.objects.filter(pk=spring.pk).update(ends_on=dt.date(2027, 2, 7))
    spring.refresh_from_db()
    old = mondays(autumn, service, room, weeks=6)

    found = codes(copy(old, spring, organiser_anna))

    assert found["outside_slot"] == (dt.date(2027, 2, 1),)
    assert found["after_term"] == (dt.date(2027, 2, 8), dt.date(2027, 2, 15))


def test_a_term_that_has_begun_loses_the_dates_before_today(
    service: Organisation, organiser_anna: User, autumn: Term, room: Room, haren: Prison
) -> None:
    winter = make_term(haren, starts_on=dt.date(2026, 11, 9), ends_on=dt.date(2026, 12, 20), name="Winter")
    outcome = copy(mondays(autumn, service, room), winter, organiser_anna)
    assert codes(outcome)["past"] == (dt.date(2026, 11, 9), dt.date(2026, 11, 16))
    assert starts(outcome.created[0][1]) == [at("2026-11-23 09:00"), at("2026-11-30 09:00")]


def test_people_are_never_copied_and_material_only_as_far_as_permitted(
    service: Organisation, organiser_anna: User, autumn: Term, spring: Term, room: Room
) -> None:
    old = mondays(autumn, service, room)
    make_enrollment(old)
    make_enrollment(old, state="waiting")
    make_enrollment(old, state="ended")
    Material.objects.create(series=old, name="guitars", count=2, state="granted")
    Material.objects.create(
        series=old, name="scissors", count=8, state="granted", granted_until=dt.date(2026, 12, 31)
    )

    outcome = copy(old, spring, organiser_anna)

    new = outcome.created[0][1]
    assert not Enrollment.objects.filter(series=new).exists()
    assert [str(one) for one in new.materials.all()] == ["2 × guitars"]
    said = {one.code: one.sentence for one in outcome.preview.in_words()}
    assert said["people"] == "Enrolled or waiting: 2. People and their wishes are never copied."
    assert said["material"] == "8 × scissors: the prison has given no permission until then."


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda old: old.activity.__class__.objects.update(is_active=False), "activity_gone"),
        (lambda old: old.prison.organisations.clear(), "service_gone"),
        (lambda old: Series.objects.update(ended_on=dt.date(2026, 9, 20)), "ended_early"),
        (lambda old: old.units.update(is_active=False), "units_gone"),
        (lambda old: Term.objects.filter(name="Spring").update(starts_on=dt.date(2027, 3, 23)), "no_dates"),
    ],
)
def test_what_is_refused_as_a_whole(
    service: Organisation,
    organiser_anna: User,
    autumn: Term,
    spring: Term,
    room: Room,
    change: Any,
    code: str,
) -> None:
    old = mondays(autumn, service, room, units=[make_unit(autumn.prison)])
    change(old)
    spring.refresh_from_db()

    outcome = copy(old, spring, organiser_anna)

    assert outcome.created == () and list(codes(outcome)) == [code]
    (told,) = outcome.preview.in_words()
    assert told.kind == CopyNoteKind.REFUSED and "%" not in told.sentence and "?" not in told.sentence


def test_a_series_that_ended_after_its_last_date_is_copied(
    service: Organisation, organiser_anna: User, autumn: Term, spring: Term, room: Room
) -> None:
    old = mondays(autumn, service, room)
    Series.objects.filter(pk=old.pk).update(ended_on=dt.date(2026, 9, 28))
    assert len(copy(old, spring, organiser_anna).created) == 1


def test_some_units_out_of_use_narrow_the_group(
    service: Organisation, organiser_anna: User, autumn: Term, spring: Term, room: Room, haren: Prison
) -> None:
    kept, gone = make_unit(haren, "A"), make_unit(haren, "B", is_active=False)
    outcome = copy(mondays(autumn, service, room, units=[kept, gone]), spring, organiser_anna)
    assert list(outcome.created[0][1].units.all()) == [kept]
    assert [one.sentence for one in outcome.preview.in_words()] == ["B is not in use any more."]


def test_terms_that_are_over_or_elsewhere_are_refused(
    service: Organisation, organiser_anna: User, autumn: Term, saint_gilles: Prison, room: Room
) -> None:
    old = mondays(autumn, service, room)
    over = make_term(autumn.prison, starts_on=dt.date(2026, 1, 5), ends_on=dt.date(2026, 3, 1))
    for term, code in ((over, "term_over"), (make_term(saint_gilles), "unknown_term")):
        with pytest.raises(PlannerError) as refusal:
            copy_series(autumn.prison, series=[old], target_term=term, by=organiser_anna, now=NOW)
        assert refusal.value.code == code


def test_every_second_week_keeps_its_rhythm_and_its_week(
    service: Organisation, organiser_anna: User, autumn: Term, room: Room, haren: Prison
) -> None:
    """A term that begins on a Wednesday: the group of odd weeks stays apart from that of even weeks."""
    term = make_term(haren, starts_on=dt.date(2027, 1, 13), ends_on=dt.date(2027, 3, 28), name="Mid")
    odd = make_series(haren, organisation=service, term=autumn, starts_on=dt.date(2026, 9, 7), every_weeks=2,
                      weeks=6)  # fmt: skip
    hold(odd, "2026-09-07 09:00", 1, room)
    assert starts(copy(odd, term, organiser_anna).created[0][1]) == [
        at("2027-01-25 09:00"),
        at("2027-02-08 09:00"),
        at("2027-02-22 09:00"),
    ]


def test_every_fact_of_a_series_is_copied_or_new_on_purpose() -> None:
    """A field that somebody adds to a series fails here until it is said what a copy does with it."""
    new = {"id", "prison", "term", "list_code", "copied_from", "version", "ended_on"}
    dates = {"starts_on", "start_time", "duration_minutes", "weeks", "default_room"}
    made_on_saving = {field.name for field in folded_fields(Series)} | {"pattern_ends_on", "weekday"}
    names = {field.name for field in Series._meta.concrete_fields}
    assert names == {*PLAIN} | new | dates | made_on_saving


def test_notes_survive_being_kept(
    service: Organisation, organiser_anna: User, autumn: Term, spring: Term, room: Room
) -> None:
    worker = make_worker(autumn.prison, permitted_until=dt.date(2027, 1, 18))
    outcome = copy(mondays(autumn, service, room, workers=[worker]), spring, organiser_anna)
    assert outcome.change_set is not None
    kept = ChangeSet.objects.get(pk=outcome.change_set.pk).facts["notes"]
    assert tuple(CopyNote.from_json(one) for one in kept) == outcome.notes


def test_a_term_of_forty_series_takes_a_fixed_number_of_queries(
    service: Organisation,
    organiser_anna: User,
    autumn: Term,
    spring: Term,
    haren: Prison,
    django_assert_max_num_queries: Any,
) -> None:
    rooms = [make_room(haren) for _ in range(12)]
    series = [mondays(autumn, service, room, workers=[make_worker(haren)]) for room in rooms]
    access = access_of(organiser_anna, haren)
    haren.refresh_from_db()
    with django_assert_max_num_queries(45):
        seen = preview_copy(haren, series=series, target_term=spring, access=access, now=NOW)
    assert len(seen.copied) == 12


@pytest.mark.parametrize("is_changed", [False, True])
def test_nobody_waits_while_the_dates_are_tried(
    autumn: Term,
    spring: Term,
    service: Organisation,
    room: Room,
    organiser_anna: User,
    monkeypatch: pytest.MonkeyPatch,
    is_changed: bool,
) -> None:
    """The plan is locked once all is tried; tried once more only where somebody wrote meanwhile."""
    mondays(autumn, service, room)
    done: list[str] = []

    def trying(prison: Prison, **asked: Any) -> CopyPreview:
        done.append("try")
        return preview_copy(prison, **asked)

    def locking(prison: Prison) -> Prison:
        done.append("lock")
        if is_changed:
            Prison.objects.filter(pk=prison.pk).update(plan_version=prison.plan_version + 1)
        return lock_prison(prison)

    monkeypatch.setattr(copies, "preview_copy", trying)
    monkeypatch.setattr(copies, "lock_prison", locking)
    outcome = copy_term(autumn.prison, source_term=autumn, target_term=spring, by=organiser_anna, now=NOW)
    assert outcome.created
    assert done == (["try", "lock", "try"] if is_changed else ["try", "lock"])


def test_under_the_lock_a_whole_term_asks_as_often_as_one_series(
    service: Organisation,
    organiser_anna: User,
    autumn: Term,
    spring: Term,
    haren: Prison,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever waits for the lock waits for statements: each series is looked at before it."""

    def asked_under_the_lock(*series: Series) -> int:
        with CaptureQueriesContext(connection) as asked:
            before = []
            monkeypatch.setattr(
                copies, "lock_prison", lambda prison: (before.append(len(asked)), lock_prison(prison))[1]
            )
            outcome = copy_series(haren, series=series, target_term=spring, by=organiser_anna, now=NOW)
            assert len(outcome.created) == len(series)
            return len(asked) - before[0]

    series = [mondays(autumn, service, make_room(haren), label=f"Group {number}") for number in range(7)]
    first, one, *more = series
    asked_under_the_lock(first)  # the first act of a day freezes the lists that are due
    assert asked_under_the_lock(*more) == asked_under_the_lock(one)
