"""One line of the answer to a search."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SearchHit:
    label: str
    detail: str
    url: str
    icon: str
