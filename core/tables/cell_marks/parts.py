"""Where the parts of a workbook lie in its zip."""

from __future__ import annotations

import posixpath
import zipfile
from xml.etree import ElementTree  # the zip was searched for entities before it came here


def local(tag: str) -> str:
    return tag.rpartition("}")[2]


def targets(archive: zipfile.ZipFile, relations: str) -> dict[str, str]:
    """Id of each relation of the workbook -> the part that it names."""
    if relations not in archive.namelist():
        return {}
    return {
        each.get("Id", ""): posixpath.normpath(posixpath.join("/xl", each.get("Target", ""))).lstrip("/")
        for each in ElementTree.fromstring(archive.read(relations))  # noqa: S314
    }
