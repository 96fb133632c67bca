"""Every code of a conflict: hard or soft, whether it may be waived, and the words it is shown with.

Codes are computed, sentences are made when shown (planner/scheduling/rules/sentences.py). Each rule is defined
where it is asked, in conflicts.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True)
class Code:
    """One rule. `sentence` is filled with the names of the facts; `way_out` says what to do."""

    code: str
    is_hard: bool
    title: Text
    sentence: Text
    way_out: Text
    may_be_waived: bool = False


_ALL = [
    Code(
        "room_taken",
        True,
        _("room taken"),
        _("%(room)s is taken by %(other)s (%(other_time)s)."),
        _("Choose another room or time."),
    ),
    Code(
        "worker_taken",
        True,
        _("facilitator taken"),
        _("%(worker)s already leads %(other)s (%(other_time)s)."),
        _("Choose another time or another facilitator."),
    ),
    Code(
        "worker_elsewhere",
        True,
        _("facilitator busy elsewhere"),
        _("%(worker)s is busy elsewhere at that time."),
        _("Choose another time or another facilitator."),
    ),
    Code(
        "closed",
        True,
        _("no activities"),
        _("%(place)s: %(reason)s, %(from)s to %(to)s."),
        _("Choose another day, or wait until the closure is lifted."),
    ),
    Code(
        "outside_slot",
        True,
        _("outside every time slot"),
        _("%(time)s lies in no time slot of that day."),
        _("Choose a time inside a slot, or ask the coordinator to allow it."),
        may_be_waived=True,
    ),
    Code(
        "room_too_small",
        True,
        _("room too small"),
        _("%(room)s holds %(capacity)s, the group has %(places)s places."),
        _("Choose a larger room, or lower the places."),
        may_be_waived=True,
    ),
    Code(
        "feature_missing",
        True,
        _("the room lacks something"),
        _("%(room)s has no %(feature)s."),
        _("Choose a room that has it."),
        may_be_waived=True,
    ),
    Code(
        "worker_unavailable",
        True,
        _("facilitator not available"),
        _("%(worker)s cannot come at that time."),
        _("Choose another time, or a substitute."),
        may_be_waived=True,
    ),
    Code(
        "permission_missing",
        True,
        _("no permission to enter"),
        _("%(worker)s has no permission for %(day)s."),
        _("Ask the prison for the permission, then enter its date."),
    ),
    Code(
        "room_closed_hours",
        True,
        _("outside the room's hours"),
        _("%(room)s is not open at %(time)s."),
        _("Choose a time at which the room is open."),
    ),
    Code(
        "room_out_of_use",
        True,
        _("room out of use"),
        _("%(room)s is out of use."),
        _("Choose another room."),
    ),
    Code(
        "unit_not_free",
        True,
        _("living unit not free"),
        _("%(unit)s cannot come at that time: %(kind)s."),
        _("Choose another time, or other units."),
        may_be_waived=True,
    ),
    Code(
        "unit_cannot_reach",
        True,
        _("living unit cannot reach the room"),
        _("%(unit)s cannot reach %(room)s."),
        _("Choose another room, or other units."),
    ),
    Code(
        "populations_mixed",
        True,
        _("populations mixed"),
        _("Men and women may not be in one group here."),
        _("Make a group for each."),
    ),
    Code(
        "movement_capacity",
        True,
        _("too many movements"),
        _("The prison cannot bring so many people or groups in the slot %(slot)s."),
        _("Choose another slot, or fewer places."),
    ),
    Code(
        "person_in_two_places",
        True,
        _("people in two places"),
        _("Somebody of this group is elsewhere at that time."),
        _("Choose another time."),
    ),
    Code("keep_apart", True, _("cannot"), _("This cannot be done in this slot."), _("Choose another slot.")),
    Code(
        "announced",
        False,
        _("a closure is announced"),
        _("%(place)s: %(reason)s is announced, %(from)s to %(to)s."),
        _("Choose another day, or wait for the decision."),
    ),
    Code(
        "permission_expiring",
        False,
        _("permission expires soon"),
        _("The permission of %(worker)s ends on %(until)s."),
        _("Ask the prison to renew it."),
    ),
    Code(
        "worker_wish",
        False,
        _("against a wish"),
        _("%(worker)s would rather not work at that time."),
        _("Ask first."),
    ),
    Code(
        "turnaround",
        False,
        _("little time between"),
        _("Only %(minutes)s min. between this and %(other)s in %(room)s."),
        _("Leave some minutes between."),
    ),
    Code(
        "room_changed",
        False,
        _("other room than usual"),
        _("The usual room is %(usual)s."),
        _("Tell the group."),
    ),
    Code(
        "holiday",
        False,
        _("public holiday"),
        _("%(day)s is a public holiday: %(holiday)s."),
        _("Check that the prison works that day."),
    ),
    Code(
        "unit_out_of_use",
        False,
        _("living unit out of use"),
        _("%(unit)s is out of use: nobody comes from there."),
        _("Change the units of the series."),
    ),
    Code("band", False, _("holiday period"), _("%(day)s lies in: %(band)s."), _("Expect fewer people.")),
]

CODES: dict[str, Code] = {code.code: code for code in _ALL}
HARD = frozenset(code.code for code in _ALL if code.is_hard)
OF_THE_CHOICE = frozenset({"room_changed"})
"""What somebody has just chosen is no news to them: seen on the card afterwards, never asked about."""
WAIVABLE = frozenset(code.code for code in _ALL if code.may_be_waived)


@dataclass(frozen=True, slots=True)
class Conflict:
    """One rule that one session breaks. `facts` are ids and plain values, in a fixed order per code.

    Two conflicts are the same when code, session and facts are: what a change leaves alone, it does not add.
    """

    code: str
    session_id: int
    facts: tuple[tuple[str, Any], ...] = ()
    is_waived: bool = False

    @property
    def is_hard(self) -> bool:
        """Stops a placement. A waived rule only shows."""
        return self.code in HARD and not self.is_waived

    @property
    def is_asked_about(self) -> bool:
        """Before a placement: what forbids it, and what is to be watched."""
        return self.code not in OF_THE_CHOICE

    @property
    def key(self) -> tuple[str, int, tuple[tuple[str, Any], ...]]:
        return self.code, self.session_id, self.facts

    def as_seen(self) -> tuple[int, str]:
        """What every reader sees of it: that a rule forbids it, or which point to watch it is."""
        return self.session_id, "" if self.is_hard else self.code

    def __getitem__(self, name: str) -> Any:
        return dict(self.facts)[name]
