"""What the worker does of its own accord, and on request."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.errors import PlannerError
from planner.emergency import pack_file
from prisons.domain.background import jobs
from prisons.models import Job, Prison, User

KIND = "emergency_pack"
jobs.TITLES[KIND] = _("Emergency pack")
for _code, _sentence in pack_file.FAILURES.items():
    jobs.FAILURES.setdefault(_code, _sentence)


def write_due() -> None:
    pack_file.write_due()


def start(prison: Prison, *, by: User, back: str) -> Job:
    """Writes it now, with a progress bar."""
    return jobs.start_once(KIND, f"{__name__}.write_now", prison=prison, by=by, facts={"back": back})


def write_now(job_pk: int) -> None:
    with jobs.running(job_pk) as job:
        if job is None:
            return
        if job.prison is None:
            raise PlannerError("no_passphrase", "")
        pack_file.write(
            pack_file.pack_row(job.prison), on_leaf=lambda number, of: jobs.beat(job_pk, number, of)
        )
