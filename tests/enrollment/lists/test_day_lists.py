"""Day lists: who is brought where and when, the files that leave on paper, the cut-off and the changes."""

import datetime as dt
import io
import json
import re
import zipfile

import openpyxl
import pytest
from django.db import transaction

from core.words import names
from enrollment import exports
from enrollment.domain.attendance import sheet_codes
from enrollment.domain.lists import cut_off, day_lists
from enrollment.domain.lists.day import from_json, to_json
from enrollment.domain.lists.list_changes import ListChangeKind, changes
from enrollment.domain.locking import lock_facts
from enrollment.models import Attendance, Enrollment, ListVersion, Participant, Skip, Stay
from prisons.models import AuditEntry, Prison
from rooms.models import Closure
from sessions.models import Cancellation, GroupSession, Material
from tests.factories import (
    at,
    make_activity,
    make_closure,
    make_enrollment,
    make_holiday,
    make_participant,
    make_room,
    make_series,
    make_session,
    make_slot,
    make_unit,
    make_worker,
    signed_in,
)

MONDAY, TUESDAY = dt.date(2026, 11, 23), dt.date(2026, 11, 24)
FRIDAY_NOON, FRIDAY_EVENING = at("2026-11-20 12:00"), at("2026-11-20 17:00")
TITLES = ("Verslaving onder vrienden", "Groupe de parole assuétudes", "Addiction talking group")


@pytest.fixture
def series(haren, service):
    titles = dict(zip(("title_nl", "title_fr", "title_en"), TITLES, strict=True))
    activity = make_activity(service, domain="addiction", **titles)
    return make_series(haren, activity=activity, list_code="A17", label="Beginners", languages=["fr"])


@pytest.fixture
def room(haren):
    return make_room(haren, name="Klas 1")


@pytest.fixture
def units(haren):
    return make_unit(haren, "A1"), make_unit(haren, "B2")


@pytest.fixture
def session(series, room, haren, units):
    """Monday 09:00: two people of A1, one of B2; the slot is 08:30-11:00."""
    make_slot(haren, 1, "08:30", "11:00")
    for name, unit, cell in (
        ("Okafor, Zacharie", 1, "7"),
        ("Aerts, Jan", 0, "12"),
        ("Zeqiri, Arben", 0, "3"),
    ):
        make_enrollment(series, make_participant(haren, name, unit=units[unit], cell=cell))
    return make_session(series, room=room, state="published")


def texts(body: bytes) -> list[list[str]]:
    """Every row of every sheet, as text."""
    book = openpyxl.load_workbook(io.BytesIO(body))
    return [
        [str(value) for value in row if value is not None]
        for sheet in book
        for row in sheet.iter_rows(values_only=True)
    ]


