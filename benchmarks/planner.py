"""`make bench-planner`: the table of what the planner's engine must reach, each plan scored by an outside checker.

python -m benchmarks.planner [--size small|full] [--instances FOLDER] [--only PART ...] [--clock wall|cpu]

FOLDER holds instances and the programs that check them: prison/{small,medium,large}.json, check_prison.py,
gen_prison.py, itc2007/*.ctt, check_cbctt.py. They are no part of this project and are only called as programs. Without
--instances: $INSTANCES, var/timetabling, or data/timetabling in a folder beside this one.
Exit status: 0 every goal met, 1 some missed, 2 no instances found.
"""

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks import mishaps

ROOT = Path(__file__).resolve().parents[1]
_SMALL_SECONDS = 30
_MEGABYTES = 700
_WINNER_SUM = 741
_ITC_GOALS = {"comp01": 5, "comp02": 50, "comp03": 80, "comp05": 330, "comp06": 54, "comp11": 0}
_FET_COSTS = {"small": 205, "medium": 1376, "large": 5654}
"""Of FET 6.8.5 on these instances, by the same checker."""
_LARGE_GOAL = 1057


@dataclass(frozen=True, slots=True)
class Row:
    what: str
    goal: str
    figure: str
    is_met: bool

    def __str__(self) -> str:
        return f"{self.what:<52} {self.goal:>14} {self.figure:>34}  {'met' if self.is_met else 'MISSED'}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run of a benchmark command, as it printed it and as the checker scored its plan."""

    cost: int
    is_legal: bool
    bound: int | None
    status: str
    first_feasible: float
    seconds: float
    cpu: float
    memory: int


@dataclass(frozen=True, slots=True)
class Bench:
    folder: Path
    out: Path
    clock: str

    def run(self, instance: Path, seconds: float, seed: int = 0) -> Outcome:
        is_courses = instance.suffix == ".ctt"
        plan = self.out / f"{instance.stem}-{seed}.txt"
        module = "benchmarks.itc2007" if is_courses else "benchmarks.prison"
        limits = ("--seconds", str(seconds), "--seed", str(seed), "--clock", self.clock)
        said = call(sys.executable, "-m", module, str(instance), *limits, "--out", str(plan))
        cost, is_legal = self.score(instance, plan)
        last = said.strip().splitlines()[-1]
        bound = _found(r"bound (\d+)", last)
        return Outcome(
            cost=cost,
            is_legal=is_legal,
            bound=None if bound is None else int(bound),
            status=_found(r"status (\w+)", last) or "",
            first_feasible=float(_found(r"first feasible after ([\d.]+)", said) or "inf"),
            seconds=float(_found(r"after ([\d.]+) s wall", last) or "inf"),
            cpu=float(_found(r"cpu ([\d.]+)", last) or "inf"),
            memory=int(_found(r"memory (\d+)", last) or 0),
        )

    def score(self, instance: Path, plan: Path, *, may_leave_out: bool = False) -> tuple[int, bool]:
        """(cost, no hard rule is broken), by the program that shares no code with the planner."""
        if instance.suffix == ".ctt":
            said = call(
                sys.executable, str(self.folder / "check_cbctt.py"), str(instance), str(plan), "--quiet"
            )
            hard, cost = map(int, said.split())
            return cost, hard == 0
        said = call(sys.executable, str(self.folder / "check_prison.py"), str(instance), str(plan))
        allowed = r"hard \{('unplaced': \d+)?\} " if may_leave_out else r"hard \{\} "
        return int(_found(r"cost (\d+)", said) or -1), re.match(allowed, said) is not None

    def prison(self, size: str) -> Path:
        return self.folder / "prison" / f"{size}.json"

    def courses(self) -> list[Path]:
        return sorted((self.folder / "itc2007").glob("*.ctt"))


def call(*command: str) -> str:
    """What a program printed, whatever its exit status."""
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout


def _found(pattern: str, text: str) -> str | None:
    match = re.search(pattern, text)
    return match[1] if match else None


def courses(bench: Bench, is_full: bool) -> Iterator[Row]:
    """The 2007 competition's curriculum-based track: 300 s on two cores."""
    seconds, total, instances = 300 if is_full else _SMALL_SECONDS, 0, bench.courses()
    for instance in instances if is_full else [i for i in instances if i.stem in ("comp01", "comp11")]:
        outcome, goal = bench.run(instance, seconds), _ITC_GOALS.get(instance.stem)
        total += outcome.cost
        is_met = outcome.is_legal and outcome.first_feasible <= 10 and (goal is None or outcome.cost <= goal)
        figure = f"{outcome.cost}, legal in {outcome.first_feasible:.1f} s, {outcome.cpu:.0f} CPU-s"
        yield Row(f"{instance.stem}, {seconds} s", "-" if goal is None else f"<= {goal}", figure, is_met)
    if is_full:
        yield Row("sum of their costs", f"<= {_WINNER_SUM}", str(total), total <= _WINNER_SUM)


def prisons(bench: Bench, is_full: bool) -> Iterator[Row]:
    small = bench.run(bench.prison("small"), 20)
    figure = f"{small.cost} {small.status} in {small.seconds:.1f} s"
    is_met = small.is_legal and small.status == "proven" and small.seconds <= 5
    yield Row("prison small", "proven in 5 s", figure, is_met)
    yield _beside_fet("small", small.cost)
    medium = bench.run(bench.prison("medium"), 60)
    gap = 1.0 if medium.bound is None else 1 - medium.bound / max(1, medium.cost)
    figure = f"{medium.cost}, bound {medium.bound}: {gap:.1%}"
    yield Row("prison medium, 60 s", "gap <= 5 %", figure, medium.is_legal and gap <= 0.05)
    yield _beside_fet("medium", medium.cost)
    if is_full:
        yield from _large(bench)


