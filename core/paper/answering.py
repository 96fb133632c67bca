"""A paper as the answer to a request: a PDF is shown and printed from where it opens, a workbook is kept."""

from __future__ import annotations

from django.http import HttpResponse

from core.paper.content import Paper
from core.paper.pages import to_pdf
from core.paper.workbook import to_xlsx
from core.xlsx import CONTENT_TYPE as XLSX

CONTENT_TYPES = {"pdf": "application/pdf", "xlsx": XLSX}


def answer(paper: Paper, name: str, ending: str) -> HttpResponse:
    """The file `name`.`ending`; `ending` is one of CONTENT_TYPES."""
    if ending == "pdf":
        return shown_pdf(to_pdf(paper), name)
    return HttpResponse(
        to_xlsx(paper),
        content_type=XLSX,
        headers={"Content-Disposition": f'attachment; filename="{name}.xlsx"'},
    )


def shown_pdf(body: bytes, name: str) -> HttpResponse:
    """Shown where it was asked for: it is printed from there."""
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
    return HttpResponse(body, content_type="application/pdf", headers=headers)


def made(paper: Paper, ending: str) -> bytes:
    return to_pdf(paper) if ending == "pdf" else to_xlsx(paper)


__all__ = ["CONTENT_TYPES", "answer", "made", "shown_pdf"]
