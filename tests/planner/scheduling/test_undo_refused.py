"""What an act has made goes only as the act left it: whatever came to it since stands in the way of undoing.

Every field of a series and every kind of row that can point to a series or a session is tried, as the models name
them: a new one is asked for here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import models

from core.database.pointing import pointing_to
from core.errors import PlannerError
from enrollment.models import Attendance, FamilyVisit, Headcount, Note, Request, SheetDraft, Skip
from planner.models import Ask, Proposal, ProposalLine
from planner.scheduling.placement.session_changes import Change
from planner.scheduling.placement.undo import undo
from planner.scheduling.placement.writer import apply
from planner.scheduling.series.making import SeriesDraft, create_series
from prisons.models import Organisation, Prison, User
from sessions.domain.placing import Part
from sessions.models import Feed, GroupSession, Material, Series, SkippedDate
from tests.factories import (
    at,
    make_activity,
    make_enrollment,
    make_feature,
    make_participant,
    make_room,
    make_series,
    make_session,
    make_slot,
    make_term,
    make_unit,
    make_worker,
)

pytestmark = pytest.mark.postgres
NOW = at("2026-11-20 12:00")


class House:
    """A series of three dates that was made just now, beside one that stood there before."""

    def __init__(self, prison: Prison, service: Organisation, other: Organisation, by: User) -> None:
        for weekday in (1, 3):
            make_slot(prison, weekday, "08:30", "11:00")
        self.prison, self.service, self.other_service, self.by = prison, service, other, by
        self.before = make_session(make_series(prison, organisation=service), "2026-11-25 09:00")
        row = Series(
            activity=make_activity(service), places=5, starts_on=dt.date(2026, 11, 23), start_time=dt.time(9),
            duration_minutes=60, weeks=3, default_room=make_room(prison),
        )  # fmt: skip
        made = create_series(prison, SeriesDraft(row, workers=[make_worker(prison)]), by=by, now=NOW)
        self.act, self.series = made.outcome.change_set, made.series
        self.session = self.series.group_sessions.order_by("starts_at")[0]
        self.person = make_participant(prison)
        self.made = {"by": by, "at": NOW}

    def apply(self, **change: Any) -> None:
        changes = [Change(self.session.pk, **change)]
        apply(self.prison, changes, by=self.by, verb="move", now=NOW, accept_soft=True)


@pytest.fixture
def house(haren: Prison, service: Organisation, other_service: Organisation, organiser_anna: User) -> House:
    return House(haren, service, other_service, organiser_anna)


def ask(house: House, **of: Any) -> None:
    Ask.objects.create(
        prison=house.prison, from_organisation=house.other_service, to_organisation=house.service,
        asked_by=house.by, asked_at=NOW, **of,
    )  # fmt: skip


def request(house: House) -> None:
    note = Note.objects.create(
        prison=house.prison, participant=house.person, received_on=NOW.date(), entered_by=house.by,
        entered_at=NOW,
    )  # fmt: skip
    Request.objects.create(
        prison=house.prison, note=note, participant=house.person, organisation=house.service,
        series=house.series, received_on=NOW.date(),
    )  # fmt: skip


def proposal(house: House) -> None:
    row = Proposal.objects.create(
        prison=house.prison, by=house.by, aim=Proposal.Aim.values[0], created_at=NOW,
        first_on=NOW.date(), last_on=NOW.date(),
    )  # fmt: skip
    ProposalLine.objects.create(proposal=row, series=house.series, outcome=ProposalLine.Outcome.values[0])


def skip(house: House) -> None:
    enrollment = make_enrollment(house.before.series, house.person)
    Skip.objects.create(enrollment=enrollment, session=house.session, **house.made)


TO_SERIES: dict[str, Callable[[House], object]] = {
    "Request.series": request,
    "Enrollment.series": lambda house: make_enrollment(house.series, house.person, state="requested"),
    "Feed.series": lambda house: Feed.objects.create(
        prison=house.prison,
        kind=Feed.Kind.values[0],
        token_hash="x",
        series=house.series,
        created_at=NOW,
    ),
    "Series.copied_from": lambda house: Series.objects.filter(pk=house.before.series_id).update(
        copied_from=house.series
    ),
    "SeriesWorker.series": lambda house: house.series.usual_workers.create(worker=make_worker(house.prison)),
    "SkippedDate.series": lambda house: SkippedDate.objects.create(
        series=house.series, on=dt.date(2026, 12, 21), reason="holiday"
    ),
    "Material.series": lambda house: Material.objects.create(series=house.series, name="Guitar", count=1),
    "GroupSession.series": lambda house: make_session(house.series, "2026-12-16 09:00"),
    "ProposalLine.series": proposal,
    "Series.units": lambda house: house.series.units.add(make_unit(house.prison)),
    "Series.needs_features": lambda house: house.series.needs_features.add(make_feature("beamer")),
}
TO_SESSION: dict[str, Callable[[House], object]] = {
    "Ask.session": lambda house: ask(house, session=house.session),
    "Ask.swap_with": lambda house: ask(house, session=house.before, swap_with=house.session),
    "Attendance.session": lambda house: Attendance.objects.create(
        session=house.session, participant=house.person, mark=Attendance.Mark.values[0], **house.made
    ),
    "Headcount.session": lambda house: Headcount.objects.create(
        session=house.session, people=3, **house.made
    ),
    "Skip.session": skip,
    "FamilyVisit.session": lambda house: FamilyVisit.objects.create(
        session=house.session, participant=house.person, adults=1
    ),
    "SheetDraft.session": lambda house: SheetDraft.objects.create(
        session=house.session, by=house.by, created_at=NOW, made_of="x"
    ),
    "SessionWorker.session": lambda house: house.apply(workers=(Part(make_worker(house.prison).pk),)),
    "Cancellation.session": lambda house: house.apply(state="cancelled", reason="room"),
    "Waiver.session": lambda house: house.session.waivers.create(
        code="outside_slot", reason="Once", **house.made
    ),
}
SAYS_ITSELF = {
    "MadeUp.session": "only what was cancelled is made up: the session was changed",
    "MadeUp.instead": "written by the act that made the session",
    "Notice.session": "what somebody was told of it; told again by undo (test_undo_table.py)",
    "StoredEvent.session": "a kept drawing of it for calendars",
}
IS_DERIVED = {
    *("id", "prison", "label_words", "list_name_words", "weekday", "pattern_ends_on"),
    "copied_from",  # beside its own row above
}


def other_value(house: House, field: models.Field[Any, Any]) -> Any:
    """A value of this field that is not the one of the row."""
    now = getattr(house.series, field.attname)
    rows = {
        "activity": lambda: make_activity(house.service).pk,
        "term": lambda: make_term(house.prison).pk,
        "needs_followed": lambda: make_activity(house.service).pk,
        "default_room": lambda: make_room(house.prison).pk,
    }
    if field.name in rows:
        return rows[field.name]()
    if isinstance(field, models.BooleanField):
        return not now
    if isinstance(field, models.DateField):
        return dt.date(2026, 12, 30)
    if isinstance(field, models.TimeField):
        return dt.time(8, 45)
    if isinstance(field, models.JSONField):
        return ["fr"]
    if isinstance(field, models.IntegerField):
        return now + 1
    return next((value for value, _name in field.choices or () if value and value != now), "Z")


FIELDS = [field.name for field in Series._meta.concrete_fields if field.name not in IS_DERIVED]


def names(model: type[models.Model]) -> set[str]:
    own = {f"{model.__name__}.{field.name}" for field in model._meta.many_to_many}
    return {f"{one.related_model.__name__}.{one.field.name}" for one in pointing_to(model)} | own


def test_whatever_can_come_to_what_an_act_made_is_tried() -> None:
    assert names(Series) == set(TO_SERIES)
    assert names(GroupSession) == set(TO_SESSION) | set(SAYS_ITSELF)


def is_refused(house: House) -> None:
    standing = set(GroupSession.objects.values_list("pk", flat=True)), Series.objects.count()
    with pytest.raises(PlannerError) as refused:
        undo(house.act, by=house.by, now=NOW)
    assert refused.value.code in ("changed_since", "has_people")
    assert refused.value.status == 409
    assert (set(GroupSession.objects.values_list("pk", flat=True)), Series.objects.count()) == standing


@pytest.mark.parametrize("name", [*TO_SERIES, *TO_SESSION])
def test_a_row_that_came_since_stands_in_the_way(house: House, name: str) -> None:
    (TO_SERIES | TO_SESSION)[name](house)
    is_refused(house)


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_that_was_changed_since_stands_in_the_way(house: House, name: str) -> None:
    field: Any = Series._meta.get_field(name)
    Series.objects.filter(pk=house.series.pk).update(**{field.attname: other_value(house, field)})
    is_refused(house)


@pytest.mark.parametrize("change", ["starts_at", "room_id", "state"])
def test_a_session_that_was_changed_since_stands_in_the_way(house: House, change: str) -> None:
    values = {
        "starts_at": at("2026-11-23 09:15"),
        "room_id": make_room(house.prison).pk,
        "state": "published",
    }
    house.apply(
        **{change: values[change]}, **({"ends_at": at("2026-11-23 10:15")} if change == "starts_at" else {})
    )
    is_refused(house)


def test_a_session_that_was_removed_since_stands_in_the_way(house: House) -> None:
    house.session.delete()
    is_refused(house)


def test_as_the_act_left_it_all_of_it_goes(house: House) -> None:
    undo(house.act, by=house.by, now=NOW)
    assert list(Series.objects.all()) == [house.before.series]
    assert list(GroupSession.objects.all()) == [house.before]
