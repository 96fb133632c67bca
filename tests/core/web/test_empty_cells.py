"""What a table on a phone hides, because nothing stands in it, is empty to the letter."""

import pytest
from django.http import HttpRequest, HttpResponse

from core.web.empty_cells import EmptyCells


@pytest.mark.parametrize(
    ("sent", "left"),
    [
        ('<td data-label="Free">\n    \n  </td>', '<td data-label="Free"></td>'),
        ("<td> </td><td>\n 1\n</td>", "<td></td><td>\n 1\n</td>"),
        ("<td></td>", "<td></td>"),
        ("<tdx> </tdx>", "<tdx> </tdx>"),
    ],
)
def test_blanks_alone_are_nothing(sent: str, left: str) -> None:
    answer = EmptyCells(lambda request: HttpResponse(sent))(HttpRequest())
    assert answer.content.decode() == left


def test_a_file_keeps_its_blanks() -> None:
    answer = EmptyCells(lambda request: HttpResponse("<td> </td>", content_type="text/csv"))(HttpRequest())
    assert answer.content == b"<td> </td>"
