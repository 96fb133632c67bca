"""The emergency pack: what is in it, when it is written, who can open it, and what is said when it fails."""

import datetime as dt
import os

import pypdfium2
import pytest
from django.core.management import CommandError, call_command

from core.dates import clock
from core.errors import PlannerError
from enrollment.domain.lists import cut_off
from planner.emergency import pack_file, tasks
from planner.emergency.content import pack_of
from planner.models import EmergencyPack
from prisons.models import AuditEntry, Job
from tests.factories import (
    at,
    make_activity,
    make_enrollment,
    make_participant,
    make_room,
    make_series,
    make_session,
    make_unit,
    make_worker,
    signed_in,
)

PAGE = "/p/haren/settings/emergency-pack/"
MONDAY = dt.date(2026, 11, 23)
FRIDAY_EVENING = at("2026-11-20 18:05")


@pytest.fixture
def folder(settings, tmp_path):
    settings.EMERGENCY_FOLDER = str(tmp_path)
    return tmp_path


@pytest.fixture
def house(haren, service):
    """Somebody to be brought on Monday, on Wednesday and on Thursday; Chloe leads on Monday."""
    group = make_series(haren, activity=make_activity(service, "Verslaving"), list_code="A17")
    make_enrollment(group, make_participant(haren, "Okafor, Zacharie", unit=make_unit(haren, "A1"), cell="7"))
    worker = make_worker(haren, organisation=service, name="Chloe Lambert", phone="0470 12 34 56")
    room = make_room(haren, name="Klas 1")
    for day, workers in (("23", [worker]), ("25", []), ("26", [])):
        make_session(group, f"2026-11-{day} 09:00", room=room, state="published", workers=workers)
    return haren


@pytest.fixture
def passphrase(house, liaison_bert):
    return pack_file.new_passphrase(house, by=liaison_bert, now=FRIDAY_EVENING)


def told(path, passphrase) -> list[str]:
    with pypdfium2.PdfDocument(path.read_bytes(), password=passphrase) as document:
        return [page.get_textpage().get_text_bounded().replace("\r\n", " ") for page in document]


def test_three_working_days_and_whom_to_call(house, folder, passphrase):
    pack = pack_file.pack_row(house)
    path = pack_file.write(pack, now=FRIDAY_EVENING)
    assert path.name == "tempo-haren-2026-11-20.pdf"
    pages = told(path, passphrase)
    assert "Noodpakket / Dossier de secours · Haren" in pages[0]
    for day in ("maandag 23 november", "dinsdag 24 november", "woensdag 25 november"):
        assert day in pages[0]
    assert "donderdag 26 november" not in " ".join(pages)
    assert "Chloe Lambert" in pages[1]
    assert "0470 12 34 56" in pages[1]
    assert sum("Okafor, Zacharie" in page for page in pages) == 4  # movement list and sheet of two days
    assert "Verslaving" not in " ".join(pages)
    pack.refresh_from_db()
    assert (pack.written_at, pack.failure, pack.file_name) == (FRIDAY_EVENING, "", path.name)


def test_lists_that_have_closed_are_those_that_lie_at_the_posts(house, folder, passphrase):
    cut_off.latest(house, MONDAY, now=FRIDAY_EVENING)
    late = make_participant(house, "Nieuw, Piet")
    make_enrollment(house.series.get(), late)
    leaves = pack_of(house, now=FRIDAY_EVENING).leaves
    footers = [str(leaf.footer) for leaf in leaves]
    assert any("23-11-2026 · Versie / Version 1" in footer for footer in footers)
    assert any("25-11-2026 · VOORLOPIG" in footer for footer in footers)
    pages = told(pack_file.write(pack_file.pack_row(house), now=FRIDAY_EVENING), passphrase)
    assert sum("Nieuw, Piet" in page for page in pages) == 2  # Wednesday only


