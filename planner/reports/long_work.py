"""Reports that take a while: started from a page, made by the worker, fetched from the page of the job."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any

from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.dates import clock
from core.errors import PlannerError
from core.paper.answering import CONTENT_TYPES, made
from enrollment.domain.lists import cut_off, day_lists
from enrollment.domain.lists.day import Day
from enrollment.exports import papers
from planner.reports import year_figures, year_report
from planner.reports.periods import Month, Period, calendar_year, school_year
from prisons.access import Access, Right, access_for
from prisons.domain.background import jobs
from prisons.models import Job, Prison, User
from prisons.models.places import Authority
from sessions.models import GroupSession

KINDS = {"calendar": calendar_year, "school": school_year}
_WITH_NAMES_KEPT = dt.timedelta(days=3)
_TASKS = "planner.reports.long_work"


def _year_title(facts: dict[str, Any]) -> str:
    words = {"authority": Authority(facts["authority"]).label, "year": facts["year"]}
    if facts["kind"] == "school":
        return _("Year report of the %(authority)s, school year from September %(year)s") % words
    return _("Year report of the %(authority)s, %(year)s") % words


def _month_title(facts: dict[str, Any]) -> str:
    return _("Attendance sheets of %(month)s") % {"month": Month.read(facts["month"])}


jobs.TITLES.update({"year_report": _year_title, "month_of_sheets": _month_title})
jobs.FAILURES.update(
    {
        "no_role": gettext_lazy(
            "Your role in this prison had ended before the work began. Nothing was made."
        ),
        "no_sheets": gettext_lazy("There is no session of yours in this month. Choose another month."),
    }
)


# --- the year report ------------------------------------------------------------------------------------


def start_year_report(
    access: Access,
    authority: str,
    year: int,
    kind: str,
    *,
    ending: str,
    language: str,
    back: str,
    by: User,
) -> Job:
    facts = {"authority": authority, "year": year, "kind": kind, "language": language, "back": back}
    facts["ending"] = ending
    task = f"{_TASKS}.make_year_report"
    return jobs.start_once("year_report", task, prison=access.prison, by=by, facts=facts)


def make_year_report(job_pk: int) -> None:
    with jobs.running(job_pk) as job:
        if job is None:
            return
        facts = job.facts
        period: Period = KINDS[facts["kind"]](facts["year"])
        scope = year_report.scope_of(facts["authority"], period, clock.now())
        steps = year_figures.count_rows(scope)
        paper = year_report.paper_of_year(
            facts["authority"],
            scope,
            language=facts["language"],
            beat=lambda done: jobs.beat(job_pk, done, steps),
        )
        ending = facts["ending"]
        with translation.override(facts["language"]):
            name = f"{slugify(_year_title(facts))}.{ending}"
        jobs.keep_file(job_pk, name, CONTENT_TYPES[ending], made(paper, ending), right=Right.REPORT)


# --- a month of sheets ----------------------------------------------------------------------------------


def start_month_of_sheets(access: Access, month: Month, ending: str, *, back: str, by: User) -> Job:
    facts = {"month": month.key, "ending": ending, "back": back}
    task = f"{_TASKS}.make_month_of_sheets"
    return jobs.start_once("month_of_sheets", task, prison=access.prison, by=by, facts=facts)


def make_month_of_sheets(job_pk: int) -> None:
    """One archive with a file per day: what was frozen, else what is known now."""
    with jobs.running(job_pk) as job:
        if job is None:
            return
        month, prison = Month.read(job.facts["month"]), job.prison
        access = access_for(job.by, prison) if job.by and prison else None
        if prison is None or access is None or not access.has(Right.DOWNLOAD_LISTS):
            raise PlannerError("no_role", "")
        body = _zip_of_sheets(job, prison, access, month)
        with translation.override(job.by.language if job.by else None):
            name = f"{prison.slug}-{slugify(_month_title(job.facts))}.zip"
        jobs.keep_file(
            job_pk, name, "application/zip", body, right=Right.DOWNLOAD_LISTS, kept=_WITH_NAMES_KEPT
        )


def _zip_of_sheets(job: Job, prison: Prison, access: Access, month: Month) -> bytes:
    days, written, packed = _days_with_sessions(prison, month), 0, io.BytesIO()
    ending = job.facts["ending"]
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:  # each file is packed already
        for number, on in enumerate(days):
            jobs.beat(job.pk, number, len(days))
            day, version = _sheets_of(prison, access, on)
            if day.meetings:
                paper = papers.attendance_sheets(day, version)
                archive.writestr(f"{prison.slug}-{on}-sheets.{ending}", made(paper, ending))
                written += 1
    if not written:
        raise PlannerError("no_sheets", "")
    return packed.getvalue()


def _days_with_sessions(prison: Prison, month: Month) -> list[dt.date]:
    rows = GroupSession.objects.in_prison(prison).published()
    rows = rows.filter(starts_at__gte=month.starts_at, starts_at__lt=month.ends_at)
    starts: Any = rows.order_by().values_list("starts_at", flat=True)
    return sorted({clock.today(at) for at in starts})


def _sheets_of(prison: Prison, access: Access, on: dt.date) -> tuple[Day, int | None]:
    """The sheets of one day, as far as the reader may see them, and the number of their version."""
    version = cut_off.latest(prison, on)
    frozen = cut_off.day_of(version) if version else None
    day = day_lists.scoped(frozen or day_lists.day_lists(prison, on), access)
    return day.only(lambda meeting: not meeting.is_cancelled), version.number if version and frozen else None
