"""Told before is written after, for every verb of the plan; a new verb is walked because the code names it."""

from __future__ import annotations

import ast
import datetime as dt
import random
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from enrollment.models import Absence, Enrollment, Slip
from planner.models import Notice
from planner.scheduling.closures import closing
from planner.scheduling.closures.effects import effects_of
from planner.scheduling.closures.parts import ClosureDraft
from planner.scheduling.closures.parts import ClosurePart as Place
from planner.scheduling.placement import writer
from planner.scheduling.placement.act_words import ACTS
from planner.scheduling.placement.audience_counts import AudienceCounts, told_by
from prisons.models import Prison
from tests.factories import at
from tests.planner.scheduling.placement.test_undo_table import NOW, TABLE, House, house  # noqa: F401

pytestmark = pytest.mark.postgres
OF_ITS_OWN = {
    "undo": "told by what the act has not said yet: tests/planner/scheduling/placement/test_undo_table.py"
}
OF_A_CLOSURE = ("doubtful", "certain")
"""Kinds of notice by which a closure itself is told, not what happens to a session."""
DAYS = [dt.date(2026, 11, 23), dt.date(2026, 11, 24), dt.date(2026, 11, 30), dt.date(2026, 12, 14)]


OF_OTHER_ROWS = {
    "import_roster": "tests/enrollment/roster/test_roster_back.py",
    "undo_roster": "tests/enrollment/roster/test_roster_back.py",
    "copy_room": "tests/rooms/test_pasting.py",
    "copy_unit": "tests/rooms/test_pasting.py",
    "paste_*": "tests/rooms/test_pasting.py",
    "undo_*": "tests/rooms/test_pasting.py",
}
"""Acts on other rows than sessions, and where their undo is tried."""
APPS = ("planner", "enrollment", "sessions", "rooms", "prisons")
WRITERS = {"apply": "verb", "place_dates": "verb", "keep_record": "verb", "open_change_set": 2, "keep": 1}
"""What writes a change set, and which argument is its verb."""


class Verbs(ast.NodeVisitor):
    """Every verb that a module hands to a writer of change sets; a verb handed on comes from whoever calls."""

    def __init__(self, tree: ast.Module) -> None:
        self.found: set[str] = set()
        self.unknown: list[str] = []
        self.names: dict[str, list[ast.expr]] = {}
        self.params = {
            arg.arg
            for node in ast.walk(tree)
            if isinstance(node, ast.arguments)
            for arg in node.kwonlyargs + node.args
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
                for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                    if isinstance(target, ast.Name):
                        self.names.setdefault(target.id, []).append(node.value)
        self.visit(tree)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """A wish says its own verb."""
        self.generic_visit(node)
        for line in node.body:
            if isinstance(line, ast.AnnAssign) and getattr(line.target, "id", "") == "verb" and line.value:
                self._read(line.value)

    def visit_Call(self, node: ast.Call) -> None:
        self.generic_visit(node)
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        owner = getattr(getattr(node.func, "value", None), "id", "")
        if called == "create" and "ChangeSet" in ast.unparse(node.func):
            place: str | int = "verb"
        elif called in WRITERS and (called != "keep" or owner == "made_acts"):
            place = WRITERS[called]
        else:
            return
        named = {word.arg: word.value for word in node.keywords}
        if isinstance(place, int) and len(node.args) > place:
            self._read(node.args[place])
        elif "verb" in named:
            self._read(named["verb"])
        else:
            self.unknown.append(ast.unparse(node)[:80])

    def _read(self, value: ast.expr) -> None:
        if isinstance(value, ast.Constant):
            self.found.add(str(value.value))
        elif isinstance(value, ast.IfExp):
            self._read(value.body)
            self._read(value.orelse)
        elif isinstance(value, ast.Subscript) and isinstance(value.value, ast.JoinedStr):
            self._read(value.value)
        elif isinstance(value, ast.JoinedStr):
            self.found.add(f"{ast.literal_eval(value.values[0])}*")
        elif isinstance(value, ast.Name) and value.id in self.names:
            for one in self.names[value.id]:
                self._read(one)
        elif isinstance(value, ast.Attribute) and value.attr == "verb":
            pass  # of a wish: its class says it, as `verb = ...`
        elif not (isinstance(value, ast.Name) and value.id in self.params):
            self.unknown.append(ast.unparse(value)[:80])


def test_every_verb_that_the_code_writes_is_walked() -> None:
    root = Path(settings.BASE_DIR)
    read = [
        Verbs(ast.parse(path.read_text(encoding="utf-8")))
        for app in APPS
        for path in (root / app).rglob("*.py")
        if not {"migrations", "demo"} & set(path.parts) and writes_change_sets(path)
    ]
    written = {verb for one in read for verb in one.found}
    assert [word for one in read for word in one.unknown] == []
    assert written - OF_ITS_OWN.keys() - OF_OTHER_ROWS.keys() - {""} == set(TABLE) == set(ACTS)
    assert OF_ITS_OWN.keys() | OF_OTHER_ROWS.keys() <= written, "a word of the list is written no more"


def writes_change_sets(path: Path) -> bool:
    text = path.read_text(encoding="utf-8")
    is_walked = "planner.scheduling.placement.writer import" in text or "plan.series_edits import" in text
    return (
        is_walked
        or "open_change_set" in text
        or "ChangeSet.objects.create" in text
        or "made_acts.keep" in text
        or "verb: ClassVar" in text
    )


@pytest.fixture
def promised(monkeypatch: pytest.MonkeyPatch) -> list[AudienceCounts]:
    """What would have been said of each list of changes, just before it is written."""
    said: list[AudienceCounts] = []
    load = writer._load

    def listening(prison: Prison, changes: list[Any], created: frozenset[int]) -> Any:
        said.append(told_by(prison, changes))
        return load(prison, changes, created)

    monkeypatch.setattr(writer, "_load", listening)
    return said


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("verb", TABLE)
def test_told_before_is_written_after(
    house: House,  # noqa: F811
    promised: list[AudienceCounts],
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
    said = promised[-1] if promised else AudienceCounts()  # an announcement changes no session
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
