"""How long an act keeps others waiting: a strike, the prison's list of 1,200 people, a term copied.

The act runs in a process of its own; meanwhile a colleague in the same prison and one in another lock and write,
again and again, each in a process of its own too, and say how long they waited at most.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

ACTS = ("strike", "roster", "copy")
GOAL = 2.0


def perform(what: str) -> tuple[float, float]:
    """Does it for good, as a request does, on a copy of the set; how many seconds it took, and how many of them CPU."""
    from django.urls import reverse

    reverse("planner:today", args=["haren"])  # a process of the web has read its addresses long ago
    act = _prepared(what)
    begun, cpu = time.perf_counter(), time.process_time()
    act()
    return time.perf_counter() - begun, time.process_time() - cpu


def _prepared(what: str) -> Callable[[], Any]:
    from prisons.models import Prison, User

    prison = Prison.objects.get(slug="haren")
    by = User.objects.get(email="karim.coordinator@demo.example")
    return {
        "nothing": lambda *_who: lambda: time.sleep(3),
        "strike": _strike,
        "roster": _roster,
        "copy": _copy,
    }[what](prison, by)


def _strike(prison: Any, by: Any) -> Callable[[], Any]:
    """Everything of so many days that a thousand sessions fall."""
    from core.dates import clock
    from planner.scheduling.closures import closing
    from planner.scheduling.closures.parts import ClosureDraft, ClosurePart
    from prisons.models import User
    from rooms.models import Closure

    liaison = User.objects.get(email="bert.liaison@demo.example")
    first = clock.midnight(clock.today() + dt.timedelta(days=1))
    draft = ClosureDraft("strike", (ClosurePart(None, None, first, first + dt.timedelta(days=24)),))

    standing = Closure.objects.in_prison(prison).filter(ends_at__gt=first, room=None, unit=None)
    standing.update(state="lifted")  # one place has one closure at a time

    announced = closing.announce(prison, draft, by=liaison)
    time.sleep(1)  # it is a request of its own: whoever waited for it has had a turn

    def act() -> None:
        decided = closing.confirm(announced.closures[0], by=liaison)
        print(f"{len(decided.session_ids)} sessions", file=sys.stderr)

    return act


def _roster(prison: Any, by: Any) -> Callable[[], Any]:
    """Everybody on the list, each in another cell."""
    from enrollment.domain.roster import acceptance, comparison
    from enrollment.models import Stay

    stays = Stay.objects.in_prison(prison).filter(ends_on=None).select_related("participant", "unit")
    rows = [("Nr", "Naam", "Voornaam", "Afdeling", "Cel")]
    for stay in stays:
        person, unit = stay.participant, stay.unit.code if stay.unit else ""
        rows.append((stay.register_number, person.last_name, person.first_name, unit, f"9{stay.cell}"))
    content = "\n".join(";".join(row) for row in rows).encode()
    draft = comparison.draft(prison, "lijst.csv", content, by=by)
    seen = comparison.preview(draft)
    return lambda: acceptance.accept(
        draft, {}, by=by, sure={question.kind for question in seen.questions}, seen=seen.digest
    )


def _copy(prison: Any, by: Any) -> Callable[[], Any]:
    from planner.scheduling.copying.copies import copy_term
    from sessions.models import Term

    terms = Term.objects.in_prison(prison).filter(pk__lt=1000).order_by("starts_on")
    source, target = terms[0], terms[1]
    return lambda: copy_term(prison, source_term=source, target_term=target, by=by)


def watch(slug: str) -> float:
    """Locks a prison and writes a row in it, again and again until somebody says stop: the longest that it took."""
    from django.db import transaction

    from prisons.domain.locking import lock_prison
    from prisons.domain.records import audit
    from prisons.models import Prison

    prison, longest = Prison.objects.get(slug=slug), 0.0
    print("ready", flush=True)
    while not select.select([sys.stdin], [], [], 0.02)[0]:
        begun = time.perf_counter()
        with transaction.atomic():
            locked = lock_prison(prison)
            audit.record(locked, None, "touch", locked)
            transaction.set_rollback(True)
        longest = max(longest, time.perf_counter() - begun)
    return longest


def measure(name: str, size: str, copied: Callable[[], AbstractContextManager[dict[str, str]]]) -> str:
    """A line for each act: how long it took, and the longest that the two others waited; first for no act at all.

    Each act is done on a copy of the set, which `copied` makes; it gives the environment that leads there.
    """
    lines = []
    for what in ("nothing", *ACTS):
        with copied() as environment:
            (act, cpu), longest = _beside_others(what, name, size, os.environ | environment)
        lines.append(
            f"{what:8} {act:6.2f} s ({cpu:.2f} s CPU)   same prison waited {longest['haren']:6.2f} s   "
            f"another prison {longest['saint-gilles']:6.2f} s   (goal {GOAL:.0f} s, 0 s)"
        )
        print(lines[-1], flush=True)
    return "\n".join(lines)


def _beside_others(
    what: str, name: str, size: str, environment: dict[str, str]
) -> tuple[tuple[float, float], dict[str, float]]:
    runs = {who: _start("watch", who, name, size, environment) for who in ("haren", "saint-gilles")}
    for run in runs.values():
        assert run.stdout is not None
        run.stdout.readline()  # they are at it
    act = json.loads(_start("perform", what, name, size, environment).communicate()[0])
    return act, {who: _end(run) for who, run in runs.items()}


def _start(act: str, what: str, name: str, size: str, environment: dict[str, str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "benchmarks.scale", act, name, "--size", size, "--what", what]
    return subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def _end(run: subprocess.Popen[str]) -> float:
    out, _errors = run.communicate("stop\n")
    return float(out.strip().splitlines()[-1])
