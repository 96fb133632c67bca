"""Two people open one row, both save: the second is told what the first wrote, and nothing of it is lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.urls import reverse

from core.dates.clock import today
from core.errors import PlannerError
from enrollment.models import Stay
from prisons.domain.validity import require_valid
from prisons.models import Announcement, Membership, Organisation, Prison, User
from rooms.models import Holiday, Room, SoftBand, TimeSlot, Unit
from sessions.models import Activity, Material, Series, Term, Worker
from tests.factories import (
    at,
    make_activity,
    make_band,
    make_holiday,
    make_membership,
    make_participant,
    make_room,
    make_series,
    make_slot,
    make_term,
    make_unit,
    make_worker,
    signed_in,
)
from tests.pages import filled, seen_on


@dataclass
class Edit:
    """Where a row is changed; what the colleague and what the slower one type over it."""

    url: str
    model: type[Model]
    first: dict[str, Any]
    late: dict[str, Any]
    colleague: str = ""
    """Where the colleague changes it, when that is another page."""


def url(name: str, *args: int) -> str:
    return reverse(name, args=["haren", *args])


def organisation(prison: Prison, service: Organisation, by: User) -> Edit:
    page = url("prisons:organisation_detail", service.pk)
    return Edit(page, Organisation, {"name": "De Grote Brug"}, {"name": "De Kleine Brug"})


def announcement(prison: Prison, service: Organisation, by: User) -> Edit:
    row = Announcement.objects.create(
        prison=prison, text_nl="Hallo", text_fr="Bonjour", starts_on=today(), by=by,
        created_at=at("2026-11-01 09:00"),
    )  # fmt: skip
    page = url("prisons:announcement_edit", row.pk)
    return Edit(page, Announcement, {"text_nl": "Geen water"}, {"text_fr": "Eau coupée"})


def membership(prison: Prison, service: Organisation, by: User) -> Edit:
    row = Membership.objects.get(user__email__startswith="anna")
    ends = [f"{today() + dt.timedelta(days=days)}" for days in (30, 60)]
    return Edit(
        url("prisons:membership_detail", row.pk), Membership, {"ends_on": ends[0]}, {"ends_on": ends[1]}
    )


def account(prison: Prison, service: Organisation, by: User) -> Edit:
    return Edit(reverse("people:me"), User, {"full_name": "Karim H."}, {"full_name": "K. Haddad"})


def move_of_a_person(prison: Prison, service: Organisation, by: User) -> Edit:
    person = make_participant(prison, cell="101", starts_on=today())
    return Edit(url("enrollment:person_move", person.pk), Stay, {"cell": "102"}, {"cell": "103"})


def leave(prison: Prison, service: Organisation, by: User) -> Edit:
    """A colleague moves the person to another cell first."""
    person = make_participant(prison, cell="101", starts_on=today())
    page, move = url("enrollment:person_leave", person.pk), url("enrollment:person_move", person.pk)
    late = {"on": f"{today() + dt.timedelta(days=9)}"}
    return Edit(page, Stay, {"cell": "102"}, late, colleague=move)


def room(prison: Prison, service: Organisation, by: User) -> Edit:
    return Edit(url("rooms:room_edit", make_room(prison).pk), Room, {"capacity": 7}, {"capacity": 9})


def slot(prison: Prison, service: Organisation, by: User) -> Edit:
    return Edit(url("rooms:slot_edit", make_slot(prison).pk), TimeSlot, {"max_people": 7}, {"max_people": 9})


def unit(prison: Prison, service: Organisation, by: User) -> Edit:
    return Edit(url("rooms:unit_edit", make_unit(prison).pk), Unit, {"name": "Een"}, {"name": "Twee"})


def holiday(prison: Prison, service: Organisation, by: User) -> Edit:
    row = make_holiday(prison, today())
    return Edit(url("rooms:holiday_edit", row.pk), Holiday, {"name_nl": "Een"}, {"name_nl": "Twee"})


def band(prison: Prison, service: Organisation, by: User) -> Edit:
    row = make_band(prison, today(), today())
    return Edit(url("rooms:band_edit", row.pk), SoftBand, {"name_nl": "Een"}, {"name_nl": "Twee"})


def term(prison: Prison, service: Organisation, by: User) -> Edit:
    row = make_term(prison)
    return Edit(url("sessions:term_edit", row.pk), Term, {"name": "Een"}, {"name": "Twee"})


def activity(prison: Prison, service: Organisation, by: User) -> Edit:
    row = make_activity(service, "Yoga")
    return Edit(url("sessions:activity_edit", row.pk), Activity, {"title_nl": "Een"}, {"title_nl": "Twee"})


def worker(prison: Prison, service: Organisation, by: User) -> Edit:
    row = make_worker(prison, organisation=service)
    return Edit(url("sessions:worker_edit", row.pk), Worker, {"name": "Een"}, {"name": "Twee"})


def series(prison: Prison, service: Organisation, by: User) -> Edit:
    row = make_series(prison, organisation=service)
    return Edit(url("planner:series_edit", row.pk), Series, {"label": "Een"}, {"label": "Twee"})


def material(prison: Prison, service: Organisation, by: User) -> Edit:
    row = make_series(prison, organisation=service).materials.create(name="Verf", count=1)
    return Edit(url("planner:material_edit", row.pk), Material, {"state": "granted"}, {"state": "refused"})


TABLE: list[Callable[[Prison, Organisation, User], Edit]] = [
    organisation, announcement, membership, account, move_of_a_person, leave, room, slot, unit, holiday, band, term,
    activity, worker, series, material,
]  # fmt: skip


@pytest.fixture
def karim(haren: Prison, service: Organisation, organiser_anna: User, coordinator_karim: User) -> User:
    make_membership(coordinator_karim, haren, "organiser", service)
    return coordinator_karim


def values(model: type[Model]) -> list[Any]:
    return list(model._default_manager.order_by("pk").values())


@pytest.mark.parametrize("scene", TABLE, ids=lambda one: one.__name__)
def test_the_second_to_save_is_told_and_writes_nothing(
    haren: Prison, service: Organisation, karim: User, scene: Callable[..., Edit]
) -> None:
    edit = scene(haren, service, karim)
    client = signed_in(karim)
    before = edit.colleague or edit.url
    first, late = filled(client, before, **edit.first), filled(client, edit.url, **edit.late)
    assert client.post(before, first).status_code == 302
    written = values(edit.model)

    refused = client.post(edit.url, late)

    assert refused.status_code == 409 and values(edit.model) == written
    assert "changed this at" in refused.content.decode()
    assert all(f"{value}" in refused.content.decode() for value in edit.late.values()), "what was typed stays"
    again = late | {"seen": seen_on(refused)}
    assert client.post(edit.url, again).status_code == 302, "looked at, it can be saved"


def test_no_refusal_names_a_constraint(haren: Prison, service: Organisation) -> None:
    """Every row that has one, broken in every way that the model itself can see."""
    broken = [
        Activity(organisation=service),
        Series(prison=haren, activity=make_activity(service), places=0, weeks=0, duration_minutes=1),
        Term(prison=haren, name="X", starts_on=today(), ends_on=today() - dt.timedelta(days=1)),
        Organisation(),
        Prison(),
    ]
    for row in broken:
        with pytest.raises(PlannerError) as refused:
            require_valid(
                row, exclude=["starts_on", "start_time", "list_code"] if isinstance(row, Series) else ()
            )
        assert refused.value.status == 422
        for constraint in row._meta.constraints:
            assert constraint.name not in str(refused.value)
        with pytest.raises(ValidationError):
            row.full_clean()
