"""Lists that take long to draw, as a job: started on the page, made by the worker."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.errors import PlannerError
from core.paper import to_pdf
from enrollment.exports.requested import Wanted, requested
from prisons.access import Access, Right, access_for
from prisons.domain import jobs
from prisons.models import Job

KIND = "list_pdf"
KEPT = dt.timedelta(days=2)
"""A file with names does not lie about longer than the paper."""


def _title(facts: dict[str, Any]) -> str:
    return gettext("Lists of %(day)s as PDF") % {"day": date_format(Wanted.from_facts(facts).on, "l j F")}


jobs.TITLES[KIND] = _title
jobs.FAILURES["no_pdf"] = _(
    "PDF files need the Pango library on the server (Debian: libpango-1.0-0, libpangoft2-1.0-0)."
)
jobs.FAILURES["no_such_list"] = _("There is no such list on this day, or it is gone.")
jobs.FAILURES["not_your_lists"] = _("Your role no longer includes these lists.")


def start(access: Access, wanted: Wanted, *, back: str) -> Job:
    facts = {**wanted.to_facts(), "back": back}
    task = f"{__name__}.make"
    return jobs.start_once(KIND, task, prison=access.prison, by=access.user, facts=facts)


def make(job_pk: int) -> None:
    """Draws the pages leaf by leaf, as far as whoever started it may still see them."""
    with jobs.running(job_pk) as job:
        if job is None:
            return
        access = access_for(job.by, job.prison) if job.by and job.prison else None
        if access is None or not access.has(Right.DOWNLOAD_LISTS):
            raise PlannerError("not_your_lists", "")
        wanted = requested(access, Wanted.from_facts(job.facts))
        steps = len(wanted.paper.leaves) + 1
        jobs.beat(job_pk, 0, steps)
        body = to_pdf(wanted.paper, on_leaf=lambda number: jobs.beat(job_pk, number, steps))
        jobs.keep_file(
            job_pk,
            f"{wanted.name}.pdf",
            "application/pdf",
            body,
            right=Right.DOWNLOAD_LISTS,
            kept=KEPT,
        )
