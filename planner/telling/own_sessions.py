"""A facilitator's own sessions in every prison, and “I cannot come”: a thing to do for the owner."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.errors import PlannerError
from planner.models import Notice
from planner.telling.sentences import sentence_of
from prisons.domain import audit, outbox
from prisons.domain.locking import lock_prison
from prisons.models import Membership, Role, Todo, User
from sessions.domain.workers import add_absence
from sessions.models import GroupSession, Worker

TODO = "cannot_come"
DAYS_AHEAD = 60


def worker_of(user: User) -> Worker | None:
    return Worker.objects.filter(user=user, is_active=True).first()


def coming(worker: Worker, *, now: dt.datetime | None = None) -> QuerySet[GroupSession]:
    """Published sessions of two months, cancelled ones too, in prisons where the role still runs."""
    at = now or clock.now()
    roles = Membership.objects.live_on(clock.today(at)).filter(user=worker.user, role=Role.WORKER)
    shown = (GroupSession.State.PUBLISHED, GroupSession.State.CANCELLED)
    return (
        GroupSession.objects.filter(session_workers__worker=worker, prison__in=roles.values("prison"))
        .filter(state__in=shown, published_at__isnull=False)
        .filter(ends_at__gte=at, starts_at__lt=at + dt.timedelta(days=DAYS_AHEAD))
        .select_related("series__activity__organisation", "room", "prison")
        .order_by("starts_at", "pk")
    )


def unread(worker: Worker, *, now: dt.datetime | None = None) -> QuerySet[Notice]:
    """What this facilitator was told and has not said to have read, as long as it still matters."""
    at = now or clock.now()
    rows = Notice.objects.filter(
        worker=worker, read_at__isnull=True, created_at__gt=at - dt.timedelta(days=30)
    )
    return rows.select_related("session__series__activity", "prison")


def said_no(worker: Worker) -> set[int]:
    """Sessions to which this facilitator cannot come, as long as nobody has dealt with it."""
    todos = Todo.objects.filter(kind=TODO, facts__worker=worker.pk, done_at__isnull=True)
    return {todo.facts["session"] for todo in todos}


def cannot_come(session: GroupSession, worker: Worker, *, now: dt.datetime | None = None) -> Todo:
    """The facilitator is away then: an open conflict, a thing to do for the owner, and a letter to it.

    Twice is no error. Raises PlannerError `not_there` (404) for a session that the worker does not lead and
    `past` (409) for one that has begun.
    """
    at, by = now or clock.now(), worker.user
    if by is None or not coming(worker, now=at).filter(pk=session.pk).exists():
        raise PlannerError("not_there", gettext_lazy("You do not lead this session."), 404)
    with transaction.atomic():
        prison = lock_prison(session.prison)
        session = coming(worker, now=at).get(pk=session.pk)
        if session.starts_at is None or session.ends_at is None or session.starts_at <= at:
            raise PlannerError("past", gettext_lazy("This session has begun already."))
        known = Todo.objects.in_prison(prison).filter(
            kind=TODO, facts__session=session.pk, facts__worker=worker.pk, done_at__isnull=True
        )
        if todo := known.first():
            return todo
        if not worker.absences.filter(
            starts_at__lte=session.starts_at, ends_at__gte=session.ends_at
        ).exists():
            add_absence(worker, prison, session.starts_at, session.ends_at, by=by)
        todo = Todo.objects.create(
            prison=prison,
            organisation=session.series.activity.organisation,
            kind=TODO,
            facts={"session": session.pk, "worker": worker.pk},
            created_at=at,
            due_on=clock.today(session.starts_at),
        )
        audit.record(prison, by, "cannot_come", session, now=at)
        for user in _owners(session, at):
            _write_to(user, session, worker, at)
    return todo


def _owners(session: GroupSession, at: dt.datetime) -> Iterator[User]:
    rows = Membership.objects.in_prison(session.prison_id).live_on(clock.today(at))
    rows = rows.filter(role=Role.ORGANISER, organisation=session.series.activity.organisation)
    seen: set[int] = set()
    for row in rows.select_related("user"):
        if row.user_id not in seen and row.user.is_active:
            seen.add(row.user_id)
            yield row.user


def _write_to(user: User, session: GroupSession, worker: Worker, at: dt.datetime) -> None:
    with translation.override(user.language):
        subject = _("%(name)s cannot come") % {"name": worker.name}
        context = {"user": user, "worker": worker, "told": sentence_of(session), "prison": session.prison}
        body = render_to_string("planner/telling/cannot_come.txt", context)
        outbox.post(session.prison, user, "cannot_come", user.language, subject, body, now=at)
