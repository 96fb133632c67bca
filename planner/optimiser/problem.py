"""What is asked of the planner: plain frozen dataclasses, no Django, no solver.

Sessions, slots, rooms, workers and units are named everywhere by their index in the tuples of `Problem`; the
`key` of each is the caller's own name for it and comes back untouched. A "session" here is whatever gets one
slot and one room: a single session of a week, or a whole series over a term.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple


class Place(NamedTuple):
    """Where a session is: indices into `Problem.slots` and `Problem.rooms`."""

    slot: int
    room: int


Plan = tuple[Place | None, ...]
"""One entry per session, in the order of `Problem.sessions`; None = left out."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A time slot. `index_in_day` orders the slots of one day and tells which are neighbours."""

    key: str
    day: int
    index_in_day: int
    is_closed: bool = False
    max_movements: int | None = None
    """Movements that may start in it: one per session and unit that session draws from. None = no limit."""
    max_people: int | None = None
    """People the prison can bring in it, counted in places. None = no limit."""


@dataclass(frozen=True, slots=True)
class ProblemRoom:
    key: str
    capacity: int
    open_slots: frozenset[int]
    features: frozenset[str] = frozenset()
    units: frozenset[int] | None = None
    """Units that can reach the room. None = all."""


@dataclass(frozen=True, slots=True)
class ProblemWorker:
    key: str
    free_slots: frozenset[int]


@dataclass(frozen=True, slots=True)
class ProblemUnit:
    key: str
    free_slots: frozenset[int]
    """Slots in which its people may move."""


class Bar(NamedTuple):
    """A cell that the caller rules out for one session, and why. None = every slot / room."""

    code: str
    slot: int | None = None
    room: int | None = None


@dataclass(frozen=True, slots=True)
class Session:
    key: str
    people: int = 0
    workers: tuple[int, ...] = ()
    units: tuple[int, ...] = ()
    features: frozenset[str] = frozenset()
    needs_movement: bool = True
    """False: held inside the unit or reached with a badge; unit hours and movement limits do not count."""
    preferred: frozenset[int] = frozenset()
    """Preferred slots; empty = no preference."""
    avoided: frozenset[int] = frozenset()
    """Slots that may be lost before the day comes: used only where nothing else is left at a fair price."""
    avoided_cells: frozenset[Place] = frozenset()
    """Slots that may be lost in one room only, while the other rooms stay: priced as `avoided`."""
    pinned: Place | None = None
    published: Place | None = None
    """What people have been told; a change costs `Weights.slot_change` / `room_change` x `notice`."""
    present: Place | None = None
    """Where it stands today (published or draft): the start of a repair, and a hint otherwise."""
    notice: int = 1
    bars: tuple[Bar, ...] = ()


@dataclass(frozen=True, slots=True)
class ProblemActivity:
    """Sessions of one activity: never two in a slot, over `min_days` days or more, in one room if
    possible."""

    key: str
    sessions: tuple[int, ...]
    min_days: int = 1


@dataclass(frozen=True, slots=True)
class Clique:
    """Sessions of which no two may share a slot (a participant, a class that goes together)."""

    kind: str
    key: str
    sessions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Apart:
    """No session of `first` in the same slot as a session of `second`. The caller keeps the reason."""

    key: str
    first: tuple[int, ...]
    second: tuple[int, ...]


class PatternKind(StrEnum):
    """How the used slots of one day are priced, in units of the pattern's weight."""

    ISOLATED = "isolated"  # used slots without a used neighbour
    GAPS = "gaps"  # unused slots between the first and the last used one
    OUTINGS = "outings"  # used slots, however many sessions share them


@dataclass(frozen=True, slots=True)
class ProblemPattern:
    """A soft wish on when a unit, a worker or a class is busy during a day."""

    kind: PatternKind
    key: str
    sessions: tuple[int, ...]
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Weights:
    """Cost per count. 0 switches a rule off."""

    preferred: int = 2
    spread: int = 5
    slot_change: int = 6
    room_change: int = 2
    room_stability: int = 1
    fairness: int = 1
    avoided: int = 40
    over_capacity: int | None = None
    """Cost per person beyond the room's capacity. None = capacity is a hard rule."""


@dataclass(frozen=True, slots=True)
class Problem:
    slots: tuple[Slot, ...]
    rooms: tuple[ProblemRoom, ...]
    sessions: tuple[Session, ...]
    workers: tuple[ProblemWorker, ...] = ()
    units: tuple[ProblemUnit, ...] = ()
    activities: tuple[ProblemActivity, ...] = ()
    cliques: tuple[Clique, ...] = ()
    apart: tuple[Apart, ...] = ()
    patterns: tuple[ProblemPattern, ...] = ()
    weights: Weights = field(default_factory=Weights)


class Status(StrEnum):
    """What is known about the cost of a plan. All of them hold for the sessions that could be placed."""

    PROVEN = "proven"
    WITHIN_GAP = "within_gap"
    NO_PROOF = "no_proof"
    NOTHING_TO_PLAN = "nothing_to_plan"


@dataclass(frozen=True, slots=True)
class Finding:
    """A statement about the problem as a code and facts (keys and counts); the caller makes the sentence."""

    code: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Score:
    """Cost of a plan by rule, in counts x weight. `left_out` is not part of `total`."""

    by_rule: Mapping[str, int]
    total: int
    left_out: int

    @property
    def rank(self) -> tuple[int, int]:
        """Orders plans: first place everything that can be placed, then cost little."""
        return (self.left_out, self.total)


@dataclass(frozen=True, slots=True)
class Progress:
    """One step of a run. Seconds since the start; `bound` is a proven lower bound on the total, or None."""

    seconds: float
    phase: str
    left_out: int
    cost: int
    bound: int | None = None


@dataclass(frozen=True, slots=True)
class Solution:
    plan: Plan
    score: Score
    status: Status
    bound: int | None
    findings: tuple[Finding, ...]
    seconds: float
    is_reproducible: bool
    """True when one worker, a seed and a count of steps (never the clock) ended the run."""
    was_stopped: bool = False
    trail: tuple[Progress, ...] = ()

    @property
    def gap(self) -> float | None:
        """(cost - bound) / cost, 0.0 when proven; None without a bound."""
        if self.bound is None:
            return None
        return 0.0 if self.score.total <= 0 else max(0, self.score.total - self.bound) / self.score.total
