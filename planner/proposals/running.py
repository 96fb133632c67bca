"""The engine at work on one proposal: in its own process, one at a time, with the best so far kept."""

from __future__ import annotations

import datetime as dt
import os
import time
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.errors import PlannerError
from planner.models import Proposal
from planner.optimiser.incumbent import Limits
from planner.optimiser.problem import Plan, Progress, Solution
from planner.optimiser.repair import Repair, repair
from planner.optimiser.solve import solve
from planner.proposals.lines import making
from planner.proposals.lines.comparing import compared, reasons
from planner.proposals.lines.reasons import explanations
from planner.proposals.problem import planning_context
from planner.proposals.problem.building import PlanningProblem, build_problem
from planner.proposals.problem.planning_request import brief_of
from planner.proposals.starting import KIND, TASK
from prisons.domain.background import jobs
from prisons.domain.records import audit
from prisons.models import Job, Prison

State = Proposal.State
SAVE_SECONDS = 1.0
KEEP_SECONDS = 3.0
REPAIR_SECONDS = 3
"""With less, a repair has not even its first plan; a fresh one takes its second in any case."""

jobs.TITLES[KIND] = _("Making a proposal")
jobs.FAILURES |= {
    "too_large": _(
        "There was not enough memory for so much at once. Choose fewer series or a shorter span, and try again."
    ),
}


def limit_memory() -> None:
    """For a process of its own: more than this, and it ends instead of the machine; others go first."""
    import resource

    most = settings.PLANNER_MEMORY_MB * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    os.nice(5)


def run(job_pk: int) -> None:
    """Make the proposal of this job; returns at once when another one of its prison is made (it calls the next)."""
    tidy()
    proposal = Proposal.objects.select_related("prison", "by", "closure").filter(job=job_pk).first()
    if proposal is None or proposal.state == State.RUNNING:
        return
    if proposal.state != State.WAITING:
        with jobs.running(job_pk):  # it was broken off and handed out anew: what it had stands already
            return
    if not _take_turn(proposal, job_pk):
        return
    with jobs.running(job_pk) as job:
        if job is not None:
            _make(proposal, job_pk)
        else:
            _lay_down(proposal, clock.now())
    wake_next(proposal.prison_id)


def _take_turn(proposal: Proposal, job_pk: int) -> bool:
    """Claims the one place that a prison has, by the database's own constraint; its heart beats from here on."""
    try:
        with transaction.atomic():
            mine = Proposal.objects.filter(pk=proposal.pk, state=State.WAITING).update(state=State.RUNNING)
            Job.objects.filter(pk=job_pk).update(heartbeat_at=clock.now())
    except IntegrityError:
        return False
    proposal.state = State.RUNNING if mine else proposal.state
    return bool(mine)


def _make(proposal: Proposal, job_pk: int) -> None:
    watch = _Watch(proposal, job_pk)
    try:
        context = planning_context.load(brief_of(proposal), clock.now())
        watch.prepare()
        made = watch.made = build_problem(context, watch.prepare)
        _note_versions(proposal)
        watch.begin()
        result = _solve(proposal, made, watch)
        watch.save(force=True)
        finish(proposal, made, result)
    except jobs.Stopped:
        Proposal.objects.filter(pk=proposal.pk).update(state=State.STOPPED, ended_at=clock.now())
    except MemoryError:
        _fail(proposal, "too_large")
        raise PlannerError("too_large", jobs.FAILURES["too_large"]) from None
    except Exception:
        _fail(proposal, "unexpected")
        raise


def _note_versions(proposal: Proposal) -> None:
    prison = proposal.prison
    prison.refresh_from_db(fields=["plan_version", "rules_version"])
    proposal.plan_version, proposal.rules_version = prison.plan_version, prison.rules_version


def _solve(proposal: Proposal, made: PlanningProblem, watch: _Watch) -> Solution | Repair:
    is_calm = proposal.preset == Proposal.Preset.CALM
    seconds = (
        max(proposal.seconds, REPAIR_SECONDS) if proposal.aim == Proposal.Aim.REPAIR else proposal.seconds
    )
    limits = Limits(seconds=seconds, seed=proposal.seed, keep_present=is_calm)
    hear: dict[str, Any] = {
        "on_progress": watch.on_progress,
        "on_plan": watch.on_plan,
        "should_stop": watch.should_stop,
    }
    if proposal.aim == Proposal.Aim.REPAIR:
        return repair(made.problem, limits, **hear)
    return solve(made.problem, limits, **hear)


