"""“I cannot come”: the facilitator is away then, and the owner of the session finds somebody else.

What is to do stays to do as long as the facilitator still leads the session at that time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.dates import clock
from core.errors import PlannerError
from planner.notifications.own_sessions import coming
from planner.notifications.sentences import sentence_of
from planner.notifications.session_change import SessionChange
from planner.notifications.staff import readers
from prisons.access import Access
from prisons.domain.background import outbox
from prisons.domain.locking import lock_prison
from prisons.domain.records import audit
from prisons.models import Prison, Todo, User
from sessions.domain.workers import add_absence, remove_absence
from sessions.models import GroupSession, Worker

TODO = "cannot_come"


def said_no(worker: Worker) -> set[int]:
    """Sessions to which this facilitator cannot come, as long as nobody has dealt with it."""
    here = Todo.objects.filter(prison__in=worker.accesses.order_by().values("prison"))
    todos = here.waiting([TODO], ["session", "worker"]).filter(facts__worker=worker.pk)
    return {todo.facts["session"] for todo in todos}


def cannot_come(session: GroupSession, worker: Worker, *, now: dt.datetime | None = None) -> Todo:
    """The facilitator is away then: an open conflict, a thing to do for the owner, and a letter to it.

    Twice is no error. Raises PlannerError `not_there` (404) for a session that the worker does not lead and
    `past` (409) for one that has begun or was cancelled.
    """
    at, by = now or clock.now(), _user_of(worker)
    with transaction.atomic():
        prison = lock_prison(session.prison)
        session, starts_at, ends_at = _locked(session, worker, at)
        if todo := _open(prison, session, worker).first():
            return todo
        if not worker.absences.filter(starts_at__lte=starts_at, ends_at__gte=ends_at).exists():
            add_absence(worker, prison, starts_at, ends_at, by=by)
        todo = Todo.objects.create(
            prison=prison,
            organisation=session.series.activity.organisation,
            kind=TODO,
            facts={"session": session.pk, "worker": worker.pk},
            created_at=at,
            due_on=clock.today(starts_at),
        )
        audit.record(prison, by, "cannot_come", session, now=at)
        _tell_owners(prison, session, worker, at)
    return todo


def can_come(session: GroupSession, worker: Worker, *, now: dt.datetime | None = None) -> None:
    """After all: the dates go, nothing is to do any more. Twice is no error; raises as `cannot_come` does."""
    at, by = now or clock.now(), _user_of(worker)
    with transaction.atomic():
        prison = lock_prison(session.prison)
        session, starts_at, ends_at = _locked(session, worker, at)
        for todo in _open(prison, session, worker):
            _done(todo, by, at)
            for absence in worker.absences.filter(starts_at=starts_at, ends_at=ends_at):
                remove_absence(absence, prison, by=by)
            _tell_owners(prison, session, worker, at, comes=True)


def _user_of(worker: Worker) -> User:
    if worker.user is None:
        raise PlannerError("not_there", gettext_lazy("You do not lead this session."), 404)
    return worker.user


def _locked(
    session: GroupSession, worker: Worker, at: dt.datetime
) -> tuple[GroupSession, dt.datetime, dt.datetime]:
    found = coming(worker, now=at).filter(pk=session.pk).first()
    if found is None:
        raise PlannerError("not_there", gettext_lazy("You do not lead this session."), 404)
    if not found.starts_at or not found.ends_at or found.starts_at <= at or not found.is_live:
        raise PlannerError("past", gettext_lazy("This session has begun already or does not take place."))
    return found, found.starts_at, found.ends_at


def _open(prison: Prison, session: GroupSession, worker: Worker) -> QuerySet[Todo]:
    return Todo.objects.in_prison(prison).filter(
        kind=TODO, facts__session=session.pk, facts__worker=worker.pk, done_at__isnull=True
    )


def _done(todo: Todo, by: User, at: dt.datetime) -> None:
    if Todo.objects.filter(pk=todo.pk, done_at__isnull=True).update(done_at=at, done_by=by):
        audit.record(todo.prison, by, "done", todo, now=at)


def _waiting(prison: Prison) -> QuerySet[Todo]:
    return Todo.objects.in_prison(prison).waiting([TODO], ["session", "worker"])


def waiting(access: Access, *, now: dt.datetime | None = None) -> list[tuple[GroupSession, Worker]]:
    """Of the reader's own services, the first to come first; one function for the count and for the list."""
    at = now or clock.now()
    own = Q(organisation__in=access.organisation_ids) | Q(organisation__authority__in=access.authorities)
    todos = list(_waiting(access.prison).filter(own))
    if not todos:
        return []
    rows = GroupSession.objects.in_prison(access.prison).filter(starts_at__gt=at)
    rows = rows.select_related("series__activity__organisation", "prison", "room")
    sessions = rows.in_bulk([todo.facts["session"] for todo in todos])
    workers = Worker.objects.in_bulk([todo.facts["worker"] for todo in todos])
    found = [(sessions.get(todo.facts["session"]), workers.get(todo.facts["worker"])) for todo in todos]
    known = [(session, worker) for session, worker in found if session and worker]
    return sorted(known, key=lambda pair: (str(pair[0].starts_at), pair[1].name))


def settle(prison: Prison, told: Iterable[SessionChange], *, by: User, now: dt.datetime) -> int:
    """What is solved by this change: somebody else leads, another time, or cancelled. Part of that act."""
    solved = {one.session_id: one for one in told if _may_solve(one)}
    if not solved:
        return 0
    done = 0
    for todo in _waiting(prison):
        one = solved.get(todo.facts["session"])
        if one is not None and _is_solved(one, todo.facts["worker"]):
            _done(todo, by, now)
            done += 1
    return done


def _may_solve(one: SessionChange) -> bool:
    before, after = one.before, one.after
    return (before.workers, before.starts_at, before.state) != (after.workers, after.starts_at, after.state)


def _is_solved(one: SessionChange, worker: int) -> bool:
    still_leads = worker in {part.worker_id for part in one.after.workers}
    return not still_leads or not one.is_shown or one.before.starts_at != one.after.starts_at


def _tell_owners(
    prison: Prison, session: GroupSession, worker: Worker, at: dt.datetime, *, comes: bool = False
) -> None:
    service = session.series.activity.organisation_id
    for user in readers(prison, [service], now=at).of_service[service]:
        with translation.override(user.language):
            told = _("%(name)s can come after all") if comes else _("%(name)s cannot come")
            subject = told % {"name": worker.name}
            link = settings.BASE_URL + reverse("planner:cannot_come_list", args=[prison.slug])
            context = {
                "user": user,
                "subject": subject,
                "told": sentence_of(session),
                "prison": prison,
                "link": "" if comes else link,
                "product": settings.PRODUCT_NAME,
            }
            body = render_to_string("planner/notifications/cannot_come.txt", context)
            outbox.post(prison, user, TODO, user.language, subject, body, now=at)