def everything(body: bytes) -> str:
    """All the text inside a file, whatever part of the archive it stands in."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return " ".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


# --- the content of the day -----------------------------------------------------------------------------


def test_the_day_names_who_leaves_which_unit_when(haren, session):
    day = day_lists.day_lists(haren, MONDAY, now=FRIDAY_NOON)
    assert [(row.person.unit, row.person.cell, row.person.name) for row in day.movements()] == [
        ("A1", "3", "Zeqiri, Arben"),
        ("A1", "12", "Aerts, Jan"),
        ("B2", "7", "Okafor, Zacharie"),
    ]
    assert [(count.unit, count.starts, count.people) for count in day.counts()] == [
        ("A1", dt.time(8, 30), 2),
        ("B2", dt.time(8, 30), 1),
    ]


def test_who_stands_on_the_lists_counts_as_looked_at_and_nobody_else(haren, units, session):
    make_participant(haren, "Elders, Els", unit=units[0], cell="1")
    with names.looking() as look:
        day = day_lists.day_lists(haren, MONDAY, now=FRIDAY_NOON)
    assert look.has_names
    assert look.people == {row.person.id for row in day.movements()} != set()
    with names.looking(is_masked=True):
        day = day_lists.day_lists(haren, MONDAY, now=FRIDAY_NOON)
    assert all(row.person.last_name.startswith("#") for row in day.movements())


def test_only_published_sessions_and_people_with_a_place(haren, series, session):
    make_session(series, "2026-11-23 14:00")  # a draft
    for state in ("requested", "awaiting", "waiting", "declined"):
        make_enrollment(series, state=state)
    (meeting,) = day_lists.day_lists(haren, MONDAY, now=FRIDAY_NOON).meetings
    assert len(meeting.people) == 3


def test_skips_departures_and_closed_units_are_left_out(haren, series, session, units):
    skipping, leaving, _third = Enrollment.objects.order_by("pk")
    Skip.objects.create(enrollment=skipping, session=session, at=FRIDAY_NOON)
    Stay.objects.filter(participant=leaving.participant).update(ends_on=dt.date(2026, 11, 22))
    day = day_lists.day_lists(haren, MONDAY, now=FRIDAY_NOON)
    assert [row.person.name for row in day.movements()] == ["Zeqiri, Arben"]
    closure = make_closure(haren, at("2026-11-23 00:00"), at("2026-11-24 00:00"), unit=units[0])
    assert day_lists.day_lists(haren, MONDAY, now=FRIDAY_NOON).movements() == []
    Closure.objects.filter(pk=closure.pk).update(state="announced")
    assert len(day_lists.day_lists(haren, MONDAY, now=FRIDAY_NOON).movements()) == 1


def test_whoever_lives_where_the_session_is_does_not_move(haren, series, session, units, room):
    room.inside_unit = units[0]
    room.save()
    day = day_lists.day_lists(haren, MONDAY, now=FRIDAY_NOON)
    assert [row.person.unit for row in day.movements()] == ["B2"]
    assert len(day.meetings[0].people) == 3


def test_a_cancelled_session_moves_nobody_and_is_told(haren, session):
    Cancellation.objects.create(session=session, reason="worker", was_state="published", at=FRIDAY_NOON)
    GroupSession.objects.filter(pk=session.pk).update(state="cancelled")
    day = day_lists.day_lists(haren, MONDAY, now=FRIDAY_NOON)
    assert (day.movements(), len(day.cancelled)) == ([], 1)
    assert any("GAAT NIET DOOR" in " ".join(row) for row in texts(exports.movement_list(day)))


def test_on_the_day_of_a_move_the_new_cell_counts(haren, session, units):
    person = Enrollment.objects.first().participant
    Stay.objects.filter(participant=person).update(ends_on=MONDAY)
    Stay.objects.create(
        participant=person, prison=haren, unit=units[0], cell="99", register_number="1", starts_on=MONDAY
    )
    found = [row.person for row in day_lists.day_lists(haren, MONDAY, now=FRIDAY_NOON).movements()]
    assert [one.cell for one in found if one.id == person.pk] == ["99"]


def test_the_day_costs_the_same_for_one_session_and_thirty(
    haren, service, session, django_assert_max_num_queries
):
    with django_assert_max_num_queries(15):
        day_lists.day_lists(haren, MONDAY, now=FRIDAY_NOON)
    for number in range(30):
        worker = make_worker(haren, organisation=service)
        series = make_series(haren, organisation=service, units=[make_unit(haren)])
        make_enrollment(series, make_participant(haren, unit=series.units.first()))
        make_session(
            series,
            f"2026-11-23 {number // 3 + 8:02}:00",
            minutes=15,
            state="published",
            room=make_room(haren),
            workers=[worker],
        )
    with django_assert_max_num_queries(15):
        assert len(day_lists.day_lists(haren, MONDAY, now=FRIDAY_NOON).meetings) == 31


def test_a_day_is_stored_and_read_back_unchanged(haren, service, series, session):
    make_session(
        series, "2026-11-23 13:00", workers=[make_worker(haren, organisation=service)], state="published"
    )
    Material.objects.create(series=series, name="Yogamat", count=3, state="granted")
    day = day_lists.day_lists(haren, MONDAY, now=FRIDAY_NOON)
    assert from_json(json.loads(json.dumps(to_json(day)))) == day


def test_the_next_day_is_a_working_day_or_one_with_sessions(haren, series):
    assert day_lists.next_day(haren, now=at("2026-11-20 12:00")) == MONDAY
    make_holiday(haren, MONDAY)
    assert day_lists.next_day(haren, now=at("2026-11-20 12:00")) == TUESDAY
    make_session(series, "2026-11-21 14:00", state="published")
    assert day_lists.next_day(haren, now=at("2026-11-20 12:00")) == dt.date(2026, 11, 21)


# --- the files ------------------------------------------------------------------------------------------


def test_the_movement_list_has_exactly_the_columns_of_a_list(haren, session):
    rows = texts(exports.movement_list(day_lists.day_lists(haren, MONDAY, now=FRIDAY_NOON)))
    number = Stay.objects.get(participant__last_name="Zeqiri").register_number
    assert ["Totaal / Total", "3", "3"] in rows
    assert ["09:00", "10:30", "3", number, "Zeqiri, Arben", "Klas 1", "Activiteit / Activité A17"] in rows
    heads = next(row for row in rows if row[0] == "Van / De")
    assert heads[1:] == [
        "Tot / À",
        "Cel / Cellule",
        "Nr. / N°",
        "Naam / Nom",
        "Waar / Où",
        "Wat / Quoi",
        "uit / sorti",
        "terug / retour",
        "niet gebracht / non amené",
        "waarom / motif",
    ]


def test_an_attendance_sheet_carries_its_code(haren, session):
    rows = texts(exports.attendance_sheets(day_lists.day_lists(haren, MONDAY, now=FRIDAY_NOON)))
    assert rows[0] == [f"Activiteit / Activité A17 · Code {sheet_codes.code_of(session.pk)}"]
    assert ["maandag 23 november 2026 / lundi 23 novembre 2026"] in rows
    assert [row[1] for row in rows[-3:]] == ["Zeqiri, Arben", "Aerts, Jan", "Okafor, Zacharie"]


def test_sheets_print_on_a4_in_black_with_repeated_heads(haren, session):
    book = openpyxl.load_workbook(io.BytesIO(exports.attendance_sheets(day_lists.day_lists(haren, MONDAY))))
    (sheet,) = book.worksheets
    assert (sheet.page_setup.paperSize, sheet.page_setup.blackAndWhite) == (9, True)
    assert sheet.print_title_rows
    assert "Pagina &P van &N / Page &P sur &N" in sheet.oddFooter.left.text
    assert min(cell.font.sz for row in sheet.iter_rows() for cell in row if cell.value) >= 11


def test_old_cells_are_told_in_large_letters(haren, session):
    Prison.objects.update(roster_as_of=FRIDAY_NOON - dt.timedelta(hours=25))
    haren.refresh_from_db()
    rows = texts(exports.attendance_sheets(day_lists.day_lists(haren, MONDAY, now=FRIDAY_NOON)))
    assert any(row[0].startswith("LET OP / ATTENTION: cellen") for row in rows)


def test_the_gate_list_says_who_has_no_permission(haren, service, series, room):
    late = make_worker(haren, organisation=service, name="Els Te Laat", permitted_until=dt.date(2026, 11, 22))
    fine = make_worker(haren, organisation=service, name="Jan Goed", permitted_until=dt.date(2027, 1, 31))
    staff = make_worker(
        haren, organisation=service, name="Ria Vast", needs_permission=False, permitted_until=None
    )
    Material.objects.create(series=series, name="Yogamat", count=12, state="granted")
    Material.objects.create(series=series, name="Mes", count=1, state="refused")
    make_session(series, room=room, workers=[late, fine, staff], state="published")
    rows = texts(exports.gate_list(day_lists.day_lists(haren, MONDAY, now=FRIDAY_NOON)))
    told = {row[0]: row[2] for row in rows if row[1:2] == ["De Brug"]}
    assert told == {
        "Els Te Laat": "GEEN / AUCUNE",
        "Jan Goed": "tot / jusqu'au 31-01-2027",
        "Ria Vast": "niet nodig / pas requise",
    }
    assert any("12 × Yogamat" in row for row in rows)
    assert not any("Mes" in " ".join(row) for row in rows)


def test_names_that_look_like_formulas_stay_names(haren, series, session):
    make_enrollment(series, make_participant(haren, "=1+1\x07, =cmd|'/c calc'!A0"))
    make_enrollment(series, make_participant(haren, "الأمين, محمد"))
    make_enrollment(series, make_participant(haren, "Nguyễn, Thị Hồng Đào"))
    body = exports.attendance_sheets(day_lists.day_lists(haren, MONDAY, now=FRIDAY_NOON))
    names = [row[1] for row in texts(body) if len(row) > 1]
    assert {"=1+1, =cmd|'/c calc'!A0", "الأمين, محمد", "Nguyễn, Thị Hồng Đào"} <= set(names)
    assert "<f>" not in everything(body)


def test_nothing_for_the_prison_says_why_somebody_comes(haren, service, series, session):
    make_session(series, "2026-11-23 13:00", state="cancelled")
    enrollment = Enrollment.objects.first()
    Attendance.objects.create(
        session=session, participant=enrollment.participant, mark="excused", at=FRIDAY_NOON
    )
    before = day_lists.day_lists(haren, MONDAY, now=FRIDAY_NOON)
    make_enrollment(series, make_participant(haren, "Nieuw, Piet"))
    after = day_lists.day_lists(haren, MONDAY, now=FRIDAY_EVENING)
    files = [
        exports.movement_list(after),
        exports.attendance_sheets(after),
        exports.gate_list(after),
        exports.changes_page(before, after, version=1),
    ]
    forbidden = (*TITLES, "Beginners", "addiction", "verslaving", "excused", "Excused", "Brug")
    for number, body in enumerate(files):
        told = everything(body)
        assert "A17" in told or number == 2
        allowed = {"Brug"} if number == 2 else set()  # the gate list names the organisation
        assert [word for word in forbidden if word in told and word not in allowed] == []


def test_the_facilitators_sheet_has_a_title_but_no_number_and_no_cell(haren, session):
    day = day_lists.day_lists(haren, MONDAY, now=FRIDAY_NOON)
    body = exports.worker_sheet(day, day.meetings[0], title="Dutch 1", language="en")
    rows = texts(body)
    assert rows[0] == ["Dutch 1"]
    assert [row[0] for row in rows[-3:]] == ["Arben Z.", "Jan A.", "Zacharie O."]
    told = everything(body)
    assert not any(name in told for name in ("Okafor", "Zeqiri", "Aerts"))
    assert not any(number in told for number in Stay.objects.values_list("register_number", flat=True))


def test_an_empty_day_gives_files_too(haren):
    day = day_lists.day_lists(haren, MONDAY)
    for make in (exports.movement_list, exports.attendance_sheets, exports.gate_list):
        assert texts(make(day))


# --- the cut-off ----------------------------------------------------------------------------------------


def test_lists_close_on_the_last_working_day_before(haren):
    make_holiday(haren, dt.date(2026, 11, 20))
    cuts = cut_off.cut_offs(haren, at("2026-11-19 08:00"))
    assert cuts[dt.date(2026, 11, 20)] == at("2026-11-19 15:00").astimezone(cuts[MONDAY].tzinfo)
    assert cuts[MONDAY] == at("2026-11-19 15:00")  # Friday is a holiday
    haren.cut_offs.create(weekday=4, at=dt.time(12))
    assert cut_off.cut_offs(haren, at("2026-11-19 08:00"))[MONDAY] == at("2026-11-19 12:00")


def test_nothing_is_frozen_before_the_cut_off(haren, session):
    assert cut_off.latest(haren, MONDAY, now=FRIDAY_NOON) is None
    version = cut_off.latest(haren, MONDAY, now=FRIDAY_EVENING)
    assert version.made_at == at("2026-11-20 15:00")
    assert cut_off.latest(haren, MONDAY, now=FRIDAY_EVENING).pk == version.pk


def test_a_writer_freezes_first_so_the_list_is_that_of_the_cut_off(haren, series, session):
    with (
        transaction.atomic()
    ):  # what every writer of facts does, hours after the cut-off and before any job ran
        lock_facts(haren, now=FRIDAY_EVENING)
        make_enrollment(series, make_participant(haren, "Nieuw, Piet"))
    frozen = cut_off.day_of(cut_off.latest(haren, MONDAY, now=FRIDAY_EVENING))
    assert "Nieuw, Piet" not in [row.person.name for row in frozen.movements()]
    current = day_lists.day_lists(haren, MONDAY, now=FRIDAY_EVENING)
    assert [(change.kind, change.person.name) for change in changes(frozen, current)] == [
        (ListChangeKind.ADDED, "Nieuw, Piet")
    ]


def test_a_corrected_name_or_number_is_no_other_cell(haren, series, session, units):
    """The cell has not changed: whoever fetches people must not look for somebody in another one."""
    frozen = day_lists.day_lists(haren, MONDAY, now=FRIDAY_NOON)
    named, numbered, _stays = Enrollment.objects.order_by("pk")
    Participant.objects.filter(pk=named.participant_id).update(last_name="Okaphor")
    Stay.objects.filter(participant=numbered.participant).update(register_number="0907")
    current = day_lists.day_lists(haren, MONDAY, now=FRIDAY_EVENING)
    found = changes(frozen, current)
    assert {change.kind for change in found} == {ListChangeKind.CORRECTED}
    rows = str(texts(exports.changes_page(frozen, current, version=1)))
    assert "Okaphor, Zacharie" in rows and "0907" in rows
    assert "ANDERE CEL" not in rows.upper() and "AUTRE CELLULE" not in rows.upper()


def test_every_kind_of_change_is_told(haren, series, session, units):
    frozen = day_lists.day_lists(haren, MONDAY, now=FRIDAY_NOON)
    assert changes(frozen, frozen) == []
    gone, moved, _stays = Enrollment.objects.order_by("pk")
    Enrollment.objects.filter(pk=gone.pk).update(state="withdrawn", placed_until=dt.date(2026, 11, 20))
    Stay.objects.filter(participant=moved.participant).update(cell="77")
    GroupSession.objects.filter(pk=session.pk).update(ends_at=at("2026-11-23 11:00"))
    current = day_lists.day_lists(haren, MONDAY, now=FRIDAY_EVENING)
    assert [change.kind for change in changes(frozen, current)] == [
        ListChangeKind.MOVED,
        ListChangeKind.REHOUSED,
        ListChangeKind.REMOVED,
    ]
    rows = texts(exports.changes_page(frozen, current, version=1))
    assert any("NIET MEER / RETIRÉ" in row and "Okafor, Zacharie" in row for row in rows)
    assert any("Klas 1 (was / était 09:00–10:30 Klas 1)" in row for row in rows)
    GroupSession.objects.filter(pk=session.pk).update(state="cancelled")
    (cancelled,) = changes(frozen, day_lists.day_lists(haren, MONDAY, now=FRIDAY_EVENING))
    assert cancelled.kind == ListChangeKind.CANCELLED


def test_no_change_is_said(haren, session):
    day = day_lists.day_lists(haren, MONDAY, now=FRIDAY_NOON)
    assert ["Geen wijzigingen / Aucun changement"] in texts(exports.changes_page(day, day, version=1))


def test_after_ninety_days_only_the_hash_is_left(haren, session):
    version = cut_off.latest(haren, MONDAY, now=FRIDAY_EVENING)
    digest = version.digest
    cut_off.forget_old(now=at("2027-02-21 12:00"))
    version.refresh_from_db()
    assert cut_off.day_of(version) is not None
    assert cut_off.forget_old(now=at("2027-02-22 12:00")) == 1
    version.refresh_from_db()
    assert (version.facts, version.digest) == (None, digest)
    assert cut_off.day_of(version) is None


# --- codes ----------------------------------------------------------------------------------------------


def test_codes_come_back_and_slips_of_the_finger_are_found():
    for session_id in (1, 22, 470, 99_999):
        code = sheet_codes.code_of(session_id)
        assert sheet_codes.session_id_of(f" {code[:2].lower()}-{code[2:]} ") == session_id
        wrong = [
            code[:place] + sign + code[place + 1 :]
            for place in range(len(code))
            for sign in sheet_codes.ALPHABET
        ]
        assert all(sheet_codes.session_id_of(each) is None for each in wrong if each != code)
    assert sheet_codes.session_id_of("") is None
    assert sheet_codes.session_id_of("O0I1") is None


# --- over HTTP ------------------------------------------------------------------------------------------

FILES = ("movements.xlsx", "sheets.xlsx", "gate.xlsx")


@pytest.mark.parametrize("name", FILES)
def test_liaison_downloads_and_it_is_written_down(haren, session, liaison_bert, name):
    answer = signed_in(liaison_bert).get(f"/p/haren/lists/{MONDAY}/{name}")
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == f'attachment; filename="haren-{MONDAY}-{name}"'
    assert "no-store" in answer["Cache-Control"]
    assert openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets
    assert AuditEntry.objects.filter(by=liaison_bert, verb=f"download_{name.partition('.')[0]}").exists()


def test_strangers_and_others_get_nothing(haren, session, worker_chloe, stranger_dirk, auditor_greet):
    paths = [f"/p/haren/lists/{MONDAY}/{name}" for name in FILES]
    paths += ["/p/haren/lists/", f"/p/haren/lists/sessions/{session.pk}/sheet.xlsx"]
    for path in paths:
        assert signed_in(stranger_dirk).get(path).status_code == 404
        assert signed_in(worker_chloe).get(path).status_code == 403
        assert signed_in(auditor_greet).get(path).status_code == 403
    assert (
        signed_in(stranger_dirk).get(f"/p/saint-gilles/lists/sessions/{session.pk}/sheet.xlsx").status_code
        == 404
    )


def test_a_service_has_the_lists_of_its_own_sessions_only(
    haren, session, organiser_anna, organiser_emile, liaison_bert
):
    path = f"/p/haren/lists/{MONDAY}/sheets.xlsx"
    assert "Okafor" in everything(signed_in(organiser_anna).get(path).content)
    assert "Okafor" not in everything(signed_in(organiser_emile).get(path).content)
    assert "Okafor" in everything(signed_in(liaison_bert).get(path).content)
    assert (
        signed_in(organiser_emile).get(f"/p/haren/lists/sessions/{session.pk}/sheet.xlsx").status_code == 404
    )


def test_the_page_shows_titles_to_services_and_neutral_names_to_the_prison(
    haren, session, organiser_anna, liaison_bert
):
    path = f"/p/haren/lists/?day={MONDAY}"
    assert TITLES[2] in signed_in(organiser_anna).get(path).content.decode()
    told = signed_in(liaison_bert).get(path).content.decode()
    assert "A17" in told
    assert not any(title in told for title in TITLES)


def test_a_facilitator_has_the_sheet_of_own_sessions(
    haren, series, room, worker_chloe, organiser_anna, organiser_emile
):
    mine = make_session(series, room=room, state="published", workers=[make_worker(haren, user=worker_chloe)])
    other = make_session(series, "2026-11-24 09:00", room=room, state="published")
    for user, session, status in (
        (worker_chloe, mine, 200),
        (worker_chloe, other, 404),
        (organiser_anna, other, 200),
        (organiser_emile, other, 404),
    ):
        assert (
            signed_in(user).get(f"/p/haren/lists/sessions/{session.pk}/own-sheet.xlsx").status_code == status
        )


def test_printed_and_handed_over_are_said_once(haren, session, liaison_bert, coordinator_karim):
    version = cut_off.latest(haren, MONDAY, now=FRIDAY_EVENING)
    for user in (liaison_bert, coordinator_karim):
        for what in ("printed", "handed-over"):
            path = f"/p/haren/lists/versions/{version.pk}/{what}/"
            assert signed_in(user).post(path).status_code == 302
    version.refresh_from_db()
    assert (version.printed_by, version.handed_over_by) == (liaison_bert, liaison_bert)
    assert signed_in(liaison_bert).get(path).status_code == 405


def test_a_day_that_is_none_is_not_found(haren, liaison_bert):
    assert signed_in(liaison_bert).get("/p/haren/lists/2026-13-45/gate.xlsx").status_code == 404
    assert signed_in(liaison_bert).get(f"/p/haren/lists/{MONDAY}/secrets.xlsx").status_code == 404
    assert signed_in(liaison_bert).get("/p/haren/lists/?day=nonsense").status_code == 200
    assert ListVersion.objects.exclude(prison=haren).count() == 0


def test_the_overview_agrees_with_the_sheets(haren, session):
    day = day_lists.day_lists(haren, MONDAY, now=FRIDAY_NOON)
    on_sheets = [
        row for row in texts(exports.attendance_sheets(day)) if len(row) == 4 and re.match(r"\d", row[0])
    ]
    assert len(on_sheets) == sum(count.people for count in day.counts()) == len(day.movements())