def _large(bench: Bench) -> Iterator[Row]:
    runs = [bench.run(bench.prison("large"), 180, seed) for seed in range(3)]
    cost, first = int(statistics.median(r.cost for r in runs)), max(r.first_feasible for r in runs)
    legal = all(r.is_legal for r in runs)
    figure = f"{cost} of {sorted(r.cost for r in runs)}"
    yield Row(
        "prison large, 180 s, median of 3 seeds", f"<= {_LARGE_GOAL}", figure, legal and cost <= _LARGE_GOAL
    )
    yield Row("prison large, first legal plan", "2 s", f"{first:.2f} s", first <= 2)
    memory = max(r.memory for r in runs)
    yield Row("prison large, memory", f"{_MEGABYTES} MB", f"{memory} MB", memory <= _MEGABYTES)
    yield _beside_fet("large", cost)


def _beside_fet(size: str, cost: int) -> Row:
    times = _FET_COSTS[size] / max(1, cost)
    return Row(f"  FET's plan costs {_FET_COSTS[size]}", ">= 4 times", f"{times:.1f} times", times >= 4)


def national(bench: Bench, is_full: bool) -> Iterator[Row]:
    """38 prisons, 11,000 sessions: the constructor alone."""
    folder = bench.out / "national"
    call(sys.executable, str(bench.folder / "gen_prison.py"), "national", "-o", str(folder))
    found = sorted(folder.glob("*.json"))
    seconds, sessions = 0.0, 0
    legal = 0
    for instance in found:
        plan = bench.out / "national.txt"
        taken, placed = mishaps.construct(instance, plan)
        seconds, sessions = seconds + taken, sessions + placed
        legal += bench.score(instance, plan)[1]
    figure = f"{legal} of {len(found)} legal in {seconds:.1f} CPU-s"
    yield Row(f"national, {sessions} sessions", "10 s", figure, 0 < legal == len(found) and seconds <= 10)


def repairs(bench: Bench, is_full: bool) -> Iterator[Row]:
    for size, seconds in (("medium", 15), ("large", 60)) if is_full else (("medium", 15),):
        published = bench.out / f"{size}-published.txt"
        call(
            *(sys.executable, "-m", "benchmarks.prison", str(bench.prison(size)), "--clock", "cpu"),
            *("--seconds", "10", "--out", str(published)),
        )
        for mishap in mishaps.MISHAPS:
            mended = mishaps.mend(bench.prison(size), published, mishap, bench.out, seconds)
            _, is_legal = bench.score(mended.instance, mended.plan, may_leave_out=mended.left_out > 0)
            is_met = is_legal and mended.is_minimal and mended.cpu <= seconds
            yield Row(f"repair {size}: {mishap}", f"proven, {seconds} s", mended.words(), is_met)


def explanation(bench: Bench, is_full: bool) -> Iterator[Row]:
    causes, seconds, is_minimal = mishaps.explain_one(bench.prison("medium"))
    is_met = is_minimal and causes > 0 and seconds <= 5
    yield Row("explanation on medium", "5 s", f"{causes} causes in {seconds:.1f} CPU-s", is_met)


def sameness(bench: Bench, is_full: bool) -> Iterator[Row]:
    """One worker, a seed and counted steps, twice."""
    plans = []
    for number in (1, 2):
        plan = bench.out / f"same-{number}.txt"
        limits = ("--steps", "300", "--seed", "7", "--seconds", "600", "--out", str(plan))
        call(sys.executable, "-m", "benchmarks.prison", str(bench.prison("medium")), *limits)
        plans.append(plan.read_bytes())
    is_met = plans[0] == plans[1] != b""
    yield Row(
        "medium twice, same seed and steps", "same bytes", "the same" if is_met else "different", is_met
    )


Part = Callable[[Bench, bool], Iterator[Row]]
PARTS: dict[str, Part] = {
    "prisons": prisons,
    "national": national,
    "repairs": repairs,
    "explanation": explanation,
    "sameness": sameness,
    "courses": courses,
}


def find_instances(asked: Path | None) -> Path | None:
    """The folder asked for, or the first place where one may lie."""
    if asked is not None:
        return asked if (asked / "prison").is_dir() else None
    places = [ROOT / "var" / "timetabling", *sorted(ROOT.parent.glob("*/data/timetabling"))]
    return next((place for place in places if (place / "prison").is_dir()), None)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    asked = os.environ.get("INSTANCES")
    parser.add_argument("--size", choices=("small", "full"), default="small")
    parser.add_argument("--instances", type=Path, default=Path(asked) if asked else None)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--clock", choices=("wall", "cpu"), default="wall")
    arguments = parser.parse_args()
    folder = find_instances(arguments.instances)
    if folder is None:
        print("No instances found: name their folder in INSTANCES, or put them in var/timetabling.")
        return 2
    missed = 0
    with tempfile.TemporaryDirectory() as out:
        bench = Bench(folder.resolve(), Path(out), arguments.clock)
        for name in arguments.only:
            for row in PARTS[name](bench, arguments.size == "full"):
                print(row, flush=True)
                missed += not row.is_met
    print("Every goal is met." if not missed else f"Goals missed: {missed}.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
