"""One house for every fault that it survives: to build it anew for each file would take longer than the faults."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.proof.house import House, standing


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with standing(request.param, tmp_path_factory.mktemp(f"faults-{request.param}")) as one:
        yield one
