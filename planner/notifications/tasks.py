"""What the worker does of its own accord about letters."""

from __future__ import annotations

from planner.notifications import letters, permissions


def post_daily() -> None:
    permissions.tell_ending()
    letters.post_daily()
