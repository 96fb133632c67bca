"""One house for every fault that it survives: to build it anew for each file would take longer than the faults."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.proof.house import ENGINES, House, standing


@pytest.fixture(scope="session", params=ENGINES)
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with standing(request.param, tmp_path_factory.mktemp(f"faults-{request.param}")) as one:
        yield one


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All that happens in one house is tried before the next one is built."""
    places = [place for place, item in enumerate(items) if _engine_of(item)]
    for place, item in zip(places, sorted((items[place] for place in places), key=_engine_of), strict=True):
        items[place] = item


def _engine_of(item: pytest.Item) -> str:
    callspec = getattr(item, "callspec", None)
    return str(callspec.params.get("house", "")) if callspec else ""
