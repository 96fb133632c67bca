"""The planner from the command line: what it would propose, what it would cost, and what if."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser
from dataclasses import replace
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from core.dates import clock
from core.dates.weeks import Week
from planner.models import Proposal
from planner.optimiser.incumbent import Limits
from planner.optimiser.problem import Progress, Solution
from planner.optimiser.repair import Repair, repair
from planner.optimiser.solve import solve
from planner.proposals import words
from planner.proposals.problem.building import PlanningProblem, build_problem
from planner.proposals.problem.planning_context import load
from planner.proposals.problem.planning_request import PlanningRequest, WhatIf, is_weekly
from planner.proposals.problem.presets import RULES
from planner.proposals.running import REPAIR_SECONDS, finish, limit_memory
from planner.proposals.starting import MOST_SECONDS, PlanningWish, make_finished
from prisons.models import Prison, Unit, User
from rooms.models import Room, TimeSlot
from sessions.models import Series, Term, Worker

Aim, Scope, Preset = Proposal.Aim, Proposal.Scope, Proposal.Preset
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Command(BaseCommand):
    help = (
        "Asks the planner for a proposal of a week, a term or some days, and prints what it costs. Nothing \
is entered: --by keeps it among the proposals, where it can be accepted."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("prison", help="slug of the prison, as in the address")
        parser.add_argument("span", help="2026-W48, the name of a term, or 2026-11-23..2026-12-20")
        parser.add_argument("--aim", choices=["fresh", "repair"], default="fresh")
        parser.add_argument("--scope", choices=["tray", "drafts", "series", "all"], default="drafts")
        parser.add_argument(
            "--series", type=int, nargs="*", default=[], help="numbers of series for --scope series"
        )
        parser.add_argument("--preset", choices=Preset.values, default=Preset.CALM)
        parser.add_argument("--weight", action="append", default=[], metavar="RULE=N", help=", ".join(RULES))
        parser.add_argument("--seconds", type=int, default=60)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--steps", type=int, help="count steps instead of seconds: the same plan every time"
        )
        parser.add_argument("--by", metavar="EMAIL", help="keep it as a proposal of this person")
        parser.add_argument("--dry", action="store_true", help="only say what would be planned")
        parser.add_argument("--quiet", action="store_true", help="no line for each better plan")
        what_if = parser.add_argument_group("what if")
        what_if.add_argument("--more-rooms", type=int, default=0, metavar="N")
        what_if.add_argument("--slot", metavar="wed/18:00-20:00", help="one more time slot")
        what_if.add_argument("--worker", metavar="NAME", help="a second facilitator beside this one")
        what_if.add_argument("--without-room", metavar="NAME")
        what_if.add_argument("--without-unit", metavar="CODE")
        what_if.add_argument("--without-worker", metavar="NAME")
        what_if.add_argument("--without-slot", metavar="wed/18:00-20:00")
        what_if.add_argument("--without-day", type=dt.date.fromisoformat, metavar="DATE")
        what_if.add_argument(
            "--compare", action="store_true", help="also plan without the what-if, side by side"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"), timezone.override(clock.BRUSSELS):
            self._handle(options)

    def _handle(self, options: dict[str, Any]) -> None:
        prison = Prison.objects.filter(slug=options["prison"]).first()
        if prison is None:
            raise CommandError(f"There is no prison {options['prison']!r}.")
        if not 0 <= options["seconds"] <= MOST_SECONDS:
            raise CommandError(f"--seconds lies between 0 and {MOST_SECONDS}.")
        what_if = what_if_of(prison, options)
        brief = brief_of(prison, options, what_if)
        limit_memory()
        if options["dry"]:
            self._say_what(build_problem(load(brief, clock.now())))
            return
        runs = [("as it is", WhatIf())] if options["compare"] and what_if != WhatIf() else []
        runs.append(("what if" if what_if != WhatIf() else "as it is", what_if))
        results = [(name, *self._run(name, brief_of(prison, options, one), options)) for name, one in runs]
        self._print(results)
        if options["by"]:
            self._keep(prison, brief, options, *results[-1][1:])

    def _say_what(self, made: PlanningProblem) -> None:
        problem = made.problem
        cells = sum(len(problem.slots) * len(problem.rooms) for _item in made.items)
        self.stdout.write(
            f"{len(made.items)} to place ({'series' if made.context.brief.is_weekly else 'sessions'}), "
            f"{len(problem.slots)} slots, {len(problem.rooms)} rooms, {cells} cells; "
            f"{made.context.held} stay where they are."
        )

    def _run(
        self, name: str, brief: PlanningRequest, options: dict[str, Any]
    ) -> tuple[PlanningProblem, Solution, Repair | None]:
        made = build_problem(load(brief, clock.now()))

        def tell(step: Progress) -> None:
            if not options["quiet"]:
                bound = "-" if step.bound is None else step.bound
                self.stderr.write(
                    f"{name}  {step.seconds:7.1f} s  left out {step.left_out}  cost {step.cost}  bound {bound}"
                )

        limits = Limits(
            seconds=options["seconds"] if options["steps"] is None else MOST_SECONDS,
            seed=options["seed"],
            steps=options["steps"],
            workers=2 if options["steps"] is None else 1,
            keep_present=brief.preset == Preset.CALM,
        )
        if brief.is_repair:
            limits = replace(limits, seconds=max(limits.seconds, REPAIR_SECONDS))
            found = repair(made.problem, limits, on_progress=tell)
            return made, found.solution, found
        return made, solve(made.problem, limits, on_progress=tell), None

    def _print(self, results: list[tuple[str, PlanningProblem, Solution, Repair | None]]) -> None:
        rows = [["", *(name for name, *_rest in results)]]
        solutions = [solution for _name, _made, solution, _repair in results]
        rows.append(["to place", *(str(len(one.plan)) for one in solutions)])
        rows.append(["left out", *(str(one.score.left_out) for one in solutions)])
        rows.append(["cost", *(str(one.score.total) for one in solutions)])
        rows.append(
            ["no plan costs less than", *("-" if s.bound is None else str(s.bound) for s in solutions)]
        )
        repairs = [found for *_rest, found in results if found is not None]
        if repairs:
            rows.append(["moves", *(str(one.moves) for one in repairs)])
            rows.append(["at least", *(str(one.at_least) for one in repairs)])
        for rule in dict.fromkeys(rule for one in solutions for rule in one.score.by_rule):
            points = [one.score.by_rule.get(rule, 0) for one in solutions]
            if any(points):
                rows.append([str(words.RULES.get(rule, rule)), *map(str, points)])
        rows.append(["seconds", *(f"{one.seconds:.1f}" for one in solutions)])
        width = max(len(row[0]) for row in rows)
        for row in rows:
            self.stdout.write(row[0].ljust(width) + "".join(cell.rjust(12) for cell in row[1:]))
        for name, made, solution, _found in results:
            self._print_left_out(name, made, solution)

    def _print_left_out(self, name: str, made: PlanningProblem, solution: Solution) -> None:
        lost = [made.items[i].series_id for i, place in enumerate(solution.plan) if place is None]
        names = Series.objects.select_related("activity").in_bulk(lost)
        for code in dict.fromkeys(one.code for one in solution.findings if one.code in words.FINDINGS):
            self.stdout.write(f"{name}: {words.FINDINGS[code]}")
        if lost:
            self.stdout.write(f"{name}, left out: " + ", ".join(sorted(str(names[pk]) for pk in lost)))

    def _keep(
        self,
        prison: Prison,
        brief: PlanningRequest,
        options: dict[str, Any],
        made: PlanningProblem,
        solution: Solution,
        found: Repair | None,
    ) -> None:
        by = User.objects.filter(email=options["by"]).first()
        if by is None:
            raise CommandError(f"Nobody here has the address {options['by']!r}.")
        wish = PlanningWish(
            brief.first, brief.last, brief.aim, brief.scope, sorted(brief.series_ids), brief.preset,
            brief.weights, options["seconds"], options["seed"], brief.what_if, is_weekly=brief.is_weekly,
        )  # fmt: skip
        proposal = make_finished(prison, wish, by=by)
        finish(proposal, made, found or solution)
        self.stdout.write(f"Kept as proposal {proposal.pk}: /p/{prison.slug}/board/proposals/{proposal.pk}/")


def brief_of(prison: Prison, options: dict[str, Any], what_if: WhatIf) -> PlanningRequest:
    first, last = span_of(prison, options["span"])
    if last < clock.today():
        raise CommandError("These days are over.")
    weights = dict(pair.split("=", 1) for pair in options["weight"] if "=" in pair)
    if unknown := set(weights) - set(RULES):
        raise CommandError(f"No such rule: {', '.join(sorted(unknown))}.")
    return PlanningRequest(
        prison,
        first,
        last,
        is_weekly(first, last),
        aim=options["aim"],
        scope=options["scope"],
        series_ids=frozenset(options["series"]),
        preset=options["preset"],
        weights={name: int(value) for name, value in weights.items()},
        what_if=what_if,
    )


def span_of(prison: Prison, text: str) -> tuple[dt.date, dt.date]:
    """Reads a week, two dates, or the name of a term."""
    try:
        if ".." in text:
            first, last = (dt.date.fromisoformat(part) for part in text.split("..", 1))
            return first, last
        week = Week.parse(text)
    except ValueError:
        term = Term.objects.in_prison(prison).filter(name=text).first()
        if term is None:
            raise CommandError(f"{text!r} is no week, no two dates and no term of this prison.") from None
        return term.starts_on, term.ends_on
    return week.monday, week.sunday


def what_if_of(prison: Prison, options: dict[str, Any]) -> WhatIf:
    lost_slot = _slot(options["without_slot"])
    return WhatIf(
        more_rooms=options["more_rooms"],
        slot=_slot(options["slot"]),
        helped_worker_id=_one(Worker.objects.all(), "name", options["worker"]),
        lost_room_id=_one(Room.objects.in_prison(prison), "name", options["without_room"]),
        lost_unit_id=_one(Unit.objects.in_prison(prison), "code", options["without_unit"]),
        lost_worker_id=_one(Worker.objects.all(), "name", options["without_worker"]),
        lost_slot_id=_slot_id(prison, lost_slot) if lost_slot else None,
        lost_day=options["without_day"],
    )


def _one(rows: Any, field: str, value: str | None) -> int | None:
    if value is None:
        return None
    found = rows.filter(**{field: value}).first()
    if found is None:
        raise CommandError(f"There is no {rows.model._meta.verbose_name} {value!r}.")
    return int(found.pk)


def _slot(text: str | None) -> tuple[int, int, int] | None:
    if text is None:
        return None
    try:
        day, times = text.split("/", 1)
        start, end = (dt.time.fromisoformat(part) for part in times.split("-", 1))
        return WEEKDAYS.index(day.lower()) + 1, start.hour * 60 + start.minute, end.hour * 60 + end.minute
    except ValueError:
        raise CommandError(f"Write a slot as wed/18:00-20:00, not {text!r}.") from None


def _slot_id(prison: Prison, slot: tuple[int, int, int]) -> int:
    weekday, start, end = slot
    found = TimeSlot.objects.in_prison(prison).filter(
        weekday=weekday,
        starts=dt.time(start // 60, start % 60),
        ends=dt.time(end // 60, end % 60),
    )
    if (one := found.first()) is None:
        raise CommandError("This prison has no such slot.")
    return one.pk
