"""The year report over 20,000 sessions: five seconds and 300 MB at the most, in a process of its own."""

import pytest

from benchmarks import reports

pytestmark = pytest.mark.proof


def test_report_over_twenty_thousand_sessions_is_quick_and_small():
    found = reports.figures()
    print(found)
    assert (found["sessions"], found["marks"]) == (20_000, 144_000)
    # Of the processor, not of the clock: other work on the machine is not the report's.
    assert found["cpu_seconds"] <= 5
    assert found["peak_mb"] <= 300
