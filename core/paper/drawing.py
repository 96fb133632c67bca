"""Pages drawn by Typst from the templates of templates/papers/, in this process, with the fonts that we ship.

What is printed goes in as JSON beside the template, so that nothing that somebody typed is ever read as source.
"""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typst
from django.conf import settings

if TYPE_CHECKING:
    from typst import PDFStandard

TEMPLATES = Path(settings.BASE_DIR) / "templates" / "papers"
FONTS = TEMPLATES / "fonts"
KEPT: list[PDFStandard] = ["a-2a", "ua-1"]
"""For the archive and for whoever cannot see: standards that a file is refused for rather than breaking them."""

_one_at_a_time = threading.Lock()
"""The compiler keeps its fonts and what it worked out; it draws one file at a time, in milliseconds."""


def draw(
    template: str,
    facts: Mapping[str, Any],
    *,
    made_at: dt.datetime,
    is_kept: bool = False,
    has_tags: bool = True,
) -> bytes:
    """The PDF of a template. `made_at` is the only time that the file tells, so equal facts are equal bytes.

    Raises typst.TypstError for a fault of the template, ValueError for a template that there is not.
    """
    source = TEMPLATES / f"{template}.typ"
    if not source.is_file():
        raise ValueError(f"no paper {template}")
    given = {"facts": json.dumps(facts, ensure_ascii=False)}
    with _one_at_a_time:
        drawn = _compiler().compile(
            source,
            format="pdf",
            sys_inputs=given,
            timestamp=int(made_at.timestamp()),
            pdf_standards=KEPT if is_kept else None,
            pdf_tags=has_tags or is_kept,
        )
    if not isinstance(drawn, bytes):
        raise TypeError("a PDF is one file")
    return drawn


@cache
def _compiler() -> typst.Compiler:
    """Made when the first page is asked for: it reads the fonts once."""
    return typst.Compiler(root=TEMPLATES, font_paths=[FONTS], ignore_system_fonts=True)
