"""What holds for the whole house, read from every template and every module."""

from __future__ import annotations

import ast
import contextlib
import re
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from core.management.commands import house_map

ROOT = Path(__file__).resolve().parent.parent
APPS = ("core", "prisons", "rooms", "sessions", "enrollment", "planner")
PYTHON = [
    path for app in APPS for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts
]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = [path for path in sorted((ROOT / "static").rglob("*.js")) if "vendor" not in path.parts]

VAGUE_NAMES = {
    "utils",
    "util",
    "helpers",
    "helper",
    "services",
    "service",
    "managers",
    "common",
    "misc",
    "base",
}
FORBIDDEN_IN_TEMPLATES = {
    "text that is not escaped": re.compile(r"\|\s*safe\b|autoescape\s+off|\|\s*safeseq\b"),
    "a script in the page": re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")[^>]*>", re.I
    ),
    "a style in the page": re.compile(r"<style\b|\sstyle\s*=\s*[\"'{]", re.I),
    "a handler in the page": re.compile(r"\son[a-z]+\s*=\s*[\"']|javascript:|\bhx-on\b", re.I),
    "a file from elsewhere": re.compile(r"(?:src|href)\s*=\s*[\"'](?:https?:)?//", re.I),
}


# --- Templates --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", FORBIDDEN_IN_TEMPLATES)
def test_no_template_holds(fault: str) -> None:
    pattern = FORBIDDEN_IN_TEMPLATES[fault]
    found = [
        f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, match.start()) + 1}: {match[0][:80]}"
        for path, text in ((path, path.read_text(encoding="utf-8")) for path in TEMPLATES)
        for match in pattern.finditer(text)
        if not is_mail(path)
    ]
    assert not found


def is_mail(path: Path) -> bool:
    """Mail programs read no style sheet of ours and run no script; a page's rules do not hold for them."""
    return bool({"mail", "email"} & set(path.parts))


def test_every_line_of_a_template_can_be_read_without_scrolling() -> None:
    """djangofmt breaks between elements; a longer tag or sentence is broken by whoever writes it."""
    long = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in TEMPLATES
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(line) > 120
    ]
    assert not long, long


def test_htmx_is_asked_for_in_templates_alone() -> None:
    """A script may look for such an attribute, it never sets one; the board's cells are drawn in Python (0009)."""
    written = re.compile(r"[\"']hx-[a-z]+[\"']\s*[:=]|\shx-[a-z]+=|setAttribute\(\s*[\"'`]hx-")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in [*PYTHON, *SCRIPTS]
        if path != ROOT / "planner" / "board" / "drawing" / "week.py"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if written.search(line) and not line.lstrip().startswith(("//", "#"))
    ]
    assert not found


# --- Modules ----------------------------------------------------------------------------------------------


def test_modules_are_named_after_what_they_are_about() -> None:
    found = [path.relative_to(ROOT) for path in PYTHON if {path.stem, path.parent.name} & VAGUE_NAMES]
    assert not found


def imports_of(path: Path) -> set[str]:
    """The first names of everything that a file imports, also inside functions."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names


def test_one_file_alone_knows_the_constraint_solver() -> None:
    users = [path.relative_to(ROOT) for path in PYTHON if "ortools" in imports_of(path)]
    assert len(users) <= 1
    assert all(path.parts[:2] == ("planner", "optimiser") for path in users)


def test_the_optimiser_is_pure() -> None:
    solver = [path for path in PYTHON if path.is_relative_to(ROOT / "planner" / "optimiser")]
    forbidden = {"django", *APPS} - {"planner"}
    assert solver
    assert not [path.name for path in solver if imports_of(path) & forbidden]


def test_nothing_happens_by_signal() -> None:
    """No write is started by a signal; post_migrate, which installs the guards, is no write of a person.

    What a column of its own kind defines (`def pre_save`) is no signal.
    """
    found = [
        path.relative_to(ROOT)
        for path in PYTHON
        if re.search(
            r"(?<!def )\b(?:pre|post)_(?:save|delete|init)\b|m2m_changed|@receiver", path.read_text()
        )
    ]
    assert not found


def test_every_form_is_a_plain_one():
    """Fit for print, bounded dates, refusals in place: never Django's bare form."""
    bare = re.compile(r"^class \w+\((?:forms\.(?:Model)?Form)\)", re.M)
    found = [str(path.relative_to(ROOT)) for path in PYTHON if bare.search(path.read_text(encoding="utf-8"))]
    assert found == []


def test_days_are_asked_for_as_bounds() -> None:
    """`at__date=day` reads every row of all the years (in Python on SQLite); `clock.within` asks an index."""
    lookup = re.compile(r"__(?:date|year|month|day|week|week_day|hour|time)(?:__\w+)?\b(?=\s*[=\"'])")
    lookup_of_functions = re.compile(r"\b(?:Trunc(?:Date|Day|Week|Month)|ExtractYear|ExtractMonth)\(")
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in PYTHON
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if lookup.search(line) or lookup_of_functions.search(line)
    ]
    assert not found


# --- The map ----------------------------------------------------------------------------------------------


def test_the_map_is_drawn_from_the_imports() -> None:
    """Raises where two parts of an app import each other."""
    assert house_map.FILE.read_text(encoding="utf-8") == house_map.drawn(ROOT), "manage.py house_map --write"


def test_no_class_has_two_homes() -> None:
    homes: dict[str, list[str]] = {}
    for path in PYTHON:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and node.name not in {"Command"}:
                homes.setdefault(node.name, []).append(str(path.relative_to(ROOT)))
    assert not {name: where for name, where in homes.items() if len(where) > 1}


def test_a_folder_can_be_read_at_a_glance() -> None:
    folders: dict[Path, int] = {}
    for path in PYTHON:
        if path.name != "__init__.py":
            folders[path.parent] = folders.get(path.parent, 0) + 1
    assert not {
        str(folder.relative_to(ROOT)): n
        for folder, n in folders.items()
        if n > 16 and folder.name != "commands"
    }


# --- Code in strings --------------------------------------------------------------------------------------


def test_code_that_is_handed_to_another_process_imports_what_is_there() -> None:
    """Scripts in strings of tests and benchmarks: no linter and no type checker reads them."""
    lost = []
    for path in sorted(path for folder in ("tests", "benchmarks") for path in (ROOT / folder).rglob("*.py")):
        for script in _scripts(ast.parse(path.read_text(encoding="utf-8"))):
            for node in ast.walk(script):
                if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in APPS:
                    lost += [
                        f"{path.relative_to(ROOT)}: {node.module}.{alias.name}"
                        for alias in node.names
                        if not _is_there(node.module, alias.name)
                    ]
    assert not lost


def _scripts(tree: ast.Module) -> Iterator[ast.Module]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "import " in node.value:
            with contextlib.suppress(SyntaxError):
                yield ast.parse(node.value)


def _is_there(module: str, name: str) -> bool:
    try:
        found = import_module(module)
    except ModuleNotFoundError:
        return False
    return name == "*" or hasattr(found, name) or find_spec(f"{module}.{name}") is not None


def test_no_test_misses_a_word_that_a_random_token_may_hold() -> None:
    """A page holds tokens of letters and digits: of three in a row, one page in some thousands has them."""
    short = re.compile(r"""assert .*["'][A-Za-z0-9]{1,3}["'] not in""")
    found = [
        f"{path.name}: {line.strip()}"
        for path in (ROOT / "tests").rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if short.search(line)
    ]
    assert found == []
