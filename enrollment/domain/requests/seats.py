"""Places of a series.

Counted under the prison's lock, given to the next in line the moment they come free.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from enrollment.domain.deciding.clashes import PersonClashes, clashes_of
from enrollment.domain.requests import waiting_list
from enrollment.domain.requests.states import Verb, move_of
from enrollment.domain.requests.steps import Act, transition
from enrollment.models import Enrollment, EnrollmentStep
from sessions.models import Series

NOT_NOW = "not_now"
"""Why somebody was passed over: the prison has said "not now"."""


@dataclass(frozen=True)
class Seats:
    """How full a series is: placed and awaiting the prison both hold a place."""

    all: int
    placed: int
    awaiting: int
    waiting: int
    requested: int

    @property
    def held(self) -> int:
        return self.placed + self.awaiting

    @property
    def free(self) -> int:
        return max(self.all - self.held, 0)


def count(series: Series) -> Seats:
    """One query. Inside a transaction that holds the prison's lock the numbers stand still."""
    return _places(
        series.places, Enrollment.objects.live().filter(series=series).values_list("state", flat=True)
    )


def count_all(series_ids: Collection[int]) -> dict[int, Seats]:
    """Series -> how full it is, for a list: two queries for any number of series."""
    states: dict[int, list[str]] = {pk: [] for pk in series_ids}
    live = Enrollment.objects.live().filter(series__in=series_ids)
    for pk, state in live.values_list("series_id", "state"):
        states[pk].append(state)
    places = Series.objects.filter(pk__in=series_ids).values_list("pk", "places")
    return {pk: _places(number, states[pk]) for pk, number in places}


def _places(number: int, states: Iterable[str]) -> Seats:
    E, found = Enrollment.State, Counter(states)
    return Seats(number, *(found[each] for each in (E.PLACED, E.AWAITING, E.WAITING, E.REQUESTED)))


def asked_in_order(series_ids: Collection[int]) -> dict[int, int]:
    """Request -> which of the undecided of its series it is, from 1, in the order of asking."""
    asked = Enrollment.objects.filter(series__in=series_ids, state=Enrollment.State.REQUESTED)
    order: dict[int, list[int]] = {}
    for pk, request in asked.order_by("requested_at", "pk").values_list("series_id", "request_id"):
        order.setdefault(pk, []).append(request)
    return {request: place for line in order.values() for place, request in enumerate(line, 1)}


def when_giving(act: Act) -> str:
    """Which row of the table gives a place here."""
    return "agreement" if act.prison.asks_agreement else "free"


def fill(series: Series, act: Act) -> list[Enrollment]:
    """Gives every free place to the next eligible in line; who was passed over is written down, with why.

    Called in the transaction of whatever freed a place: a withdrawal, an end, a refusal, more places.
    """
    live = list(Enrollment.objects.live().filter(series=series).select_related("participant", "request"))
    free = _places(series.places, (each.state for each in live)).free
    line = waiting_list.in_line(series, live) if free and not _has_ended(series, act) else []
    if not line:
        return []
    given: list[Enrollment] = []
    passed: dict[int, tuple[Enrollment, str]] = {}
    refused = waiting_list.refused_by_prison(line)
    clashes = _clashes(series, line, act)
    for enrollment in line:
        if len(given) == free:
            break
        reason = _reason_against(enrollment, refused, clashes)
        if reason:
            passed[enrollment.pk] = (enrollment, reason)
            continue
        enrollment.series = series
        transition(enrollment, move_of(Verb.GIVE_PLACE, enrollment.state, when_giving(act)), act)
        _write_passed_over(list(passed.values()), act)
        passed.clear()
        given.append(enrollment)
        if len(given) < free:  # whoever just joined may be kept apart from others in line
            clashes = _clashes(series, line, act)
    return given


def _has_ended(series: Series, act: Act) -> bool:
    return series.ended_on is not None and series.ended_on <= act.day


def _clashes(series: Series, line: Sequence[Enrollment], act: Act) -> dict[int, PersonClashes]:
    people = {each.participant_id for each in line}
    return clashes_of(series, people, now=act.at, dates=act.dates_of(series.pk))


def _reason_against(enrollment: Enrollment, refused: set[int], clashes: dict[int, PersonClashes]) -> str:
    if enrollment.pk in refused:
        return NOT_NOW
    return clashes[enrollment.participant_id].code


def pass_over_waiting(series: Series, act: Act) -> None:
    """Somebody is placed while others wait: each of them was not eligible, and that is kept."""
    line = waiting_list.in_line(series)
    if not line:
        return
    refused = waiting_list.refused_by_prison(line)
    clashes = _clashes(series, line, act)
    reasons = [(each, _reason_against(each, refused, clashes)) for each in line]
    _write_passed_over([(each, reason) for each, reason in reasons if reason], act)


def pass_over_by_hand(passed: Sequence[Enrollment], reason: str, act: Act) -> None:
    """Somebody further back was given the place by hand."""
    _write_passed_over([(each, reason) for each in passed], act)


def _write_passed_over(passed: Sequence[tuple[Enrollment, str]], act: Act) -> None:
    EnrollmentStep.objects.bulk_create(
        EnrollmentStep(
            enrollment=enrollment,
            verb=Verb.PASS_OVER,
            state=enrollment.state,
            reason=reason,
            by=act.by,
            at=act.at,
        )
        for enrollment, reason in passed
    )
