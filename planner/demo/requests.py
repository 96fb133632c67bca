"""Nine hundred requests on notes, what became of each, the reply slips, and who came to what has been."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from random import Random
from typing import Any

from core.dates.clock import BRUSSELS
from enrollment.domain.requests.states import Verb
from enrollment.models import Enrollment, EnrollmentStep, Intake, LevelHeld, Note, Request, Slip
from planner.demo.catalogue import WISHES
from planner.demo.offer import DemoGroup
from planner.demo.people import Resident
from prisons.models import Organisation, User

REQUESTS = 900
_S = Enrollment.State
_TAKES_TIME = (*Enrollment.HOLDING, _S.ENDED)
_VERBS: dict[str, Verb] = {
    _S.AWAITING: Verb.APPROVE,
    _S.PLACED: Verb.APPROVE,
    _S.WAITING: Verb.APPROVE,
    _S.DECLINED: Verb.DECLINE,
    _S.WITHDRAWN: Verb.WITHDRAW,
    _S.ENDED: Verb.END,
}
_REQUEST_STATES: dict[str, Request.State] = {
    _S.REQUESTED: Request.State.OPEN,
    _S.AWAITING: Request.State.OPEN,
    _S.WITHDRAWN: Request.State.WITHDRAWN,
}
_SLIPS: dict[str, Slip.Kind] = {
    _S.PLACED: Slip.Kind.PLACED,
    _S.WAITING: Slip.Kind.WAITING,
    _S.DECLINED: Slip.Kind.DECLINED,
    _S.WITHDRAWN: Slip.Kind.WITHDRAWN,
    _S.ENDED: Slip.Kind.ENDED,
}


@dataclass
class Desk:
    """Everything that is written at the end, in the order in which rows point to each other."""

    today: dt.date
    now: dt.datetime
    clerks: list[User]
    notes: list[Note] = field(default_factory=list)
    latest: dict[int | None, Note] = field(default_factory=dict)
    """The last note of each person: one note may ask for more than one thing."""
    requests: list[Request] = field(default_factory=list)
    enrollments: list[Enrollment] = field(default_factory=list)
    steps: list[EnrollmentStep] = field(default_factory=list)
    slips: list[Slip] = field(default_factory=list)
    levels: list[LevelHeld] = field(default_factory=list)
    intakes: list[Intake] = field(default_factory=list)

    def at(self, day: dt.date, hour: int = 10) -> dt.datetime:
        """That hour of the day, or this moment where it still lies ahead."""
        return min(dt.datetime.combine(day, dt.time(hour), BRUSSELS), self.now)

    def save(self) -> None:
        tables: tuple[tuple[Any, list[Any]], ...] = (
            (Note, self.notes),
            (Request, self.requests),
            (Enrollment, self.enrollments),
            (EnrollmentStep, self.steps),
            (Slip, self.slips),
            (LevelHeld, self.levels),
            (Intake, self.intakes),
        )
        for model, rows in tables:
            model.objects.bulk_create(rows, batch_size=500)


def build(
    random: Random,
    groups: list[DemoGroup],
    residents: dict[str, list[Resident]],
    clerks: list[User],
    now: dt.datetime,
) -> list[Enrollment]:
    """Writes everything and answers the enrolments."""
    desk = Desk(now.astimezone(BRUSSELS).date(), now, clerks)
    named = [group for group in groups if not group.series.is_drop_in]
    for group in named:
        _fill(random, desk, group, residents[group.series.prison.slug])
    for number in range(REQUESTS - len(desk.requests)):
        _ask_otherwise(random, desk, number, named, residents["haren" if number % 4 else "saint-gilles"])
    desk.save()
    return desk.enrollments


def _fill(random: Random, desk: Desk, group: DemoGroup, residents: list[Resident]) -> None:
    """Two groups in five are full and have a waiting list; the prison is asked where it wants to be."""
    places, asks = group.series.places, group.series.prison.asks_agreement
    units = {unit.pk for unit in group.units}
    people = [
        resident
        for resident in residents
        if resident.unit.pk in units and resident.stay.ends_on is None and not _works(resident, group)
    ]
    random.shuffle(people)
    is_full = random.random() < 0.4
    held = places if is_full else random.randint(places // 2, places - 1)
    awaiting = min(random.randint(1, 3), held) if asks else 0
    plan = [
        (_S.PLACED, held - awaiting),
        (_S.AWAITING, awaiting),
        (_S.WAITING, random.randint(1, 5) if is_full else 0),
        (_S.REQUESTED, random.randint(1, 6)),
        (_S.DECLINED, random.randint(0, 2)),
        (_S.WITHDRAWN, random.randint(0, 2)),
        # Whose place ended lately still counts on past dates: never more people than places on any of them.
        (_S.ENDED, min(random.randint(0, 2), places - held)),
    ]
    for state, number in plan:
        for _ in range(number):
            resident = _next(people, group, is_held=state in _TAKES_TIME)
            if resident is None:
                break
            _enroll(random, desk, group, resident, state)


def _works(resident: Resident, group: DemoGroup) -> bool:
    starts, ends = group.hours
    return any(day == group.weekday and a < ends and b > starts for day, a, b in resident.works)


def _next(people: list[Resident], group: DemoGroup, *, is_held: bool) -> Resident | None:
    """Somebody who asked nothing of this group yet; for a place also free, near nobody to keep apart from."""
    slot = (group.weekday, _part_of_day(group))
    for resident in people:
        near = any(slot in other.busy for other in resident.apart)
        if not is_held or (slot not in resident.busy and not near):
            people.remove(resident)
            if is_held:
                resident.busy.add(slot)
            return resident
    return None


def _part_of_day(group: DemoGroup) -> dt.time:
    hour = group.series.start_time.hour
    return dt.time(8) if hour < 12 else dt.time(13) if hour < 17 else dt.time(18)


def _enroll(random: Random, desk: Desk, group: DemoGroup, resident: Resident, state: str) -> None:
    series, today = group.series, desk.today
    is_open = state in (_S.REQUESTED, _S.AWAITING)
    days = random.choice((0, 1, 1, 2, 3, 4, 6, 9, 16)) if is_open else random.randint(8, 55)
    received_on = max(today - dt.timedelta(days=days), resident.stay.starts_on)
    decided_at = (
        None if state == _S.REQUESTED else desk.at(received_on + dt.timedelta(days=random.randint(1, 7)), 11)
    )
    request = _request(random, desk, resident, received_on, series=series)
    request.state = _REQUEST_STATES.get(state, Request.State.DECIDED)
    clerk = random.choice(desk.clerks)
    if request.state != Request.State.OPEN:
        request.decided_at, request.decided_by = decided_at, clerk
    enrollment = Enrollment(
        series=series,
        participant=resident.participant,
        request=request,
        state=state,
        reason=_reason(random, state),
        requested_at=request.note.entered_at,
        waiting_since=decided_at if state == _S.WAITING else None,
        decided_at=decided_at,
        decided_by=clerk if decided_at else None,
    )
    if state in (_S.PLACED, _S.AWAITING, _S.ENDED) and decided_at:
        enrollment.placed_from = max(series.starts_on, decided_at.astimezone(BRUSSELS).date())
    if state == _S.ENDED and enrollment.placed_from:
        enrollment.placed_until = max(enrollment.placed_from, today - dt.timedelta(days=random.randint(0, 6)))
    desk.enrollments.append(enrollment)
    _note_steps(desk, enrollment)
    _answer(random, desk, request, enrollment)
    if state == _S.PLACED:
        _meet_requirements(desk, group, resident, received_on)


def _reason(random: Random, state: str) -> str:
    reasons: dict[str, tuple[str, ...]] = {
        _S.DECLINED: ("requirement", "unit", "full", "cannot"),
        _S.ENDED: ("dropped_out", "other_group"),
    }
    return random.choice(reasons[state]) if state in reasons else ""


def _request(random: Random, desk: Desk, resident: Resident, received_on: dt.date, **asked: Any) -> Request:
    note = Note(
        prison=resident.stay.prison,
        participant=resident.participant,
        channel=random.choices(Note.Channel.values, (8, 1, 1))[0],
        received_on=received_on,
        entered_by=random.choice(desk.clerks),
        entered_at=desk.at(received_on, 16),
    )
    earlier = desk.latest.get(note.participant_id)
    if earlier and dt.timedelta(0) <= received_on - earlier.received_on <= dt.timedelta(days=4):
        return _asked(desk, earlier, resident, asked)
    desk.notes.append(note)
    desk.latest[note.participant_id] = note
    return _asked(desk, note, resident, asked)


def _asked(desk: Desk, note: Note, resident: Resident, asked: dict[str, Any]) -> Request:
    series, activity = asked.get("series"), asked.get("activity")
    request = Request(
        prison=resident.stay.prison,
        note=note,
        participant=resident.participant,
        received_on=note.received_on,
        organisation=_owner(series, activity),
        **asked,
    )
    desk.requests.append(request)
    return request


def _owner(series: object, activity: object) -> Organisation | None:
    activity = activity or getattr(series, "activity", None)
    organisation: Organisation | None = getattr(activity, "organisation", None)
    return organisation


def _note_steps(desk: Desk, enrollment: Enrollment) -> None:
    """The way to the present state: asked, perhaps placed before it ended, decided."""
    desk.steps.append(
        EnrollmentStep(
            enrollment=enrollment,
            verb=Verb.ENTER,
            state=_S.REQUESTED,
            by=enrollment.request.note.entered_by,  # type: ignore[union-attr]
            at=enrollment.requested_at,
        )
    )
    if enrollment.decided_at is None:
        return
    if enrollment.state == _S.ENDED:
        desk.steps.append(_step(enrollment, _S.PLACED, enrollment.decided_at))
        ended_on = enrollment.placed_until or desk.today
        desk.steps.append(_step(enrollment, _S.ENDED, max(enrollment.decided_at, desk.at(ended_on, 17))))
    else:
        desk.steps.append(_step(enrollment, enrollment.state, enrollment.decided_at))


def _step(enrollment: Enrollment, state: str, at: dt.datetime) -> EnrollmentStep:
    reason = enrollment.reason if state == enrollment.state else ""
    return EnrollmentStep(
        enrollment=enrollment,
        verb=_VERBS[state],
        state=state,
        reason=reason,
        by=enrollment.decided_by,
        at=at,
    )


def _answer(random: Random, desk: Desk, request: Request, enrollment: Enrollment | None) -> None:
    """A reply slip for every decision; some of the last days still lie on the desk."""
    if request.decided_at is None:
        return
    if enrollment is not None and enrollment.state == _S.ENDED:
        desk.slips.append(_slip(random, desk, request, enrollment, Slip.Kind.PLACED))
    kind = _SLIPS[enrollment.state] if enrollment else Slip.Kind.NOTED
    desk.slips.append(_slip(random, desk, request, enrollment, kind))


def _slip(random: Random, desk: Desk, request: Request, enrollment: Enrollment | None, kind: str) -> Slip:
    person, created_at = request.participant, request.decided_at or desk.now
    if kind == Slip.Kind.ENDED and enrollment is not None and enrollment.placed_until:
        created_at = max(created_at, desk.at(enrollment.placed_until, 17))
    slip = Slip(
        prison=request.prison,
        participant=person,
        request=request,
        enrollment=enrollment,
        kind=kind,
        reason=enrollment.reason if enrollment and kind in (Slip.Kind.DECLINED, Slip.Kind.ENDED) else "",
        language=person.language,
        third_language=person.third_language,
        created_at=created_at,
    )
    is_recent = created_at > desk.now - dt.timedelta(days=4)
    if (kind == Slip.Kind.PLACED and enrollment and enrollment.state == _S.ENDED) or (
        not is_recent and random.random() < 0.95
    ):
        slip.printed_at = min(created_at + dt.timedelta(hours=2), desk.now)
        slip.handed_out_at, slip.handed_out_by = (
            min(created_at + dt.timedelta(days=1, hours=3), desk.now),
            request.decided_by,
        )
    return slip


def _meet_requirements(desk: Desk, group: DemoGroup, resident: Resident, on: dt.date) -> None:
    """Whoever has a place has what the group asks for."""
    series, organisation = group.series, group.series.activity.organisation
    if series.needs_intake and organisation.pk not in resident.intakes:
        resident.intakes.add(organisation.pk)
        desk.intakes.append(Intake(participant=resident.participant, organisation=organisation, done_on=on))
    if series.min_level and series.level_language not in resident.levels:
        resident.levels[series.level_language] = series.min_level
        desk.levels.append(
            LevelHeld(
                participant=resident.participant,
                language=series.level_language,
                level=series.min_level,
                found_on=on,
            )
        )


def _ask_otherwise(
    random: Random, desk: Desk, number: int, groups: list[DemoGroup], residents: list[Resident]
) -> None:
    """Wishes, requests for an activity whatever the group, unreadable notes, people who left too soon."""
    gone = [resident for resident in residents if resident.stay.ends_on]
    if number % 10 == 9 and gone:
        _leave_before_the_answer(random, desk, groups, random.choice(gone))
        return
    resident = random.choice([resident for resident in residents if resident.stay.ends_on is None])
    received_on = max(desk.today - dt.timedelta(days=random.randint(0, 40)), resident.stay.starts_on)
    if number % 10 < 5:
        domain, title = random.choice(WISHES)
        request = _request(random, desk, resident, received_on, wish_domain=domain, wish_title=title)
    else:
        activity = random.choice(
            [group for group in groups if group.series.prison == resident.stay.prison]
        ).series.activity
        request = _request(random, desk, resident, received_on, activity=activity)
    is_old = (desk.today - received_on).days > 8
    if number % 10 == 8:
        request.state = Request.State.UNREADABLE
    elif request.wish_title and is_old:
        request.state, request.decided_by = Request.State.DECIDED, random.choice(desk.clerks)
        request.decided_at = desk.at(received_on + dt.timedelta(days=random.randint(2, 7)), 14)
        _answer(random, desk, request, None)
    elif is_old:  # no longer wanted, and said so
        request.state, request.decided_by = Request.State.WITHDRAWN, random.choice(desk.clerks)
        request.decided_at = desk.at(received_on + dt.timedelta(days=random.randint(2, 7)), 14)


def _leave_before_the_answer(random: Random, desk: Desk, groups: list[DemoGroup], resident: Resident) -> None:
    left_on = resident.stay.ends_on or desk.today
    here = [group for group in groups if group.series.prison == resident.stay.prison]
    request = _request(
        random,
        desk,
        resident,
        left_on - dt.timedelta(days=random.randint(1, 9)),
        activity=random.choice(here).series.activity,
    )
    request.state = Request.State.LEFT
