"""What a module keeps between requests is changed by several threads: only behind a lock, in a class of its own."""

from __future__ import annotations

import ast
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sessions.feeds import Kept, Reading

ROOT = Path(__file__).resolve().parent.parent
APPS = ["core", "prisons", "rooms", "sessions", "enrollment", "planner"]
MAKES = {"dict", "list", "set", "OrderedDict", "defaultdict", "deque", "Counter", "WeakKeyDictionary"}
CHANGES = {
    *("append", "extend", "insert", "remove", "pop", "popitem", "clear", "update", "setdefault", "add"),
    *("discard", "move_to_end", "appendleft", "popleft", "sort", "reverse"),
}


def modules() -> Iterator[tuple[str, ast.Module]]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def containers(tree: ast.Module) -> set[str]:
    """Names of the module that hold something which can be changed in place."""
    found = set()
    for node in tree.body:
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        is_made = isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in MAKES
        displays = ast.Dict | ast.List | ast.Set | ast.DictComp | ast.ListComp | ast.SetComp
        if is_made or isinstance(value, displays):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]  # type: ignore[attr-defined]
            found |= {target.id for target in targets if isinstance(target, ast.Name)}
    return found


def changed_in_functions(tree: ast.Module) -> set[str]:
    """Names of the module that a function sets anew, or whose contents it changes."""
    found: set[str] = set()
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.Lambda)]
    for node in (part for function in functions for part in ast.walk(function)):
        if isinstance(node, ast.Global):
            found |= set(node.names)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CHANGES:
            found |= {node.func.value.id} if isinstance(node.func.value, ast.Name) else set()
        if isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
            found |= {node.value.id} if isinstance(node.value, ast.Name) else set()
    return found


def global_names(tree: ast.Module) -> set[str]:
    return {name for node in ast.walk(tree) if isinstance(node, ast.Global) for name in node.names}


def unsafe(tree: ast.Module) -> set[str]:
    return (containers(tree) & changed_in_functions(tree)) | global_names(tree)


def test_no_module_changes_what_it_keeps_without_a_lock() -> None:
    assert {name: names for name, tree in modules() if (names := unsafe(tree))} == {}


@pytest.mark.parametrize(
    "source",
    [
        "K = {}\ndef f(): K['a'] = 1",
        "K: list = []\ndef f(): K.append(1)",
        "K = 0\ndef f():\n global K\n K = 1",
    ],
)
def test_the_walk_sees_a_value_that_functions_change(source: str) -> None:
    assert unsafe(ast.parse(source)) == {"K"}


def test_feeds_are_kept_under_the_feet_of_many_threads() -> None:
    kept = Kept(most_bytes=4_000)
    readings = [Reading(bytes([number % 250]) * 900, f"tag{number}") for number in range(24)]
    ready = threading.Barrier(8)

    def give_out(thread: int) -> int:
        ready.wait()
        for turn in range(4_000):
            number = (turn * 7 + thread) % len(readings)
            assert kept.keep(f"feed{number}", readings[number]).tag == f"tag{number}"
            kept.get(f"feed{(number + 1) % len(readings)}", "tag1")
            readings[number].encoded("gzip")
        return thread

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(give_out, range(8))) == list(range(8))
