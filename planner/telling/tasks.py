"""What the worker does of its own accord about letters."""

from __future__ import annotations

from planner.telling import letters


def post_daily() -> None:
    letters.post_daily()
