"""Collects garbage seldom: a tenth of the time of a run went into looking for it."""

import gc

import pytest

gc.set_threshold(200_000, 20, 100)


def pytest_collection_finish(session: pytest.Session) -> None:
    """What stands when the first test begins stays to the end: it is not looked at again."""
    gc.collect()
    gc.freeze()
