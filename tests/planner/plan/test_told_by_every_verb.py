"""Told before is written after, for every verb of the plan; a new verb is walked because the code names it."""

from __future__ import annotations

import ast
import datetime as dt
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from enrollment.models import Absence, Enrollment, Slip
from planner.models import Notice
from planner.plan import closing, placement
from planner.plan.act_words import ACTS
from planner.plan.closing_effects import effects_of
from planner.plan.closure_parts import ClosureDraft
from planner.plan.closure_parts import Part as Place
from planner.plan.telling import Told, told_by
from prisons.models import Prison
from tests.factories import at
from tests.planner.plan.test_undo_table import NOW, TABLE, House, house  # noqa: F401

pytestmark = pytest.mark.postgres
OF_ITS_OWN = {"undo": "told by what the act has not said yet: tests/planner/plan/test_undo_table.py"}
OF_A_CLOSURE = ("doubtful", "certain")
"""Kinds of notice by which a closure itself is told, not what happens to a session."""
DAYS = [dt.date(2026, 11, 23), dt.date(2026, 11, 24), dt.date(2026, 11, 30), dt.date(2026, 12, 14)]


def verbs_in(tree: ast.AST) -> Iterator[str]:
    """What is handed to `apply(verb=...)` and the like, or stands as `verb = ...` of a wish."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "verb" and isinstance(node.value, ast.Constant):
            yield str(node.value.value)
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Constant):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(target, ast.Name) and target.id == "verb" for target in targets):
                yield str(node.value.value)


def test_every_verb_that_the_code_writes_is_walked() -> None:
    root = Path(settings.BASE_DIR) / "planner"
    written = {
        verb
        for folder in ("plan", "proposals", "closures", "asks", "board", "offer", "terms")
        for path in (root / folder).rglob("*.py")
        for verb in verbs_in(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert {"move", "edit_dates", "prolong_series"} <= written, "the walk sees no verbs any more"
    assert written - OF_ITS_OWN.keys() - {""} <= set(TABLE)
    assert set(TABLE) == set(ACTS)


@pytest.fixture
def promised(monkeypatch: pytest.MonkeyPatch) -> list[Told]:
    """What would have been said of each list of changes, just before it is written."""
    said: list[Told] = []
    load = placement._load

    def listening(prison: Prison, changes: list[Any], created: frozenset[int]) -> Any:
        said.append(told_by(prison, changes))
        return load(prison, changes, created)

    monkeypatch.setattr(placement, "_load", listening)
    return said


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("verb", TABLE)
def test_told_before_is_written_after(
    house: House,  # noqa: F811
    promised: list[Told],
    verb: str,
    seed: int,
) -> None:
    dice = random.Random(seed)
    for enrollment in Enrollment.objects.all() if seed else ():
        state = dice.choice(["placed", "awaiting"])
        Enrollment.objects.filter(pk=enrollment.pk).update(state=state)
        for day in dice.sample(DAYS, dice.randrange(3)):
            Absence.objects.create(
                participant=enrollment.participant, prison=house.prison, starts_on=day, ends_on=day
            )
    if dice.random() < 0.3:
        house.session.session_workers.all().delete()

    act = TABLE[verb](house)

    written = Notice.objects.filter(change_set=act).exclude(kind__in=OF_A_CLOSURE)
    slips = [slip for slip in Slip.objects.all() if slip.facts.get("act") == act.pk]
    said = promised[-1] if promised else Told()  # an announcement changes no session
    assert promised or verb == "announce_closure"
    assert said.workers == written.values("worker").distinct().count()
    assert said.people_count == len({slip.participant_id for slip in slips})


def test_an_announcement_tells_the_facilitators_that_its_page_counts(house: House) -> None:  # noqa: F811
    """Of a draft nobody knows yet; the page counts it apart."""
    part = Place(None, None, at("2026-11-22 22:00"), at("2026-12-07 22:00"))
    seen = effects_of(house.prison, [part], now=NOW)
    act = closing.announce(house.prison, ClosureDraft("strike", (part,)), by=house.bert, now=NOW).change_set
    known = {worker.pk for hit in seen.hits if hit.session.state == "published" for worker in hit.workers}
    assert set(Notice.objects.filter(change_set=act).values_list("worker", flat=True)) == known != set()
    assert seen.drafts == 1 and len(seen.hits) == 3
