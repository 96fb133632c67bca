"""The pages that did not stay flat, each with what it cost before lists asked for what is running."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.scale.comparing import LEAST, exponent

ROLE = "karim.coordinator"
PAGES: dict[str, tuple[str, str, str]] = {
    # what: (address, before in the national set, before with a hundred times the history); CPU / database in ms
    "what a note asks for, typed": (
        "notes/things/?q=ja",
        "65 / 14, 185 queries",
        "6525 / 1873, 9000 queries",
    ),
    "series list": ("series/", "39 / 48", "47 / 1586"),
    "session list": ("board/sessions/", "43 / 11", "1312 / 62, 1.1 MB"),
    "waiting times": ("waiting-times/", "29 / 6", "644 / 101"),
    "facilitators": ("settings/facilitators/", "25 / 8", "28 / 369"),
    "slips to hand out": ("requests/?tab=hand_out", "19 / 21", "20-56 / 100-170"),
    "audit": ("audit/", "19 / 21", "20-56 / 100-170"),
    "today": ("", "19 / 21", "20-56 / 100-170"),
    "board": ("board/", "19 / 21", "20-56 / 100-170"),
    "changed poll": ("board/live/?version=1", "19 / 21", "20-56 / 100-170"),
    "term overview": ("board/term/", "164 / 29", "172 / 74"),
    "jobs": ("jobs/", "an error", "an error"),
    "people": ("people/", "–", "–"),
    "people by name": ("people/?q=jan", "–", "–"),
    "search by name": ("search/?q=jan", "–", "–"),
    "search that finds nothing": ("search/?q=zzzz", "–", "–"),
    "open conflicts": ("board/conflicts/", "–", "6.2 MB"),
    "who looked": ("who-looked/", "–", "–"),
}


def measure(folder: Path, *, large: int) -> None:
    """Each page as a coordinator on the set that is there; kept beside it."""
    from benchmarks.scale import walking
    from prisons.models import User

    client = walking.signed_in(User.objects.get(email=f"{ROLE}@demo.example"))
    costs = [
        walking.measure(walking.Cost(ROLE, what, f"/p/haren/{address}"), client, large=large).as_json()
        for what, (address, _national, _history) in PAGES.items()
    ]
    (folder / "named.json").write_text(json.dumps(costs, indent=1))


def table(folders: dict[str, Path], times: dict[str, int]) -> str:
    """A line for each page: before, then ms of CPU / of the database and queries on each set, with the exponent."""
    measured = {name: _read(folder / "named.json") for name, folder in folders.items()}
    first, *others = measured
    lines = [
        f"| page | before, x 100 | {' | '.join(measured)} | exponent of {', '.join(others)} |",
        "|---" * (3 + len(measured)) + "|",
    ]
    for what, (_address, _national, before) in PAGES.items():
        costs = {name: found[what] for name, found in measured.items()}
        growth = (f"{_exponent(costs[first], costs[name], times[name]):.2f}" for name in others)
        lines.append(
            f"| {what} | {before} | {' | '.join(map(_said, costs.values()))} | {', '.join(growth)} |"
        )
    scans = sorted({scan for found in measured.values() for cost in found.values() for scan in cost["scans"]})
    return "\n".join([*lines, *(f"read whole: {scan}" for scan in scans)])


def _read(path: Path) -> dict[str, dict[str, Any]]:
    return {each["kind"]: each for each in json.loads(path.read_text())}


def _said(cost: dict[str, Any]) -> str:
    wrong = "" if cost["status"] == 200 else f", status {cost['status']}"
    return (
        f"{cost['cpu']:.0f} / {cost['database']:.0f}, {cost['queries']} q, {cost['size'] // 1000} kB{wrong}"
    )


def _exponent(one: dict[str, Any], many: dict[str, Any], times: int) -> float:
    """0 is flat, 1 is in proportion to what the set holds."""
    return exponent(max(many["both"], LEAST) / max(one["both"], LEAST), times)
