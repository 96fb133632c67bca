"""What a module keeps between requests is changed by several threads: only behind a lock, in a class of its own."""

from __future__ import annotations

import ast
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pytest

from sessions.feeds import FeedReading, KeptFeed

ROOT = Path(__file__).resolve().parent.parent
APPS = ["core", "prisons", "rooms", "sessions", "enrollment", "planner"]
MAKES = {"dict", "list", "set", "OrderedDict", "defaultdict", "deque", "Counter", "WeakKeyDictionary"}
CHANGES = {
    *("append", "extend", "insert", "remove", "pop", "popitem", "clear", "update", "setdefault", "add"),
    *("discard", "move_to_end", "appendleft", "popleft", "sort", "reverse"),
}


@cache
def modules() -> list[tuple[str, ast.Module]]:
    return list(parsed())


def parsed() -> Iterator[tuple[str, ast.Module]]:
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


def unguarded(tree: ast.Module) -> set[str]:
    """Objects of the module whose class changes itself after it was made, and holds no lock."""
    classes = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    found = set()
    for node in tree.body:
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in classes:
            made_of = classes[value.func.id]
            if changes_itself(made_of) and "Lock()" not in ast.unparse(made_of):
                found.add(made_of.name)
    return found


def changes_itself(made_of: ast.ClassDef) -> bool:
    methods = [node for node in made_of.body if isinstance(node, ast.FunctionDef) and node.name != "__init__"]
    for node in (part for method in methods for part in ast.walk(method)):
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load) and is_self(node.value):
            return True
        changed = (
            node.value if isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load) else None
        )
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CHANGES:
            changed = node.func.value
        if isinstance(changed, ast.Attribute) and is_self(changed.value):
            return True
    return False


def is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


def test_no_object_of_a_module_changes_itself_without_a_lock() -> None:
    assert {name: names for name, tree in modules() if (names := unguarded(tree))} == {}
    source = "class K:\n def __init__(self): self.a = {}\n def f(self): self.a['b'] = 1\nk = K()"
    assert unguarded(ast.parse(source)) == {"K"}


def test_what_is_kept_by_its_arguments_is_given_a_size_or_never_grows() -> None:
    """`@cache` keeps for ever: only what has no argument, or a language or a font as one."""
    # Languages, fonts, drawings, looks of a cell.
    few = (
        "core.paper",
        "enrollment.domain.slips.slip_text",
        "planner.leaflet.drawing",
        "core.xlsx",
    )  # languages, fonts, letters, looks of a cell, drawings
    grown = set()
    for name, tree in modules():
        module = name.removesuffix(".py").replace("/", ".")
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.args.args:
                marks = {ast.unparse(mark) for mark in node.decorator_list}
                if marks & {"cache", "functools.cache", "lru_cache(maxsize=None)"}:
                    grown |= {module} if not module.startswith(few) else set()
    assert grown == set()


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
    kept = KeptFeed(most_bytes=4_000)
    readings = [FeedReading(bytes([number % 250]) * 900, f"tag{number}") for number in range(24)]
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
