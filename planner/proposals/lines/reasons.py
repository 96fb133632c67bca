"""Why something was left out: a minimal set of sessions and causes, as codes and ids without any person."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from planner.optimiser.incumbent import Limits
from planner.optimiser.problem import Finding, Solution
from planner.optimiser.reasons.explain import Explanation, explain
from planner.proposals.problem.building import PlanningProblem

MOST, SECONDS_EACH, SECONDS_ALL = 20, 5.0, 25.0


def explanations(made: PlanningProblem, solution: Solution) -> dict[int, dict[str, Any]]:
    """Index of each item that was left out -> why; those for which time was too short have none."""
    found: dict[int, dict[str, Any]] = {}
    ends = time.monotonic() + SECONDS_ALL
    left_out = [index for index, place in enumerate(solution.plan) if place is None]
    for index in left_out[:MOST]:
        left = ends - time.monotonic()
        if left <= 0 or not made.problem.slots or not made.problem.rooms:
            break
        limits = Limits(seconds=min(SECONDS_EACH, left), seed=1)
        found[index] = _as_json(made, explain(made.problem, solution.plan, index, limits))
    return found


def _as_json(made: PlanningProblem, explanation: Explanation) -> dict[str, Any]:
    series_of = {item.key: item.series_id for item in made.items}
    return {
        "is_proven": explanation.is_proven,
        "can_be_placed": explanation.can_be_placed,
        "together": [series_of[key] for key in explanation.together],
        "common_slots": explanation.common_slots,
        "causes": [_cause(one, series_of) for one in explanation.causes],
    }


def _cause(finding: Finding, series_of: Mapping[str, int]) -> dict[str, Any]:
    """Only ids of series, facilitators and features: `person_taken` and `keep_apart` carry nothing."""
    facts = finding.facts
    cause: dict[str, Any] = {"code": finding.code}
    if finding.code in ("keep_apart", "person_taken"):
        return cause
    if "session" in facts:
        cause["series"] = series_of.get(str(facts["session"]))
    for name in ("worker", "feature", "activity"):
        if name in facts:
            cause[name] = int(str(facts[name]))
    if "features" in facts:
        cause["features"] = [int(str(pk)) for pk in _listed(facts["features"])]
    if "people" in facts:
        cause["people"] = facts["people"]
    return cause


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else []
