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
    response = HttpResponse(made(paper, ending), content_type=CONTENT_TYPES[ending])
    place = "attachment" if ending == "xlsx" else "inline"
    response["Content-Disposition"] = f'{place}; filename="{name}.{ending}"'
    return response


def made(paper: Paper, ending: str) -> bytes:
    return to_pdf(paper) if ending == "pdf" else to_xlsx(paper)


__all__ = ["CONTENT_TYPES", "answer", "made"]
