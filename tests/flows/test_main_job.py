"""The whole main job over HTTP, as its people do it, on both databases.

From an offer to a published week, a filled group, the lists of the day, a calendar, and a role that ends.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any

import icalendar
import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from core.dates.clock import BRUSSELS, today
from core.dates.weeks import Week
from enrollment.models import Enrollment, Slip
from prisons.models import Membership, Organisation, Prison, User
from rooms.models import Room
from sessions.models import Activity, GroupSession, Series, Worker
from tests.factories import make_room, make_slot, make_unit, make_worker, signed_in
from tests.pages import press

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]

NAMES = [
    "Peeters, Jan",
    "Dubois, Marc",
    "El Amrani, Youssef",
    "=SUM(1), Ionut",
    "Nguyễn, Văn An",
    "Claes, Bob",
]


@pytest.fixture
def monday() -> dt.date:
    """Of the week after next: never past, never today."""
    return Week.from_date(today() + dt.timedelta(days=8)).monday


@pytest.fixture
def house(haren: Prison, service: Organisation, worker_chloe: User) -> dict[str, Any]:
    for weekday in range(1, 6):
        make_slot(haren, weekday, "08:30", "11:00")
        make_slot(haren, weekday, "13:30", "16:00")
    unit = make_unit(haren, "M1")
    worker = make_worker(
        haren,
        organisation=service,
        user=worker_chloe,
        name="Chloe Lambert",
        permitted_until=dt.date(2099, 1, 1),
    )
    return {"room": make_room(haren, name="Class A"), "unit": unit, "worker": worker}


def url(name: str, *args: object) -> str:
    return reverse(name, args=["haren", *args])


def add_series(anna: Client, house: dict[str, Any], monday: dt.date, **fields: object) -> Series:
    """An activity and a weekly series of eight; returns the newest series."""
    if not Activity.objects.exists():
        titles = {"title_nl": "Nederlands 1", "title_fr": "Néerlandais 1", "title_en": "Dutch 1"}
        owner = Organisation.objects.get(short_name="De Brug").pk
        sent = {**titles, "domain": "language", "organisation": owner, "is_active": "on"}
        answer = anna.post(url("sessions:activity_add"), sent)
        assert answer.status_code == 302, answer.content.decode()
    known = set(Series.objects.values_list("pk", flat=True))
    sent = {
        "activity": Activity.objects.get().pk, "places": 5, "starts_on": monday, "start_time": "09:00",
        "end_time": "10:30", "weeks": 8, "every_weeks": 1, "default_room": house["room"].pk,
        "workers": [house["worker"].pk], "waiting_order": "first_come", "units": ["all"], "languages": ["nl"],
    } | fields  # fmt: skip
    look = {**sent, "preview": "yes"}
    answer = press(anna, url("planner:series_add"), sent, look=look, field="seen_dates")
    assert answer.status_code == 302, answer.content.decode()[-4000:]
    return Series.objects.exclude(pk__in=known).get()


def enter_note(anna: Client, name: str, number: str, series: Series) -> None:
    page = anna.get(url("enrollment:note_entry")).content.decode()
    key = re.search(r'name="entry_key"[^>]*value="([^"]+)"', page)
    sent = {
        "who": f"{name} {number}", "new_name": name, "new_number": number, "create": "on",
        "what": series.list_code, "channel": "paper", "received_on": today(),
        "entry_key": key[1] if key else "",
    }  # fmt: skip
    for _twice in range(2):  # a double click makes one note
        answer = anna.post(url("enrollment:note_entry"), sent)
        assert answer.status_code == 200, answer.content.decode()[-3000:]


def _publish(anna: Client, week: Week) -> Any:
    here = url("planner:board_publish")
    return press(anna, here, {"week": str(week)}, page=f"{here}?week={week}")


def test_the_main_job(
    haren: Prison,
    house: dict[str, Any],
    monday: dt.date,
    organiser_anna: User,
    coordinator_karim: User,
    liaison_bert: User,
    worker_chloe: User,
    stranger_dirk: User,
) -> None:
    anna = signed_in(organiser_anna)
    series = _plan_and_publish(anna, house, monday)
    _fill_the_group(anna, series)
    first = GroupSession.objects.filter(series=series).order_by("starts_at").first()
    assert first is not None
    _download_lists(signed_in(liaison_bert), first)
    feed = _subscribe(signed_in(worker_chloe), series)
    _end_a_role(signed_in(coordinator_karim), worker_chloe, feed)
    _stay_outside(signed_in(stranger_dirk), series, first)


def _plan_and_publish(anna: Client, house: dict[str, Any], monday: dt.date) -> Series:
    series = add_series(anna, house, monday)
    assert GroupSession.objects.filter(series=series, room=house["room"]).count() == 8

    # The same room and facilitator once more: every date waits in the tray, and a move is refused in words.
    twin = add_series(anna, house, monday)
    waiting = GroupSession.objects.filter(series=twin, room=None)
    assert waiting.count() == 8
    one = waiting.order_by("week_on").first()
    assert one is not None
    move = {"room": house["room"].pk, "day": monday, "start": "09:00", "minutes": 90, "version": one.version}
    refused = anna.post(url("planner:session_move", one.pk), move)
    assert refused.status_code == 409
    for words in ("Class A is taken by", "Chloe Lambert already leads", "Nothing was changed."):
        assert words in refused.content.decode()

    week = Week.from_date(monday)
    assert _publish(anna, week).status_code == 302
    assert GroupSession.objects.published().get().series == series
    for later in range(1, 8):
        _publish(anna, Week.from_date(monday + dt.timedelta(weeks=later)))
    assert GroupSession.objects.published().filter(series=series).count() == 8
    board = anna.get(url("planner:board"), {"week": str(week)}).content.decode().replace("\u00ad", "")
    assert "Dutch 1" in board and "Class A" in board
    return series


def _fill_the_group(anna: Client, series: Series) -> None:
    for number, name in enumerate(NAMES):
        enter_note(anna, name, f"100{number}", series)
    enrollments = list(Enrollment.objects.filter(series=series).order_by("requested_at", "pk"))
    assert len(enrollments) == 6
    for enrollment in enrollments:
        answer = anna.post(url("enrollment:approve", enrollment.pk), {"version": enrollment.version})
        assert answer.status_code in (200, 302), answer.content.decode()[-2000:]
    states = [Enrollment.objects.get(pk=one.pk).state for one in enrollments]
    assert states == ["placed"] * 5 + ["waiting"]

    second = Enrollment.objects.get(pk=enrollments[1].pk)
    answer = anna.post(url("enrollment:withdraw", second.pk), {"version": second.version})
    assert answer.status_code in (200, 302)

    assert Enrollment.objects.get(pk=enrollments[5].pk).state == "placed"
    assert Slip.objects.filter(enrollment=enrollments[5], kind="placed").exists()
    page = anna.get(url("enrollment:series_detail", series.pk)).content.decode()
    assert "Claes" in page


def _download_lists(bert: Client, session: GroupSession) -> None:
    assert session.starts_at is not None
    day = session.starts_at.astimezone(BRUSSELS).date()
    sheet = bert.get(url("enrollment:session_sheet", session.pk))
    lists = bert.get(url("enrollment:list_file", day, "movements"))
    for answer in (sheet, lists):
        assert answer.status_code == 200
        cells = _cells(b"".join(answer) if answer.streaming else answer.content)
        assert "El Amrani" in " ".join(cells) and "Dubois" not in " ".join(cells)
        assert any(cell.startswith("=SUM(1)") for cell in cells)  # a name, never a formula
        assert not any("Nederlands" in cell or "Dutch" in cell for cell in cells)


def _cells(data: bytes) -> list[str]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return [
        str(cell.value)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    ]


def _subscribe(chloe: Client, series: Series) -> str:
    sent = {"of": f"worker-{Worker.objects.get(user__isnull=False).pk}", "language": "fr"}
    page = chloe.post(url("sessions:feed_list"), sent).content.decode()
    address = re.search(r"https?://[^/\s\"<]+(/ical/[\w-]+\.ics)", page)
    assert address, page[-3000:]
    answer = Client().get(address[1])
    assert answer.status_code == 200
    body = b"".join(answer) if answer.streaming else answer.content
    events = icalendar.Calendar.from_ical(body).walk("VEVENT")
    assert len(events) == 8
    assert {event.start.astimezone(BRUSSELS).time() for event in events} == {dt.time(9)}
    assert {str(event["SUMMARY"]) for event in events} == {"Néerlandais 1"}
    assert not any(name.split(",")[0] in body.decode() for name in NAMES)
    assert Client().get(address[1], headers={"if-none-match": answer.headers["ETag"]}).status_code == 304
    return address[1]


def _end_a_role(karim: Client, worker: User, feed: str) -> None:
    membership = Membership.objects.get(user=worker)
    answer = karim.post(url("prisons:membership_end", membership.pk))
    assert answer.status_code == 302
    assert Client().get(feed).status_code == 404
    assert signed_in(worker).get(url("planner:today")).status_code == 404


def _stay_outside(dirk: Client, series: Series, session: GroupSession) -> None:
    for address in (
        url("planner:board"),
        url("enrollment:series_detail", series.pk),
        url("enrollment:session_sheet", session.pk),
        url("planner:session_detail", session.pk),
    ):
        assert dirk.get(address).status_code == 404
    assert Worker.objects.filter(name="Chloe Lambert").exists() and Room.objects.exists()
    own = dirk.get(reverse("planner:board", args=["saint-gilles"]), {"week": str(Week.from_date(today()))})
    assert own.status_code == 200 and "Class A" not in own.content.decode()
