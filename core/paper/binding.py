"""Drawn parts bound into one file: packed, with the copies that a pile wants, locked where it must be."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from pikepdf import Encryption, Name, ObjectStreamMode, Pdf, Permissions

LEAST_LENGTH = 12
"""Letters of a passphrase."""
_MAY = Permissions(modify_other=False, modify_annotation=False, modify_form=False, modify_assembly=False)


@dataclass(frozen=True)
class BoundPart:
    """Pages that were drawn in one go, and how often they are wanted, the copies behind each other."""

    body: bytes
    copies: int = 1


def bind(parts: Sequence[BoundPart], *, passphrase: str = "") -> bytes:
    """One file; with `passphrase` locked by AES-256 as ISO 32000-2 lays down (revision 6).

    Raises ValueError when nothing was drawn, or for a passphrase that is too short.
    """
    if not parts:
        raise ValueError("a PDF needs a page")
    first, *others = parts
    with Pdf.open(io.BytesIO(first.body)) as whole:
        _copy_pages(whole, first.copies)
        for part in others:
            with Pdf.open(io.BytesIO(part.body)) as more:
                _copy_pages(more, part.copies)
                whole.pages.extend(more.pages)
        return _saved(whole, passphrase)


def count_pages(body: bytes) -> int:
    with Pdf.open(io.BytesIO(body)) as pdf:
        return len(pdf.pages)


def _saved(whole: Pdf, passphrase: str) -> bytes:
    saved = io.BytesIO()
    packed = {"object_stream_mode": ObjectStreamMode.generate, "compress_streams": True}
    if passphrase:
        whole.save(saved, encryption=_lock(passphrase), **packed)
    else:
        whole.save(saved, deterministic_id=True, **packed)
    return saved.getvalue()


def _lock(passphrase: str) -> Encryption:
    """Whoever opens the file has all rights that printing needs; nobody owns it more."""
    if len(passphrase) < LEAST_LENGTH:
        raise ValueError(f"a passphrase has {LEAST_LENGTH} characters or more")
    word = unicodedata.normalize("NFKC", passphrase)
    return Encryption(user=word, owner=word, R=6, aes=True, metadata=True, allow=_MAY)


def _copy_pages(pdf: Pdf, copies: int) -> None:
    """All pages as often as they are wanted. One structure cannot speak of both copies, so it goes."""
    if copies == 1:
        return
    pages = list(pdf.pages)
    for _copy in range(copies - 1):
        pdf.pages.extend(pages)
    for name in (Name.PageLabels, Name.StructTreeRoot, Name.MarkInfo, Name.Outlines):
        if name in pdf.Root:
            del pdf.Root[name]


__all__ = ["LEAST_LENGTH", "BoundPart", "bind", "count_pages"]
