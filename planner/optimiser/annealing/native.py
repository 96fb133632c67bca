"""The compiled walk (walk.c): some twenty times the speed of numpy, where the machine has a C compiler.

Compiled once, in a second, next to Python's own compiled files, and again when walk.c changes. Without a
compiler, or where that folder cannot be written, `library()` is None and the walk in annealer.py does the same
more slowly.
"""

import ctypes
import hashlib
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from functools import cache
from pathlib import Path

import numpy as np

from planner.optimiser.annealing.cooling import Cooling
from planner.optimiser.annealing.grid import Grid, Ints

_SOURCE = Path(__file__).with_name("walk.c")
_COMPILERS = ("cc", "gcc", "clang")
_COMPILE_SECONDS = 60

_SIZES = ("nobody", "slots", "rooms", "planned_days", "movable_count", "units", "pattern_count")
_PATTERN_SIZES = ("patterns_a_session", "masks_a_day")
_ARRAYS: dict[str, type[np.generic]] = {
    "movable": np.int64,
    "first": np.int64,
    "width": np.int32,
    "choices": np.int32,
    "allowed": np.bool_,
    "clash": np.int16,
    "clash_first": np.int32,
    "clash_list": np.int32,
    "day_of": np.int64,
    "slot_cost": np.int32,
    "room_cost": np.int32,
    "cell_row": np.int32,
    "cell_cost": np.int32,
    "activity": np.int64,
    "min_days": np.int32,
    "takes": np.int32,
    "limit": np.int32,
    "outside": np.int8,
    "draws": np.int16,
    "fair_total": np.float64,
    "pattern_of": np.int64,
    "pattern_table_at": np.int64,
    "pattern_member": np.bool_,
    "pattern_weight": np.int32,
    "pattern_bit": np.int32,
    "pattern_table": np.int32,
    "present": np.int64,
    "moved_cost": np.int32,
    "cell": np.int64,
    "occupant": np.int64,
    "clashing": np.int16,
    "day_count": np.int16,
    "room_count": np.int16,
    "days": np.int32,
    "load": np.int32,
    "fair_missed": np.float64,
    "pattern_used": np.int16,
    "pattern_mask": np.int32,
    "best_cell": np.int64,
}
"""What walk.c expects of each array; both read the same memory."""


class _Walk(ctypes.Structure):
    """`struct walk` of walk.c, field by field."""

    _fields_ = [
        *((name, ctypes.c_int64) for name in (*_SIZES, *_PATTERN_SIZES, "is_limited")),
        *((name, ctypes.c_int64) for name in ("spread", "room_stability", "own_cost", "clashes")),
        *((name, ctypes.c_double) for name in ("fairness", "clash_price", "unfairness", "best_cost")),
        ("random", ctypes.c_uint64),
        *((name, ctypes.c_void_p) for name in _ARRAYS),
    ]


class CompiledWalk:
    """A walk over a grid's arrays in place. Costs are relative to the start, fairness unrounded."""

    def __init__(self, library: ctypes.CDLL, grid: Grid, cooling: Cooling, seed: int) -> None:
        self._library = library
        self._arrays = {**_arrays(grid), "best_cell": grid.cell.copy()}
        patterns, weights = grid.patterns, grid.tables.problem.weights
        self._start = grid.fairness()
        self._walk = _Walk(
            nobody=grid.n,
            slots=grid.slots,
            rooms=grid.rooms,
            planned_days=grid.day_count.shape[1],
            movable_count=len(grid.movable),
            units=len(grid.fair_total),
            pattern_count=patterns.count,
            patterns_a_session=patterns.of.shape[1],
            masks_a_day=patterns.table.shape[2],
            is_limited=grid.is_limited,
            spread=weights.spread,
            room_stability=weights.room_stability,
            fairness=weights.fairness if grid.is_fair else 0.0,
            clash_price=cooling.clash,
            unfairness=self._start,
            best_cost=self._start,
            random=seed,
            **{name: self._address(name) for name in _ARRAYS},
        )

    def walk(self, moves: int, temperature: float) -> None:
        self._library.walk(ctypes.byref(self._walk), moves, temperature)

    @property
    def cost(self) -> float:
        return float(self._walk.own_cost + self._walk.unfairness - self._start)

    @property
    def best_cost(self) -> float:
        return float(self._walk.best_cost - self._start)

    @property
    def clashes(self) -> int:
        return int(self._walk.clashes)

    @property
    def best_cell(self) -> Ints:
        return self._arrays["best_cell"]

    def _address(self, name: str) -> int:
        array = self._arrays[name]
        if array.dtype != _ARRAYS[name] or not array.flags.c_contiguous:
            raise TypeError(f"{name}: walk.c expects {_ARRAYS[name].__name__}, row by row, not {array.dtype}")
        return int(array.ctypes.data)


def _arrays(grid: Grid) -> dict[str, Ints]:
    """The grid's own arrays, not copies, under walk.c's names."""
    patterns = grid.patterns
    arrays = {name: getattr(grid, name) for name in _ARRAYS if hasattr(grid, name)}
    named = ("of", "member", "weight", "bit", "table", "used", "mask")
    arrays.update({f"pattern_{name}": getattr(patterns, name) for name in named})
    arrays["pattern_table_at"] = patterns.first_cost
    rows = [sorted(others) for others in grid.tables.clashes]
    lengths = [0, *map(len, rows), 0]
    arrays["clash_first"] = np.cumsum(lengths, dtype=np.int32)
    arrays["clash_list"] = np.array([other for row in rows for other in row], dtype=np.int32)
    return arrays


@cache
def library() -> ctypes.CDLL | None:
    """The compiled walk, compiled now if need be; None where that is not possible."""
    path = _compiled_path()
    if not path.exists() and not _compile(path):
        return None
    try:
        found = ctypes.CDLL(str(path))
        found.walk.argtypes = [ctypes.POINTER(_Walk), ctypes.c_int64, ctypes.c_double]
        found.walk.restype = None
    except (OSError, AttributeError):
        return None
    return found


def _compiled_path() -> Path:
    """One file per source and platform, so that an older one is never taken for this one."""
    print_of = hashlib.sha256(_SOURCE.read_bytes()).hexdigest()[:16]
    return _SOURCE.parent / "__pycache__" / f"walk-{print_of}-{sysconfig.get_platform()}.so"


def _compile(path: Path) -> bool:
    compiler = next(filter(None, map(shutil.which, _COMPILERS)), None)
    if compiler is None or sys.platform == "win32":
        return False
    try:
        path.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            made = Path(folder) / path.name
            command = [compiler, "-O3", "-fPIC", "-shared", "-o", str(made), str(_SOURCE), "-lm"]
            subprocess.run(command, check=True, capture_output=True, timeout=_COMPILE_SECONDS)  # noqa: S603 - our own file
            made.replace(path)
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def main() -> int:
    """For an installation whose folders are read-only while it runs: compile now."""
    found = library() is not None
    print("The walk is compiled." if found else "No C compiler, or no right to write: the walk stays slow.")  # noqa: T201
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
