"""Rooms, living units and time slots pasted from a spreadsheet: recognised, shown, made as one act, taken back."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from core.dates import clock
from core.errors import PlannerError
from core.tables import cells
from core.tables.pasted import PastedColumn, parse, text_of
from prisons.models import AuditEntry, ChangeSet, Prison, User
from rooms.domain import made_acts
from rooms.domain.pasted_units import UnitLines
from rooms.models import Room, TimeSlot, UnitHours
from tests.factories import (
    make_building,
    make_feature,
    make_room,
    make_series,
    make_session,
    make_slot,
    make_unit,
    signed_in,
)

COLUMNS = (
    PastedColumn("name", "Room", "lokaal|local|room|naam", True),
    PastedColumn("capacity", "Capacity", "capaciteit|capacité|capacity"),
    PastedColumn("hours", "Hours", "uren|heures d'ouverture|hours"),
)


@contextmanager
def refused_as(code: str) -> Iterator[None]:
    with pytest.raises(PlannerError) as refusal:
        yield
    assert refusal.value.code == code


@pytest.fixture
def karim(coordinator_karim: User) -> Client:
    return signed_in(coordinator_karim)


def url(name: str, *args: object) -> str:
    return reverse(f"rooms:{name}", args=["haren", *args])


def look(client: Client, name: str, pasted: str, **more: Any) -> Any:
    return client.post(url(name), {"pasted": pasted, "look": "yes"} | more)


def take_over(client: Client, name: str, pasted: str) -> Any:
    shown = look(client, name, pasted)
    assert shown.status_code == 200, shown.content.decode()
    seen = shown.context["outcome"].digest
    return client.post(url(name), {"pasted": pasted, "accept": "yes", "seen": seen})


@pytest.mark.parametrize(
    ("head", "line"),
    [
        ("Lokaal\tCapaciteit\tUren", "Klas 1\t12\tma-vr 9-12"),
        ("Heures d'ouverture\tLocal\tCapacité", "lu-ve 9h-12h\tKlas 1\t12"),
        ("Capacity (people)\tRoom / Lokaal\tHours", "12\tKlas 1\tMon to Fri 9:00-12:00"),
        ("", "Klas 1\t12\tma-vr 9-12"),
        ("Onze lokalen\n\nLokaal\tCapaciteit\tUren", "Klas 1\t12\tma-vr 9-12"),
    ],
)
def test_columns_are_recognised_in_three_languages_and_in_their_order_without_headings(
    head: str, line: str
) -> None:
    table = parse(f"{head}\n{line}", COLUMNS)
    assert [dict(each.values) for each in table.lines] in (
        [{"name": "Klas 1", "capacity": "12", "hours": line.split("\t")[2]}],
        [{"name": "Klas 1", "capacity": "12", "hours": "lu-ve 9h-12h"}],
        [{"name": "Klas 1", "capacity": "12", "hours": "Mon to Fri 9:00-12:00"}],
    )


def test_a_heading_that_nobody_understands_is_said_and_a_missing_one_is_refused() -> None:
    assert parse("Lokaal\tCapaciteit\tKleur\nA\t3\trood", COLUMNS).unknown == ("Kleur",)
    with refused_as("column_missing"):
        parse("Capaciteit\tUren\n3\tma 9-10", COLUMNS)
    with refused_as("nothing_pasted"):
        parse("Lokaal\tCapaciteit\n", COLUMNS)
    with refused_as("too_many_lines"):
        parse("\n".join(f"Klas {number}\t3" for number in range(600)), COLUMNS)


MON_FRI = (1, 2, 3, 4, 5)


@pytest.mark.parametrize(
    ("cell", "language", "found"),
    [
        ("ma-vr 8:30-11:00", "nl", [(MON_FRI, "08:30", "11:00")]),
        ("Lu-Ve 8h30-11h", "fr", [(MON_FRI, "08:30", "11:00")]),
        ("ma 9-10", "fr", [((2,), "09:00", "10:00")]),
        ("ma 9-10", "nl", [((1,), "09:00", "10:00")]),
        ("di 9-10", "fr", [((7,), "09:00", "10:00")]),
        ("du lundi au vendredi de 9h00 à 12h00", "fr", [(MON_FRI, "09:00", "12:00")]),
        ("maandag t/m vrijdag van 9u tot 12u30", "nl", [(MON_FRI, "09:00", "12:30")]),
        ("Mon, Wed 13.30 – 16.00; Sat 9-12", "en", [((1, 3), "13:30", "16:00"), ((6,), "09:00", "12:00")]),
        ("elke dag 12:00-13:00", "nl", [((1, 2, 3, 4, 5, 6, 7), "12:00", "13:00")]),
        ("12:00-13:00", "nl", [((1, 2, 3, 4, 5, 6, 7), "12:00", "13:00")]),
        ("wo 9-10, 14-15", "nl", [((3,), "09:00", "10:00"), ((3,), "14:00", "15:00")]),
        ("tous les jours 12h-13h", "fr", [((1, 2, 3, 4, 5, 6, 7), "12:00", "13:00")]),
        ("geen", "nl", []),
        ("", "nl", []),
    ],
)
def test_hours_of_the_week_are_read_as_people_write_them(
    cell: str, language: str, found: list[tuple[tuple[int, ...], str, str]]
) -> None:
    assert [
        (h.weekdays, f"{h.starts:%H:%M}", f"{h.ends:%H:%M}") for h in cells.hours(cell, language)
    ] == found


@pytest.mark.parametrize("cell", ["in de voormiddag", "ma-vr", "ma 25:00-26:00", "yesterday 9-10", "9:00"])
def test_hours_that_nobody_understands_are_refused_in_words(cell: str) -> None:
    with refused_as("not_understood"):
        cells.hours(cell, "nl")


@pytest.mark.parametrize(
    ("cell", "on"),
    [
        ("30/06/2027", dt.date(2027, 6, 30)),
        ("2027-06-30", dt.date(2027, 6, 30)),
        ("1.7.27", dt.date(2027, 7, 1)),
    ],
)
def test_days_are_read_as_people_write_them(cell: str, on: dt.date) -> None:
    assert cells.day(cell) == on


def test_the_language_of_short_days_is_that_of_the_whole_paste() -> None:
    assert cells.language_of("A1\tma 9-10\nA2\tje 9-10", "nl") == "fr"
    assert cells.language_of("A1\tma 9-10\nA2\tdo 9-10", "fr") == "nl"
    assert cells.language_of("A1\tma 9-10", "fr") == "fr"


def test_a_workbook_gives_the_text_that_its_cells_would_give() -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(["Lokaal", "Capaciteit", "Van"])
    sheet.append(["Klas 1", 12.0, dt.time(8, 30)])
    kept = io.BytesIO()
    book.save(kept)
    assert text_of(kept.getvalue()) == "Lokaal\tCapaciteit\tVan\nKlas 1\t12\t08:30\n"
    assert text_of(b"Lokaal;Capaciteit\nKlas 1;12\n") == "Lokaal\tCapaciteit\nKlas 1\t12\n"


ROOMS = (
    "Lokaal\tCapaciteit\tGebouw\tUitrusting\tUren\n"
    "Klas 1\t12\tNoord\tprojector, vijver\tma-vr 8:30-17:00\n"
    "Klas 2\t10\tNoord\t\t\n"
    "Klas 3\tveel\tNoord\t\t\n"
    "Sportzaal\t20\tZuid\t\t\n"
    "Klas 2\t10\tNoord\t\t\n"
)


def test_the_look_shows_the_exceptions_and_writes_nothing(karim: Client, haren: Prison) -> None:
    make_feature("projector", name_nl="projector", name_fr="projecteur", name_en="projector")
    make_room(haren, name="Sportzaal", capacity=30)
    outcome = look(karim, "room_paste", ROOMS).context["outcome"]
    assert [(entry.title, entry.state) for entry in outcome.entries] == [
        ("Klas 1", "new"),
        ("Klas 2", "new"),
        ("Klas 3", "refused"),
        ("Sportzaal", "refused"),
        ("Klas 2", "same"),
    ]
    assert outcome.new[0].remarks == ("“vijver” is no known feature and was left out.",)
    assert outcome.new[0].facts == ("Noord", "for 12 people", "projector", "Mon–Fri 08:30–17:00")
    assert [entry.remarks for entry in outcome.refused] == [
        ("“veel” is not understood.",),
        ("This room is there already, with capacity 30. Change it on its own page.",),
    ]
    assert Room.objects.in_prison(haren).count() == 1 and not ChangeSet.objects.exists()


def test_rooms_are_taken_over_as_one_act_and_taken_back_as_one(karim: Client, haren: Prison) -> None:
    version = haren.rules_version
    assert take_over(karim, "room_paste", ROOMS).status_code == 302
    room = Room.objects.get(prison=haren, name="Klas 1")
    assert (room.capacity, room.building.name, room.hours.count()) == (12, "Noord", 5)
    haren.refresh_from_db()
    assert haren.rules_version != version
    act = ChangeSet.objects.get()
    assert act.verb == "paste_rooms" and AuditEntry.objects.filter(verb="add_room").count() == 3
    assert AuditEntry.objects.filter(verb="paste_rooms", change_set=act).exists()
    page = karim.get(url("room_paste")).content.decode()
    assert url("paste_undo", act.pk) in page
    assert karim.post(url("paste_undo", act.pk)).status_code == 302
    assert not Room.objects.in_prison(haren).exists() and not haren.buildings.exists()
    assert karim.post(url("paste_undo", act.pk)).status_code == 409


def test_what_was_shown_is_what_is_done(karim: Client, haren: Prison) -> None:
    seen = look(karim, "room_paste", ROOMS).context["outcome"].digest
    make_room(haren, name="Klas 2", capacity=10)
    answer = karim.post(url("room_paste"), {"pasted": ROOMS, "accept": "yes", "seen": seen})
    assert answer.status_code == 409 and len(answer.context["outcome"].same) == 2
    assert not Room.objects.filter(name="Klas 1").exists()
    assert take_over(karim, "room_paste", ROOMS).status_code == 302
    answer = take_over(karim, "room_paste", ROOMS)
    assert answer.status_code == 409 and "nothing new in it" in answer.content.decode()


def test_a_room_that_somebody_uses_or_changed_stops_the_undo_as_a_whole(
    haren: Prison, karim: Client, coordinator_karim: User
) -> None:
    take_over(karim, "room_paste", ROOMS)
    act, rooms = ChangeSet.objects.get(), Room.objects.in_prison(haren)
    session = make_session(make_series(haren), room=rooms.first())
    with refused_as("changed_since"):
        made_acts.undo(act, by=coordinator_karim)
    session.delete()
    rooms.filter(name="Klas 1").update(capacity=99)
    with refused_as("changed_since"):
        made_acts.undo(act, by=coordinator_karim)
    rooms.filter(name="Klas 1").update(capacity=12)
    with refused_as("too_late"):
        made_acts.undo(act, by=coordinator_karim, now=clock.now() + dt.timedelta(hours=2))
    assert made_acts.undo(act, by=coordinator_karim) and not rooms.exists()


def test_units_come_with_their_hours_and_a_second_line_adds_more(karim: Client, haren: Prison) -> None:
    pasted = (
        "Vleugel\tRegime\tPopulatie\tStatuut\tWandeling\tBezoek\n"
        "A1\topen\tmannen\tveroordeelden\tma-vr 9:00-10:00\t\n"
        "B2\tfermé\tfemmes\tprévenus\tlu-ve 10h-11h\tme 14h-16h\n"
        "A1\t\t\t\t\tza 14:00-16:00\n"
        "C3\tsoms\t\t\t\t\n"
    )
    shown = look(karim, "unit_paste", pasted).context["outcome"]
    assert [entry.state for entry in shown.entries] == ["new", "new", "new", "refused"]
    assert take_over(karim, "unit_paste", pasted).status_code == 302
    one, two = haren.units.order_by("code")
    assert (one.regime, one.population, one.target_group) == ("open", "men", "sentenced")
    assert (two.regime, two.population, two.target_group) == ("closed", "women", "remand")
    assert one.hours.filter(kind="yard").count() == 5 and one.hours.filter(kind="visit").count() == 1
    assert take_over(karim, "unit_paste", pasted).status_code == 409
    karim.post(url("paste_undo", ChangeSet.objects.filter(verb="paste_units").get().pk))
    assert not haren.units.exists() and not UnitHours.objects.exists()


def test_slots_hold_on_several_days_and_never_overlap(karim: Client, haren: Prison) -> None:
    make_slot(haren, 1, "08:30", "11:00")
    pasted = (
        "Jour\tDe\tÀ\tPersonnes\nlu-ve\t8h30\t11h\t60\n"
        "sa\t10:00\t12:00\t\nsa\t11:00\t13:00\t\nma 13:30-16:00\t\t\t\n"
    )
    shown = look(karim, "slot_paste", pasted).context["outcome"]
    assert [entry.state for entry in shown.entries] == ["new", "new", "refused", "new"]
    assert "overlaps the slot of Saturday" in shown.refused[0].remarks[0]
    assert take_over(karim, "slot_paste", pasted).status_code == 302
    slots = TimeSlot.objects.in_prison(haren)
    assert slots.filter(starts=dt.time(8, 30)).count() == 5 and slots.filter(max_people=60).count() == 4
    assert slots.filter(starts=dt.time(13, 30)).get().weekday == 2  # mardi: je and sa make it French


def test_the_same_under_other_names(karim: Client, haren: Prison) -> None:
    room = make_room(haren, name="Klas A", capacity=14, building=make_building(haren, name="Oost"))
    room.hours.create(weekday=1, starts="08:00", ends="12:00")
    assert karim.post(url("room_copy", room.pk), {"names": "Klas B, Klas C"}).status_code == 302
    made = Room.objects.get(name="Klas C")
    assert (made.capacity, made.building.name, made.hours.count()) == (14, "Oost", 1)
    refused = karim.post(url("room_copy", room.pk), {"names": "Klas D, Klas B"})
    assert refused.status_code == 422 and not Room.objects.filter(name="Klas D").exists()
    karim.post(url("paste_undo", ChangeSet.objects.get(verb="copy_room").pk))
    assert list(Room.objects.in_prison(haren)) == [room]
    unit = make_unit(haren, "A1", regime="open")
    assert karim.post(url("unit_copy", unit.pk), {"names": "B1, C1"}).status_code == 302
    assert set(haren.units.values_list("code", "regime")) == {("A1", "open"), ("B1", "open"), ("C1", "open")}


def test_saving_may_lead_to_the_next_empty_form(karim: Client, haren: Prison) -> None:
    values = {"name": "Noord"}
    assert karim.post(url("building_add"), values)["Location"] == url("building_list")
    answer = karim.post(url("building_add"), {"name": "Zuid", "once_more": "yes"})
    assert answer["Location"] == url("building_add")
    assert 'name="once_more"' in karim.get(url("room_add")).content.decode()
    assert 'name="once_more"' not in karim.get(url("room_edit", make_room(haren).pk)).content.decode()


@pytest.mark.parametrize("name", ["room_paste", "unit_paste", "slot_paste"])
def test_only_who_manages_the_rules_may_paste(organiser_anna: User, haren: Prison, name: str) -> None:
    assert signed_in(organiser_anna).get(url(name)).status_code in (403, 404)


def test_an_act_of_another_prison_is_not_taken_back_here(
    karim: Client, saint_gilles: Prison, coordinator_karim: User
) -> None:
    act = made_acts_of(saint_gilles, coordinator_karim)
    assert karim.post(url("paste_undo", act.pk)).status_code == 404


def made_acts_of(prison: Prison, by: User) -> ChangeSet:
    return ChangeSet.objects.create(prison=prison, by=by, at=clock.now(), verb="paste_rooms")


def test_a_room_in_which_a_series_usually_meets_stops_the_undo(
    haren: Prison, karim: Client, coordinator_karim: User
) -> None:
    """The column has no name for the way back: the series would lose its room without a word."""
    take_over(karim, "room_paste", ROOMS)
    act = ChangeSet.objects.get()
    series = make_series(haren, default_room=Room.objects.in_prison(haren)[0])
    with refused_as("changed_since"):
        made_acts.undo(act, by=coordinator_karim)
    series.refresh_from_db()
    assert series.default_room_id is not None


def test_headings_are_known_by_the_one_that_is_needed() -> None:
    """A sheet with other columns than ours would else become living units called "Capacité"."""
    table = parse("Unité de vie\tCapacité\tHeures\nU-1\t30\tlu-ve 13:00-16:00\n", UnitLines.columns)
    assert table.has_headings
    assert table.unknown == ("Capacité", "Heures")
    assert [line.values["unit"] for line in table.lines] == ["U-1"]
    assert not parse("aile\t30\nB2\t12\n", UnitLines.columns).has_headings
