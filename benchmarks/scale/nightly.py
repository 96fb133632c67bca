"""What the worker does of its own accord, each task once on the set that is there, and taken back."""

from __future__ import annotations

import time


def measure() -> str:
    """Each task with its seconds on the clock, the longest first; then all together."""
    from django.conf import settings
    from django.utils.module_loading import import_string

    taken = {task: _seconds(import_string(task)) for task in settings.REGULAR_TASKS}
    longest = sorted(taken.items(), key=lambda each: -each[1])
    told = ", ".join(f"{task.rpartition('.')[2]} {seconds:.2f} s" for task, seconds in longest)
    return f"regular tasks {sum(taken.values()):.1f} s ({told})"


def _seconds(task: object) -> float:
    from benchmarks.scale.walking import taken_back

    assert callable(task)
    begun = time.perf_counter()
    with taken_back():
        task()
    return time.perf_counter() - begun
