"""The pages of closures: look, announce, confirm, call, cover, reopen; and who may not."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from core.dates import clock
from planner.models import ClosureCall
from planner.scheduling.closures.closing import announce, confirm
from planner.scheduling.closures.parts import ClosureDraft, ClosurePart
from planner.workers import unread
from prisons.access import access_for
from prisons.models import AuditEntry, Prison, Todo, User
from rooms.models import Closure, Room
from sessions.models import GroupSession, Series, Worker
from tests.factories import (
    at,
    make_activity,
    make_enrollment,
    make_membership,
    make_organisation,
    make_room,
    make_series,
    make_session,
    make_slot,
    make_unit,
    make_user,
    make_worker,
    signed_in,
)
from tests.noninterference import between, blotted
from tests.pages import flat, press, seen_on
from tests.printed import text_of
from tests.town import taken_back

NOW = at("2026-11-22 12:00")
DAY = "2026-11-24"


@pytest.fixture(autouse=True)
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is Sunday noon."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    assert clock.now() == NOW


@pytest.fixture
def room(haren: Prison) -> Room:
    for weekday in range(1, 8):
        make_slot(haren, weekday, "08:30", "11:00")
        make_slot(haren, weekday, "18:00", "20:00")
    return make_room(haren, name="Class A")


@pytest.fixture
def zoe(haren: Prison) -> Worker:
    return make_worker(haren, name="Zoë Maes", phone="+32 470 00 11 22")


@pytest.fixture
def series(haren: Prison, service: Any) -> Series:
    activity = make_activity(service, "Addiction talk")
    return make_series(haren, activity=activity, list_code="A-07")


@pytest.fixture
def session(series: Series, room: Room, zoe: Worker) -> GroupSession:
    make_enrollment(series)
    return make_session(series, f"{DAY} 09:00", room=room, workers=[zoe], state="published", published_at=NOW)


@pytest.fixture
def announced(haren: Prison, liaison_bert: User, session: GroupSession) -> Closure:
    part = ClosurePart(None, None, at(f"{DAY} 00:00"), at(f"{DAY} 22:00"))
    return announce(haren, ClosureDraft("strike", (part,)), by=liaison_bert, now=NOW).closures[0]


@pytest.fixture
def confirmed(announced: Closure, liaison_bert: User) -> Closure:
    return confirm(announced, by=liaison_bert, now=NOW).closures[0]


@pytest.fixture
def liaison(liaison_bert: User) -> Client:
    return signed_in(liaison_bert)


@pytest.fixture
def organiser(organiser_anna: User) -> Client:
    return signed_in(organiser_anna)


STRIKE = "/p/haren/closures/announce/?preset=strike-24"


def test_the_effects_are_shown_before_anything_is_written(liaison: Client, session: GroupSession) -> None:
    answer = liaison.post(STRIKE, {"day": DAY, "step": "look"})

    told = answer.context["told"]
    assert (told.sessions, told.people, told.workers) == (1, 1, 1)
    assert not Closure.objects.exists()
    page = flat(answer)
    assert "Activiteit / Activité A-07" in page and "Addiction" not in page


def test_what_was_looked_at_is_announced(liaison: Client, session: GroupSession) -> None:
    look = {"day": DAY, "step": "look", "reason": "union"}

    answer = press(liaison, STRIKE, look | {"step": "announce"}, look=look)

    closure = Closure.objects.get()
    assert answer.status_code == 302 and answer.url.endswith(f"/closures/{closure.pk}/")
    assert (closure.starts_at, closure.ends_at) == (at("2026-11-23 22:00"), at(f"{DAY} 22:00"))
    assert (closure.kind, closure.reason, closure.state) == ("strike", "union", "announced")


def test_a_double_click_announces_once(liaison: Client, session: GroupSession) -> None:
    data = {"day": DAY, "step": "look"}
    data |= {"seen": seen_on(liaison.post(STRIKE, data)), "step": "announce"}
    assert liaison.post(STRIKE, data).status_code == 302

    answer = liaison.post(STRIKE, data)

    assert answer.status_code == 409 and "already one" in flat(answer)
    assert Closure.objects.count() == 1


def test_announcing_something_else_than_was_seen_asks_to_look_again(
    liaison: Client, session: GroupSession
) -> None:
    answer = liaison.post(STRIKE, {"day": DAY, "step": "announce", "seen": "0" * 16})
    assert answer.status_code == 409 and answer.context["told"].sessions == 1
    assert not Closure.objects.exists()


@pytest.mark.parametrize(
    ("preset", "data", "said"),
    [
        ("strike-24", {"day": ""}, "required"),
        ("strike-24", {"day": "2026-11-20"}, "past"),
        ("strike-48", {"day": DAY, "decide_by": "2026-11-30T08:00"}, "before the end"),
        ("reduced", {"first": "2026-11-25", "last": DAY}, "before the first"),
        ("reduced", {"first": DAY, "last": "2027-11-24"}, "two months"),
        ("other", {"closure_kind": "works", "place": "prison",
                   "starts_at": f"{DAY}T12:00", "ends_at": f"{DAY}T08:00"}, "after the start"),
        ("other", {"closure_kind": "works", "place": "room-99999",
                   "starts_at": f"{DAY}T08:00", "ends_at": f"{DAY}T12:00"}, "not one of the available"),
    ],
)  # fmt: skip
def test_unusable_input_comes_back_with_words(
    liaison: Client, room: Room, preset: str, data: dict[str, str], said: str
) -> None:
    answer = liaison.post(f"/p/haren/closures/announce/?preset={preset}", {**data, "reason": "kept"})
    assert answer.status_code == 422
    page = flat(answer)
    assert said in page and 'value="kept"' in page


def test_a_unit_of_another_prison_cannot_be_chosen(liaison: Client, room: Room, saint_gilles: Prison) -> None:
    unit = make_unit(saint_gilles)
    span = {"starts_at": f"{DAY}T08:00", "ends_at": f"{DAY}T12:00"}
    data = {"closure_kind": "works", "place": f"unit-{unit.pk}", **span}
    answer = liaison.post("/p/haren/closures/announce/?preset=other", data)
    assert answer.status_code == 422


def test_a_reduced_regime_closes_the_evening_and_what_is_not_ticked(
    haren: Prison, liaison: Client, room: Room
) -> None:
    north, south = make_unit(haren, "N"), make_unit(haren, "S")
    data = {"first": DAY, "last": DAY, "evening_from": "18:00", "open_units": [north.pk]}
    url = "/p/haren/closures/announce/?preset=reduced"
    answer = press(liaison, url, {**data, "step": "announce"}, look={**data, "step": "look"})
    assert answer.status_code == 302

    evening, of_unit = Closure.objects.order_by("pk")
    assert (evening.room, evening.unit, evening.starts_at) == (None, None, at(f"{DAY} 18:00"))
    assert (of_unit.unit, of_unit.group) == (south, evening.group)


def test_confirming_cancels_what_the_page_showed(
    liaison: Client, announced: Closure, session: GroupSession
) -> None:
    seal = liaison.get(f"/p/haren/closures/{announced.pk}/").context["told"].digest

    answer = liaison.post(f"/p/haren/closures/{announced.pk}/confirm/", {"seen": seal})

    assert answer.status_code == 302
    session.refresh_from_db()
    assert session.state == "cancelled"


def test_confirming_twice_or_unseen_is_refused_in_words(
    liaison: Client, announced: Closure, session: GroupSession
) -> None:
    url = f"/p/haren/closures/{announced.pk}/confirm/"
    assert liaison.post(url, {"seen": "something else"}).status_code == 409
    session.refresh_from_db()
    assert session.state == "published"

    seal = liaison.get(f"/p/haren/closures/{announced.pk}/").context["told"].digest
    liaison.post(url, {"seen": seal})
    answer = liaison.post(url, {"seen": seal})

    assert answer.status_code == 409 and "Bert Claes has confirmed this" in flat(answer)


def test_lifting_shows_first_and_gives_back(
    liaison: Client, confirmed: Closure, session: GroupSession
) -> None:
    page = liaison.get(f"/p/haren/closures/{confirmed.pk}/lift/")
    assert len(page.context["can"]) == 1 and page.context["cannot"] == []

    press(liaison, f"/p/haren/closures/{confirmed.pk}/lift/", {})

    session.refresh_from_db()
    assert session.state == "published"


def test_what_cannot_return_is_named_with_its_reason(
    liaison: Client, confirmed: Closure, session: GroupSession, room: Room, series: Series
) -> None:
    make_session(series, f"{DAY} 09:30", room=room)
    page = flat(liaison.get(f"/p/haren/closures/{confirmed.pk}/lift/"))
    assert "Class A is taken by" in page

    press(liaison, f"/p/haren/closures/{confirmed.pk}/lift/", {})
    again = liaison.post(f"/p/haren/closures/{confirmed.pk}/restore/")
    assert again.status_code == 409 and "Class A is taken by" in flat(again)


def test_undo_within_the_hour_from_the_page(
    liaison: Client, confirmed: Closure, session: GroupSession
) -> None:
    undo_id = liaison.get(f"/p/haren/closures/{confirmed.pk}/").context["shown"].undo_id

    answer = press(liaison, f"/p/haren/board/changes/{undo_id}/undo/", {"next": "/p/haren/closures/"})

    assert answer.status_code == 302 and answer.url == "/p/haren/closures/"
    session.refresh_from_db()
    confirmed.refresh_from_db()
    assert (session.state, confirmed.state) == ("published", "announced")


@pytest.mark.parametrize("back", ["/p/haren/closures/", "/p/haren/board/?week=2050-W20&rows=units", ""])
def test_undoing_a_closure_leads_back_to_where_one_came_from(
    liaison: Client, confirmed: Closure, back: str
) -> None:
    """Another week that was in front of somebody stays there; without one it is the week of the closure itself."""
    undo_id = liaison.get(f"/p/haren/closures/{confirmed.pk}/").context["shown"].undo_id
    url = f"/p/haren/board/changes/{undo_id}/undo/"
    shown = liaison.get(url, {"next": back})
    kept = shown.context["next"]
    assert kept == back if back else f"{clock.today(confirmed.starts_at):%G-W%V}" in kept
    answer = liaison.post(url, {"seen": seen_on(shown, "seen"), "next": kept})
    assert (answer.status_code, answer.url) == (302, kept)


def test_the_call_list_names_who_to_call_and_closes_the_todo(
    organiser: Client, confirmed: Closure, session: GroupSession
) -> None:
    page = flat(organiser.get(f"/p/haren/closures/{confirmed.pk}/calls/"))
    assert "Zoë Maes" in page and "+32 470 00 11 22" in page and "Addiction talk" in page
    assert Todo.objects.filter(done_at=None, kind="closure_call").count() == 1

    organiser.post(f"/p/haren/closures/{confirmed.pk}/called/")

    assert not Todo.objects.filter(done_at=None).exists()


def test_an_organiser_calls_only_the_own_facilitators(
    haren: Prison, organiser_emile: User, confirmed: Closure
) -> None:
    browser = signed_in(organiser_emile)
    page = flat(browser.get(f"/p/haren/closures/{confirmed.pk}/calls/"))
    assert "Zoë" not in page
    browser.post(f"/p/haren/closures/{confirmed.pk}/called/")
    assert Todo.objects.filter(done_at=None, kind="closure_call").count() == 1


def test_the_cover_sheet_is_bilingual_and_neutral(liaison: Client, confirmed: Closure) -> None:
    answer = liaison.get(f"/p/haren/closures/{confirmed.pk}/cover.xlsx")

    assert "geannuleerd-annule-haren-2026-11-24.xlsx" in answer["Content-Disposition"]
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    cells = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]
    assert "GEANNULEERD / ANNULÉ" in cells
    assert any("dinsdag 24 november" in cell and "mardi 24 novembre" in cell for cell in cells)
    assert {"09:00", "10:30", "Class A", "Activiteit / Activité A-07"} <= set(cells)
    assert not any("Addiction" in cell for cell in cells)


def test_the_cover_is_printed_with_the_same_words(liaison: Client, confirmed: Closure) -> None:
    told = text_of(liaison.get(f"/p/haren/closures/{confirmed.pk}/cover.pdf").content)
    for words in ("GEANNULEERD / ANNULÉ", "dinsdag 24 november", "Class A", "Activiteit / Activité A-07"):
        assert words in told
    assert "Addiction" not in told


def test_the_printed_call_list_is_that_of_the_page(
    organiser: Client, organiser_emile: User, confirmed: Closure, session: GroupSession
) -> None:
    url = f"/p/haren/closures/{confirmed.pk}/calls.pdf"
    answer = organiser.get(url)
    told = text_of(answer.content)
    assert "Zoë Maes" in told and "+32 470 00 11 22" in told and "Addiction talk" in told
    assert "no-store" in answer["Cache-Control"]
    assert "Zoë" not in text_of(signed_in(organiser_emile).get(url).content)


def whole_story(liaison: Client, closure: Closure) -> list[bytes]:
    """All that the liaison reads from the announcement to the lifting, byte by byte."""
    here = f"/p/haren/closures/{closure.pk}/"
    pages = [
        liaison.get(here),
        press(liaison, f"{here}confirm/", {}, page=here, follow=True),
        liaison.get(here),
    ]
    pages += [liaison.get(f"{here}{page}") for page in ("calls/", "cover.xlsx", "lift/")]
    undo_id = pages[2].context["shown"].undo_id
    pages += [liaison.get(f"/p/haren/board/changes/{undo_id}/undo/"), liaison.get("/p/haren/")]
    pages.append(press(liaison, f"{here}lift/", {}, follow=True))
    return [blotted(page) for page in pages]


def test_a_draft_changes_nothing_that_the_prison_reads_of_a_closure(
    liaison: Client, series: Series, room: Room, announced: Closure
) -> None:
    stories, spare = [], make_worker(series.prison)
    for has_draft in (False, True):
        with taken_back():
            if has_draft:
                make_session(series, f"{DAY} 18:00", room=room, workers=[spare])
            stories.append(whole_story(liaison, announced))
    differ = [
        (number, between(*pages))
        for number, pages in enumerate(zip(*stories, strict=True))
        if len(set(pages)) > 1
    ]
    assert differ == []


def test_what_stands_in_the_way_and_is_a_draft_is_not_named_to_the_prison(
    liaison: Client, confirmed: Closure, series: Series, room: Room
) -> None:
    make_session(series, f"{DAY} 09:30", room=room)
    page = flat(liaison.get(f"/p/haren/closures/{confirmed.pk}/lift/"))
    assert "Class A is taken by another session (at that time)" in page


def test_drafts_do_not_exist_for_the_prison(
    liaison: Client, series: Series, room: Room, announced: Closure
) -> None:
    make_session(series, f"{DAY} 18:00", room=room)
    told = liaison.get(f"/p/haren/closures/{announced.pk}/").context["told"]
    assert (told.sessions, len(told.owners[0].rows)) == (1, 1)


PATHS = [
    "",
    "confirm/",
    "lift/",
    "restore/",
    "calls/",
    "calls.pdf",
    "called/",
    "cover.pdf",
    "cover.xlsx",
    "make-up/",
]


@pytest.mark.parametrize("path", PATHS)
def test_a_stranger_finds_nothing(stranger_dirk: User, announced: Closure, path: str) -> None:
    browser = signed_in(stranger_dirk)
    url = f"/p/haren/closures/{announced.pk}/{path}"
    assert {browser.get(url).status_code, browser.post(url).status_code} <= {404, 405}
    own = f"/p/saint-gilles/closures/{announced.pk}/{path}"
    assert {browser.get(own).status_code, browser.post(own).status_code} <= {404, 405}


@pytest.mark.parametrize("path", ["confirm/", "lift/", "restore/"])
def test_an_organiser_decides_nothing(
    organiser: Client, announced: Closure, session: GroupSession, path: str
) -> None:
    assert organiser.post(f"/p/haren/closures/{announced.pk}/{path}").status_code == 403
    assert organiser.get(STRIKE).status_code == 403
    announced.refresh_from_db()
    assert announced.state == "announced"


def test_the_pages_stand(liaison: Client, organiser: Client, confirmed: Closure) -> None:
    for browser in (liaison, organiser):
        assert browser.get("/p/haren/closures/").status_code == 200
        assert browser.get(f"/p/haren/closures/{confirmed.pk}/").status_code == 200
    for preset in ("strike-24", "strike-48", "reduced", "other", "nonsense"):
        assert liaison.get(f"/p/haren/closures/announce/?preset={preset}").status_code == 200


def test_the_first_page_tells_of_it_and_whom_to_call(
    liaison: Client, organiser: Client, announced: Closure, worker_chloe: User, zoe: Worker
) -> None:
    zoe.user = worker_chloe
    zoe.save()
    for browser, link in ((liaison, True), (organiser, True), (signed_in(worker_chloe), False)):
        page = flat(browser.get("/p/haren/"))
        assert "Strike: announced" in page
        assert (f"/p/haren/closures/{announced.pk}/" in page) is link
    assert "Warn the facilitator of your 1 session" in flat(organiser.get("/p/haren/"))
    assert "Warn the facilitator" not in flat(liaison.get("/p/haren/"))


def test_a_facilitator_is_not_bothered_with_other_rooms(
    haren: Prison, worker_chloe: User, zoe: Worker, session: GroupSession, liaison_bert: User
) -> None:
    zoe.user = worker_chloe
    zoe.save()
    part = ClosurePart(make_room(haren).pk, None, at(f"{DAY} 00:00"), at(f"{DAY} 22:00"))
    announce(haren, ClosureDraft("works", (part,)), by=liaison_bert, now=NOW)
    assert "Works" not in flat(signed_in(worker_chloe).get("/p/haren/"))


def test_who_has_read_it_needs_no_call(
    organiser: Client, confirmed: Closure, session: GroupSession, zoe: Worker
) -> None:
    url = f"/p/haren/closures/{confirmed.pk}/calls/"
    assert [call.is_informed for call in organiser.get(url).context["calls"]] == [False]
    zoe.notices.filter(session=session).update(read_at=NOW)
    page = organiser.get(url)
    assert [call.is_informed for call in page.context["calls"]] == [True]
    assert "has read it" in flat(page)


def test_a_tick_of_the_call_list_is_kept_with_who_and_when_and_can_be_taken_away(
    confirmed: Closure, organiser: Client, organiser_anna: User, zoe: Worker
) -> None:
    url = f"/p/haren/closures/{confirmed.pk}/calls/"
    assert organiser.post(f"{url}{zoe.pk}/", {"reached": "yes"}).status_code == 302
    assert organiser.post(f"{url}{zoe.pk}/", {"reached": "yes"}).status_code == 302
    row = ClosureCall.objects.get()
    assert (row.closure, row.worker, row.by, row.state) == (confirmed, zoe, organiser_anna, "confirmed")
    page = organiser.get(url)
    assert "Anna" in flat(page) and page.context["left"] == 0
    assert not unread.to_call(access_for(organiser_anna, confirmed.prison, now=NOW), now=NOW).exists()
    assert AuditEntry.objects.filter(verb="call", object_id=row.pk, by=organiser_anna).count() == 1
    organiser.post(f"{url}{zoe.pk}/", {"reached": "no"})
    assert not ClosureCall.objects.exists() and organiser.get(url).context["left"] == 1
    assert AuditEntry.objects.filter(verb="take_back", object_id=row.pk).exists()


def test_who_was_reached_while_it_was_only_announced_is_called_again_when_it_is_certain(
    announced: Closure, liaison: Client, liaison_bert: User, zoe: Worker
) -> None:
    url = f"/p/haren/closures/{announced.pk}/calls/"
    liaison.post(f"{url}{zoe.pk}/", {"reached": "yes"})
    assert liaison.get(url).context["left"] == 0
    confirm(announced, by=liaison_bert, now=NOW)
    assert liaison.get(url).context["left"] == 1


def test_the_earliest_session_is_called_about_first_and_who_knows_stands_last(
    haren: Prison, series: Series, room: Room, zoe: Worker, liaison: Client, liaison_bert: User
) -> None:
    made = {}
    for name, hour in (("Adam", "15:00"), ("Bea", "08:00"), ("Zara", "11:00")):
        made[name] = make_worker(haren, name=name)
        make_session(series, f"{DAY} {hour}", workers=[made[name]], state="published", published_at=NOW)
    part = ClosurePart(None, None, at(f"{DAY} 00:00"), at(f"{DAY} 22:00"))
    row = announce(haren, ClosureDraft("strike", (part,)), by=liaison_bert, now=NOW).closures[0]
    url = f"/p/haren/closures/{row.pk}/calls/"
    liaison.post(f"{url}{made['Bea'].pk}/", {"reached": "yes"})
    assert [call.worker.name for call in liaison.get(url).context["calls"]] == ["Zara", "Adam", "Bea"]


def test_nobody_ticks_for_another_service_or_for_somebody_who_is_not_on_the_list(
    haren: Prison, saint_gilles: Prison, confirmed: Closure, organiser: Client, zoe: Worker
) -> None:
    other = make_worker(haren, name="Somebody")
    assert organiser.post(f"/p/haren/closures/{confirmed.pk}/calls/{other.pk}/").status_code == 404
    stranger = make_user("Other")
    make_membership(stranger, haren, "organiser", make_organisation(haren))
    assert signed_in(stranger).post(f"/p/haren/closures/{confirmed.pk}/calls/{zoe.pk}/").status_code == 404
    assert not ClosureCall.objects.exists()
