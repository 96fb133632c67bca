"""Long work that people can watch: started with the act that needs it, alive while its heart beats."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_q.tasks import async_task

from core import clock
from core.errors import PlannerError
from prisons.domain import audit
from prisons.models import Job, Prison, User

SILENCE = dt.timedelta(minutes=5)
"""After this long without a heartbeat a running job is dead. Longer than any single step."""

TITLES: dict[str, str | Promise] = {}
"""What a kind of job is called on screen; each app adds its own."""

FAILURES: dict[str, str | Promise] = {
    "silent": _("It stopped without a word. Nothing was half done; start it again."),
    "unexpected": _(
        "Something went wrong that we did not foresee. Nothing was half done; the log says more."
    ),
}
"""A sentence for each code of failure; each app adds its own."""


def enqueue(task: str, *args: Any) -> None:
    """Has the worker call `task` (a dotted path) soon, if and only if the transaction around it ends well."""
    async_task(task, *args)


def start(
    kind: str,
    task: str,
    *,
    prison: Prison | None,
    by: User | None,
    facts: dict[str, Any] | None = None,
    steps: int = 0,
    now: dt.datetime | None = None,
) -> Job:
    """A waiting job; the worker will call `task(job.pk)`, which opens with `jobs.running(job_pk)`."""
    at = now or clock.now()
    with transaction.atomic():
        job = Job.objects.create(
            kind=kind, prison=prison, by=by, facts=facts or {}, all_steps=steps, created_at=at
        )
        audit.record(prison, by, "start_job", job, now=at)
        enqueue(task, job.pk)
    return job


@contextmanager
def running(job_pk: int) -> Iterator[Job | None]:
    """Claims the job, and ends it as done or failed. Yields None when it is another's or was stopped.

    A job that was killed is delivered again: whoever finds its heart silent takes it over.
    """
    job = _claim(job_pk, clock.now())
    try:
        yield job
    except PlannerError as error:
        fail(job_pk, error.code)
    except Exception:
        fail(job_pk, "unexpected")
        raise
    else:
        if job is not None:
            finish(job_pk)


def _claim(job_pk: int, at: dt.datetime) -> Job | None:
    free = Q(state=Job.State.WAITING) | Q(state=Job.State.RUNNING, heartbeat_at__lt=at - SILENCE)
    claimed = Job.objects.filter(free, pk=job_pk).update(
        state=Job.State.RUNNING, started_at=at, heartbeat_at=at
    )
    return Job.objects.get(pk=job_pk) if claimed else None


def progress(job_pk: int, done: int, steps: int | None = None, *, now: dt.datetime | None = None) -> bool:
    """Notes how far it is, which is also a heartbeat. False when somebody has stopped it: then leave."""
    counts = {"done_steps": done} | ({} if steps is None else {"all_steps": steps})
    running = Job.objects.filter(pk=job_pk, state=Job.State.RUNNING)
    return bool(running.update(heartbeat_at=now or clock.now(), **counts))


def heartbeat(job_pk: int, *, now: dt.datetime | None = None) -> bool:
    """Still alive. False when somebody has stopped it: then leave."""
    return bool(
        Job.objects.filter(pk=job_pk, state=Job.State.RUNNING).update(heartbeat_at=now or clock.now())
    )


def finish(job_pk: int, *, facts: dict[str, Any] | None = None, now: dt.datetime | None = None) -> None:
    """Done; `facts` are added to the job's own (`url` is where its result can be seen)."""
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job_pk)
        if job.state != Job.State.RUNNING:
            return
        job.state, job.finished_at = Job.State.DONE, now or clock.now()
        job.facts = {**job.facts, **(facts or {})}
        job.done_steps = max(job.done_steps, job.all_steps)
        job.save()


def fail(job_pk: int, code: str, *, now: dt.datetime | None = None) -> None:
    """Ended without a result; `code` is a key of FAILURES."""
    Job.objects.filter(pk=job_pk, state=Job.State.RUNNING).update(
        state=Job.State.FAILED, failure=code, finished_at=now or clock.now()
    )


def stop(job: Job, *, by: User, now: dt.datetime | None = None) -> None:
    """Asks it to leave at its next heartbeat. Raises PlannerError when it had ended already."""
    at = now or clock.now()
    with transaction.atomic():
        going = Job.objects.filter(pk=job.pk, state__in=[Job.State.WAITING, Job.State.RUNNING])
        if not going.update(state=Job.State.STOPPED, finished_at=at):
            raise PlannerError("job_has_ended", _("This was already finished."))
        audit.record(job.prison, by, "stop_job", job, now=at)


def bury_silent(*, now: dt.datetime | None = None) -> int:
    """Marks as failed whatever has been running without a heartbeat; returns how many."""
    at = now or clock.now()
    silent = Job.objects.filter(state=Job.State.RUNNING, heartbeat_at__lt=at - SILENCE)
    return silent.update(state=Job.State.FAILED, failure="silent", finished_at=at)
