"""The job worker's processes, which stand and fall together.

django-q2 starts a new process for each that died, and hands it the old queues. A process that was killed (by
the kernel when memory runs out, by hand) may have held the lock of such a queue: its successor would wait for
it for ever, and the process list would look normal. So whenever one was killed all of them end, and whoever
started them (`planner.operations.supervisor`) starts all of them anew, with new queues. What they had in hand
is in the database still, and is delivered again.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import time
from multiprocessing import Event, Process, Semaphore, Value
from typing import Any

from django.db import DatabaseError, close_old_connections
from django_q import cluster

from core.dates import clock
from prisons.domain.background.schedules import mend_far_ahead

logger = logging.getLogger("tempo.jobs")

ROUNDS = 120
"""Rounds of half a second between two looks at the schedules."""
GLANCE = 0.1
"""Seconds between two looks whether it is told to stop."""
SET_BACK = 60
"""Seconds; what is less is put right by the next look at the schedules, or by itself."""
PULSE = "JOBS_PULSE"
"""Names the file descriptor on which the guard tells, in every round, that it is alive."""


class SteadyEvent:
    """An event between processes whose `wait` cannot be lengthened by setting the clock.

    That of multiprocessing waits until a moment of the wall clock: set back by a year meanwhile, it waits for a year.
    """

    def __init__(self, event: Any) -> None:
        self._event = event
        self.set, self.is_set = event.set, event.is_set

    def wait(self, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while not self.is_set() and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, GLANCE))
        return bool(self.is_set())


class AskedQueue:
    """The queue as a worker sees it: who takes from it tells that it is free.

    Nothing is taken from the database for a worker that is busy: it would wait behind long work here, while a worker
    of another machine is idle. Who dies at work asks no more, and its successor does: the count is always right.
    """

    def __init__(self, queue: Any, asking: Any) -> None:
        self._queue, self._asking = queue, asking

    def get(self) -> Any:
        self._asking.release()
        return self._queue.get()


class Guard(cluster.Sentinel):
    """Watches worker, pusher and monitor."""

    rounds = 0
    _lead = float("-inf")
    """What the wall clock was ahead of the one that nobody sets, in the last round."""

    def __init__(self, stop_event: Any, *more: Any) -> None:
        self.asking = Semaphore(0)
        super().__init__(SteadyEvent(stop_event), *more)

    def spawn_worker(self) -> None:
        asked = AskedQueue(self.task_queue, self.asking)
        self.spawn_process(cluster.worker, asked, self.result_queue, Value("f", -1), self.timeout)

    def status(self) -> str:
        """Asked once in each round of the guard."""
        _beat()
        self.rounds += 1
        if self._clock_was_set_back() or self.rounds % ROUNDS == 0:
            _mend_schedules()
        return super().status()

    def _clock_was_set_back(self) -> bool:
        before, self._lead = self._lead, clock.now().timestamp() - time.monotonic()
        return self._lead < before - SET_BACK

    def spawn_pusher(self) -> Process:
        # It takes a copy of the broker with it, and so knows that it is told to stop, and who asks for work.
        self.broker.is_stopping, self.broker.asking = self.event_out.is_set, self.asking
        return super().spawn_pusher()

    def reincarnate(self, process: Process) -> None:
        if process.exitcode is not None and process.exitcode < 0:
            name = signal.Signals(-process.exitcode).name
            logger.critical("A process of the job worker was killed (%s): all of it is started anew.", name)
            self._end_all()
        super().reincarnate(process)

    def _end_all(self) -> None:
        for process in (*self.pool, self.monitor, self.pusher):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
        # Not `sys.exit`: leaving in good order waits for the very queues that may be locked.
        os._exit(1)


class Cluster(cluster.Cluster):
    """The same as django-q2's, around our guard."""

    def start(self) -> int:
        self.stop_event, self.start_event = Event(), Event()
        known: tuple[Any, ...] = (
            self.stop_event,
            self.start_event,
            self.cluster_id,
            self.broker,
            self.timeout,
        )
        self.sentinel = cluster.get_mp_context().Process(target=Guard, args=known)
        self.sentinel.start()
        while self.start_event and not self.start_event.is_set() and self.sentinel.is_alive():
            time.sleep(0.1)
        return self.pid


def _mend_schedules() -> None:
    """Where the clock was ahead and is right again, without waiting for the next start."""
    try:
        if count := mend_far_ahead():
            logger.warning(
                "The clock was ahead: %s regular tasks, jobs and letters are due at once again.", count
            )
    except DatabaseError:
        close_old_connections()  # the guard goes on; django-q2 tries again in its own next round


def _beat() -> None:
    descriptor = os.environ.get(PULSE)
    if descriptor:
        # A full pipe is no fault, and a reader that is gone ends us by other means.
        with contextlib.suppress(BlockingIOError, BrokenPipeError):
            os.write(int(descriptor), b".")
