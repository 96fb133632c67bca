"""Pages drawn by Typst from the templates of templates/papers/, in this process, with the fonts that we ship.

What is printed goes in as JSON beside the template, so that nothing that somebody typed is ever read as source.
"""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import typst

if TYPE_CHECKING:
    from typst import PDFStandard

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "papers"
FONTS = TEMPLATES / "fonts"
KEPT: list[PDFStandard] = ["a-2a", "ua-1"]
"""For the archive and for whoever cannot see: standards that a file is refused for rather than breaking them."""

APART_SECONDS = 120
"""Whatever takes longer is ended: somebody waits for it."""

_one_at_a_time = threading.Lock()
"""The compiler keeps its fonts and what it worked out; it draws one file at a time, in milliseconds."""


def draw(
    template: str,
    facts: Mapping[str, Any],
    *,
    made_at: dt.datetime,
    is_kept: bool = False,
    has_tags: bool = True,
    is_apart: bool = False,
) -> bytes:
    """The PDF of a template. `made_at` is the only time that the file tells, so equal facts are equal bytes.

    `is_apart` draws in a process of its own: some hundred pages in one go take half a gigabyte, given back with it.
    Raises typst.TypstError for a fault of the template, ValueError for a template that there is not.
    """
    if not (TEMPLATES / f"{template}.typ").is_file():
        raise ValueError(f"no paper {template}")
    told = json.dumps(facts, ensure_ascii=False)
    order = Order(template, told, int(made_at.timestamp()), is_kept, has_tags or is_kept)
    return _drawn_apart(order) if is_apart else _drawn(order)


class Order(NamedTuple):
    """What is to be drawn, in plain values that another process can be told."""

    template: str
    facts: str
    made_at: int
    is_kept: bool
    has_tags: bool


def _drawn(order: Order) -> bytes:
    with _one_at_a_time:
        drawn = _compiler().compile(
            TEMPLATES / f"{order.template}.typ",
            format="pdf",
            sys_inputs={"facts": order.facts},
            timestamp=order.made_at,
            pdf_standards=KEPT if order.is_kept else None,
            pdf_tags=order.has_tags,
        )
    if not isinstance(drawn, bytes):
        raise TypeError("a PDF is one file")
    return drawn


def _drawn_apart(order: Order) -> bytes:
    """This file run as a program: it needs nothing of the product, so it begins at once."""
    done = subprocess.run(  # noqa: S603  (this file, by this Python)
        [sys.executable, "-I", __file__],
        input=json.dumps(order).encode(),
        capture_output=True,
        check=False,
        timeout=APART_SECONDS,
    )
    if done.returncode:
        raise RuntimeError(f"a paper was not drawn: {done.stderr.decode(errors='replace')[-500:]}")
    return done.stdout


@cache
def _compiler() -> typst.Compiler:
    """Made when the first page is asked for: it reads the fonts once."""
    return typst.Compiler(root=TEMPLATES, font_paths=[FONTS], ignore_system_fonts=True)


if __name__ == "__main__":
    sys.stdout.buffer.write(_drawn(Order(*json.load(sys.stdin.buffer))))
