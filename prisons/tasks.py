"""What the worker calls. Every task may run twice."""

from __future__ import annotations

from prisons.domain import submissions
from prisons.domain.background import jobs, outbox, upkeep
from prisons.domain.people import accounts
from prisons.domain.records import change_sets, seals


def send_message(message_pk: int) -> None:
    outbox.deliver(message_pk)


def send_due() -> None:
    """Every minute: letters that have waited for an undo which did not come."""
    outbox.send_due()


def sweep() -> None:
    """Every few minutes: what was left lying by a program that stopped, and what has lain long enough."""
    outbox.tend()
    if not upkeep.may_tidy():
        return
    outbox.forget_old()
    change_sets.purge_images()
    jobs.forget_files()
    submissions.forget_old()
    accounts.forget_old_sessions()


def tend_jobs() -> None:
    """Every minute: work whose worker died is begun anew."""
    jobs.revive_silent()


def seal_audit() -> None:
    """Hourly: what was written into the audit is sealed, and the seals leave the machine."""
    seals.seal_all()
