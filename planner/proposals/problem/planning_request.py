"""What a proposal is asked for, as plain values: the span, what may move, what matters, what if."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from planner.models import Proposal
from planner.scheduling.closures.closing import group_of
from prisons.models import Prison

WEEKLY_FROM_DAYS = 15
"""Up to two weeks are planned session by session; a longer span as one weekly place per series."""
MOST_DAYS = 370


@dataclass(frozen=True)
class WhatIf:
    """Suppositions. Additions can only be compared; what is lost can also be repaired and accepted."""

    more_rooms: int = 0
    slot: tuple[int, int, int] | None = None
    """(weekday, start, end) of one more slot, in minutes of the day."""
    helped_worker_id: int | None = None
    """A second facilitator takes over every second one of this one's sessions."""
    lost_room_id: int | None = None
    lost_unit_id: int | None = None
    lost_worker_id: int | None = None
    lost_slot_id: int | None = None
    lost_day: dt.date | None = None

    @property
    def adds(self) -> bool:
        return bool(self.more_rooms or self.slot or self.helped_worker_id)

    @classmethod
    def from_json(cls, facts: dict[str, Any]) -> WhatIf:
        day, slot = facts.get("lost_day"), facts.get("slot")
        rest = {name: value for name, value in facts.items() if name not in ("lost_day", "slot")}
        return cls(
            slot=(int(slot[0]), int(slot[1]), int(slot[2])) if slot else None,
            lost_day=dt.date.fromisoformat(day) if day else None,
            **rest,
        )

    def as_json(self) -> dict[str, Any]:
        facts: dict[str, Any] = {name: getattr(self, name) for name in self.__dataclass_fields__}
        facts["lost_day"] = self.lost_day.isoformat() if self.lost_day else None
        facts["slot"] = list(self.slot) if self.slot else None
        return {name: value for name, value in facts.items() if value}


@dataclass(frozen=True)
class PlanningRequest:
    prison: Prison
    first: dt.date
    last: dt.date
    is_weekly: bool
    aim: str = Proposal.Aim.FRESH
    scope: str = Proposal.Scope.TRAY
    organisation_ids: frozenset[int] = frozenset()
    series_ids: frozenset[int] = frozenset()
    preset: str = Proposal.Preset.CALM
    weights: dict[str, int] = field(default_factory=dict)
    what_if: WhatIf = field(default_factory=WhatIf)
    closure_ids: frozenset[int] = frozenset()
    """Announced closures that are taken as certain."""

    @property
    def is_repair(self) -> bool:
        return self.aim == Proposal.Aim.REPAIR


def brief_of(proposal: Proposal) -> PlanningRequest:
    closure = proposal.closure
    return PlanningRequest(
        prison=proposal.prison,
        first=proposal.first_on,
        last=proposal.last_on,
        is_weekly=proposal.is_weekly,
        aim=proposal.aim,
        scope=proposal.scope,
        organisation_ids=frozenset(proposal.organisation_ids),
        series_ids=frozenset(proposal.series_ids),
        preset=proposal.preset,
        weights=dict(proposal.weights),
        what_if=WhatIf.from_json(proposal.what_if),
        closure_ids=frozenset(one.pk for one in group_of(closure)) if closure else frozenset(),
    )


def is_weekly(first: dt.date, last: dt.date) -> bool:
    """Whether a span is planned as weekly places."""
    return (last - first).days + 1 >= WEEKLY_FROM_DAYS
