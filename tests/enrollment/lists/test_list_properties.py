"""Whatever happens to a day: lists, sheets and counts agree, and frozen plus changes is now."""

import datetime as dt
from random import Random

import pypdfium2
import pytest

from core.paper import Paper, to_pdf
from enrollment import exports
from enrollment.domain.lists import day_lists
from enrollment.domain.lists.day import Day, Person, from_json, to_json
from enrollment.domain.lists.distribution import DistributionLine, PostPlan, for_nobody
from enrollment.domain.lists.list_changes import ListChangeKind, changes
from enrollment.exports import papers
from enrollment.models import Enrollment, Handout, Skip, Stay
from rooms.models import Closure
from sessions.models import Cancellation, GroupSession
from tests.enrollment.lists.test_day_lists import texts
from tests.factories import (
    at,
    make_closure,
    make_enrollment,
    make_participant,
    make_room,
    make_series,
    make_session,
    make_slot,
    make_unit,
)

MONDAY, NOW = dt.date(2026, 11, 23), at("2026-11-20 12:00")


@pytest.fixture
def house(haren, service):
    """Three units, four groups in two slots, six people each."""
    make_slot(haren, 1, "08:30", "11:00")
    make_slot(haren, 1, "13:30", "16:00")
    units = [make_unit(haren, code) for code in ("A1", "B2", "C3")]
    for number in range(4):
        series = make_series(haren, organisation=service)
        make_session(
            series, f"2026-11-23 {(9, 14)[number % 2]:02}:00", room=make_room(haren), state="published"
        )
        for place in range(6):
            make_enrollment(series, make_participant(haren, unit=units[place % 3], cell=f"{number}{place}"))
    return haren, units


def something_happens(random: Random, prison, units) -> None:
    """One of the things that really happen between the cut-off and the morning."""
    enrollment = random.choice(list(Enrollment.objects.order_by("pk")))
    session = random.choice(list(GroupSession.objects.order_by("pk")))
    match random.randrange(8):
        case 0:
            Enrollment.objects.filter(pk=enrollment.pk).update(
                state="withdrawn", placed_until=dt.date(2026, 11, 20)
            )
        case 1:
            make_enrollment(session.series, make_participant(prison, unit=random.choice(units)))
        case 2:
            home = random.choice(units)
            Stay.objects.filter(participant=enrollment.participant).update(
                unit=home, cell=str(random.randrange(99))
            )
        case 3:
            Stay.objects.filter(participant=enrollment.participant).update(ends_on=dt.date(2026, 11, 22))
        case 4:
            GroupSession.objects.filter(pk=session.pk).update(state="cancelled")
            Cancellation.objects.update_or_create(
                session=session, defaults={"reason": "worker", "was_state": "published", "at": NOW}
            )
        case 5:
            GroupSession.objects.filter(pk=session.pk).update(
                ends_at=session.ends_at + dt.timedelta(minutes=5)
            )
        case 6:
            same = Enrollment.objects.filter(series=session.series).first()
            Skip.objects.get_or_create(enrollment=same, session=session, defaults={"at": NOW})
        case 7:
            make_closure(prison, at("2026-11-23 00:00"), at("2026-11-23 12:00"), unit=random.choice(units))


def rows(day: Day) -> set[tuple]:
    """Every person on every sheet, with all that the list says about both."""
    return {
        (meeting.id, meeting.starts_at, meeting.ends_at, meeting.room, person)
        for meeting in day.taking_place
        for person in meeting.people
    }


