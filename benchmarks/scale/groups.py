"""Who is in the groups of the first term: notes, requests, places with their steps, slips and marks."""

from __future__ import annotations

import datetime as dt
from typing import Any

from benchmarks.scale.records import noon
from core.dates import clock
from enrollment.models import Attendance, Enrollment, EnrollmentStep, Note, Participant, Request, Slip
from prisons.models import Membership, Prison, User
from sessions.models import Activity, GroupSession, Series


def add_groups(
    prison: Prison,
    series: list[Series],
    people: list[Participant],
    slots: list[tuple[int, Any]],
    sessions: list[GroupSession],
    now: dt.datetime,
) -> None:
    """Nine in each group and three who wait or asked; nobody in two groups of one hour."""
    clerk = Membership.objects.filter(prison=prison, role="organiser").order_by("pk")[0].user
    rows = []
    for each, row in enumerate(series):
        for place in range(min(12, len(people) // max(1, len(series) // len(slots)))):
            person = people[(each // len(slots) * 12 + place + each % len(slots) * 37) % len(people)]
            state = "placed" if place < 9 else ("waiting", "requested", "declined")[place - 9]
            rows.append((row, person, state, row.starts_on - dt.timedelta(days=7 + place)))
    services = dict(Activity.objects.values_list("pk", "organisation_id"))
    notes = Note.objects.bulk_create(
        (
            Note(prison=prison, participant=person, received_on=on, entered_by=clerk, entered_at=noon(on))
            for _row, person, _state, on in rows
        ),
        batch_size=2000,
    )
    requests = Request.objects.bulk_create(
        (
            Request(
                prison=prison,
                note=note,
                participant=person,
                organisation_id=services[row.activity_id],
                series=row,
                received_on=on,
                state="open" if state == "requested" else "decided",
                decided_at=None if state == "requested" else noon(on, 3),
            )
            for note, (row, person, state, on) in zip(notes, rows, strict=True)
        ),
        batch_size=2000,
    )
    made = Enrollment.objects.bulk_create(
        (
            Enrollment(
                series=row,
                participant=person,
                request=request,
                state=state,
                reason="full" if state == "declined" else "",
                requested_at=noon(on),
                waiting_since=noon(on) if state == "waiting" else None,
                placed_from=row.starts_on if state == "placed" else None,
                decided_at=None if state == "requested" else noon(on, 3),
            )
            for request, (row, person, state, on) in zip(requests, rows, strict=True)
        ),
        batch_size=2000,
    )
    _traces(prison, made, sessions, clerk, now)


def _traces(
    prison: Prison, made: list[Enrollment], sessions: list[GroupSession], clerk: User, now: dt.datetime
) -> None:
    """Steps, slips and marks."""
    EnrollmentStep.objects.bulk_create(
        (
            EnrollmentStep(
                enrollment=each,
                verb=verb,
                state=state,
                by=clerk,
                at=each.requested_at + dt.timedelta(days=days),
            )
            for each in made
            for verb, state, days in (("request", "requested", 0), ("decide", each.state, 3))
            if state != "requested" or days == 0
        ),
        batch_size=2000,
    )
    decided = [each for each in made if each.state != "requested"]
    Slip.objects.bulk_create(
        (
            Slip(
                prison=prison,
                participant_id=each.participant_id,
                request_id=each.request_id,
                enrollment=each,
                kind=each.state,
                created_at=each.decided_at,
                printed_at=noon(clock.today(each.decided_at), 1) if number % 10 else None,
                handed_out_at=noon(clock.today(each.decided_at), 2) if number % 10 else None,
            )
            for number, each in enumerate(decided)
        ),
        batch_size=2000,
    )
    of_series: dict[int, list[GroupSession]] = {}
    for session in sessions:
        if session.starts_at and session.starts_at < now - dt.timedelta(days=1):
            of_series.setdefault(session.series_id, []).append(session)
    Attendance.objects.bulk_create(
        (
            Attendance(
                session=session,
                participant_id=each.participant_id,
                mark="present" if (session.pk + each.pk) % 7 else "excused",
                by=clerk,
                at=session.ends_at,
            )
            for each in made
            if each.state == "placed"
            for session in of_series.get(each.series_id, ())
        ),
        batch_size=2000,
    )
