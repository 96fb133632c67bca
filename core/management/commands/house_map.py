"""The map of the house in docs/map.md, drawn from the imports so that it cannot lie."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

APPS = ("planner", "enrollment", "sessions", "rooms", "prisons", "core")
"""The ladder, from the top."""
FILE = Path(settings.BASE_DIR) / "docs" / "map.md"
_HEAD = """# The map of the house

Made by `manage.py house_map --write` from the imports; a test compares. Apps stand as on the ladder, and inside an app
whatever stands higher may import what stands lower, never the other way round. `(12)` is the number of modules.

"""


class Command(BaseCommand):
    """Prints the map; `--write` keeps it in docs/map.md."""

    help = "Draws which part of the program imports which."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--write", action="store_true", help="write docs/map.md")

    def handle(self, *args: Any, **options: Any) -> None:
        text = drawn(Path(settings.BASE_DIR))
        if options["write"]:
            FILE.write_text(text, encoding="utf-8")
        else:
            self.stdout.write(text)


@dataclass(frozen=True)
class _Module:
    name: str
    path: Path

    @property
    def part(self) -> str:
        """The room of the house that it belongs to: `planner.board`, or `planner` for what stands in the hall."""
        pieces = self.name.split(".")
        return ".".join(pieces[:2]) if len(pieces) > 2 or self.path.name == "__init__.py" else pieces[0]

    def imports(self) -> Iterator[str]:
        for node in ast.walk(ast.parse(self.path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield from (f"{node.module}.{alias.name}" for alias in node.names)
            elif isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)


def drawn(root: Path) -> str:
    """The whole map as Markdown. Raises CommandError where two parts of one app import each other."""
    modules = {module.name: module for module in _modules(root)}
    parts: dict[str, int] = defaultdict(int)
    arrows: dict[str, set[str]] = defaultdict(set)
    for module in modules.values():
        parts[module.part] += 1
        for name in module.imports():
            found = modules.get(name) or modules.get(name.rpartition(".")[0])
            if found and found.part != module.part:
                arrows[module.part].add(found.part)
    return _HEAD + "\n".join(_app(app, parts, arrows) for app in APPS)


def _modules(root: Path) -> Iterator[_Module]:
    for app in APPS:
        for path in sorted((root / app).rglob("*.py")):
            if "migrations" not in path.parts:
                name = ".".join(path.relative_to(root).with_suffix("").parts)
                yield _Module(name.removesuffix(".__init__"), path)


def _app(app: str, parts: dict[str, int], arrows: dict[str, set[str]]) -> str:
    """One app: its parts by height, each with what it imports of its own app and which apps below it needs."""
    own = [part for part in parts if part.split(".")[0] == app]
    rooms = [part for part in own if part != app]
    lines = [f"## {app} ({sum(parts[part] for part in own)})", "", "```"]
    for level in _levels(rooms, arrows):
        for part in level:
            lines.append(_line(part, app, parts[part], arrows[part]))
        lines.append("  " + "-" * 60)
    lines[-1] = "```"
    if parts[app]:
        lines.append(f"In the hall: {parts[app]} modules (settings, addresses, models and the like).")
    return "\n".join([*lines, ""])


def _line(part: str, app: str, modules: int, needs: Iterable[str]) -> str:
    inside = sorted(need.split(".")[1] for need in needs if need.startswith(f"{app}.") and need != app)
    below = sorted({need.split(".")[0] for need in needs} - {app}, key=APPS.index)
    text = f"  {part.split('.')[1]} ({modules})"
    if inside:
        text += " -> " + ", ".join(inside)
    return text + (f"   [{', '.join(below)}]" if below else "")


def _levels(parts: list[str], arrows: dict[str, set[str]]) -> list[list[str]]:
    """From the top: a part stands above all that it imports."""
    levels: list[list[str]] = []
    left = set(parts)
    while left:
        ground = sorted(part for part in left if not arrows[part] & (left - {part}))
        if not ground:
            raise CommandError(f"These import each other: {', '.join(sorted(left))}")
        levels.insert(0, ground)
        left -= set(ground)
    return levels
