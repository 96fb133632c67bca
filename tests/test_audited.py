"""Every public function of a domain that writes rows leaves an audit entry, itself or through what it calls.

Read from the source, so that a new writer is seen on the day it is written. What writes without an audit
on purpose is named below with its reason.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = [
    "prisons/domain",
    "rooms/domain",
    "sessions/domain",
    "enrollment/domain",
    "planner/scheduling",
    "planner/proposals",
]
WRITES = {
    "save",
    "create",
    "update",
    "delete",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
}
ROWS = {"objects", "_default_manager", "filter", "exclude", "in_prison", "save", "delete"}
"""A chain that holds one of these works on rows; `facts.update(...)` on a dict does not."""

WITHOUT = {
    "enrollment.domain.requests.endings.ask_for_talks": "the nightly job's own act; the to-do is its record",
    "enrollment.domain.attendance.sheet_return.draft": (
        "keeps a file to look at; accepting it is the act, and is audited"
    ),
    "enrollment.domain.attendance.sheet_return.forget_drafts": "a day is over: nobody's act",
    "enrollment.domain.roster.draft_forgetting.forget_drafts": "a day is over: nobody's act",
    "enrollment.domain.roster.draft_forgetting.forget_in_drafts": (
        "a part of making somebody anonymous, which is audited"
    ),
    "enrollment.domain.roster.comparison.draft": (
        "keeps a file to look at; accepting it is the act, and is audited"
    ),
    "enrollment.domain.slips.reply_slips.take_back_unsaid": "a part of the undo that takes them back",
    "prisons.domain.background.outbox.send_due": "a letter is put on its way, nothing about it changes",
    "enrollment.domain.slips.reply_slips.tell": "a part of the change that the slips tell of",
    "enrollment.domain.lists.cut_off.freeze_due": "the cut-off's own act; the stored version is its record",
    "enrollment.domain.lists.cut_off.forget_old": "90 days are over: nobody's act",
    "prisons.domain.people.accounts.forget_old_sessions": "the session ran out by itself: nobody's act",
    "prisons.domain.people.announcements.put_away": "the reader's own note of having read it",
    "prisons.domain.records.change_sets.purge_images": "the hour is over: nobody's act",
    "prisons.domain.background.jobs.running": "the worker's bookkeeping; starting and stopping are audited",
    "prisons.domain.background.jobs.progress": "the worker's bookkeeping",
    "prisons.domain.background.jobs.heartbeat": "the worker's bookkeeping",
    "prisons.domain.background.jobs.finish": "the worker's bookkeeping",
    "prisons.domain.background.jobs.fail": "the worker's bookkeeping",
    "prisons.domain.background.jobs.keep_file": "what started work made; starting and downloading are audited",
    "prisons.domain.background.jobs.forget_files": "a week is over: nobody's act",
    "prisons.domain.background.jobs.revive_silent": "the worker's bookkeeping",
    "prisons.domain.background.outbox.deliver": "the worker's bookkeeping",
    "prisons.domain.background.outbox.forget_old": "90 days are over: nobody's act",
    "prisons.domain.background.schedules.mend_far_ahead": "the worker's bookkeeping",
    "prisons.domain.background.upkeep.may_tidy": "the program's note of when it last tidied up",
    "prisons.domain.background.upkeep.may_forget": "the program's note of when it last forgot somebody",
    "prisons.domain.submissions.forget_old": "two days are over: nobody's act",
    "prisons.domain.submissions.claim": "the form that it belongs to leaves its own entry",
    "prisons.domain.records.readings.record": "is itself the record of who looked",
    "prisons.domain.records.seals.seal_all": "the hour is over: the seal is its own record",
    "prisons.domain.background.schedules.keep_schedules": "follows the settings: nobody's act",
    "sessions.domain.feed_glance.note_use": "notes only the day of last use",
    "prisons.domain.people.tokens.authenticate_token": "notes only the day of last use",
}
AUDIT = {"prisons.domain.records.audit.record", "prisons.domain.records.audit.record_many"}


@dataclass
class Function:
    """What one function does by itself, and the names of what it calls."""

    name: str
    is_public: bool
    writes: bool = False
    calls: set[str] = field(default_factory=set)


def modules() -> Iterator[tuple[str, ast.Module]]:
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            yield name, ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> dict[str, str]:
    """The full name behind each name that the module imports."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.asname or alias.name: alias.name for alias in node.names}
    return names


def chain_of(node: ast.expr) -> list[str]:
    """`Message.objects.filter(...).update` -> Message, objects, filter, update."""
    names: list[str] = []
    while isinstance(node, ast.Attribute | ast.Call):
        if isinstance(node, ast.Call):
            node = node.func
        else:
            names.append(node.attr)
            node = node.value
    if isinstance(node, ast.Name):
        names.append(node.id)
    return names[::-1]


def functions() -> dict[str, Function]:
    found: dict[str, Function] = {}
    for module, tree in modules():
        names = imported(tree)
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                found[f"{module}.{node.name}"] = read(module, node, names)
    return found


def read(module: str, node: ast.FunctionDef, names: dict[str, str]) -> Function:
    function = Function(f"{module}.{node.name}", is_public=not node.name.startswith("_"))
    # A function handed on by name is called by somebody: every name counts, not only `name(...)`.
    for part in ast.walk(node):
        if isinstance(part, ast.Call):
            chain = chain_of(part.func)
            if chain and chain[-1] in WRITES and ROWS & set(chain):
                function.writes = True
        if isinstance(part, ast.Name):
            function.calls.add(names.get(part.id, f"{module}.{part.id}"))
        elif isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id in names:
            function.calls.add(f"{names[part.value.id]}.{part.attr}")
    return function


def reaches(name: str, known: dict[str, Function], goal: set[str], seen: set[str] | None = None) -> bool:
    seen = set() if seen is None else seen
    if name in goal:
        return True
    if name in seen or name not in known:
        return False
    seen.add(name)
    return any(reaches(call, known, goal, seen) for call in known[name].calls)


def silent_writers() -> set[str]:
    """Public functions that write, reach no audit, and are no mere part of functions that all do."""
    known = functions()
    covered = {name for name in known if reaches(name, known, AUDIT)}
    callers: dict[str, set[str]] = {name: set() for name in known}
    for name, function in known.items():
        for call in function.calls & known.keys() - {name}:
            callers[call].add(name)
    while parts := {name for name in known.keys() - covered if callers[name] and callers[name] <= covered}:
        covered |= parts
    covered |= WITHOUT.keys()
    writers = {name for name in known.keys() - covered if known[name].writes}
    return {
        n for n in known.keys() - covered if known[n].is_public and reaches(n, known, writers, {*WITHOUT})
    }


def test_every_public_writer_leaves_an_audit_entry():
    assert silent_writers() == set()


def test_every_exception_is_still_there():
    known = functions()
    assert {name for name in WITHOUT if name not in known} == set()


def test_the_reader_sees_writes_and_audits():
    known = functions()
    assert known["prisons.domain.people.memberships.end_at_once"].writes
    assert not known["prisons.domain.people.tokens.hash_secret"].writes
    assert reaches("prisons.domain.people.memberships.give_role", known, AUDIT)
    assert not reaches("prisons.domain.people.tokens.hash_secret", known, AUDIT)
