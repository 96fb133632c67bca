"""The waiting list: an order that anyone can explain, and who was passed over and why.

Order of a series: whoever asked first, or first-timers before them. A place in the list that was given by
hand stands where it was put, with its reason. Nothing is stored but the hand-made positions: the order is
computed.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.errors import PlannerError
from enrollment.domain.deciding.requirements import known_here
from enrollment.domain.locking import lock_facts
from enrollment.domain.requests.states import Verb
from enrollment.models import Enrollment, EnrollmentStep
from prisons.domain.records import audit
from prisons.models import User
from sessions.models import Series


class HandReason(models.TextChoices):
    """Why the order was changed by hand: listed, never free text about a person."""

    ASKED_EARLIER = "asked_earlier", _("asked earlier than was written down")
    LEAVES_SOON = "leaves_soon", _("leaves the prison soon")
    GROUP = "group", _("fits the level of the group")
    FINISH = "finish", _("must finish what was begun")
    AGREED = "agreed", _("agreed between the services")


@dataclass(frozen=True)
class Position:
    """One line of the list. `why` is a code: first_come, first_timer, followed_before or by_hand."""

    number: int
    enrollment: Enrollment
    why: str
    hand_reason: str = ""
    passed_over: str = ""
    """The reason of the last time somebody behind got a place, if that happened."""

    @property
    def hand_reason_label(self) -> str:
        return str(HandReason(self.hand_reason).label) if self.hand_reason in HandReason.values else ""


def positions(series: Series) -> list[Position]:
    """The list in order, each line with its reason. Three queries."""
    waiting = list(
        Enrollment.objects.filter(series=series, state=Enrollment.State.WAITING).select_related("participant")
    )
    followed = _followed_before(series, waiting)
    steps = _steps(waiting)
    lines = []
    for number, enrollment in enumerate(order(series, waiting, followed), start=1):
        hand, passed = (
            steps.get((enrollment.pk, Verb.MOVE_BY_HAND)),
            steps.get((enrollment.pk, Verb.PASS_OVER)),
        )
        lines.append(
            Position(
                number,
                enrollment,
                _why(series, enrollment, followed),
                (hand.reason if hand else "") if enrollment.hand_position is not None else "",
                passed.reason if passed and _is_since(passed, enrollment) else "",
            )
        )
    return lines


def _is_since(step: EnrollmentStep, enrollment: Enrollment) -> bool:
    return enrollment.waiting_since is None or step.at >= enrollment.waiting_since


def _why(series: Series, enrollment: Enrollment, followed: set[int]) -> str:
    if enrollment.hand_position is not None:
        return "by_hand"
    if series.waiting_order == Series.WaitingOrder.FIRST_TIMERS:
        return "followed_before" if enrollment.participant_id in followed else "first_timer"
    return "first_come"


def order(series: Series, waiting: Sequence[Enrollment], followed: set[int]) -> list[Enrollment]:
    """Pure: by the rule of the series, then whoever was put somewhere by hand stands at that position."""
    first_timers = series.waiting_order == Series.WaitingOrder.FIRST_TIMERS
    by_rule = sorted(
        (each for each in waiting if each.hand_position is None),
        key=lambda each: (first_timers and each.participant_id in followed, each.requested_at, each.pk),
    )
    by_hand = sorted(
        (each for each in waiting if each.hand_position is not None),
        key=lambda each: (each.hand_position, each.requested_at, each.pk),
    )
    for each in by_hand:
        by_rule.insert(max((each.hand_position or 1) - 1, 0), each)
    return by_rule


def in_line(series: Series, live: Iterable[Enrollment] | None = None) -> list[Enrollment]:
    """Everybody who waits, first in line first; two queries, but for the enrolments that are known already."""
    if live is None:
        rows = Enrollment.objects.filter(series=series, state=Enrollment.State.WAITING)
        live = rows.select_related("participant", "request")
    waiting = [each for each in live if each.state == Enrollment.State.WAITING]
    return order(series, waiting, _followed_before(series, waiting))


def _followed_before(series: Series, waiting: Sequence[Enrollment]) -> set[int]:
    """People who had a place in another series of the same activity; asked only where it matters."""
    if series.waiting_order != Series.WaitingOrder.FIRST_TIMERS or not waiting:
        return set()
    people = [each.participant_id for each in waiting]
    rows = Enrollment.objects.filter(
        known_here(series, people),
        series__activity=series.activity_id,
        participant__in=people,
        placed_from__isnull=False,
    ).exclude(series=series)
    return set(rows.exclude(state=Enrollment.State.AWAITING).values_list("participant_id", flat=True))


def _steps(waiting: Iterable[Enrollment]) -> dict[tuple[int, str], EnrollmentStep]:
    rows = EnrollmentStep.objects.filter(
        enrollment__in=[each.pk for each in waiting], verb__in=(Verb.MOVE_BY_HAND, Verb.PASS_OVER)
    )
    return {(step.enrollment_id, step.verb): step for step in rows.order_by("at", "pk")}


def refused_by_prison(waiting: Sequence[Enrollment]) -> set[int]:
    """Enrolments to which the prison said "not now": they wait until somebody asks again. One query."""
    last: dict[int, str] = {}
    rows = EnrollmentStep.objects.filter(
        enrollment__in=[each.pk for each in waiting], verb__in=(Verb.NOT_NOW, Verb.ASK_AGAIN)
    )
    for enrollment_id, verb in rows.order_by("at", "pk").values_list("enrollment_id", "verb"):
        last[enrollment_id] = verb
    return {pk for pk, verb in last.items() if verb == Verb.NOT_NOW}


def move_by_hand(
    enrollment: Enrollment, position: int, reason: str, *, by: User, now: dt.datetime | None = None
) -> Enrollment:
    """Puts somebody at a position of the list. The reason is kept, also for those who now stand behind."""
    if reason not in HandReason.values:
        raise PlannerError("reason_missing", _("Choose why the order is changed."), status=422)
    if not 1 <= position <= 10_000:
        raise PlannerError("no_such_position", _("Positions start at 1."), status=422)
    at = now or clock.now()
    with transaction.atomic():
        prison = lock_facts(enrollment.series.prison_id, now=now)
        enrollment = Enrollment.objects.select_related("series", "participant").get(pk=enrollment.pk)
        if enrollment.state != Enrollment.State.WAITING:
            raise PlannerError(
                "not_waiting", _("%(name)s is not on the waiting list."), name=str(enrollment.participant)
            )
        before = in_line(enrollment.series)
        enrollment.hand_position = position
        enrollment.version += 1
        enrollment.save(update_fields=["hand_position", "version"])
        after = in_line(enrollment.series)
        steps = [_step(enrollment, Verb.MOVE_BY_HAND, reason, by, at)]
        steps += [
            _step(each, Verb.PASS_OVER, reason, by, at) for each in _overtaken(before, after, enrollment)
        ]
        EnrollmentStep.objects.bulk_create(steps)
        audit.record(prison, by, "move_by_hand", enrollment, fields=["hand_position"], now=at)
    return enrollment


def _overtaken(before: list[Enrollment], after: list[Enrollment], mover: Enrollment) -> list[Enrollment]:
    """Those who stood before the mover and now stand behind."""
    was = {each.pk for each in before[: [each.pk for each in before].index(mover.pk)]}
    now_behind = after[[each.pk for each in after].index(mover.pk) + 1 :]
    return [each for each in now_behind if each.pk in was]


def _step(
    enrollment: Enrollment, verb: Verb, reason: str, by: User | None, at: dt.datetime
) -> EnrollmentStep:
    return EnrollmentStep(
        enrollment=enrollment, verb=verb, state=enrollment.state, reason=reason, by=by, at=at
    )


def passed_over(series: Series) -> dict[int, list[EnrollmentStep]]:
    """Enrolment -> each time somebody behind got the place, with the reason."""
    found: dict[int, list[EnrollmentStep]] = defaultdict(list)
    for step in EnrollmentStep.objects.filter(enrollment__series=series, verb=Verb.PASS_OVER).order_by(
        "at", "pk"
    ):
        found[step.enrollment_id].append(step)
    return found
