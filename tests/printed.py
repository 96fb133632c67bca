"""What stands on the pages of a PDF, as whoever opens it reads and copies it."""

import pypdfium2


def pages_of(body: bytes) -> list[str]:
    with pypdfium2.PdfDocument(body) as document:
        return [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in document]


def text_of(body: bytes) -> str:
    """All pages behind each other, with single spaces."""
    return " ".join(" ".join(pages_of(body)).split())
