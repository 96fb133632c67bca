"""Lines that need each other, said before any is accepted: one goes where another stands and moves away from.

Accepting asks the writer itself (accepting.py); here each line is tried by itself on one snapshot.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping

from core.dates.clock import today
from planner.models import Proposal, ProposalLine
from planner.proposals.accepting import open_lines
from planner.proposals.lines.making import changes_of, sessions_of
from planner.scheduling.placement.writer import DryRun, dry_run
from planner.scheduling.rules import conflicts
from planner.scheduling.rules.snapshot import Snapshot, SnapshotRow
from rooms.domain.facts import Rules, rules_of

MOST = 80
"""Of more lines it is said only once they are ticked: trying each takes some milliseconds."""


def needs_of(proposal: Proposal) -> dict[int, frozenset[int]]:
    """Line -> the other lines that go along when it is ticked alone. Five queries or so, whatever the size."""
    lines = open_lines(proposal)
    if len(lines) > MOST or not any(line.outcome == ProposalLine.Outcome.MOVED for line in lines):
        return {}
    sessions = sessions_of(lines)
    line_of = {pk: line.pk for line in lines for pk in changes_of(line, sessions)}
    changes = [change for line in lines for change in changes_of(line, sessions).values()]
    tried, rules = dry_run(proposal.prison, changes), rules_of(proposal.prison)
    found = {line.pk: _with(line.pk, tried, line_of, rules) - {line.pk} for line in lines}
    return {pk: frozenset(others) for pk, others in found.items() if others}


def _with(line: int, tried: DryRun, line_of: Mapping[int, int], rules: Rules) -> set[int]:
    together = {line}
    while True:
        rows = [row for pk, row in tried.rows.items() if line_of[pk] in together]
        near = _near(tried.before, rows)
        blocked = [one for one in conflicts.added(near, near.with_rows(rows), rules) if one.is_hard]
        others = {int(pk) for one in blocked for pk in (one.session_id, dict(one.facts).get("other", 0))}
        needed = {line_of[pk] for pk in others if pk in line_of} - together
        if not needed:
            return together
        together |= needed


def _near(snapshot: Snapshot, rows: Collection[SnapshotRow]) -> Snapshot:
    """What stands on the dates to which these go, the day before for what runs past midnight, and they themselves."""
    days = {today(row.starts_at) for row in rows if row.starts_at}
    days |= {day - dt.timedelta(days=1) for day in days}
    own = {row.session_id for row in rows}
    near = {
        pk: row
        for pk, row in snapshot.rows.items()
        if pk in own or (row.starts_at and today(row.starts_at) in days)
    }
    return Snapshot(
        near, snapshot.series, snapshot.workers, snapshot.people, snapshot.people_units, snapshot.separations,
        snapshot.waivers, snapshot.worker_names,
    )  # fmt: skip
