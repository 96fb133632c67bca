"""One finished proposal in Haren: what waits in the tray of the next two weeks, placed and not accepted yet."""

from __future__ import annotations

import datetime as dt

from core.dates.clock import today
from core.dates.weeks import Week
from planner.demo.places import DemoPlaces
from planner.models import Proposal
from planner.optimiser.incumbent import Limits
from planner.optimiser.solve import solve
from planner.proposals.problem import planning_context
from planner.proposals.problem.building import build_problem
from planner.proposals.problem.planning_request import brief_of
from planner.proposals.running import finish
from planner.proposals.starting import PlanningWish, make_finished
from prisons.models import User


def build(places: DemoPlaces, cast: dict[str, User], now: dt.datetime) -> None:
    """The first legal plan, without a search: under a second, and the same each time."""
    monday = (Week.from_date(today(now)) + 1).monday
    wish = PlanningWish(
        monday, monday + dt.timedelta(days=13), scope=Proposal.Scope.DRAFTS, seconds=0, is_weekly=False
    )
    proposal = make_finished(places.prisons["haren"], wish, by=cast["anna"], now=now)
    made = build_problem(planning_context.load(brief_of(proposal), now))
    finish(proposal, made, solve(made.problem, Limits(seconds=0, keep_present=True)))
