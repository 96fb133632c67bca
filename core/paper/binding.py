"""Drawn parts bound into one file: packed, with the copies that a pile wants, locked where it must be."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pikepdf
from pikepdf import Dictionary, Encryption, Name, ObjectStreamMode, Page, Pdf, Permissions

LEAST_LENGTH = 12
"""Letters of a passphrase."""
_MAY = Permissions(modify_other=False, modify_annotation=False, modify_form=False, modify_assembly=False)


@dataclass(frozen=True)
class Part:
    """Pages that were drawn in one go, and how often each list among them is wanted."""

    body: bytes
    copies: tuple[int, ...] = ()


def bind(parts: Sequence[Part], *, passphrase: str = "") -> bytes:
    """One file; with `passphrase` locked by AES-256 as ISO 32000-2 lays down (revision 6).

    Raises ValueError when nothing was drawn, or for a passphrase that is too short.
    """
    if not parts:
        raise ValueError("a PDF needs a page")
    first, *others = parts
    with Pdf.open(io.BytesIO(first.body)) as whole:
        _copy_lists(whole, first.copies)
        for part in others:
            with Pdf.open(io.BytesIO(part.body)) as more:
                _copy_lists(more, part.copies)
                whole.pages.extend(more.pages)
        return _saved(whole, passphrase)


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


def _copy_lists(pdf: Pdf, copies: Sequence[int]) -> None:
    """Each list as often as it is wanted, its copies behind each other."""
    if set(copies) <= {1}:
        return
    pages = [page for pages, number in zip(_lists(pdf), copies, strict=True) for page in pages * number]
    seen: set[Any] = set()
    wanted = []
    for page in pages:
        again = page.objgen in seen
        seen.add(page.objgen)
        wanted.append(pdf.make_indirect(Dictionary(dict(page.obj))) if again else page.obj)
    pdf.Root.Pages.Kids = pikepdf.Array(wanted)
    pdf.Root.Pages.Count = len(wanted)
    for one in wanted:
        one.Parent = pdf.Root.Pages
    for name in (Name.PageLabels, Name.StructTreeRoot, Name.MarkInfo, Name.Outlines):
        if name in pdf.Root:
            del pdf.Root[name]


def _lists(pdf: Pdf) -> Iterator[list[Page]]:
    """The pages of each list: with every list the numbers of the pages begin again."""
    found: list[Page] = []
    for page in pdf.pages:
        if page.label == "1" and found:
            yield found
            found = []
        found.append(page)
    yield found


__all__ = ["LEAST_LENGTH", "Part", "bind"]
