"""The table: each page on one term, beside what it costs in a country and after a century."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

LEAST = 8.0
"""Milliseconds below which a page is as fast as it needs to be: a ratio of two such figures says nothing."""
FLAT = 1.5


def read(path: Path) -> dict[tuple[str, str], dict[str, Any]]:
    return {(each["role"], each["kind"]): each for each in json.loads(path.read_text())}


def total(cost: dict[str, Any]) -> float:
    return float(cost["cpu"])


def table(first: Path, others: list[Path]) -> str:
    """Addresses whose cost, size or number of queries grows, the worst first; then what is read whole."""
    base, lines = read(first), []
    for other in others:
        grown = read(other)
        rows = sorted(
            ((_growth(base[key], grown[key]), key) for key in base if key in grown), key=lambda row: -row[0]
        )
        flat = sum(growth <= FLAT for growth, _key in rows)
        lines.append(
            f"{other.parent.name}: {flat} of {len(rows)} within {FLAT} times their cost in {first.parent.name}"
        )
        for growth, key in rows:
            one, many = base[key], grown[key]
            if growth > FLAT or one["queries"] != many["queries"] or many["status"] != one["status"]:
                lines.append(
                    f"  {growth:6.1f}  {one['both']:7.0f} -> {many['both']:7.0f} ms (database {one['database']:.0f} -> "
                    f"{many['database']:.0f})  {one['queries']:4} -> {many['queries']:4} queries  "
                    f"{one['size'] // 1000} -> {many['size'] // 1000} kB  {many['status']} "
                    f"{key[0].partition('.')[0]} {key[1]}"
                )
        lines += _listed("read whole", "scans", grown) + _listed("asks every prison", "unscoped", grown)
    return "\n".join(lines)


def _growth(one: dict[str, Any], many: dict[str, Any]) -> float:
    return max(many["both"], LEAST) / max(one["both"], LEAST)


def exponent(growth: float, times: float) -> float:
    """0 is flat, 1 is in proportion."""
    return math.log(growth) / math.log(times)


def _listed(title: str, name: str, costs: dict[tuple[str, str], dict[str, Any]]) -> list[str]:
    """Statements, each with some pages that send it."""
    found: dict[str, set[str]] = {}
    for key, cost in costs.items():
        for statement in cost[name]:
            found.setdefault(statement, set()).add(f"{key[0].partition('.')[0]} {key[1]}")
    return [f"{title}:"] + [
        f"  {statement}\n      {sorted(pages)[:4]}" for statement, pages in sorted(found.items())
    ]
