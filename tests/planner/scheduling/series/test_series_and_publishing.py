"""A series is made with all its dates, undone as one, and published when nothing stands in the way."""

from __future__ import annotations

import datetime as dt

import pytest

from core.errors import PlannerError
from planner.scheduling.placement.undo import undo
from planner.scheduling.publishing import PublicationRefused, look, publish
from planner.scheduling.series.making import SeriesDraft, create_series, preview_series
from prisons.access import access_for
from prisons.models import Organisation, Prison, User
from rooms.models import Room
from sessions.models import GroupSession, Material, Series
from tests.factories import (
    at,
    make_activity,
    make_closure,
    make_enrollment,
    make_feature,
    make_holiday,
    make_room,
    make_series,
    make_session,
    make_slot,
    make_worker,
)

NOW = at("2026-11-22 12:00")
MONDAY = dt.date(2026, 11, 23)


@pytest.fixture(autouse=True)
def slots(haren: Prison) -> None:
    make_slot(haren, 1, "08:30", "11:00")


@pytest.fixture
def room(haren: Prison) -> Room:
    return make_room(haren)


def draft(service: Organisation, room: Room | None = None, **fields: object) -> SeriesDraft:
    workers = fields.pop("workers", ())
    series = Series(
        **{
            "activity": make_activity(service),
            "places": 5,
            "starts_on": MONDAY,
            "start_time": dt.time(9),
            "duration_minutes": 90,
            "weeks": 8,
            "default_room": room,
        }
        | fields
    )
    return SeriesDraft(series, workers=workers)  # type: ignore[arg-type]


def test_eight_weeks_skip_the_holiday_and_place_the_rest(
    haren: Prison, service: Organisation, organiser_anna: User, room: Room
) -> None:
    make_holiday(haren, dt.date(2026, 12, 28))
    worker = make_worker(haren)

    made = create_series(haren, draft(service, room, workers=[worker]), by=organiser_anna, now=NOW)

    sessions = GroupSession.objects.filter(series=made.series, room=room)
    assert sessions.count() == 7 and len(made.skipped) == 1
    assert {s.starts_at for s in sessions} >= {at("2026-11-23 09:00"), at("2027-01-11 09:00")}
    assert sessions.first().session_workers.get().worker == worker  # type: ignore[union-attr]
    assert made.series.skipped_dates.get().reason == "holiday"
    assert made.series.list_code == "A-01"


def test_a_date_whose_room_is_taken_waits_in_the_tray_and_the_preview_said_so(
    haren: Prison, service: Organisation, organiser_anna: User, room: Room
) -> None:
    make_session(make_series(haren, organisation=service), "2026-12-07 09:30", room=room)
    wanted = draft(service, room)
    previewed = [(one.occurrence.on, one.is_placed) for one in preview_series(haren, wanted)]

    made = create_series(haren, wanted, by=organiser_anna, now=NOW)

    assert [(one.occurrence.on, one.is_placed) for one in made.dates] == previewed
    assert [one.occurrence.on for one in made.in_tray] == [dt.date(2026, 12, 7)]
    in_tray = GroupSession.objects.get(series=made.series, room=None)
    assert (in_tray.starts_at, in_tray.week_on) == (at("2026-12-07 09:00"), dt.date(2026, 12, 7)), (
        "only the room is taken: day and hour stay"
    )


def test_without_a_room_all_dates_wait_in_the_tray_with_their_hour_and_the_preview_says_so(
    haren: Prison, service: Organisation, organiser_anna: User, room: Room
) -> None:
    wanted = draft(service, None)
    assert not any(one.is_placed for one in preview_series(haren, wanted))

    made = create_series(haren, wanted, by=organiser_anna, now=NOW)

    assert len(made.in_tray) == len([one for one in made.dates if one.occurrence.takes_place]) > 1
    assert not GroupSession.objects.filter(starts_at__isnull=True).exists()


def test_a_date_on_which_nobody_may_meet_loses_its_hour(
    haren: Prison, service: Organisation, organiser_anna: User, room: Room
) -> None:
    make_closure(haren, at("2026-12-07 00:00"), at("2026-12-08 00:00"))
    made = create_series(haren, draft(service, room), by=organiser_anna, now=NOW)
    assert GroupSession.objects.get(series=made.series, room=None).starts_at is None


