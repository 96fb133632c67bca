"""Make static/icons/sprite.svg from the names in static/icons/icons.txt."""

import re
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

ICONS = Path(settings.BASE_DIR) / "static" / "icons"
DRAWING = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


class Command(BaseCommand):
    help = "Make the icon sprite from a folder of Bootstrap Icons (the folder `icons` of its npm package)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        names = (ICONS / "icons.txt").read_text(encoding="utf-8").split()
        missing = [name for name in names if not (folder / f"{name}.svg").exists()]
        if missing:
            raise CommandError(f"Not in {folder}: {', '.join(missing)}")
        symbols = "\n".join(symbol(name, folder / f"{name}.svg") for name in sorted(set(names)))
        sprite = f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'
        (ICONS / "sprite.svg").write_text(sprite, encoding="utf-8")
        self.stdout.write(f"{len(names)} icons, {len(sprite)} bytes")


def symbol(name: str, path: Path) -> str:
    """One <symbol> on Bootstrap Icons' 16 x 16 grid, drawn in the colour of the text around it."""
    found = DRAWING.search(path.read_text(encoding="utf-8"))
    if found is None:
        raise CommandError(f"{path} holds no drawing.")
    drawing = re.sub(r">\s+<", "><", found[1].strip())
    return f'<symbol id="{name}" viewBox="0 0 16 16" fill="currentColor">{drawing}</symbol>'