@pytest.mark.parametrize(
    ("moment", "written", "due"),
    [
        ("2026-11-20 17:59", "2026-11-19 18:05", False),
        ("2026-11-20 18:00", "2026-11-19 18:05", True),
        ("2026-11-21 06:00", "2026-11-19 18:05", True),  # the machine was off in the evening
        ("2026-11-21 06:00", "2026-11-20 18:05", False),
        ("2026-11-20 18:15", None, True),
    ],
)
def test_it_is_due_once_an_evening_however_late(haren, moment, written, due):
    pack = EmergencyPack(prison=haren, is_on=True, written_at=at(written) if written else None)
    assert pack_file.is_due(pack, at(moment)) == due
    pack.is_on = False
    assert not pack_file.is_due(pack, at(moment))


def test_every_evening_one_more_and_only_the_last_three_stay(house, folder, passphrase, liaison_bert):
    (folder / "tempo-haren-notes.pdf").write_text("somebody else's")
    pack_file.switch(house, True, by=liaison_bert)
    for day in range(16, 21):
        assert pack_file.write_due(now=at(f"2026-11-{day} 18:05")) == 1
        assert pack_file.write_due(now=at(f"2026-11-{day} 18:20")) == 0
    assert sorted(path.name for path in folder.iterdir()) == [
        "tempo-haren-2026-11-18.pdf",
        "tempo-haren-2026-11-19.pdf",
        "tempo-haren-2026-11-20.pdf",
        "tempo-haren-notes.pdf",
    ]


def test_what_goes_wrong_is_kept_and_tried_again(house, settings, folder, passphrase, liaison_bert, tmp_path):
    pack_file.switch(house, True, by=liaison_bert)
    client = signed_in(liaison_bert)
    settings.EMERGENCY_FOLDER = str(tmp_path / "gone")
    assert pack_file.write_due(now=FRIDAY_EVENING) == 0
    assert pack_file.pack_row(house).failure == "folder_gone"
    assert "is it still connected" in client.get(PAGE).content.decode()
    settings.EMERGENCY_FOLDER = str(tmp_path)
    settings.SECRET_KEY = "another key after a move to a new machine"
    with pytest.raises(PlannerError):
        pack_file.write(pack_file.pack_row(house), now=FRIDAY_EVENING)
    assert pack_file.pack_row(house).failure == "seal_broken"


def test_a_mended_folder_mends_the_pack(house, settings, folder, passphrase, liaison_bert, tmp_path):
    pack_file.switch(house, True, by=liaison_bert)
    settings.EMERGENCY_FOLDER = ""
    pack_file.write_due(now=FRIDAY_EVENING)
    assert pack_file.pack_row(house).failure == "no_folder"
    settings.EMERGENCY_FOLDER = str(tmp_path)
    assert pack_file.write_due(now=FRIDAY_EVENING + dt.timedelta(minutes=15)) == 1
    assert pack_file.pack_row(house).failure == ""


def test_a_folder_that_cannot_be_written_leaves_the_last_file_whole(house, folder, passphrase, monkeypatch):
    path = pack_file.write(pack_file.pack_row(house), now=FRIDAY_EVENING)
    before = path.read_bytes()

    def full(*_arguments) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("core.whole_files.os.fsync", full)
    with pytest.raises(PlannerError):
        pack_file.write(pack_file.pack_row(house), now=FRIDAY_EVENING)
    assert pack_file.pack_row(house).failure == "not_written"
    assert path.read_bytes() == before


def test_what_a_killed_writer_left_goes_and_what_is_being_written_stays(house, folder, passphrase):
    now = clock.now().timestamp()
    left, begun = (folder / f".tempo-{house.slug}-2026-11-2{day}.pdf.0a1b2c3d.part" for day in (6, 7))
    for path, moment in ((left, now - 2 * pack_file.ABANDONED), (begun, now)):
        path.write_bytes(b"half")
        os.utime(path, (moment, moment))
    written = pack_file.write(pack_file.pack_row(house), now=FRIDAY_EVENING)
    assert sorted(folder.iterdir()) == sorted([begun, written])


