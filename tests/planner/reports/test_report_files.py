"""Files to make: the year report, a month of sheets and hours that count as work, as jobs or at once."""

import datetime as dt
import io
import zipfile

import openpyxl
import pikepdf
import pytest

from core.dates.clock import BRUSSELS
from core.paper import to_xlsx
from enrollment.models import Attendance, Headcount
from planner.reports import long_work, work_hours, year_report
from planner.reports.masking import masked, masked_column
from planner.reports.periods import Month, Period, calendar_year, school_year
from prisons.access import access_for
from prisons.domain.background import jobs
from prisons.models import AuditEntry, Job, JobFile
from sessions.models import Cancellation
from tests.factories import (
    at,
    make_activity,
    make_enrollment,
    make_membership,
    make_organisation,
    make_participant,
    make_room,
    make_series,
    make_session,
    make_unit,
    signed_in,
)
from tests.printed import pages_of, text_of

pytestmark = pytest.mark.postgres

NOW = at("2026-11-25 12:00")
NOVEMBER = Month.read("2026-11")


@pytest.fixture(autouse=True)
def _wednesday(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def unit(haren):
    return make_unit(haren, "A1", target_group="remand")


@pytest.fixture
def series(haren, service, unit):
    activity = make_activity(service, title_en="Talking group", domain="addiction")
    return make_series(haren, activity=activity, places=8, units=[unit])


def published(series, start="2026-11-23 09:00", **fields):
    return make_session(series, start, state="published", **fields)


def mark(session, participant, value="present"):
    return Attendance.objects.create(session=session, participant=participant, mark=value, at=NOW)


def sheets(body: bytes) -> dict[str, list[list]]:
    book = openpyxl.load_workbook(io.BytesIO(body))
    return {
        sheet.title: [
            [value for value in row if value is not None] for row in sheet.iter_rows(values_only=True)
        ]
        for sheet in book
    }


def report(authority="flemish", period=None):
    scope = year_report.scope_of(authority, period or calendar_year(2026), NOW)
    return sheets(to_xlsx(year_report.paper_of_year(authority, scope, language="en")))


# --- the year report ------------------------------------------------------------------------------------


@pytest.fixture
def year(haren, series, unit):
    """Seven people: five came at least once, one of them twice; two were not brought. And a drop-in hour."""
    first, second = published(series, "2026-11-16 09:00"), published(series)
    people = [make_participant(haren, unit=unit) for _ in range(7)]
    for person in people[:5]:
        mark(first, person)
    mark(second, people[0])
    for person in people[5:]:
        mark(second, person, "not_brought")
    cancelled = make_session(series, "2026-11-24 14:00", state="cancelled")
    Cancellation.objects.create(session=cancelled, reason="worker", was_state="published", at=NOW)
    library = make_series(haren, activity=series.activity, is_drop_in=True)
    Headcount.objects.create(session=published(library, "2026-11-18 10:00"), people=9, at=NOW)
    return report()


def test_definitions_come_first(year):
    assert list(year) == [
        "Definitions",
        "In all",
        "By prison",
        "By service",
        "By life domain",
        "By target group",
    ]
    defined = {row[0] for row in year["Definitions"] if len(row) == 2}
    used = {word.split(":")[0] for name in list(year)[1:] for word in year[name][1][1:]}
    assert used <= defined  # no heading without its definition
    assert ["Different participants over all services, each counted once: 5"] in year["Definitions"]
    assert ["This period is not over: the figures are those of today."] in year["Definitions"]


def test_lines_count_sessions_hours_and_different_people(year):
    head, line = year["By prison"][-2:]
    assert head[1:] == [
        "planned",
        "held",
        "hours",
        "cancelled: facilitator not available",
        "participants",
        "times present",
        "drop-in attendances",
        "not brought",
    ]
    assert line == ["Haren", 4, 3, 4.5, 1, 5, 6, 9, "< 5"]
    assert year["In all"][-1][1:] == line[1:]


def test_people_are_counted_by_the_unit_of_that_day(year):
    assert year["By target group"][1][1:] == ["held", "hours", "participants", "times present", "not brought"]
    assert year["By target group"][-1] == ["on remand", 2, 3, 5, 6, "< 5"]


def test_one_session_counts_for_every_group_that_came_to_it(haren, series, unit):
    other = make_unit(haren, "B1", target_group="sentenced")
    session = published(series)
    for home in (unit, other, other):
        mark(session, make_participant(haren, unit=home))
    assert [line[:3] for line in report()["By target group"][2:]] == [
        ["on remand", 1, 1.5],
        ["sentenced", 1, 1.5],
    ]


def test_somebody_of_two_services_counts_once_in_all_and_once_for_each(haren, series, unit, service):
    second = make_organisation(haren, short_name="Tweede", authority="flemish")
    people = [make_participant(haren, unit=unit) for _ in range(6)]
    for number, group in enumerate((series, make_series(haren, organisation=second))):
        session = published(group, f"2026-11-1{6 + number} 09:00")
        for person in people:
            mark(session, person)
    found = report()
    place = found["By service"][1].index("participants")
    assert [line[place] for line in found["By service"][2:]] == [6, 6]
    assert found["In all"][-1][place] == 6


def test_an_authority_sees_its_own_services_only(haren, series, other_service):
    published(series)
    published(make_series(haren, organisation=other_service), "2026-11-24 09:00")
    assert [row[0] for row in report("french")["By service"][2:]] == ["La Passerelle"]


@pytest.mark.parametrize(("people", "shown"), [(0, 0), (1, "< 5"), (4, "< 5"), (5, 5)])
def test_small_numbers_are_masked(people, shown):
    assert masked(people) == shown


@pytest.mark.parametrize(
    ("numbers", "shown"),
    [
        ([12, 3, 7], [12, "< 5", "*"]),  # 22 in all less 12 and 7 would be 3
        ([12, 3, 2], [12, "< 5", "< 5"]),
        ([3], ["< 5"]),
        ([0, 3], [0, "< 5"]),
        ([9, 8], [9, 8]),
    ],
)
def test_no_masked_number_can_be_worked_out(numbers, shown):
    assert masked_column(numbers) == shown


def test_a_school_year_begins_in_september():
    assert school_year(2026) == Period(dt.date(2026, 9, 1), dt.date(2027, 8, 31))


def test_report_takes_the_same_queries_for_one_session_and_thirty(
    haren, series, unit, django_assert_max_num_queries
):
    for number in range(30):
        session = published(
            series, f"2026-11-{2 + number % 20:02} {9 + number // 20 * 3:02}:00", room=make_room(haren)
        )
        mark(session, make_participant(haren, unit=unit))
    with django_assert_max_num_queries(7):
        report()


# --- as a job -------------------------------------------------------------------------------------------


def order(browser, year=2026, kind="calendar", authority="flemish", ending="xlsx"):
    form = {"year-authority": authority, "year-year": year, "year-kind": kind, "year-ending": ending}
    return browser.post("/p/haren/reports/files/year/", form)


def test_year_report_is_made_by_the_worker_and_found_again(haren, year, coordinator_karim):
    karim = signed_in(coordinator_karim)
    answer, again = order(karim), order(karim)
    job = Job.objects.get()  # pressing twice makes one
    assert answer["Location"] == again["Location"] == f"/p/haren/jobs/{job.pk}/"
    assert b"hx-trigger" in karim.get(answer["Location"]).content
    long_work.make_year_report(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done_steps, job.all_steps) == ("done", 12, 12)  # 4 sessions and 8 marks
    page = karim.get("/p/haren/jobs/").content.decode()
    assert "Year report of the Flemish Community, 2026" in page
    file = karim.get(f"/p/haren/jobs/{job.pk}/file/")
    assert sheets(file.content) == year
    assert (
        file["Content-Disposition"] == 'attachment; filename="year-report-of-the-flemish-community-2026.xlsx"'
    )


def test_year_report_to_print_is_for_the_archive(haren, year, coordinator_karim):
    karim = signed_in(coordinator_karim)
    order(karim, ending="pdf")
    long_work.make_year_report(Job.objects.get().pk)
    file = JobFile.objects.get()
    assert (file.name, file.content_type) == (
        "year-report-of-the-flemish-community-2026.pdf",
        "application/pdf",
    )
    with pikepdf.open(io.BytesIO(file.content)) as pdf, pdf.open_metadata() as facts:
        assert [facts[name] for name in ("pdfaid:part", "pdfaid:conformance", "pdfuaid:part")] == [
            "2",
            "A",
            "1",
        ]
    told = text_of(file.content)
    assert "Flemish Community" in told and "By prison" in told and "< 5" in told


def test_year_report_is_for_the_coordinator_of_that_authority(
    haren, series, coordinator_karim, organiser_anna, liaison_bert
):
    assert order(signed_in(coordinator_karim), authority="french").status_code == 422
    assert order(signed_in(coordinator_karim), year=1066).status_code == 422
    assert order(signed_in(coordinator_karim), kind="moon").status_code == 422
    assert order(signed_in(coordinator_karim), ending="doc").status_code == 422
    assert order(signed_in(organiser_anna)).status_code == 422  # coordinator of no authority
    assert order(signed_in(liaison_bert)).status_code == 403
    assert not Job.objects.exists()


def test_report_of_an_authority_is_closed_to_whoever_left_it(haren, year, coordinator_karim):
    karim = signed_in(coordinator_karim)
    order(karim)
    job = Job.objects.get()
    long_work.make_year_report(job.pk)
    coordinator_karim.memberships.update(role="auditor")
    assert karim.get(f"/p/haren/jobs/{job.pk}/file/").status_code == 403


def test_stopped_report_leaves_nothing_and_a_killed_one_is_made_anew(haren, year, coordinator_karim):
    karim = signed_in(coordinator_karim)
    order(karim)
    stopped = Job.objects.get()
    karim.post(f"/p/haren/jobs/{stopped.pk}/stop/")
    long_work.make_year_report(stopped.pk)
    assert not JobFile.objects.exists()
    order(karim)
    killed = Job.objects.exclude(pk=stopped.pk).get()
    Job.objects.filter(pk=killed.pk).update(
        state="running", attempts=1, heartbeat_at=NOW - jobs.SILENCE - dt.timedelta(seconds=1)
    )
    assert jobs.revive_silent() == 1
    long_work.make_year_report(killed.pk)
    assert JobFile.objects.get().job == killed


def test_report_stopped_half_way_leaves_at_once(haren, year, coordinator_karim, monkeypatch):
    order(signed_in(coordinator_karim))
    job = Job.objects.get()
    told = []

    def stop_at_second(job_pk, done, steps=None):
        told.append(done)
        if len(told) == 2:
            jobs.stop(job, by=coordinator_karim)
            raise jobs.Stopped

    monkeypatch.setattr(jobs, "beat", stop_at_second)
    long_work.make_year_report(job.pk)
    job.refresh_from_db()
    assert (job.state, len(told), JobFile.objects.count()) == ("stopped", 2, 0)


# --- a month of sheets ----------------------------------------------------------------------------------


SHEETS = {"sheets-month": "2026-11", "sheets-ending": "pdf"}


def make_sheets(user, month="2026-11", ending="xlsx"):
    form = {"sheets-month": month, "sheets-ending": ending}
    answer = signed_in(user).post("/p/haren/reports/files/sheets/", form)
    assert answer.status_code == 302
    job = Job.objects.latest("pk")
    long_work.make_month_of_sheets(job.pk)
    job.refresh_from_db()
    return job


def test_month_of_sheets_is_an_archive_of_days(haren, series, unit, organiser_anna, other_service):
    for start in ("2026-11-16 09:00", "2026-11-26 09:00", "2026-12-03 09:00"):
        published(series, start)
    published(make_series(haren, organisation=other_service), "2026-11-17 09:00")
    make_enrollment(series, make_participant(haren, "Peeters, Piet", unit=unit, register_number="4711"))
    job = make_sheets(organiser_anna)
    assert job.state == "done"
    file = job.file
    archive = zipfile.ZipFile(io.BytesIO(file.content))
    assert archive.namelist() == ["haren-2026-11-16-sheets.xlsx", "haren-2026-11-26-sheets.xlsx"]
    told = str(sheets(archive.read("haren-2026-11-26-sheets.xlsx")))
    assert "Peeters" in told and "Talking group" not in told
    assert file.expires_at - file.made_at == dt.timedelta(days=3)
    assert file.name == "haren-attendance-sheets-of-november-2026.zip"


def test_month_of_sheets_to_print(haren, series, unit, organiser_anna):
    published(series, "2026-11-16 09:00")
    make_enrollment(series, make_participant(haren, "Peeters, Piet", unit=unit, register_number="4711"))
    archive = zipfile.ZipFile(io.BytesIO(make_sheets(organiser_anna, ending="pdf").file.content))
    assert archive.namelist() == ["haren-2026-11-16-sheets.pdf"]
    assert "Peeters, Piet" in text_of(archive.read("haren-2026-11-16-sheets.pdf"))


def test_month_of_sheets_without_sessions_says_what_to_do(haren, series, organiser_anna):
    job = make_sheets(organiser_anna)
    assert (job.state, job.failure) == ("failed", "no_sheets")
    page = signed_in(organiser_anna).get(f"/p/haren/jobs/{job.pk}/").content.decode()
    assert "Choose another month" in page and "/p/haren/reports/files/" in page


def test_liaison_gets_the_sheets_of_all_services(haren, series, other_service, liaison_bert, auditor_greet):
    published(series)
    published(make_series(haren, organisation=other_service), "2026-11-24 09:00")
    archive = zipfile.ZipFile(io.BytesIO(make_sheets(liaison_bert).file.content))
    assert len(archive.namelist()) == 2
    assert b"Make the sheets" in signed_in(liaison_bert).get("/p/haren/reports/files/").content
    answer = signed_in(auditor_greet).post("/p/haren/reports/files/sheets/", SHEETS)
    assert answer.status_code == 403


def test_whose_role_has_ended_gets_nothing(haren, series, liaison_bert):
    published(series)
    signed_in(liaison_bert).post("/p/haren/reports/files/sheets/", SHEETS)
    liaison_bert.memberships.update(ended_at=NOW)
    job = Job.objects.get()
    long_work.make_month_of_sheets(job.pk)
    job.refresh_from_db()
    assert (job.state, job.failure, JobFile.objects.count()) == ("failed", "no_role", 0)


# --- hours that count as work ---------------------------------------------------------------------------


@pytest.fixture
def workshop(haren, service, unit):
    return make_series(
        haren, activity=make_activity(service, title_en="Wood workshop"), counts_as_work=True, list_code="W-1"
    )


@pytest.fixture
def worked(haren, workshop, series, unit):
    """Ali came twice in November, Bea once and was once not brought; other series do not count."""
    ali = make_participant(haren, "Ali, Omar", unit=unit, register_number="100")
    bea = make_participant(haren, "Bea, Lien", unit=unit, register_number="200")
    first = published(workshop, "2026-11-02 09:00", minutes=120)
    second = published(workshop, "2026-11-09 09:00", minutes=90)
    mark(first, ali)
    mark(second, ali)
    mark(first, bea)
    mark(second, bea, "not_brought")
    mark(published(series, "2026-11-03 09:00"), bea)
    mark(published(workshop, "2026-10-26 09:00"), bea)
    return ali, bea


def test_hours_are_those_of_people_who_were_present(haren, worked, organiser_anna):
    work = work_hours.month_of_work(access_for(organiser_anna, haren), NOVEMBER)
    assert [(row.name, row.number, row.hours) for row in work.people()] == [
        ("Ali, Omar", "100", 3.5),
        ("Bea, Lien", "200", 2.0),
    ]


def test_file_has_a_line_to_sign_and_no_title(haren, worked, organiser_anna):
    answer = signed_in(organiser_anna).get("/p/haren/reports/hours/2026-11.xlsx")
    found = sheets(answer.content)
    assert list(found) == ["Totaal _ Total", "W-1"] or len(found) == 2
    (page, per_series) = found.values()
    assert ["100", "Ali, Omar", "02/11, 09/11", 3.5] in page
    assert any("Handtekening / Signature" in row for row in per_series)
    assert any("Voor de dienst" in str(row) for row in page)
    assert "Wood workshop" not in str(found) and "Activiteit / Activité W-1" in str(found)
    assert AuditEntry.objects.filter(verb="download_hours", by=organiser_anna).exists()


def test_printed_hours_are_signed_and_kept(haren, worked, organiser_anna):
    answer = signed_in(organiser_anna).get("/p/haren/reports/hours/2026-11.pdf")
    assert answer["Content-Type"] == "application/pdf" and "inline" in answer["Content-Disposition"]
    total, per_series = pages_of(answer.content)
    for page in (total, per_series):
        assert "Ali, Omar" in page and "Handtekening" in page and "Voor de dienst" in page
    assert "3,5" in total and "Wood workshop" not in total + per_series
    with pikepdf.open(io.BytesIO(answer.content)) as pdf, pdf.open_metadata() as facts:
        assert facts["pdfaid:conformance"] == "A"


def test_page_warns_of_sheets_that_were_not_typed_in(haren, worked, workshop, organiser_anna):
    published(workshop, "2026-11-16 09:00")
    page = signed_in(organiser_anna).get("/p/haren/reports/hours/?month=2026-11")
    assert "1 session of this month has no marks yet" in page.content.decode()
    assert b"Ali, Omar" in page.content and b"3.5" in page.content


def test_hours_are_for_the_service_that_gives_them(
    haren, worked, organiser_emile, liaison_bert, worker_chloe, auditor_greet, stranger_dirk
):
    for address in ("", "2026-11.xlsx", "2026-11.pdf"):
        path = f"/p/haren/reports/hours/{address}"
        for user, status in (
            (liaison_bert, 403),
            (worker_chloe, 403),
            (auditor_greet, 403),
            (stranger_dirk, 404),
            (organiser_emile, 200),
        ):
            assert signed_in(user).get(path).status_code == status
    assert b"Ali, Omar" not in signed_in(organiser_emile).get("/p/haren/reports/hours/").content
    assert signed_in(organiser_emile).get("/p/haren/reports/hours/2026-13.xlsx").status_code == 404


def test_month_ends_on_the_clock_of_brussels(haren, workshop, organiser_anna):
    late = dt.datetime(2026, 10, 31, 23, 30, tzinfo=BRUSSELS)  # already November in UTC? no: still October
    mark(make_session(workshop, late, state="published", minutes=20), make_participant(haren))
    access = access_for(organiser_anna, haren)
    assert len(work_hours.month_of_work(access, Month.read("2026-10")).people()) == 1
    assert work_hours.month_of_work(access, NOVEMBER).people() == []


def test_coordinator_has_the_services_of_the_authority(haren, worked, coordinator_karim):
    other = make_organisation(haren, authority="french")
    make_membership(coordinator_karim, haren, "coordinator", other)
    access = access_for(coordinator_karim, haren)
    assert len(work_hours.month_of_work(access, NOVEMBER).people()) == 2
