"""Every test plays on the same day: written dates stay ahead of or behind it, whenever the suite runs.

`TEST_NOW=2027-03-28T00:30:00Z` plays it on another. Proofs start programs of their own and keep the real clock.
"""

import datetime as dt
import os
from collections.abc import Generator
from pathlib import Path

import pytest
import time_machine

# A Monday morning in the week after the sessions of `tests.factories`.
NOW = dt.datetime.fromisoformat(os.environ.get("TEST_NOW", "2026-11-30T09:00:00+00:00"))
PROOFS = Path(__file__).resolve().parents[1] / "proof"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    if PROOFS in item.path.parents:
        return (yield)
    with time_machine.travel(NOW, tick=True):
        return (yield)
