"""Pages for the printer as one PDF. The program that draws them is loaded when the first one is asked for."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.errors import PlannerError

STATIC = Path(settings.BASE_DIR) / "static"


def render_pdf(html: str, stylesheets: Iterable[str]) -> bytes:
    """The PDF of a page of HTML. Stylesheets are named as under static/; nothing else is ever fetched.

    Raises PlannerError `no_pdf` (503) where the machine lacks what draws the pages.
    """
    try:
        from weasyprint import CSS, HTML
    except OSError as error:
        message = _(
            "PDF files need the Pango library on the server (Debian: libpango-1.0-0, libpangoft2-1.0-0)."
        )
        raise PlannerError("no_pdf", message, 503) from error
    fetcher = _own_files_only()
    sheets = [CSS(filename=str(STATIC / name), url_fetcher=fetcher) for name in stylesheets]
    page = HTML(string=html, base_url=str(STATIC), url_fetcher=fetcher)
    written: bytes = page.write_pdf(stylesheets=sheets)
    return written


def _own_files_only() -> Any:
    """What fetches fonts and pictures: no page may make the server ask another or read other files."""
    from weasyprint.urls import URLFetcher

    class OwnFiles(URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> Any:
            parts = urlsplit(url)
            path = Path(unquote(parts.path)).resolve()
            if parts.scheme != "file" or not path.is_relative_to(STATIC.resolve()):
                raise ValueError(f"not one of our own files: {url}")
            return super().fetch(url, headers)

    return OwnFiles(allowed_protocols={"file"}, allow_redirects=False)
