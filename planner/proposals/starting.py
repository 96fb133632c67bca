"""Ask for a proposal, stop it, throw it away: everything before and beside the engine's own work."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.errors import PlannerError
from planner.models import Proposal
from planner.proposals.problem.planning_request import MOST_DAYS, WhatIf, is_weekly
from planner.proposals.problem.presets import RULES
from prisons.access import Access, Right, access_for
from prisons.domain.background import jobs
from prisons.domain.locking import lock_prison
from prisons.domain.records import audit
from prisons.models import ChangeSet, Organisation, Prison, User
from rooms.models import Closure
from sessions.models import GroupSession, Term

KIND = "proposal"
TASK = "planner.proposals.tasks.propose"
MOST_SECONDS = 300

State, Aim, Scope = Proposal.State, Proposal.Aim, Proposal.Scope
OPEN = (State.DONE, State.STOPPED, State.PARTLY)
"""States in which there is something to accept."""


@dataclass(frozen=True)
class PlanningWish:
    """What somebody asks for, as a form or a command line says it."""

    first: dt.date
    last: dt.date
    aim: str = Aim.FRESH
    scope: str = Scope.TRAY
    series_ids: Collection[int] = ()
    preset: str = Proposal.Preset.CALM
    weights: Mapping[str, int] = field(default_factory=dict)
    seconds: int = 60
    seed: int = 1
    what_if: WhatIf = field(default_factory=WhatIf)
    closure: Closure | None = None
    is_weekly: bool | None = None
    """None: as long as the span says."""


def start_proposal(
    prison: Prison,
    wish: PlanningWish,
    *,
    by: User,
    now: dt.datetime | None = None,
    access: Access | None = None,
) -> Proposal:
    """A proposal that waits for its turn, with the job that makes it.

    Raises PlannerError `may_not_plan` (403); `ends_before_start`, `span_past`, `span_too_long`, `no_seconds`,
    `no_series` (422).
    """
    now = now or clock.now()
    with transaction.atomic():
        prison = lock_prison(prison)
        access = access or access_for(by, prison, now=now)
        _refuse_unusable(wish, access, now)
        proposal = _create(prison, wish, access, by, now)
        facts = {"proposal": proposal.pk, "url": f"/p/{prison.slug}/board/proposals/{proposal.pk}/"}
        proposal.job = jobs.start(
            KIND, TASK, prison=prison, by=by, facts=facts, steps=max(1, wish.seconds), now=now
        )
        proposal.save(update_fields=["job"])
        audit.record(prison, by, "propose", proposal, now=now)
    return proposal


def mend_copied(
    prison: Prison,
    change_set: ChangeSet,
    term: Term,
    *,
    by: User,
    now: dt.datetime | None = None,
    access: Access | None = None,
) -> Proposal | None:
    """A repair of the term for what was just copied; None when all of it has a place. Raises as above.

    One's own drafts of the term may move; what is published, or of another service, stays.
    """
    made = [pk for _source, pk in change_set.facts.get("series", ())]
    if not GroupSession.objects.in_prison(prison).live().filter(series__in=made, room=None).exists():
        return None
    wish = PlanningWish(first=term.starts_on, last=term.ends_on, aim=Aim.REPAIR, scope=Scope.MINE)
    return start_proposal(prison, wish, by=by, now=now, access=access)


def make_by_hand(
    prison: Prison,
    wish: PlanningWish,
    *,
    by: User,
    now: dt.datetime | None = None,
    access: Access | None = None,
) -> Proposal:
    """An empty proposal, to which moves are added one by one. Raises as `start_proposal` does."""
    now = now or clock.now()
    with transaction.atomic():
        prison = lock_prison(prison)
        access = access or access_for(by, prison, now=now)
        _refuse_unusable(wish, access, now)
        proposal = _create(prison, wish, access, by, now)
        proposal.aim, proposal.state, proposal.ended_at = Aim.BY_HAND, State.DONE, now
        proposal.is_weekly = False
        proposal.save(update_fields=["aim", "state", "ended_at", "is_weekly"])
        audit.record(prison, by, "propose", proposal, now=now)
    return proposal


def make_finished(
    prison: Prison,
    wish: PlanningWish,
    *,
    by: User,
    now: dt.datetime | None = None,
    access: Access | None = None,
) -> Proposal:
    """A proposal for a plan that was found on the command line. Raises as `start_proposal` does."""
    now = now or clock.now()
    with transaction.atomic():
        prison = lock_prison(prison)
        access = access or access_for(by, prison, now=now)
        _refuse_unusable(wish, access, now)
        proposal = _create(prison, wish, access, by, now)
        audit.record(prison, by, "propose", proposal, now=now)
    return proposal


def _create(
    prison: Prison, wish: PlanningWish, access: Access | None, by: User, now: dt.datetime
) -> Proposal:
    weekly = is_weekly(wish.first, wish.last) if wish.is_weekly is None else wish.is_weekly
    here = Organisation.objects.filter(prisons=prison).order_by("pk")
    return Proposal.objects.create(
        prison=prison,
        by=by,
        organisation_ids=[one.pk for one in here if access is not None and access.may_change(one)],
        aim=wish.aim,
        scope=wish.scope,
        series_ids=sorted(wish.series_ids),
        first_on=wish.first,
        last_on=wish.last,
        is_weekly=weekly,
        preset=wish.preset,
        weights={name: value for name, value in wish.weights.items() if name in RULES},
        seconds=wish.seconds,
        seed=wish.seed,
        what_if=wish.what_if.as_json(),
        closure=wish.closure,
        plan_version=prison.plan_version,
        rules_version=prison.rules_version,
        created_at=now,
    )


def _refuse_unusable(wish: PlanningWish, access: Access | None, now: dt.datetime) -> None:
    if access is None or not access.has(Right.PLACE):
        raise PlannerError("may_not_plan", _("Your role does not include planning."), status=403)
    if wish.last < wish.first:
        raise PlannerError("ends_before_start", _("The last day must not come before the first."), status=422)
    if wish.last < clock.today(now):
        raise PlannerError(
            "span_past", _("These days are over. Choose days that are still to come."), status=422
        )
    if (wish.last - wish.first).days >= MOST_DAYS:
        raise PlannerError("span_too_long", _("A proposal covers one year at most."), status=422)
    if not 0 <= wish.seconds <= MOST_SECONDS:
        raise PlannerError("no_seconds", _("Give the planner between 0 and 300 seconds."), status=422)
    if wish.scope == Scope.SERIES and not wish.series_ids:
        raise PlannerError("no_series", _("Choose at least one series that may move."), status=422)


def stop(proposal: Proposal, *, by: User, now: dt.datetime | None = None) -> None:
    """Leave it at what was found so far. Raises PlannerError `job_has_ended` (409)."""
    now = now or clock.now()
    with transaction.atomic():
        job = proposal.job
        if job is None:
            raise PlannerError("job_has_ended", _("This was already finished."))
        jobs.stop(job, by=by, now=now)
        waiting = Proposal.objects.filter(pk=proposal.pk, state=State.WAITING)
        if waiting.update(state=State.STOPPED, ended_at=now):
            audit.record(proposal.prison, by, "stop_job", proposal, now=now)


def discard(proposal: Proposal, *, by: User, now: dt.datetime | None = None) -> None:
    """Put it away: nothing of it is entered. Raises PlannerError `not_ready` (409), `not_yours` (403)."""
    now = now or clock.now()
    with transaction.atomic():
        lock_prison(proposal.prison_id)
        proposal.refresh_from_db()
        require_maker(proposal, by)
        if proposal.state not in (*OPEN, State.FAILED):
            raise PlannerError("not_ready", _("This proposal can no longer be discarded."))
        proposal.state = State.DISCARDED
        proposal.save(update_fields=["state"])
        audit.record(proposal.prison, by, "discard", proposal, now=now)


def require_maker(proposal: Proposal, by: User) -> None:
    """Others look at a proposal; only who asked for it changes or accepts it."""
    if proposal.by_id != by.pk:
        raise PlannerError(
            "not_yours",
            _("This proposal is of %(who)s. Make one of your own to change or accept it."),
            status=403,
            who=proposal.by,
        )
