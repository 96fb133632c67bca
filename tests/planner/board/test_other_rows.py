"""Living units and facilitators as rows: what closes them is shown, and a card does not repeat whose row it is."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from prisons.models import Organisation, Prison, User
from tests.factories import (
    at,
    make_absence,
    make_activity,
    make_closure,
    make_room,
    make_series,
    make_session,
    make_slot,
    make_unit,
    make_unit_hours,
    make_worker,
    signed_in,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(haren: Prison, service: Organisation, organiser_anna: User) -> Client:
    for weekday in (1, 2):
        make_slot(haren, weekday, "08:30", "11:00")
    unit = make_unit(haren, "A1")
    make_unit_hours(unit, 2, "08:00", "11:30", kind="visit")
    make_closure(haren, at("2050-01-10 08:00"), at("2050-01-10 12:00"), unit=unit, reason="Painting")
    els, leen = make_worker(haren, name="Els"), make_worker(haren, name="Leen")
    make_absence(els, "2050-01-11 00:00", "2050-01-12 12:00")
    series = make_series(haren, activity=make_activity(service, "Yoga"))
    make_session(series, "2050-01-10 09:00", room=make_room(haren, name="Class A"), workers=[els, leen])
    return signed_in(organiser_anna)


def rows(client: Client, which: str) -> dict[str, str]:
    text = client.get(f"/p/haren/board/?week=2050-W02&rows={which}").content.decode().replace("\u00ad", "")
    found = re.findall(r'<tr><th class="board-row".*?</tr>', text, re.DOTALL)
    return {re.sub(r".*?board-row-name\">([^<]*).*", r"\1", row, flags=re.DOTALL): row for row in found}


def closed(row: str) -> list[str]:
    return re.findall(r'<td class="cell is-closed".*?<span class="cell-note">([^<]*)', row, re.DOTALL)


def test_units_and_facilitators_show_what_closes_them(anna: Client) -> None:
    [unit] = rows(anna, "units").values()
    assert closed(unit) == ["Painting", "visit"]
    workers = rows(anna, "workers")
    assert (closed(workers["Els"]), closed(workers["Leen"])) == (["cannot come"], [])


def test_a_card_names_who_else_leads_it(anna: Client) -> None:
    workers = rows(anna, "workers")
    assert "Leen" in workers["Els"] and workers["Els"].count("Els") == 1
    assert "Els" in workers["Leen"] and workers["Leen"].count("Leen") == 1