def test_a_series_that_was_changed_since_is_not_undone(
    haren: Prison, service: Organisation, organiser_anna: User, room: Room
) -> None:
    """Its label, a need of it, a material that was asked for, somebody who asks: none of it goes unseen."""
    for change in (_rename, _need, _bring, _ask):
        made = create_series(haren, draft(service, room), by=organiser_anna, now=NOW)
        change(made.series)
        with pytest.raises(PlannerError) as refused:
            undo(made.outcome.change_set, by=organiser_anna, now=NOW)
        assert refused.value.code in ("changed_since", "has_people"), change.__name__
        GroupSession.objects.filter(series=made.series).update(room=None)


def _rename(series: Series) -> None:
    Series.objects.filter(pk=series.pk).update(label="Evening", version=2)


def _need(series: Series) -> None:
    series.needs_features.add(make_feature("beamer"))


def _bring(series: Series) -> None:
    Material.objects.create(series=series, name="Guitar", count=1)


def _ask(series: Series) -> None:
    make_enrollment(series, state="requested")


def test_undo_removes_the_whole_series(
    haren: Prison, service: Organisation, organiser_anna: User, room: Room
) -> None:
    made = create_series(haren, draft(service, room), by=organiser_anna, now=NOW)

    undo(made.outcome.change_set, by=organiser_anna, now=NOW)

    assert not GroupSession.objects.exists() and not Series.objects.exists()


def test_an_activity_of_another_service_is_refused(
    haren: Prison, service: Organisation, organiser_emile: User, room: Room
) -> None:
    with pytest.raises(PlannerError) as refusal:
        create_series(haren, draft(service, room), by=organiser_emile, now=NOW)
    assert refusal.value.code == "not_yours"
    assert not Series.objects.exists()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"weeks": 0}, "no_weeks"),
        ({"starts_on": dt.date(2026, 11, 16)}, "dates_past"),
        ({"weeks": 501}, "too_many_sessions"),
    ],
)
def test_unusable_dates_are_refused(
    haren: Prison, service: Organisation, organiser_anna: User, fields: dict[str, object], code: str
) -> None:
    with pytest.raises(PlannerError) as refusal:
        create_series(haren, draft(service, **fields), by=organiser_anna, now=NOW)
    assert refusal.value.code == code
    assert not Series.objects.exists()


def test_publishing_a_week_leaves_other_weeks_and_other_services_alone(
    haren: Prison, service: Organisation, other_service: Organisation, organiser_anna: User, room: Room
) -> None:
    made = create_series(haren, draft(service, room), by=organiser_anna, now=NOW)
    theirs = make_session(make_series(haren, organisation=other_service), room=make_room(haren))

    outcome = publish(haren, MONDAY, MONDAY + dt.timedelta(days=6), by=organiser_anna, now=NOW)

    assert outcome is not None and len(outcome.session_ids) == 1
    assert GroupSession.objects.published().get().series == made.series
    theirs.refresh_from_db()
    assert theirs.state == "draft"


def test_a_hard_conflict_stops_publication_and_is_named(
    haren: Prison, service: Organisation, organiser_anna: User, room: Room
) -> None:
    create_series(haren, draft(service, room), by=organiser_anna, now=NOW)
    make_closure(haren, at("2026-11-23 00:00"), at("2026-11-24 00:00"))
    haren.refresh_from_db()

    with pytest.raises(PublicationRefused) as refusal:
        publish(haren, MONDAY, MONDAY + dt.timedelta(days=13), by=organiser_anna, now=NOW)
    assert [c.code for _s, found in refusal.value.publication.refused for c in found] == ["closed"]
    assert not GroupSession.objects.published().exists()

    publish(haren, MONDAY, MONDAY + dt.timedelta(days=13), by=organiser_anna, leave_out_refused=True, now=NOW)
    assert GroupSession.objects.published().get().starts_at == at("2026-11-30 09:00")


def test_what_is_looked_at_is_what_is_published(
    haren: Prison, service: Organisation, organiser_anna: User, room: Room
) -> None:
    create_series(haren, draft(service, room), by=organiser_anna, now=NOW)
    last = MONDAY + dt.timedelta(days=60)

    seen = look(haren, MONDAY, last, access_for(organiser_anna, haren, now=NOW), now=NOW)
    outcome = publish(haren, MONDAY, last, by=organiser_anna, now=NOW)

    assert outcome is not None
    assert set(outcome.session_ids) == {session.pk for session in seen.ready}
