"""Long work that people can watch: started with the act that needs it, alive while its heart beats.

A worker may die at any moment: the job is then begun anew by another, three times at most. So every task
must be able to run twice, and must call `progress` or `heartbeat` more often than `SILENCE`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_q.tasks import async_task

from core.dates import clock
from core.errors import PlannerError
from prisons.domain.records import audit
from prisons.models import Job, JobFile, Prison, User

SILENCE = dt.timedelta(minutes=2)
"""After this long without a heartbeat a running job is dead. Longer than any single step."""
LOST = dt.timedelta(hours=1)
MOST_ATTEMPTS = 3
KEPT = dt.timedelta(days=7)
"""The file of a job can be fetched for a week, then it is deleted; one with names sooner."""

TITLES: dict[str, str | Promise | Callable[[dict[str, Any]], str]] = {}
"""What a kind of job is called on screen; each app adds its own: a sentence, or what makes one of its facts."""

FAILURES: dict[str, str | Promise] = {
    "silent": _("It stopped without a word, three times. Nothing was half done; start it again."),
    "unexpected": _(
        "Something went wrong that we did not foresee. Nothing was half done: start it again. If it goes "
        "wrong once more, tell whoever looks after the program; the log says why."
    ),
}
"""A sentence for each code of failure, with what to do; each app adds its own."""


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
    """A waiting job; the worker will call `task(job.pk)`, which opens with `jobs.running(job_pk)`.

    Of `facts`, `back` is the page on which it is started again, `url` where its result can be seen, and
    `authority` that whose coordinator may fetch its file.
    """
    at = now or clock.now()
    with transaction.atomic():
        job = Job.objects.create(
            kind=kind, task=task, prison=prison, by=by, facts=facts or {}, all_steps=steps, created_at=at
        )
        audit.record(prison, by, "start_job", job, now=at)
        enqueue(task, job.pk)
    return job


def start_once(
    kind: str, task: str, *, prison: Prison, by: User, facts: dict[str, Any], now: dt.datetime | None = None
) -> Job:
    """The same, unless this very work is going already: pressing twice does not do it twice."""
    with transaction.atomic():
        same = going().filter(kind=kind, prison=prison, by=by, facts=facts).first()
        return same or start(kind, task, prison=prison, by=by, facts=facts, now=now)


def going() -> QuerySet[Job]:
    """What waits or runs."""
    return Job.objects.filter(state__in=[Job.State.WAITING, Job.State.RUNNING])


def title_of(job: Job) -> str:
    """What it is called, in the reader's language."""
    title = TITLES.get(job.kind, job.kind)
    try:
        return title(job.facts) if callable(title) else str(title)
    except (KeyError, TypeError, ValueError):  # a row of another version must not hide the others
        return str(_("Long work"))


class Stopped(Exception):
    """Somebody stopped the job: thrown inside `running` it ends the work without a word."""


def beat(job_pk: int, done: int, steps: int | None = None) -> None:
    """`progress` that raises `Stopped`, for work that lies several calls deep."""
    if not progress(job_pk, done, steps):
        raise Stopped


@contextmanager
def running(job_pk: int) -> Iterator[Job | None]:
    """Claims the job, and ends it as done or failed. Yields None when it is another's or was stopped.

    A job that was killed is delivered again: whoever finds its heart silent takes it over.
    """
    job = _claim(job_pk, clock.now())
    try:
        yield job
    except Stopped:
        return
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
    with transaction.atomic():
        job = Job.objects.select_for_update().filter(free, pk=job_pk, attempts__lt=MOST_ATTEMPTS).first()
        if job is None:
            return None
        job.state, job.started_at, job.heartbeat_at = Job.State.RUNNING, at, at
        job.attempts, job.done_steps = job.attempts + 1, 0
        job.save()
    return job


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


def keep_file(
    job_pk: int,
    name: str,
    content_type: str,
    content: bytes,
    *,
    right: str = "",
    kept: dt.timedelta = KEPT,
    now: dt.datetime | None = None,
) -> None:
    """The result, for whoever started the job and still has `right`. Nothing is kept of a stopped job."""
    at = now or clock.now()
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job_pk)
        if job.state != Job.State.RUNNING:
            return
        row = {"name": name, "content_type": content_type, "content": content, "size": len(content)}
        times = {"made_at": at, "expires_at": at + kept}
        JobFile.objects.update_or_create(job=job, defaults={**row, **times, "right": right})
        job.facts = {**job.facts, "made_file": True}
        job.save(update_fields=["facts"])


def forget_files(*, now: dt.datetime | None = None) -> int:
    """Deletes the files whose time is over; returns how many. The job stays, without its file."""
    deleted, _of = JobFile.objects.filter(expires_at__lte=now or clock.now()).delete()
    return deleted


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
        if not going().filter(pk=job.pk).update(state=Job.State.STOPPED, finished_at=at):
            raise PlannerError("job_has_ended", _("This was already finished."))
        audit.record(job.prison, by, "stop_job", job, now=at)


def revive_silent(*, now: dt.datetime | None = None) -> int:
    """Hands whatever runs without a heartbeat to a worker anew; returns how many.

    What died three times has failed: then it is the work that kills its worker. What waits although its turn
    has long come may have been in the hands of a worker that died: it is handed on for an hour.
    """
    at = now or clock.now()
    silent = Job.objects.filter(state=Job.State.RUNNING, heartbeat_at__lt=at - SILENCE)
    silent.filter(Q(attempts__gte=MOST_ATTEMPTS) | Q(task="")).update(
        state=Job.State.FAILED, failure="silent", finished_at=at
    )
    lost = Job.objects.filter(state=Job.State.WAITING, created_at__range=(at - LOST, at - SILENCE))
    lost = lost.filter(Q(heartbeat_at__isnull=True) | Q(heartbeat_at__lt=at - SILENCE)).exclude(task="")
    return sum(_hand_on(rows, pk, task, at) for rows in (silent, lost) for pk, task in _tasks(rows))


def _tasks(rows: QuerySet[Job]) -> list[tuple[int, str]]:
    return list(rows.values_list("pk", "task"))


def _hand_on(rows: QuerySet[Job], pk: int, task: str, at: dt.datetime) -> bool:
    """True for the one who did it; twice in the queue is harmless, only one claims it."""
    with transaction.atomic():
        if not rows.filter(pk=pk).update(state=Job.State.WAITING, heartbeat_at=at):
            return False
        enqueue(task, pk)
    return True
