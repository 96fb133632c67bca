"""The one door for files that somebody sends: what it is decides the bytes, never the name.

A hostile file costs no more memory and time than the limits allow: a zip is measured before anything in it is
opened, workbooks are read in a process of their own (`calamine`), and reading stops at the first row too many.
"""

from __future__ import annotations

import io
import zipfile

from django.utils.translation import gettext_lazy as _

from core.errors import PlannerError
from core.tables import text, web, workbooks, zips
from core.tables.values import MOST_BYTES, ReadSheet, refusal, unreadable

_OLDER_EXPORTS = (
    b"MIME-Version:",
    b"ID;P",
    b"TABLE\r\n0,1",
    b"TABLE\n0,1",
    b"\x09\x04\x06\x00",
    b"\x09\x02\x06\x00",
)
_XML_EXPORTS = (b"urn:schemas-microsoft-com:office:spreadsheet", b"urn:oasis:names:tc:opendocument")
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"


def read_sheets(content: bytes) -> list[ReadSheet]:
    """The sheets in their order, hidden ones marked. Raises PlannerError 422 `file_...` in words that help."""
    if not content.strip(b"\x00 \r\n\t"):
        raise refusal("empty", _("The file is empty."))
    if len(content) > MOST_BYTES:
        raise refusal(
            "too_large", _("The file is larger than 5 MB. A list of people never is: check the file.")
        )
    if content.startswith(b"PK"):
        zips.refuse_hostile(content)
        return workbooks.read(content)
    if content.startswith(_OLD_OFFICE):
        return _read_old(content)
    _refuse_other_kinds(content)
    decoded = text.decoded(content)
    if web.is_web_page(decoded):
        return web.read(decoded)
    return [text.read(decoded)]


def _read_old(content: bytes) -> list[ReadSheet]:
    """An .xlsx with a password is wrapped into the container that an old .xls is too."""
    if any(name.encode("utf-16-le") in content for name in ("EncryptedPackage", "EncryptionInfo")):
        raise refusal("protected", _("The file has a password. Save it without one and send that."))
    if "WordDocument".encode("utf-16-le") in content:
        raise refusal(
            "word", _("This is a Word document. Copy the table to a workbook and save it as .xlsx.")
        )
    try:
        if zipfile.is_zipfile(io.BytesIO(content)):
            raise unreadable()  # two kinds at once: the zip in it would be opened without being measured
        return workbooks.read(content)
    except PlannerError as error:
        if error.code != "file_unreadable":
            raise
        words = _("This .xls is damaged or has a password. Save it as .xlsx without a password.")
        raise refusal("unreadable", words) from error


def _refuse_other_kinds(content: bytes) -> None:
    head = content[:2000].lstrip()
    if head.startswith(b"%PDF"):
        raise refusal("pdf", _("This is a PDF. Ask for the list as .xlsx or .csv."))
    if head.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8")):
        raise refusal("picture", _("This is a picture. Ask for the list as .xlsx or .csv."))
    if head.startswith(b"{\\rtf"):
        raise refusal(
            "word", _("This is a Word document. Copy the table to a workbook and save it as .xlsx.")
        )
    if head.startswith(_OLDER_EXPORTS) or any(name in head for name in _XML_EXPORTS):
        raise refusal(
            "old_export",
            _("This is an older kind of export with the name of a workbook. Open it and save it as .xlsx."),
        )
