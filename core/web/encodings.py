"""Smaller answers for programs that ask for them: brotli before gzip."""

from __future__ import annotations

import gzip

import brotli  # type: ignore[import-untyped]

KNOWN = ("br", "gzip")


def chosen(accept_encoding: str) -> str:
    """The best of what the program accepts, or "" for bytes as they are (RFC 9110, 12.5.3)."""
    wanted: dict[str, float] = {}
    for part in accept_encoding.lower().split(","):
        name, _semicolon, weight = part.partition(";")
        wanted[name.strip()] = _weight(weight)
    others = wanted.get("*", 0.0)
    weights = {name: wanted.get(name, others) for name in KNOWN}
    best = max(KNOWN, key=lambda name: weights[name])
    return best if weights[best] > 0 else ""


def _weight(text: str) -> float:
    name, _equals, number = text.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(number)
    except ValueError:
        return 0.0


def encoded(body: bytes, name: str) -> bytes:
    """`body` in the encoding that `chosen` named; the same bytes each time."""
    if name == "br":
        return brotli.compress(body, quality=5)
    return gzip.compress(body, compresslevel=6, mtime=0) if name == "gzip" else body