class _Watch:
    """What the engine tells on the way, written down about once a second."""

    def __init__(self, proposal: Proposal, job_pk: int) -> None:
        self.proposal, self.job_pk = proposal, job_pk
        self.made: PlanningProblem | None = None
        self.plan: Plan | None = None
        self.started = time.monotonic()
        self.saved = self.kept = 0.0
        self.goes_on = True

    def prepare(self) -> None:
        """While the problem is made: the heart beats, the bar stands still; whoever stops it is heard."""
        seconds = time.monotonic() - self.started
        if seconds - self.saved >= SAVE_SECONDS:
            self.saved = seconds
            jobs.beat(self.job_pk, 0, max(1, self.proposal.seconds))

    def begin(self) -> None:
        """The bar counts from here."""
        self.started, self.saved = time.monotonic(), 0.0

    def on_progress(self, progress: Progress) -> None:
        self.proposal.cost, self.proposal.bound = progress.cost, progress.bound
        self.proposal.left_out = progress.left_out

    def on_plan(self, plan: Plan) -> None:
        self.plan = plan

    def should_stop(self) -> bool:
        self.save()
        return not self.goes_on

    def save(self, *, force: bool = False) -> None:
        seconds = time.monotonic() - self.started
        if not force and seconds - self.saved < SAVE_SECONDS:
            return
        self.saved, fields = seconds, ["cost", "bound", "left_out"]
        if self.plan is not None and self.made is not None and seconds - self.kept >= KEEP_SECONDS:
            self.proposal.draft = making.describe(self.made, self.plan)
            self.plan, self.kept = None, seconds
            fields.append("draft")
        self.proposal.save(update_fields=fields)
        steps = max(1, self.proposal.seconds)
        self.goes_on = jobs.progress(self.job_pk, min(int(seconds), steps), steps)


def finish(proposal: Proposal, made: PlanningProblem, result: Solution | Repair) -> None:
    """Explain what was left out, and write all of it down as lines."""
    solution = result.solution if isinstance(result, Repair) else result
    why = explanations(made, solution) | reasons(made.problem, solution.plan)
    described = making.describe(made, solution.plan)
    with transaction.atomic():
        counts = making.write(proposal, described, why)
        _finish(proposal, made, result, counts)


def _finish(
    proposal: Proposal, made: PlanningProblem, result: Solution | Repair, counts: dict[str, int]
) -> None:
    solution = result.solution if isinstance(result, Repair) else result
    proposal.cost, proposal.bound = solution.score.total, solution.bound
    proposal.left_out, proposal.by_rule = solution.score.left_out, dict(solution.score.by_rule)
    proposal.outcome = {
        "status": str(solution.status),
        "seconds": solution.seconds,
        "findings": [
            {"code": one.code, "facts": _public(one.facts)}
            for one in solution.findings
            if one.code not in ("left_out", "no_place")
        ],
        "counts": counts,
        "compared": compared(made.problem, solution.plan),
        "items": len(made.items),
        "held": made.context.held,
        "is_reproducible": solution.is_reproducible,
        "repair": _repair_facts(result) if isinstance(result, Repair) else None,
    }
    proposal.state = State.STOPPED if solution.was_stopped else State.DONE
    proposal.draft, proposal.ended_at = [], clock.now()
    proposal.save()


def _public(facts: Any) -> dict[str, Any]:
    """Only codes, keys of places and counts; people never stand in a finding."""
    return {name: value for name, value in facts.items() if name != "person"}


def _repair_facts(result: Repair) -> dict[str, Any]:
    return {
        "moves": result.moves,
        "slot_changes": result.slot_changes,
        "at_least": result.at_least,
        "is_minimal": result.is_minimal,
    }


def _fail(proposal: Proposal, code: str) -> None:
    """Something broke it off. What was found until then stands, as when somebody stops it."""
    if proposal.draft:
        _lay_down(proposal, clock.now(), code)
        return
    proposal.state, proposal.outcome, proposal.ended_at = State.FAILED, {"failure": code}, clock.now()
    proposal.save(update_fields=["state", "outcome", "ended_at"])


def _lay_down(proposal: Proposal, now: dt.datetime, code: str = "") -> None:
    """The process is gone: the best it had written stands as "stopped"."""
    with transaction.atomic():
        if not Proposal.objects.filter(pk=proposal.pk, state=State.RUNNING).update(state=State.STOPPED):
            return
        proposal.refresh_from_db()
        counts = making.write(proposal, proposal.draft)
        proposal.outcome = {"counts": counts, "was_broken_off": True} | ({"failure": code} if code else {})
        proposal.draft, proposal.ended_at = [], now
        proposal.save(update_fields=["outcome", "draft", "ended_at"])
        audit.record(proposal.prison, None, "stop_job", proposal, now=now)


def tidy(prison: Prison | None = None, *, now: dt.datetime | None = None) -> None:
    """A proposal whose process was killed stands as stopped, with the best that it had; the next begins.

    A page looks at its prison, a worker at all.
    """
    now, running = now or clock.now(), Proposal.objects.filter(state=State.RUNNING)
    if prison is not None:
        running = running.in_prison(prison)
    for proposal in running.select_related("job", "prison"):
        if _is_silent(proposal.job, now):
            _lay_down(proposal, now)
            wake_next(proposal.prison_id)


def _is_silent(job: Job | None, now: dt.datetime) -> bool:
    if job is None:
        return True
    if job.state == Job.State.WAITING and job.started_at is not None:
        return True  # handed to a worker anew, because its heart was silent
    last = max((at for at in (job.created_at, job.heartbeat_at, job.finished_at) if at), default=None)
    return last is None or last < now - jobs.SILENCE


def wake_next(prison_id: int) -> None:
    """Calls whoever has waited longest in this prison, when nobody is at work there."""
    here = Proposal.objects.filter(prison=prison_id)
    if here.filter(state=State.RUNNING).exists():
        return
    waiting = here.filter(state=State.WAITING, job__state=Job.State.WAITING)
    following = waiting.order_by("created_at", "pk").first()
    if following is not None:
        jobs.enqueue(TASK, following.job_id)
