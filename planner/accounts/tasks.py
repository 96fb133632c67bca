"""What the worker does about accounts."""

from __future__ import annotations

from planner.accounts import letters


def send_link(email: str) -> None:
    letters.send_link(email)