def after(day: Day, current: Day) -> set[tuple]:
    """What the posts hold in their hands when they apply the page of changes to the frozen list."""
    held = {(meeting_id, person.id): person for meeting_id, _s, _e, _r, person in rows(day)}
    where = {meeting.id: (meeting.starts_at, meeting.ends_at, meeting.room) for meeting in day.taking_place}
    for change in changes(day, current):
        meeting, person = change.meeting, change.person
        match change.kind:
            case ListChangeKind.CANCELLED:
                held = {key: one for key, one in held.items() if key[0] != meeting.id}
            case ListChangeKind.REMOVED if person:
                del held[meeting.id, person.id]
            case ListChangeKind.ADDED | ListChangeKind.REHOUSED | ListChangeKind.CORRECTED if person:
                held[meeting.id, person.id] = person
        where[meeting.id] = (meeting.starts_at, meeting.ends_at, meeting.room)
    return {(meeting_id, *where[meeting_id], person) for (meeting_id, _pk), person in held.items()}


@pytest.mark.parametrize("seed", range(6))
def test_lists_sheets_counts_and_changes_agree(house, seed):
    prison, units = house
    random = Random(seed)
    frozen = day_lists.day_lists(prison, MONDAY, now=NOW)
    for _step in range(5):
        something_happens(random, prison, units)
        current = day_lists.day_lists(prison, MONDAY, now=NOW)
        assert after(frozen, current) == rows(current)
        assert sum(count.people for count in current.counts()) == len(current.movements())
        assert {(row.meeting.id, row.person) for row in current.movements()} == {
            (row[0], row[4]) for row in rows(current)
        }
        assert from_json(to_json(current)) == current
        assert rows(current) == expected(prison)
    numbers = {person.number for *_meeting, person in rows(current)}
    for make in (exports.movement_list, exports.attendance_sheets):
        printed = [cell for line in texts(make(current)) for cell in line if cell in numbers]
        assert len(printed) == len(rows(current))
        assert set(printed) == numbers
    for make in (papers.movement_list, papers.attendance_sheets):
        pages = [cell for cell in words_of(make(current)) if cell in numbers]
        assert len(pages) == len(rows(current))
        assert set(pages) == numbers
    piled = [cell for cell in words_of(by_unit(current, units)) if cell in numbers]
    assert sorted(piled) == sorted(person.number for *_meeting, person in rows(current))
    headline = [line for line in texts(exports.movement_list(current)) if line[:1] == ["Totaal / Total"]]
    assert int(headline[0][-1]) == len(rows(current))


def words_of(paper: Paper) -> list[str]:
    """Every word of every page, as a reader finds them."""
    with pypdfium2.PdfDocument(to_pdf(paper)) as document:
        text = " ".join(page.get_textpage().get_text_bounded() for page in document)
    return text.replace("\u200b", "").split()  # where a long number may be broken


def by_unit(day: Day, units) -> Paper:
    """The day split by a table that has a post for each unit."""
    lines = [DistributionLine(Handout.Sheet.MOVEMENTS, 1, units=(unit.code,)) for unit in units]
    plans = [PostPlan(number, f"Post {number}", (line,)) for number, line in enumerate(lines, start=1)]
    assert for_nobody(plans, day) is None
    return papers.for_posts(plans, papers.Source(day, None))


def expected(prison) -> set[tuple]:
    """Who must be brought, worked out once more from the rows, person by person, without any of the lists."""
    found = set()
    for session in GroupSession.objects.filter(prison=prison, state="published").select_related("room"):
        for enrollment in Enrollment.objects.filter(series=session.series, placed_from__lte=MONDAY):
            if enrollment.placed_until and enrollment.placed_until < MONDAY:
                continue
            if Skip.objects.filter(enrollment=enrollment, session=session).exists():
                continue
            stay = Stay.objects.select_related("unit").get(participant=enrollment.participant)
            if stay.ends_on and stay.ends_on < MONDAY:
                continue
            closures = Closure.objects.filter(unit=stay.unit, starts_at__lt=session.ends_at)
            if closures.filter(ends_at__gt=session.starts_at).exists():
                continue
            who = enrollment.participant
            person = Person(
                who.pk, who.last_name, who.first_name, stay.register_number, stay.unit.code, stay.cell
            )
            found.add((session.pk, session.starts_at, session.ends_at, session.room.name, person))
    return found
