"""What both benchmark commands share: arguments, printing of progress, writing of the plan."""

import argparse
import resource
import threading
import time
from collections.abc import Callable
from pathlib import Path

from planner.optimiser.incumbent import Limits
from planner.optimiser.problem import Problem, Progress, Solution
from planner.optimiser.solve import solve

_UNREADABLE = 2


def _main_thread_seconds() -> float:
    """Processor time of the thread that always works: the wall time of a machine that nobody else uses."""
    clock = time.pthread_getcpuclockid(threading.main_thread().ident or 0)
    return time.clock_gettime(clock)


_CLOCKS: dict[str, Callable[[], float]] = {
    "wall": time.monotonic,
    "cpu": _main_thread_seconds,
}


def run_benchmark(
    doc: str | None,
    read_problem: Callable[[Path], Problem],
    plan_lines: Callable[[Problem, Solution], list[str]],
) -> int:
    """Exit status: 0 every session placed, 1 some left out, 2 the instance could not be read."""
    arguments = _arguments(doc)
    clock = _CLOCKS[arguments.clock]
    started, begun = time.monotonic(), clock()
    try:
        problem = read_problem(arguments.instance)
    except (OSError, ValueError, KeyError, IndexError, TypeError) as error:
        print(f"cannot read {arguments.instance}: {type(error).__name__}: {error}")
        return _UNREADABLE
    reading = clock() - begun
    limits = Limits(
        seconds=max(0.0, arguments.seconds - reading),
        workers=arguments.workers,
        seed=arguments.seed,
        steps=arguments.steps,
        clock=clock,
    )
    solution = solve(problem, limits, on_progress=_Printer(reading))
    arguments.out.write_text("".join(f"{line}\n" for line in plan_lines(problem, solution)))
    _print_outcome(solution, time.monotonic() - started)
    return 0 if solution.score.left_out == 0 else 1


def _arguments(doc: str | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(doc or "").split("\n")[0])
    parser.add_argument("instance", type=Path)
    parser.add_argument("--seconds", type=float, default=60.0, help="wall time, reading included")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=None, help="reproducible run: one worker, counted steps")
    cpu = "cpu: processor time of the main thread, as on a machine that nobody else uses"
    parser.add_argument("--clock", choices=_CLOCKS, default="wall", help=cpu)
    return parser.parse_args()


class _Printer:
    """One line per improvement; the first plan that places everything is announced."""

    def __init__(self, reading: float) -> None:
        self.reading = reading
        self.is_feasible = False

    def __call__(self, progress: Progress) -> None:
        seconds = progress.seconds + self.reading
        if progress.left_out == 0 and not self.is_feasible:
            self.is_feasible = True
            print(f"first feasible after {seconds:.2f} s", flush=True)
        bound = "-" if progress.bound is None else progress.bound
        print(
            f"{seconds:8.2f} s  {progress.phase:12}  left out {progress.left_out}"
            f"  cost {progress.cost}  bound {bound}",
            flush=True,
        )


def _print_outcome(solution: Solution, seconds: float) -> None:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
    memory = (own.ru_maxrss + children.ru_maxrss) / 1024
    bound = "-" if solution.bound is None else solution.bound
    for finding in solution.findings[:20]:
        print(f"finding {finding.code} {dict(finding.facts)}")
    print(" ".join(f"{rule}={cost}" for rule, cost in solution.score.by_rule.items()))
    print(
        f"cost {solution.score.total} bound {bound} status {solution.status} left out {solution.score.left_out}"
        f" after {solution.seconds:.1f} s wall {seconds:.1f} s cpu {cpu:.1f} s memory {memory:.0f} MB"
    )
