"""Pages as PDF. weasyprint takes seconds and memory to load, so only when the first PDF is asked for."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.errors import PlannerError


def pdf(html: str) -> bytes:
    """Raises PlannerError `no_pdf` (503) that says what to install where the drawing library is missing."""
    try:
        from weasyprint import HTML
    except OSError as error:
        raise PlannerError(
            "no_pdf",
            _("This computer cannot make PDF files yet: install pango. Printing the page works."),
            status=503,
        ) from error
    return HTML(string=html, url_fetcher=_refuse_fetching).write_pdf()


def _refuse_fetching(url: str) -> None:
    """Nothing is fetched from anywhere: the page brings what it needs."""
    raise ValueError(url)
