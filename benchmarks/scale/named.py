"""The pages that did not stay flat: what each cost before (`before.json`) and costs now, with plans.

Milliseconds are CPU of Python / of the database.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.scale.comparing import FLAT, LEAST, exponent

ROLE = "karim.coordinator"
BEFORE = Path(__file__).parent / "before.json"
"""Page -> what it cost in the national set and with a hundred times the history, before lists asked for what is
running; measured in full size on PostgreSQL."""
PAGES = {
    "what a note asks for, typed": "notes/things/?q=ja",
    "series list": "series/",
    "session list": "board/sessions/",
    "waiting times": "waiting-times/",
    "facilitators": "settings/facilitators/",
    "slips to hand out": "requests/?tab=hand_out",
    "audit": "audit/",
    "today": "",
    "board": "board/",
    "changed poll": "board/live/?version=1",
    "term overview": "board/term/",
    "sheets as PDF": "lists/{day}/sheets.pdf",
    "jobs": "jobs/",
    "people": "people/",
    "people by name": "people/?q=jan",
    "search by name": "search/?q=jan",
    "search that finds nothing": "search/?q=zzzz",
    "open conflicts": "conflicts/",
    "who looked": "who-looked/",
}


def measure(folder: Path, *, large: int) -> None:
    """Each page as a coordinator on the set that is there; kept beside it."""
    from benchmarks.scale import walking
    from core.dates import clock
    from prisons.models import User

    day = clock.today()
    client = walking.signed_in(User.objects.get(email=f"{ROLE}@demo.example"))
    found = []
    for what, address in PAGES.items():
        cost = walking.measure(
            walking.Cost(ROLE, what, f"/p/haren/{address.format(day=day)}"), client, large=large
        )
        found.append(cost.as_json() | {"plan": _slowest(cost.asked)})
    (folder / "named.json").write_text(json.dumps(found, indent=1))


def _slowest(asked: list[Any]) -> str:
    """The statement that took longest, with its plan."""
    from django.db import connection

    from benchmarks.scale.plans import explain, is_read
    from benchmarks.scale.walking import taken_back

    reads = [each for each in asked if is_read(each.sql)]
    if not reads:
        return ""
    slowest = max(reads, key=lambda each: float(each.seconds))
    with taken_back():
        plan = explain(connection, slowest)
    steps = "; ".join(plan) if connection.vendor == "sqlite" else "; ".join(_nodes(plan[0]["Plan"]))
    return f"{slowest.seconds * 1000:.1f} ms: {steps}"


def _nodes(node: dict[str, Any]) -> list[str]:
    where = node.get("Index Name") or node.get("Relation Name") or ""
    return [
        f"{node['Node Type']} {where}".strip(),
        *(each for below in node.get("Plans", ()) for each in _nodes(below)),
    ]


def table(folders: dict[str, Path], times: dict[str, int]) -> str:
    """A line for each page: before, then now on each set, with the exponents of growth; then plans."""
    measured = {name: _read(folder / "named.json") for name, folder in folders.items()}
    before: dict[str, list[str]] = json.loads(BEFORE.read_text())
    first, *others = measured
    titles = ["page", "before, national", "before, x 100", *measured, f"exponent of {', '.join(others)}"]
    lines = [_row(titles), "|---" * len(titles) + "|"]
    flat = 0
    for what in PAGES:
        costs = [found[what] for found in measured.values()]
        growth = [max(cost["both"], LEAST) / max(costs[0]["both"], LEAST) for cost in costs[1:]]
        flat += max(growth) <= FLAT
        grown = (f"{exponent(each, times[name]):.2f}" for name, each in zip(others, growth, strict=True))
        lines.append(_row([what, *before.get(what, ["–", "–"]), *map(_said, costs), ", ".join(grown)]))
    lines.append(f"{flat} of {len(PAGES)} within {FLAT} times their cost in one {first}")
    last = measured[others[-1]]
    lines += [f"plan on {others[-1]}, {what}: {last[what]['plan']}" for what in PAGES if last[what]["plan"]]
    scans = sorted({scan for found in measured.values() for cost in found.values() for scan in cost["scans"]})
    return "\n".join([*lines, *(f"read whole: {scan}" for scan in scans), f"read whole: {len(scans)}"])


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _read(path: Path) -> dict[str, dict[str, Any]]:
    return {each["kind"]: each for each in json.loads(path.read_text())}


def _said(cost: dict[str, Any]) -> str:
    wrong = "" if cost["status"] == 200 else f", status {cost['status']}"
    return (
        f"{cost['cpu']:.0f} / {cost['database']:.0f}, {cost['queries']} q, {cost['size'] // 1000} kB{wrong}"
    )