def test_one_failing_prison_keeps_no_other_from_being_written(house, saint_gilles, folder, passphrase):
    EmergencyPack.objects.create(prison=saint_gilles, is_on=True)
    EmergencyPack.objects.filter(prison=house).update(is_on=True)
    assert pack_file.write_due(now=FRIDAY_EVENING) == 1
    assert pack_file.pack_row(saint_gilles).failure == "no_passphrase"


# --- the passphrase -------------------------------------------------------------------------------------


def test_the_passphrase_is_told_once_and_kept_sealed(house, liaison_bert):
    client = signed_in(liaison_bert)
    answer = client.post(f"{PAGE}passphrase/")
    passphrase = answer.context["passphrase"]
    assert [len(group) for group in passphrase.split("-")] == [4] * 5
    assert passphrase in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert passphrase not in client.get(PAGE).content.decode()
    assert passphrase not in pack_file.pack_row(house).sealed_passphrase
    entry = AuditEntry.objects.get(verb="new_passphrase")
    assert (entry.by, entry.fields) == (liaison_bert, ["sealed_passphrase"])
    assert client.post(f"{PAGE}passphrase/").context["passphrase"] != passphrase


def test_only_who_sees_all_lists_makes_the_passphrase(
    house, coordinator_karim, organiser_anna, worker_chloe, stranger_dirk
):
    karim = signed_in(coordinator_karim)
    assert karim.get(PAGE).status_code == 200
    assert karim.post(f"{PAGE}passphrase/").status_code == 403
    assert signed_in(organiser_anna).get(PAGE).status_code == 403
    assert signed_in(worker_chloe).get(PAGE).status_code == 403
    assert signed_in(stranger_dirk).get(PAGE).status_code == 404


def test_it_is_switched_on_only_with_a_passphrase(house, liaison_bert):
    client = signed_in(liaison_bert)
    assert client.post(f"{PAGE}switch/", {"is_on": "yes"}).status_code == 409
    pack_file.new_passphrase(house, by=liaison_bert)
    assert client.post(f"{PAGE}switch/", {"is_on": "yes"}).status_code == 302
    assert pack_file.pack_row(house).is_on
    assert client.post(f"{PAGE}switch/", {"is_on": "no"}).status_code == 302
    assert not pack_file.pack_row(house).is_on


def test_one_is_made_now_by_a_press_or_a_command(house, folder, passphrase, liaison_bert, capsys):
    answer = signed_in(liaison_bert).post(f"{PAGE}write/")
    job = Job.objects.get(kind="emergency_pack")
    assert answer["Location"] == f"/p/haren/jobs/{job.pk}/"
    tasks.write_now(job.pk)
    job.refresh_from_db()
    assert (job.state, len(list(folder.iterdir()))) == ("done", 1)
    call_command("emergency_pack", "haren", "--new-passphrase")
    lines = capsys.readouterr().out.splitlines()
    word = lines[0].removeprefix("Passphrase: ")
    (path,) = folder.iterdir()
    assert told(path, word)
    with pytest.raises(CommandError, match="no prison"):
        call_command("emergency_pack", "elders")


def test_the_command_says_what_is_missing(house, settings):
    settings.EMERGENCY_FOLDER = ""
    with pytest.raises(CommandError, match="EMERGENCY_FOLDER"):
        call_command("emergency_pack", "haren")


def test_the_first_page_tells_of_a_pack_that_is_missing(
    house, folder, passphrase, liaison_bert, organiser_anna
):
    told = "emergency pack that was not written"
    client = signed_in(liaison_bert)
    assert told not in client.get("/p/haren/").content.decode()  # nobody asked for one
    pack_file.switch(house, True, by=liaison_bert)
    assert told in client.get("/p/haren/").content.decode()
    assert told not in signed_in(organiser_anna).get("/p/haren/").content.decode()
    pack_file.write(pack_file.pack_row(house))
    assert told not in client.get("/p/haren/").content.decode()
