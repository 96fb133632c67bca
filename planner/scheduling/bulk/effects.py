"""What an act on several sessions would do: as the page shows it, and as the act is held to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from core.secrets.digest import digest
from planner.notifications.session_change import SessionChange
from planner.scheduling.bulk.returning import Ruling
from planner.scheduling.placement.audience_counts import AudienceCounts, told_by
from planner.scheduling.placement.foreseen import foresee
from planner.scheduling.placement.session_changes import Change
from prisons.models import Prison
from sessions.models import GroupSession


@dataclass(frozen=True)
class BulkEffect:
    """The sessions that can with what becomes of them, those that cannot, and whom it tells."""

    verb: str = ""
    ruling: Ruling = field(default_factory=Ruling)
    changes: tuple[Change, ...] = ()
    then: Mapping[int, SessionChange] = field(default_factory=dict)
    told: AudienceCounts = field(default_factory=AudienceCounts)

    @property
    def digest(self) -> str:
        return digest(self.verb, self.ruling, self.changes, self.told)


def effect_of(
    prison: Prison,
    verb: str,
    ruling: Ruling,
    changes: Sequence[Change],
    sessions: Iterable[GroupSession] = (),
) -> BulkEffect:
    """Writes nothing. `sessions` that were read with all that a placing is read from are not read again."""
    known = {one.pk: one for one in sessions}
    then = foresee(prison, changes, known)
    return BulkEffect(verb, ruling, tuple(changes), then, told_by(prison, changes, known=known))
