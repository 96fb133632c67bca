"""A workbook is a zip: it is measured before anything in it is opened."""

from __future__ import annotations

import io
import zipfile

from django.utils.translation import gettext_lazy as _

from core.errors import PlannerError
from core.tables.values import refusal, too_large, unreadable

MOST_UNPACKED = 60 * 1024 * 1024
MOST_PARTS = 1000
MOST_RATIO = 200
"""How much a part of more than a megabyte may shrink: a list of people shrinks to a tenth."""
_LARGE = 1024 * 1024
_XML = (".xml", ".rels", ".vml", ".rdf")


def refuse_hostile(content: bytes) -> None:
    """Raises PlannerError 422 for what is no workbook, or more than one."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            _refuse_parts(archive, parts)
            for part in parts:
                if part.filename.lower().endswith(_XML):
                    _refuse_traps(archive, part)
    except PlannerError:
        raise
    except Exception as error:  # damaged archives fail in many ways
        raise unreadable() from error


def _refuse_parts(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    names = [part.filename for part in parts]
    if any(part.flag_bits & 1 for part in parts):
        raise refusal("protected", _("The file has a password. Save it without one and send that."))
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise too_large()
    if any(p.file_size > _LARGE and p.file_size > MOST_RATIO * max(p.compress_size, 1) for p in parts):
        raise too_large()
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise refusal("macros", _("The workbook contains macros. Save it as .xlsx without macros."))
    if len(set(names)) != len(names):
        raise unreadable()  # the same part twice: programs disagree on which one counts
    if "mimetype" in names and "[Content_Types].xml" in names:
        raise unreadable()  # two kinds of workbook at once: programs disagree on which one it is
    if "word/document.xml" in names:
        raise refusal(
            "word", _("This is a Word document. Copy the table to a workbook and save it as .xlsx.")
        )
    if not _is_workbook(archive, names):
        raise refusal(
            "no_workbook", _("This is no workbook, whatever its name says. Send an .xlsx, .ods or .csv file.")
        )


def _is_workbook(archive: zipfile.ZipFile, names: list[str]) -> bool:
    if "mimetype" in names and "content.xml" in names:
        with archive.open("mimetype") as kind:
            return b"spreadsheet" in kind.read(100)
    return "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names)


def _refuse_traps(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """No office program declares a document type or entities. Read piece by piece, never as a whole."""
    rest = b""
    with archive.open(part) as stream:
        while piece := stream.read(_LARGE):
            plain = (rest + piece).replace(b"\x00", b"")  # also when written in two bytes a letter
            if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
                raise unreadable()
            rest = piece[-40:]
