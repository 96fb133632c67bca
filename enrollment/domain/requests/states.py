"""The way of a request as one table. docs/enrolment.md shows the same table; a test compares the two.

An Enrollment moves only along these rows. Which of several rows of one verb holds is decided under the
prison's lock: whether a place is free, and whether this prison wants to agree first.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from core.errors import PlannerError
from enrollment.models import Enrollment, Request, Slip

E, R, S = Enrollment.State, Request.State, Slip.Kind


class Verb(StrEnum):
    """What can be done with an enrolment; also what its steps are called."""

    ENTER = "enter"
    APPROVE = "approve"
    PUT_ON_LIST = "put_on_list"
    GIVE_PLACE = "give_place"
    AGREE = "agree"
    REFUSE = "refuse"
    NOT_NOW = "not_now"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    END = "end"
    TAKE_BACK = "take_back"
    REOPEN = "reopen"
    # Steps that move nothing, but must be readable afterwards.
    PASS_OVER = "pass_over"  # noqa: S105
    MOVE_BY_HAND = "move_by_hand"
    ASK_AGAIN = "ask_again"


@dataclass(frozen=True)
class Transition:
    """One row of the table: in `state`, `verb` leads to `to` and writes a slip of this kind."""

    verb: Verb
    state: Enrollment.State
    to: Enrollment.State
    when: str = ""
    """Tells rows of one verb apart: `free`, `agreement` (free, but the prison decides) or `full`; of a series
    that goes on after all, what somebody was before."""
    slip: Slip.Kind | None = None
    request: Request.State | None = None
    """What becomes of the request that asked for it; None leaves it as it is."""


TABLE: tuple[Transition, ...] = (
    Transition(Verb.APPROVE, E.REQUESTED, E.PLACED, "free", S.PLACED, R.DECIDED),
    Transition(Verb.APPROVE, E.REQUESTED, E.AWAITING, "agreement"),
    Transition(Verb.APPROVE, E.REQUESTED, E.WAITING, "full", S.WAITING, R.DECIDED),
    Transition(Verb.PUT_ON_LIST, E.REQUESTED, E.WAITING, "", S.WAITING, R.DECIDED),
    Transition(Verb.GIVE_PLACE, E.WAITING, E.PLACED, "free", S.PLACED, R.DECIDED),
    Transition(Verb.GIVE_PLACE, E.WAITING, E.AWAITING, "agreement"),
    Transition(Verb.AGREE, E.AWAITING, E.PLACED, "", S.PLACED, R.DECIDED),
    Transition(Verb.REFUSE, E.AWAITING, E.DECLINED, "", S.DECLINED, R.DECIDED),
    Transition(Verb.NOT_NOW, E.AWAITING, E.WAITING, "", S.WAITING, R.DECIDED),
    Transition(Verb.DECLINE, E.REQUESTED, E.DECLINED, "", S.DECLINED, R.DECIDED),
    Transition(Verb.DECLINE, E.AWAITING, E.DECLINED, "", S.DECLINED, R.DECIDED),
    Transition(Verb.DECLINE, E.WAITING, E.DECLINED, "", S.DECLINED, R.DECIDED),
    Transition(Verb.WITHDRAW, E.REQUESTED, E.WITHDRAWN, "", S.WITHDRAWN, R.WITHDRAWN),
    Transition(Verb.WITHDRAW, E.AWAITING, E.WITHDRAWN, "", S.WITHDRAWN, R.WITHDRAWN),
    Transition(Verb.WITHDRAW, E.WAITING, E.WITHDRAWN, "", S.WITHDRAWN, R.WITHDRAWN),
    Transition(Verb.WITHDRAW, E.PLACED, E.WITHDRAWN, "", S.WITHDRAWN, R.WITHDRAWN),
    Transition(Verb.END, E.PLACED, E.ENDED, "", S.ENDED),
    Transition(Verb.TAKE_BACK, E.AWAITING, E.REQUESTED, "", None, R.OPEN),
    Transition(Verb.TAKE_BACK, E.PLACED, E.REQUESTED, "", None, R.OPEN),
    Transition(Verb.TAKE_BACK, E.WAITING, E.REQUESTED, "", None, R.OPEN),
    Transition(Verb.TAKE_BACK, E.DECLINED, E.REQUESTED, "", None, R.OPEN),
    Transition(Verb.TAKE_BACK, E.WITHDRAWN, E.REQUESTED, "", None, R.OPEN),
    Transition(Verb.REOPEN, E.ENDED, E.PLACED),
    Transition(Verb.REOPEN, E.DECLINED, E.WAITING, "waiting"),
    Transition(Verb.REOPEN, E.DECLINED, E.AWAITING, "awaiting", None, R.OPEN),
    Transition(Verb.REOPEN, E.DECLINED, E.REQUESTED, "requested", None, R.OPEN),
)

_MOVES = {(move.verb, move.state, move.when): move for move in TABLE}


def move_of(verb: Verb, state: str, when: str = "") -> Transition:
    """The row of the table.

    Raises PlannerError `not_from_here` (409), which names the state that it has now.
    """
    move = _MOVES.get((verb, E(state), when))
    if move is None:
        raise PlannerError(
            "not_from_here",
            _("That is not possible any more: the answer is now “%(state)s”. Nothing was changed."),
            state=E(state).label,
        )
    return move


def can(verb: Verb, state: str) -> bool:
    """Whether the table has any row for it."""
    return any(move.verb == verb and move.state == state for move in TABLE)
