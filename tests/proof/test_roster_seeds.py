"""The property of lists with spoiled rows, for many more lists than the quick tests deal."""

import pytest

from tests.enrollment.roster.test_roster_writers import holds, people  # noqa: F401


@pytest.mark.parametrize("start", range(1000, 1400, 50))
def test_nobody_whose_number_is_readable_goes(haren, people, organiser_anna, start):  # noqa: F811
    for seed in range(start, start + 50):
        holds(haren, people, organiser_anna, seed)
