"""Whether a room is fit for a group: pure questions to the rules, about people and things, not about time."""

from __future__ import annotations

from collections.abc import Collection

from prisons.models import Unit
from rooms.domain.facts import Rules

NOBODY: frozenset[int] = frozenset()


def is_too_small(rules: Rules, room_id: int, places: int) -> bool:
    """Counts the places of the group, not who is enrolled."""
    return places > rules.rooms[room_id].capacity


def missing_features(rules: Rules, room_id: int, needed: Collection[int]) -> frozenset[int]:
    """Ids of the needed features that the room has not."""
    return frozenset(needed) - rules.rooms[room_id].features if needed else NOBODY


def units_out_of_reach(rules: Rules, room_id: int, unit_ids: Collection[int]) -> frozenset[int]:
    """Units of the group that cannot reach the room. A group for all units is for whoever can: empty.

    A room inside a unit, about which nothing else is said, is for that unit.
    """
    room = rules.rooms[room_id]
    reach = room.reachable_from or {room.inside_unit_id} - {None}
    return frozenset(unit_ids) - reach if reach and unit_ids else NOBODY


def are_populations_mixed(rules: Rules, unit_ids: Collection[int]) -> bool:
    """Whether a group for these units puts men and women together where the prison never does.

    People of one unit that houses both live together already; together with any other kind of unit they
    would mix. A group for all units says nothing about who is in it: that is asked when people are approved.
    """
    if not rules.separates_populations or len(unit_ids) < 2:
        return False
    return len({rules.units[unit_id].population for unit_id in unit_ids}) > 1


def may_share_a_group(rules: Rules, populations: Collection[str]) -> bool:
    """The same rule for people: whether those of units with these populations may be in one group."""
    return not rules.separates_populations or len(set(populations) - {Unit.Population.MIXED}) < 2
