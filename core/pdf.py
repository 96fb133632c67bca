"""Pages for the printer as one PDF. The program that draws them is loaded when the first one is asked for."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.errors import PlannerError
from core.pdf_lock import write_locked

STATIC = Path(settings.BASE_DIR) / "static"


def render_pdf(html: str, stylesheets: Iterable[str]) -> bytes:
    """The PDF of a page of HTML. Stylesheets are named as under static/; nothing else is ever fetched.

    Raises PlannerError `no_pdf` (503) where the machine lacks what draws the pages.
    """
    pages = Pages(stylesheets)
    pages.draw(html)
    return pages.to_bytes()


class Pages:
    """Pages drawn from one or more pieces of HTML, each of which counts its own pages.

    `rules` are further lines of CSS. Nothing but own files is ever fetched. Raises PlannerError `no_pdf` (503).
    """

    def __init__(self, stylesheets: Iterable[str], rules: str = "") -> None:
        try:
            from weasyprint import CSS, HTML
            from weasyprint.text.fonts import FontConfiguration
        except OSError as error:
            message = _(
                "PDF files need the Pango library on the server (Debian: libpango-1.0-0, libpangoft2-1.0-0)."
            )
            raise PlannerError("no_pdf", message, 503) from error
        self._html, self._fonts, self._fetcher = HTML, FontConfiguration(), _own_files_only()
        common = {"url_fetcher": self._fetcher, "font_config": self._fonts}
        self._sheets = [CSS(filename=str(STATIC / name), **common) for name in stylesheets]
        if rules:
            self._sheets.append(CSS(string=rules, **common))
        self._first: Any = None
        self._pages: list[Any] = []

    def draw(self, html: str, *, copies: int = 1) -> int:
        """Adds the pages of this HTML, as often as there are copies; returns how many one copy has."""
        source = self._html(string=html, base_url=str(STATIC), url_fetcher=self._fetcher)
        drawn = source.render(stylesheets=self._sheets, font_config=self._fonts)
        self._first = self._first or drawn
        self._pages += list(drawn.pages) * copies
        return len(drawn.pages)

    def to_bytes(self, *, passphrase: str = "") -> bytes:
        """The file, locked with `passphrase` (AES-256) if there is one. ValueError when nothing was drawn."""
        if self._first is None:
            raise ValueError("a PDF needs a page")
        whole = self._first.copy(self._pages)
        if passphrase:
            return write_locked(whole, passphrase)
        written: bytes = whole.write_pdf()
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
