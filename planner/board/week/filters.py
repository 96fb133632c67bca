"""What the board shows of a week: the filter stands in the address, so that a link shows the same."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from django.db.models import Q
from django.http import QueryDict

from core.web import address
from prisons import gate
from prisons.access import Access
from sessions.models import Domain, GroupSession

ROWS = ("rooms", "units", "workers")


@dataclass(frozen=True)
class BoardFilter:
    """Empty means all. What is no number or no known code is ignored: an old link still shows a board."""

    rows: str = "rooms"
    service: int | None = None
    domain: str = ""
    language: str = ""
    unit: int | None = None
    worker: int | None = None
    state: str = ""
    mine: bool = False

    @classmethod
    def read(cls, query: QueryDict, access: Access) -> BoardFilter:
        """From the address, as far as this reader may ask for it."""
        domain, state = query.get("domain", ""), query.get("state", "")
        rows = query.get("rows", "rooms")
        asked: dict[str, Any] = {
            "rows": rows if rows in ROWS else "rooms",
            "service": address.number(query.get("service")),
            "domain": domain if domain in Domain.values else "",
            "language": query.get("language", "")[:2],
            "unit": address.number(query.get("unit")),
            "worker": address.number(query.get("worker")),
            "state": state if state in GroupSession.State.values else "",
            "mine": query.get("mine") == "1",
        }
        return cls(**gate.answered(access, asked))

    @property
    def is_narrow(self) -> bool:
        """Whether anything is left out."""
        return any(getattr(self, field.name) for field in fields(self) if field.name != "rows")

    def condition(self, organisation_ids: frozenset[int]) -> Q:
        """The same for the database."""
        wanted: dict[str, Any] = {}
        if self.service:
            wanted["series__activity__organisation"] = self.service
        if self.domain:
            wanted["series__activity__domain"] = self.domain
        if self.state:
            wanted["state"] = self.state
        if self.worker:
            wanted["session_workers__worker"] = self.worker
        condition = Q(**wanted)
        if self.language:
            condition &= Q(series__languages__icontains=f'"{self.language}"')
        if self.mine:
            condition &= Q(series__activity__organisation__in=organisation_ids)
        return condition

    def shows_unit(self, unit_ids: frozenset[int]) -> bool:
        """A series for all units is for this one too."""
        return not self.unit or not unit_ids or self.unit in unit_ids
