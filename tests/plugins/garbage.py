"""Collects garbage seldom: a run of tests makes many objects and keeps few, and a tenth of its time went into looking."""

import gc

import pytest

gc.set_threshold(200_000, 20, 100)


def pytest_collection_finish(session: pytest.Session) -> None:
    """What stands when the first test begins stays to the end: it is not looked at again."""
    gc.collect()
    gc.freeze()
