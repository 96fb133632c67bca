"""Whatever is changed after the cut-off, whoever changes it: the list is what it was at the cut-off."""

import datetime as dt

import pytest

from enrollment.domain.lists import cut_off
from enrollment.models import ListVersion
from sessions.models import WorkerAccess
from tests.factories import (
    at,
    make_enrollment,
    make_participant,
    make_room,
    make_series,
    make_session,
    make_unit,
    make_worker,
    signed_in,
)

DAY = dt.date(2026, 11, 23)


@pytest.fixture
def house(haren, service, monkeypatch):
    """Friday evening: Monday's lists closed at three, and no job has run since."""
    monkeypatch.setattr("core.dates.clock.now", lambda: at("2026-11-20 17:00"))
    unit, room = make_unit(haren, "A1"), make_room(haren, name="Klas 1")
    worker = make_worker(haren, organisation=service, name="Chloe")
    series = make_series(haren, organisation=service)
    make_enrollment(series, make_participant(haren, "Aerts, Jan", unit=unit))
    make_session(series, room=room, state="published", workers=[worker])
    return haren, unit, room, worker


def frozen(prison):
    """As the posts have it; nothing is frozen by looking."""
    version = ListVersion.objects.get(prison=prison, on=DAY)
    assert version.made_at == at("2026-11-20 15:00")
    (meeting,) = cut_off.day_of(version).meetings
    return meeting


def test_a_room_renamed_after_the_cut_off(house, coordinator_karim):
    prison, _unit, room, _worker = house
    client = signed_in(coordinator_karim)
    page = client.get(f"/p/haren/settings/rooms/{room.pk}/")
    form = page.context["form"]
    sent = {name: form[name].value() for name in form.fields if form[name].value() not in (None, [])}
    answer = client.post(f"/p/haren/settings/rooms/{room.pk}/", {**sent, "name": "Atelier"})
    assert answer.status_code == 302
    room.refresh_from_db()
    assert (room.name, frozen(prison).room) == ("Atelier", "Klas 1")


def test_a_unit_renamed_after_the_cut_off(house, coordinator_karim):
    prison, unit, _room, _worker = house
    client = signed_in(coordinator_karim)
    form = client.get(f"/p/haren/settings/units/{unit.pk}/").context["form"]
    sent = {name: form[name].value() for name in form.fields if form[name].value() not in (None, [], False)}
    assert client.post(f"/p/haren/settings/units/{unit.pk}/", {**sent, "code": "Z9"}).status_code == 302
    unit.refresh_from_db()
    assert (unit.code, frozen(prison).people[0].unit) == ("Z9", "A1")


def test_what_is_changed_in_one_prison_may_stand_on_the_lists_of_another(
    house, saint_gilles, coordinator_karim
):
    """A facilitator is one person in all prisons: the lists of all are frozen first."""
    prison, _unit, _room, worker = house
    WorkerAccess.objects.create(worker=worker, prison=saint_gilles)
    signed_in(coordinator_karim).post("/p/haren/settings/features/add/", {"name": "beamer"})
    assert ListVersion.objects.filter(prison=saint_gilles, on=DAY).exists()
    assert frozen(prison).visitors[0].name == "Chloe"


def test_looking_at_pages_freezes_nothing(house, coordinator_karim):
    client = signed_in(coordinator_karim)
    ListVersion.objects.all().delete()
    client.get("/p/haren/settings/rooms/")
    assert not ListVersion.objects.exists()


def test_a_press_costs_one_query_while_nothing_is_due(house, django_assert_num_queries):
    cut_off.freeze_everywhere()
    with django_assert_num_queries(1):
        assert cut_off.freeze_everywhere() == 0
