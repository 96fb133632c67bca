"""Work for the queue that leaves a trace of each time it was done."""

from __future__ import annotations

import time

from django.db import transaction

from prisons.domain.background import jobs, outbox
from prisons.models import Job, Message

KIND = "proof"


def start(prison: object, mark: str, *, seconds: float = 0) -> int:
    facts = {"mark": mark, "seconds": seconds}
    return jobs.start(KIND, "tests.proof.work.do", prison=prison, by=None, facts=facts).pk


def do(job_pk: int) -> None:
    """Takes its time; then one letter, which is the trace, in one transaction with the end of the job."""
    with jobs.running(job_pk) as job:
        if job is None:
            return
        deadline = time.monotonic() + job.facts["seconds"]
        while time.monotonic() < deadline:
            jobs.beat(job_pk, 0)
            time.sleep(0.05)
        with transaction.atomic():
            outbox.post(job.prison, "anna@example.org", KIND, "nl", job.facts["mark"], "Dag.", at_once=False)
            jobs.finish(job_pk)


def done() -> dict[str, int]:
    """How often each mark was left."""
    found: dict[str, int] = {}
    for subject in Message.objects.filter(kind=KIND).values_list("subject", flat=True):
        found[subject] = found.get(subject, 0) + 1
    return found


def states() -> dict[str, str]:
    return {job.facts["mark"]: job.state for job in Job.objects.filter(kind=KIND)}
