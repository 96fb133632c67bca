"""A cell in which nothing stands is sent as an empty one.

Templates break their lines between elements, so a cell whose content is left out still holds blanks; `:empty`, by
which a table drawn as cards on a phone hides such a cell with its label, does not match blanks (Selectors 4 says it
should; no browser does so).
"""

import re
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

BLANK_CELL = re.compile(rb"(<td\b[^>]*>)\s+(?=</td>)")


class EmptyCells:
    """Takes the blanks out of cells that hold nothing else, in every page and part of a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not response.streaming and response.get("Content-Type", "").startswith("text/html"):
            response.content = BLANK_CELL.sub(rb"\1", response.content)  # type: ignore[attr-defined]
        return response
