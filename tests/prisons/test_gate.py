"""Who may know what a group is really called is asked at the gate, by everybody else of the gate."""

from __future__ import annotations

import re

from tests.test_architecture import PYTHON, ROOT, TEMPLATES

ASKS_BY_ITSELF = re.compile(r"\bsee_titles\b|\bSEE_TITLES\b|uses_neutral_names")
CHOOSES_BY_ITSELF = re.compile(r"neutral_name\s+if\b|else\s+\w[\w.]*neutral_name|neutral_name\s*}}{% e")
GATE = {"prisons/gate.py", "prisons/access.py"}


def found_by(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}"
        for path in [*PYTHON, *TEMPLATES]
        if str(path.relative_to(ROOT)) not in GATE
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]


def test_only_the_gate_asks_whether_a_reader_knows_titles():
    assert found_by(ASKS_BY_ITSELF) == []


def test_only_the_gate_chooses_between_the_two_names_of_a_group():
    assert found_by(CHOOSES_BY_ITSELF) == []
