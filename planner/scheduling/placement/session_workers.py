"""Who leads one session: a substitute for one date, an interpreter, one more facilitator, or one fewer.

The list of who could come is made by the conflict engine in one sweep: everybody who works in this prison is
put on the session at once, and each conflict names its facilitator.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.dates.clock import today
from core.errors import PlannerError
from planner.scheduling.placement.session_changes import Change, Outcome
from planner.scheduling.placement.writer import apply
from planner.scheduling.rules import conflicts, snapshot
from planner.scheduling.rules.codes import Conflict
from planner.scheduling.rules.snapshot import SnapshotRow
from prisons.access import Access
from prisons.models import User
from rooms.domain.facts import rules_of
from sessions.domain.placing import Part, placing_of
from sessions.models import GroupSession, SessionWorker, Worker

Role = SessionWorker.Part


@dataclass(frozen=True)
class Candidate:
    """Somebody who works in this prison, and what stands against them on that date."""

    worker: Worker
    conflicts: tuple[Conflict, ...]
    is_of_the_service: bool
    speaks: bool
    """The language asked for, or one of the group's."""
    is_there: bool = False
    """On this session already."""

    @property
    def is_free(self) -> bool:
        return not any(conflict.is_hard for conflict in self.conflicts)

    @property
    def rank(self) -> tuple[bool, bool, bool, int, str]:
        """Best first: free, of the same service, speaks the language, few points to watch, by name."""
        return (
            not self.is_free,
            not self.is_of_the_service,
            not self.speaks,
            len(self.conflicts),
            self.worker.name.casefold(),
        )


def candidates(session: GroupSession, part: str = Role.SUBSTITUTE, language: str = "") -> list[Candidate]:
    """Everybody who could come, best first; for an interpreter only interpreters (of that language).

    A fixed number of queries, nothing is written.
    """
    workers = Worker.objects.in_prison(session.prison).active().distinct()
    if part == Role.INTERPRETER:
        workers = workers.filter(is_interpreter=True)
    everybody = [w for w in workers if not language or part != Role.INTERPRETER or language in w.languages]
    own = set(
        Worker.objects.filter(organisations=session.series.activity.organisation_id).values_list(
            "pk", flat=True
        )
    )
    there = set(session.session_workers.values_list("worker_id", flat=True))
    against = _against(session, [worker.pk for worker in everybody])
    wanted = {language} if language else set(session.series.languages)
    found = [
        Candidate(
            worker,
            tuple(against.get(worker.pk, ())),
            worker.pk in own,
            not wanted or not wanted.isdisjoint(worker.languages),
            worker.pk in there,
        )
        for worker in everybody
    ]
    return sorted(found, key=lambda candidate: candidate.rank)


def _against(session: GroupSession, worker_ids: list[int]) -> dict[int, list[Conflict]]:
    """Worker -> what the engine says when everybody is put on this session at once."""
    if session.starts_at is None or session.ends_at is None:
        return {}
    loaded = snapshot.load(
        session.prison,
        [today(session.starts_at)],
        extra_workers=worker_ids,
        extra_series=[session.series_id],
    )
    row = SnapshotRow(
        session.pk, session.series_id, None, session.starts_at, session.ends_at, tuple(worker_ids)
    )
    against: dict[int, list[Conflict]] = defaultdict(list)
    for conflict in conflicts.find(loaded.with_rows([row]), rules_of(session.prison)):
        worker = dict(conflict.facts).get("worker")
        if conflict.session_id == session.pk and worker is not None:
            against[worker].append(conflict)
    return against


def put(
    session: GroupSession,
    part: Part,
    *,
    by: User,
    instead_of: int | None = None,
    seen: Mapping[int, int] | None = None,
    accept_soft: bool = False,
    now: dt.datetime | None = None,
    access: Access | None = None,
) -> Outcome:
    """Put somebody on this session, in place of `instead_of` where given.

    Raises PlannerError as `with_part` does, or what `apply` raises.
    """
    return apply(
        session.prison,
        [with_part(session, part, instead_of=instead_of)],
        by=by,
        verb="workers",
        now=now,
        seen=seen,
        accept_soft=accept_soft,
        access=access,
    )


def with_part(session: GroupSession, part: Part, *, instead_of: int | None = None) -> Change:
    """The change that puts somebody on the session, for whoever shows it first or waives a rule with it.

    Raises PlannerError `unknown_worker`, `no_interpreter`, `no_language` (422), `there_already` (409),
    `not_there` (409).
    """
    standing = placing_of(session).workers
    _refuse_unfit(session, part)
    if instead_of is not None and instead_of not in {one.worker_id for one in standing}:
        raise PlannerError("not_there", _("Whom you want to replace is not on this session any more."))
    staying = [one for one in standing if one.worker_id != instead_of]
    if part.worker_id in {one.worker_id for one in staying}:
        raise PlannerError("there_already", _("This facilitator is on this session already."))
    return Change(session.pk, workers=(*staying, part))


def without(session: GroupSession, worker_id: int) -> Change:
    """The change that takes somebody off. Raises PlannerError `not_there` (409)."""
    standing = placing_of(session).workers
    staying = tuple(one for one in standing if one.worker_id != worker_id)
    if len(staying) == len(standing):
        raise PlannerError("not_there", _("This facilitator is not on this session any more."))
    return Change(session.pk, workers=staying)


def take_off(
    session: GroupSession,
    worker_id: int,
    *,
    by: User,
    seen: Mapping[int, int] | None = None,
    now: dt.datetime | None = None,
    access: Access | None = None,
) -> Outcome:
    """Take somebody off this session; nobody comes instead. Raises as `without` or `apply` do."""
    change = without(session, worker_id)
    return apply(
        session.prison, [change], by=by, verb="workers", now=now or clock.now(), seen=seen, access=access
    )


def _refuse_unfit(session: GroupSession, part: Part) -> None:
    worker = Worker.objects.in_prison(session.prison).active().filter(pk=part.worker_id).first()
    if worker is None:
        raise PlannerError("unknown_worker", _("This facilitator does not work here."), status=422)
    if part.part not in Role.values:
        raise PlannerError("unknown_part", _("Choose what this facilitator does here."), status=422)
    if part.part != Role.INTERPRETER:
        return
    if not worker.is_interpreter:
        raise PlannerError("no_interpreter", _("%(name)s is no interpreter."), status=422, name=worker.name)
    if part.language not in worker.languages:
        raise PlannerError(
            "no_language", _("%(name)s does not speak this language."), status=422, name=worker.name
        )
