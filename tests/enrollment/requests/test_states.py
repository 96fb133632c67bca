"""The table of states: the same in code and in docs, and closed in itself."""

from pathlib import Path

import pytest

from core.errors import PlannerError
from enrollment.domain.requests.states import TABLE, Verb, can, move_of
from enrollment.models import Enrollment

DOC = Path(__file__).resolve().parents[3] / "docs" / "enrolment.md"


def test_the_docs_show_the_same_table():
    rows = [
        tuple(cell.strip() for cell in line.strip("|").split("|")) for line in DOC.read_text().splitlines()
    ]
    shown = {row for row in rows if len(row) == 6 and row[0] in set(Verb)}
    real = {(m.verb.value, m.state.value, m.to.value, m.when, m.slip or "", m.request or "") for m in TABLE}
    assert shown == {tuple(str(getattr(cell, "value", cell)) for cell in row) for row in real}


def test_every_live_state_can_end_and_no_row_stands_twice():
    assert len({(m.verb, m.state, m.when) for m in TABLE}) == len(TABLE)
    for state in Enrollment.LIVE:
        assert can(Verb.WITHDRAW, state), "withdrawal at any time, without a reason"


@pytest.mark.parametrize("state", [s for s in Enrollment.State if s not in Enrollment.LIVE])
def test_what_is_over_is_over(state):
    for verb in (Verb.APPROVE, Verb.DECLINE, Verb.WITHDRAW, Verb.END):
        with pytest.raises(PlannerError):
            move_of(verb, state)
