"""The best plan so far and what is proven about it, shared by the algorithms (threads) of one run."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from planner.optimiser.problem import Plan, Progress, Score, Status
from planner.optimiser.score import breaches, score
from planner.optimiser.tables import Tables

OnProgress = Callable[[Progress], None]
OnPlan = Callable[[Plan], None]
ShouldStop = Callable[[], bool]
Rank = Callable[[Plan, Score], tuple[int, int]]
"""What makes a plan better: smaller is better."""
_POLL_SECONDS = 0.25
_NAP_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Limits:
    """When to stop. `steps` asks for a reproducible run: one worker and counted steps.

    The clock then is a safety net only. A step is some milliseconds of annealing.
    """

    seconds: float = 60.0
    workers: int = 2
    seed: int = 0
    steps: int | None = None
    keep_present: bool = False
    """Start from where sessions stand now instead of from nothing."""
    gap: float = 0.01
    """A plan within this share of its bound is reported as `within_gap`."""
    clock: Callable[[], float] = time.monotonic
    """What counts as seconds; on a machine that others keep busy a measurement counts the processor's."""

    @property
    def is_reproducible(self) -> bool:
        return self.steps is not None


class Incumbent:
    """Best plan, bound and trail of a run. `offer` and `raise_bound` may be called from any thread.

    `on_progress`, `on_plan` (the best plan, when there is a new one) and `should_stop` are only called by
    `poll`, in the thread that made this object, so that they may use a database connection.
    """

    def __init__(
        self,
        tables: Tables,
        limits: Limits,
        on_progress: OnProgress,
        should_stop: ShouldStop,
        rank: Rank = lambda plan, score: score.rank,
        on_plan: OnPlan = lambda plan: None,
    ) -> None:
        self.tables = tables
        self.limits = limits
        self.rank = rank
        self.started = limits.clock()
        self.plan: Plan = (None,) * len(tables.domains)
        self.score: Score = score(tables, self.plan)
        self.bound: int | None = None
        self.least_unplaced = 0
        """No plan leaves out fewer sessions with a possible place: the proof stands for such plans."""
        self.trail: list[Progress] = []
        self.was_stopped = False
        self.ran_into_clock = False
        self._told = 0
        self._last_poll = 0.0
        self._on_progress, self._should_stop, self._on_plan = on_progress, should_stop, on_plan
        self._told_plan: Plan = self.plan
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._stoppers: list[Callable[[], None]] = []

    @property
    def seconds(self) -> float:
        return self.limits.clock() - self.started

    @property
    def seconds_left(self) -> float:
        return max(0.0, self.limits.seconds - self.seconds)

    @property
    def must_end(self) -> bool:
        """True when nothing more may be done. Cheap; for every thread."""
        if self._ended.is_set():
            return True
        if self.seconds >= self.limits.seconds:
            self.ran_into_clock = True
            return True
        return False

    @property
    def is_proven(self) -> bool:
        return (
            self.unplaced == self.least_unplaced and self.bound is not None and self.score.total <= self.bound
        )

    @property
    def unplaced(self) -> int:
        """Sessions left out that have a possible place."""
        return sum(
            place is None for place, domain in zip(self.plan, self.tables.domains, strict=True) if domain
        )

    def offer(self, plan: Plan, phase: str) -> bool:
        """Take the plan if it is legal and better; True when it was taken."""
        candidate = score(self.tables, plan)
        with self._lock:
            if (self.trail and self.rank(plan, candidate) >= self.rank(self.plan, self.score)) or breaches(
                self.tables, plan
            ):
                return False
            self.plan, self.score = plan, candidate
            self._note(phase)
        self._end_if_proven()
        return True

    def raise_bound(self, bound: int, phase: str, unplaced: int = 0) -> None:
        """A proven lower bound on the cost of plans that leave out `unplaced`, as none leaves out fewer."""
        with self._lock:
            if (unplaced, bound) <= (self.least_unplaced, -1 if self.bound is None else self.bound):
                return
            self.least_unplaced = unplaced
            self.bound = max(0, bound)
            self._note(phase)
        self._end_if_proven()

    def poll(self) -> bool:
        """Tell the caller what is new, ask whether to stop; False when the run must end."""
        now = self.seconds
        if now - self._last_poll >= _POLL_SECONDS:
            self._last_poll = now
            self.tell()
            if self._should_stop():
                self.was_stopped = True
                self.end()
        return not self.must_end

    def tell(self) -> None:
        while self._told < len(self.trail):
            self._on_progress(self.trail[self._told])
            self._told += 1
        if self.plan is not self._told_plan:
            self._told_plan = self.plan
            self._on_plan(self._told_plan)

    def end(self) -> None:
        self._ended.set()
        for stop in self._stoppers:
            stop()

    def on_end(self, stop: Callable[[], None]) -> None:
        """Call `stop` when the run ends; at once if it has ended."""
        self._stoppers.append(stop)
        if self._ended.is_set():
            stop()

    @contextmanager
    def helper(self, work: Callable[[], None]) -> Iterator[threading.Thread]:
        """Run `work` in a second thread for the length of the block; what it raises is raised here."""
        errors: list[BaseException] = []

        def guarded() -> None:
            try:
                work()
            except BaseException as error:  # handed to the main thread below
                errors.append(error)

        thread = threading.Thread(target=guarded, name="planner-exact", daemon=True)
        thread.start()
        try:
            yield thread
        finally:
            self.end()
            while thread.is_alive():
                thread.join(_POLL_SECONDS)
        if errors:
            raise errors[0]

    def wait_for(self, thread: threading.Thread) -> None:
        """Keep polling until the helper is done or the run must end."""
        while thread.is_alive() and self.poll():
            thread.join(_NAP_SECONDS)

    def status(self) -> Status:
        if not any(self.tables.domains):
            return Status.NOTHING_TO_PLAN
        if self.is_proven:
            return Status.PROVEN
        if self.bound is None or self.unplaced != self.least_unplaced:
            return Status.NO_PROOF
        is_within = self.score.total - self.bound <= self.limits.gap * self.score.total
        return Status.WITHIN_GAP if is_within else Status.NO_PROOF

    def _end_if_proven(self) -> None:
        if self.is_proven:
            self.end()

    def _note(self, phase: str) -> None:
        rounded = round(self.seconds, 2)
        self.trail.append(Progress(rounded, phase, self.score.left_out, self.score.total, self.bound))
