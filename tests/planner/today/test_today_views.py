"""First pages and search: what each role finds, and that a number is the length of its list."""

from __future__ import annotations

import datetime as dt
import html
import re

import pytest
from django.test import Client
from django.urls import reverse

from core.dates.clock import now, today
from core.dates.weeks import Week
from enrollment.domain.lists import cut_off
from enrollment.domain.requests import counts
from enrollment.models import Note, Request, Slip
from planner.models import Ask
from planner.scheduling.asks.wanted_changes import stands
from planner.scheduling.rules.open_conflicts import hard_count
from planner.today import search_sessions
from planner.today.actions import ACTIONS, actions_for, address_of
from planner.today.by_service import waiting_by_service
from planner.today.lists_state import lists_to_hand_over
from prisons.access import access_for
from prisons.models import Organisation, Prison, Todo, User
from sessions.models import Cancellation, Series
from tests.factories import (
    at,
    make_activity,
    make_closure,
    make_enrollment,
    make_organisation,
    make_participant,
    make_room,
    make_series,
    make_session,
    make_slot,
    make_user,
    make_worker,
    signed_in,
)
from tests.pages import flat


def make_request(series: Series, received_on: dt.date | None = None) -> Request:
    """Somebody asks for the series, on paper."""
    prison, on = series.prison, received_on or today()
    person = make_participant(prison)
    clerk = User.objects.first() or make_user()
    note = Note.objects.create(
        prison=prison, participant=person, received_on=on, entered_by=clerk, entered_at=now()
    )
    return Request.objects.create(
        prison=prison,
        note=note,
        participant=person,
        series=series,
        organisation=series.activity.organisation,
        received_on=on,
    )


def today_of(client: Client) -> str:
    answer = client.get(reverse("planner:today", args=["haren"]))
    assert answer.status_code == 200
    return flat(answer)


def search(client: Client, words: str, **headers: str) -> str:
    return flat(client.get(reverse("planner:search", args=["haren"]), {"q": words}, headers=headers))


@pytest.mark.parametrize(
    ("cast", "finds", "lacks"),
    [
        ("organiser_anna", "requests to decide", "Attendance sheets"),
        ("coordinator_karim", "requests to decide", "Attendance sheets"),
        ("liaison_bert", "Attendance sheets", "requests to decide"),
        ("worker_chloe", "My next sessions", "conflicts to solve"),
        ("auditor_greet", "open conflicts", "conflicts to solve"),
    ],
)
def test_each_role_has_its_first_page(
    request: pytest.FixtureRequest, haren: Prison, cast: str, finds: str, lacks: str
) -> None:
    page = today_of(signed_in(request.getfixturevalue(cast)))
    assert finds in page and lacks not in page


def test_every_number_leads_to_a_page(haren: Prison, coordinator_karim: User) -> None:
    karim = signed_in(coordinator_karim)
    links = set(re.findall(r'class="count[^"]*"[^>]*href="([^"]+)"', today_of(karim)))
    assert all(karim.get(link.replace("&amp;", "&")).status_code == 200 for link in links)


def test_search_finds_people_series_rooms_and_places(
    haren: Prison, service: Organisation, organiser_anna: User
) -> None:
    make_room(haren, name="Yoga room")
    make_series(haren, activity=make_activity(service, "Yoga"))
    make_participant(haren, name="Yogananda")
    anna = signed_in(organiser_anna)

    found = search(anna, "yog", **{"HX-Request": "true"})

    assert {"Yoga room", "Yogananda"} <= set(re.findall(r"<span>([^<]+?)\s*<", found))
    assert "<html" not in found and "<html" in search(anna, "yog")
    assert "Nothing found" in search(anna, "zzz")


def test_search_tells_the_prison_no_titles_and_no_people(
    haren: Prison, service: Organisation, liaison_bert: User
) -> None:
    make_series(haren, activity=make_activity(service, "Addiction group"))
    make_participant(haren, name="Addicted")
    assert "Nothing found" in search(signed_in(liaison_bert), "addict")


def test_search_stays_within_the_prison(
    haren: Prison, saint_gilles: Prison, service: Organisation, organiser_anna: User
) -> None:
    make_room(saint_gilles, name="Yoga elsewhere")
    make_participant(saint_gilles, name="Yogananda")
    assert "Nothing found" in search(signed_in(organiser_anna), "yog")


def test_search_takes_words_apart_and_finds_actions_and_facilitators(
    haren: Prison, service: Organisation, coordinator_karim: User, liaison_bert: User
) -> None:
    activity = make_activity(service, "Dutch for work")
    make_series(haren, activity=activity, label="1")
    make_series(haren, activity=activity, label="2")
    make_worker(haren, name="Els Cools")
    karim, bert = signed_in(coordinator_karim), signed_in(liaison_bert)

    found = search(karim, "dutch 2")
    assert "Dutch for work 2" in found and "Dutch for work 1" not in found
    assert "Els Cools" in search(karim, "cools els") and "Els Cools" not in search(bert, "cools")
    assert reverse("planner:term_copy", args=["haren"]) in search(karim, "copy series")
    assert reverse("planner:closure_announce", args=["haren"]) in search(bert, "announce")
    assert reverse("prisons:announcement_add", args=["haren"]) not in search(bert, "announce")


@pytest.mark.parametrize(
    "cast", ["coordinator_karim", "organiser_anna", "liaison_bert", "worker_chloe", "auditor_greet"]
)
def test_every_action_that_is_offered_opens(request: pytest.FixtureRequest, haren: Prison, cast: str) -> None:
    user = request.getfixturevalue(cast)
    access = access_for(user, haren)
    assert access is not None
    browser = signed_in(user)
    assert {url: browser.get(url).status_code for _action, url in actions_for(access)} == {
        url: 200 for _action, url in actions_for(access)
    }


def test_every_action_has_a_page() -> None:
    assert [action.view for action in ACTIONS if not address_of(action.view, "haren")] == []


def test_a_session_of_today_says_what_is_wrong_with_it(
    haren: Prison, service: Organisation, organiser_anna: User
) -> None:
    make_slot(haren, today().isoweekday(), "08:00", "20:00")
    room = make_room(haren, capacity=2)
    make_session(make_series(haren, organisation=service, places=8), f"{today()} 09:00", room=room)
    page = today_of(signed_in(organiser_anna))
    assert "room too small" in page and "nobody leads it" in page


def test_a_coordinator_sees_what_waits_at_each_service(
    haren: Prison,
    service: Organisation,
    other_service: Organisation,
    coordinator_karim: User,
    organiser_anna: User,
) -> None:
    """Conflicts of everybody; requests only of the own authority, and exactly as many as the lists hold."""
    make_slot(haren, 1)
    mine, theirs = (make_series(haren, organisation=one, places=30) for one in (service, other_service))
    monday = Week.from_date(today()).next.monday
    for series in (mine, theirs):
        make_session(series, f"{monday} 09:00", room=make_room(haren))
        make_request(series)
    make_request(mine, received_on=today() - dt.timedelta(days=20))
    wish = make_request(mine, received_on=today() - dt.timedelta(days=30))
    Request.objects.filter(pk=wish.pk).update(series=None, wish_domain="sport", wish_title="Koor")
    for facts in ({"request": make_request(mine)}, {"enrollment": make_enrollment(mine)}):
        (whose,) = facts.values()
        Slip.objects.create(
            prison=haren, participant=whose.participant, kind="placed", created_at=now(), **facts
        )
    access = access_for(coordinator_karim, haren)
    assert access is not None

    rows = {row.service: row for row in waiting_by_service(access)}

    assert (rows[service].conflicts, rows[other_service].conflicts) == (1, 1)
    assert sum(row.conflicts for row in rows.values()) == hard_count(access)
    assert (rows[service].undecided, rows[service].overdue, rows[service].oldest_days) == (3, 2, 30)
    assert rows[service].undecided == counts.undecided(access).count()
    assert rows[service].overdue == counts.overdue(access).count()
    assert rows[service].to_hand_out == counts.to_hand_out(access).count() == 2
    assert rows[other_service].undecided is None is rows[other_service].overdue
    assert "What waits, by service" in today_of(signed_in(coordinator_karim))
    assert "What waits, by service" not in today_of(signed_in(organiser_anna))


def test_only_the_own_conflicts_are_counted_and_the_list_says_the_same(
    haren: Prison,
    service: Organisation,
    other_service: Organisation,
    organiser_anna: User,
    organiser_emile: User,
    coordinator_karim: User,
    liaison_bert: User,
) -> None:
    """One of Anna's, two of Émile's: on the first page, in the rail and above the list stands the same number."""
    make_slot(haren, 1)
    second = make_organisation(haren, authority=service.authority)
    monday = Week.from_date(today()).next.monday
    for owner in (service, second, other_service, other_service):
        series = make_series(haren, organisation=owner, places=30)
        make_session(series, f"{monday} 09:00", room=make_room(haren), state="published")
    cast = ((organiser_anna, 1), (organiser_emile, 2), (coordinator_karim, 2), (liaison_bert, 0))
    for user, own in cast:
        client = signed_in(user)
        shown = own or hard_count(access_for(user, haren))  # type: ignore[arg-type]
        answer = client.get(reverse("planner:today", args=["haren"]))
        words = "conflicts? to solve" if own else "open conflict"
        assert re.search(rf'count-number">{shown}<[^>]*>[^<]*<[^>]*>{words}', flat(answer)), user
        assert {item.count for item in answer.context["nav"] if item.name == "board"} == {shown}
        page = client.get(reverse("planner:conflicts", args=["haren"]))
        assert page.context["own"] == own


def test_every_figure_of_a_service_leads_to_a_list_of_that_length(
    haren: Prison,
    service: Organisation,
    other_service: Organisation,
    coordinator_karim: User,
    organiser_anna: User,
) -> None:
    make_slot(haren, 1)
    second = make_organisation(haren, authority=service.authority, short_name="Zuid")
    monday = Week.from_date(today()).next.monday
    for number, owner in enumerate((service, second, other_service), 1):
        series = make_series(haren, organisation=owner, places=30)
        session = make_session(series, f"{monday} 09:00", room=make_room(haren))
        for _each in range(number):
            late = make_request(series, received_on=today() - dt.timedelta(days=20))
            Slip.objects.create(
                prison=haren,
                participant=late.participant,
                request=make_request(series),
                kind="placed",
                language="nl",
                created_at=now(),
            )
        Ask.objects.create(
            prison=haren,
            session=session,
            from_organisation=service if owner == other_service else other_service,
            to_organisation=owner,
            asked_by=organiser_anna,
            asked_at=now(),
            changes=[
                {"session": session.pk, "state": "cancelled", "reason": "works", "was": stands(session)}
            ],
        )
    karim = signed_in(coordinator_karim)
    table = today_of(karim).partition("What waits, by service")[2]
    figures = re.findall(r'<td class="number-end[^>]*>(?:<a[^>]*href="([^"]+)">)?(\d+)', table)
    assert len([url for url, _number in figures if url]) == 2 * 5 + 1, figures
    for url, number in figures:
        if url:
            assert number == str(_length_of(karim, html.unescape(url))), url


def _length_of(client: Client, url: str) -> int:
    """How many rows stand in the list to which a figure leads; of conflicts in the part that it points at."""
    page, _hash, part = url.partition("#")
    answer = client.get(page)
    assert answer.status_code == 200, url
    if part:
        found = [
            rows for owner, rows in answer.context["owners"] if f"service-{owner.organisation.pk}" == part
        ]
        return len(found[0])
    context = answer.context
    return len(context["lines"] if "lines" in context else context["rows"])


def test_the_oldest_request_tells_its_age(haren: Prison, service: Organisation, organiser_anna: User) -> None:
    anna, series = signed_in(organiser_anna), make_series(haren, organisation=service)
    make_request(series)
    assert "request to decide</span>" in today_of(anna)
    make_request(series, received_on=today() - dt.timedelta(days=5))
    assert "requests to decide, the oldest for 5 days</span>" in today_of(anna)


def test_exceptions_show_only_when_there_is_one(haren: Prison, coordinator_karim: User) -> None:
    page = today_of(signed_in(coordinator_karim))
    assert re.findall(r'count-number">(\d+)<', page) == ["0"] * 4
    assert "requests to decide" in page and "facilitators to call" not in page


def test_talks_and_changes_are_counted_apart(
    haren: Prison, service: Organisation, organiser_anna: User
) -> None:
    series = make_series(haren, organisation=service)
    for kind, what in (("drop_out_talk", "absent"), ("roster_change", "moved"), ("roster_change", "gone")):
        facts = {"person": make_participant(haren).pk, "series": series.pk, "what": what}
        Todo.objects.create(prison=haren, organisation=service, kind=kind, facts=facts, created_at=now())
    anna = signed_in(organiser_anna)
    page = today_of(anna)
    inbox = reverse("enrollment:change_inbox", args=["haren"])
    for kind, number in (("drop_out_talk", 1), ("roster_change", 2)):
        assert re.search(rf'href="{inbox}\?only={kind}"><span class="count-number">{number}<', page)
        assert len(anna.get(inbox, {"only": kind}).context["lines"]) == number
    assert len(anna.get(inbox, {"only": "x"}).context["lines"]) == 3


def test_the_liaison_reads_how_far_the_lists_are(
    haren: Prison, service: Organisation, liaison_bert: User
) -> None:
    bert = signed_in(liaison_bert)
    morning = at("2026-11-23 10:00")
    access = access_for(liaison_bert, haren, now=morning)
    assert access is not None
    (tomorrow,) = lists_to_hand_over(access, now=morning)
    assert (tomorrow.on, tomorrow.version, tomorrow.state) == (dt.date(2026, 11, 24), None, "")
    (closed,) = lists_to_hand_over(access, now=at("2026-11-23 16:00"))
    assert closed.version is not None and closed.state == "queued"
    cut_off.confirm_printed(closed.version, by=liaison_bert)
    assert lists_to_hand_over(access, now=at("2026-11-23 16:00"))[0].state == "printed"
    late = make_series(haren, organisation=service)
    make_session(late, "2026-11-24 09:00", room=make_room(haren), state="published")
    make_enrollment(late)
    changed = lists_to_hand_over(access, now=at("2026-11-23 17:00"))[0]
    assert changed.untold > 0
    page = today_of(bert)
    assert "Lists of" in page and reverse("enrollment:lists", args=["haren"]) in page


def test_a_facilitator_finds_the_way_to_mark_attendance(
    haren: Prison, service: Organisation, worker_chloe: User
) -> None:
    worker = make_worker(haren, user=worker_chloe, organisation=service)
    series = make_series(haren, organisation=service)
    starts = now() - dt.timedelta(minutes=5)
    session = make_session(
        series, starts, minutes=60, workers=[worker], state="published", published_at=starts
    )
    page = today_of(signed_in(worker_chloe))
    assert reverse("enrollment:session_attendance", args=["haren", session.pk]) in page


def test_numbers_in_the_rail_are_the_lengths_of_their_lists(
    haren: Prison, service: Organisation, coordinator_karim: User
) -> None:
    make_slot(haren, 1)
    series = make_series(haren, organisation=service, places=30)
    make_session(series, f"{Week.from_date(today()).next.monday} 09:00", room=make_room(haren))
    for _ in range(3):
        make_request(series)
    karim = signed_in(coordinator_karim)
    answer = karim.get(reverse("planner:today", args=["haren"]))
    numbers = {entry.name: entry.count for entry in answer.context["nav"] if entry.count}
    assert numbers == {"board": 1, "requests": 3}
    assert (
        karim.get(reverse("planner:conflicts", args=["haren"])).context["page"].paginator.count
        == numbers["board"]
    )
    access = access_for(coordinator_karim, haren)
    assert access is not None and counts.undecided(access).count() == numbers["requests"]


def test_today_also_shows_tomorrow_and_the_rest_of_the_week(
    haren: Prison, service: Organisation, coordinator_karim: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.dates.clock.now", lambda: at("2026-11-24 08:00"))  # a Tuesday
    room, activity = make_room(haren), make_activity(service, "Koor")
    series = make_series(haren, activity=activity, starts_on=dt.date(2026, 11, 24), places=9)
    dates = ("2026-11-24", "2026-11-25", "2026-11-27", "2026-11-29", "2026-11-30")
    for number, day in enumerate(dates):
        make_session(series, f"{day} {9 + number:02}:00", room=room, state="published")
    make_enrollment(series, placed_from=dt.date(2026, 11, 20))
    page = " ".join(today_of(signed_in(coordinator_karim)).split())
    assert "Tomorrow, Wednesday 25 November" in page and "10:00" in page
    later = re.findall(r'view=day&amp;day=([0-9-]+)">', page)
    assert later == ["2026-11-27", "2026-11-29"], "the week ends on Sunday"
    assert page.count("1 session, 1 enrolled") == 2


def test_a_facilitator_has_a_bar_of_their_own_also_on_the_page_of_every_prison(
    haren: Prison, worker_chloe: User
) -> None:
    make_worker(haren, user=worker_chloe)
    client = signed_in(worker_chloe)
    rail = [reverse("planner:today", args=["haren"]), reverse("own_sessions")]
    rail += [
        reverse("enrollment:attendance_list", args=["haren"]),
        reverse("sessions:feed_list", args=["haren"]),
    ]
    for address in rail:
        page = client.get(address)
        assert page.status_code == 200
        assert [entry.url for entry in page.context["nav"]] == rail
        assert [entry.url for entry in page.context["nav"] if entry.is_current] == [address]
    room = make_room(haren)
    session = make_session(
        make_series(haren), f"{today() + dt.timedelta(days=2)} 10:00", room=room, state="published",
        published_at=now(), workers=[worker_chloe.worker],
    )  # fmt: skip
    page = client.get(reverse("cannot_come", args=[session.pk]))
    assert [entry.url for entry in page.context["nav"]] == rail
    assert [entry.url for entry in page.context["nav"] if entry.is_current] == [reverse("own_sessions")]


@pytest.mark.parametrize("words", ["strike", "staking", "grève", "GREVE"])
def test_search_knows_the_word_for_a_strike_in_every_language(
    haren: Prison, coordinator_karim: User, liaison_bert: User, words: str
) -> None:
    """The act, and the closures of that kind that stand or come."""
    closure = make_closure(haren, now() + dt.timedelta(days=2), now() + dt.timedelta(days=3), kind="strike")
    make_closure(haren, now() + dt.timedelta(days=2), now() + dt.timedelta(days=3), kind="works")
    for user in (coordinator_karim, liaison_bert):
        found = search(signed_in(user), words)
        assert reverse("planner:closure_announce", args=["haren"]) + "?preset=strike-24" in found
        assert found.count("/closures/") == 2 and f"/closures/{closure.pk}/" in found


@pytest.mark.parametrize(
    ("words", "on", "rest"),
    [
        ("yoga 8 Dec", dt.date(2026, 12, 8), "yoga"),
        ("8 décembre yoga", dt.date(2026, 12, 8), "yoga"),
        ("yoga op dinsdag 8 december", dt.date(2026, 12, 8), "yoga"),
        ("yoga 8/12", dt.date(2026, 12, 8), "yoga"),
        ("2026-12-08 yoga", dt.date(2026, 12, 8), "yoga"),
        ("yoga 5 janvier", dt.date(2027, 1, 5), "yoga"),
        ("yoga 31/12/26", dt.date(2026, 12, 31), "yoga"),
        ("morgen yoga", dt.date(2026, 12, 1), "yoga"),
        ("demain", dt.date(2026, 12, 1), ""),
        ("yoga 31/02", None, "yoga 31/02"),
        ("8 december 9999", dt.date(2026, 12, 8), "9999"),
        ("mei", None, "mei"),
        ("99/99/9999", None, "99/99/9999"),
    ],
)
def test_a_day_is_read_out_of_what_is_typed(words: str, on: dt.date | None, rest: str) -> None:
    found, left = search_sessions.day_in(words, dt.date(2026, 11, 30))
    assert (found, left.strip()) == (on, rest)


def test_search_finds_a_session_by_title_and_day_and_what_is_cancelled(
    haren: Prison, service: Organisation, organiser_anna: User, liaison_bert: User
) -> None:
    yoga = make_series(haren, activity=make_activity(service, "Yoga"), list_code="A-07")
    other = make_series(haren, activity=make_activity(service, "Cooking"))
    day = today() + dt.timedelta(days=3)
    live = make_session(yoga, f"{day} 09:00", state="published", published_at=now())
    gone = make_session(yoga, f"{day} 14:00", state="cancelled", published_at=now())
    Cancellation.objects.create(
        session=gone, reason="not_needed", was_state="published", by=organiser_anna, at=now()
    )
    make_session(other, f"{day} 11:00", state="published", published_at=now())
    anna, bert = signed_in(organiser_anna), signed_in(liaison_bert)
    page = [reverse("planner:session_detail", args=["haren", one.pk]) for one in (live, gone)]

    found = search(anna, f"yoga {day.day}/{day.month}")
    assert all(address in found for address in page) and "Cooking" not in found
    found = search(anna, "yoga cancelled")
    assert page[1] in found and page[0] not in found
    assert page[1] in search(anna, "geannuleerd") and page[1] in search(anna, "annulé")
    by_title = search(bert, f"yoga {day.day}/{day.month}")
    assert page[0] not in by_title and "Yoga" not in by_title
    assert page[0] in search(bert, f"{day.day}/{day.month}")


def test_search_ranks_a_room_by_its_name(haren: Prison, service: Organisation, organiser_anna: User) -> None:
    for name in ("Big class 2", "Class 21", "Class 2"):
        make_room(haren, name=name)
    make_series(haren, activity=make_activity(service, "Class 2 talk"))
    found = search(signed_in(organiser_anna), "class 2")
    places = [found.index(f"<span>{name}") for name in ("Class 2 ", "Class 21 ", "Big class 2 ")]
    assert places == sorted(places) and places[0] < found.index("Class 2 talk")


def test_a_strike_is_announced_in_one_click_and_the_form_is_filled_in(
    haren: Prison, coordinator_karim: User, organiser_anna: User
) -> None:
    address = reverse("planner:closure_announce", args=["haren"]) + "?preset=strike-24"
    karim = signed_in(coordinator_karim)
    assert address in today_of(karim) and address not in today_of(signed_in(organiser_anna))
    form = karim.get(address).context["form"]
    needed = [field for field in form if field.field.required]
    assert needed and all(field.value() for field in needed)


def test_printing_the_day_is_the_main_act_of_the_liaison(haren: Prison, liaison_bert: User) -> None:
    page = today_of(signed_in(liaison_bert))
    (found,) = re.findall(r'class="btn btn-primary" href="([^"]+)"', page)
    assert "/lists/" in found and found.endswith(".pdf")


@pytest.mark.parametrize(
    ("page", "place"),
    [
        ("prisons:job_list", "today"),
        ("enrollment:roster_read", "people"),
        ("enrollment:person_list", "people"),
        ("enrollment:separation_list", "people"),
    ],
)
def test_the_liaison_has_people_in_the_menu_and_each_page_lights_its_place(
    haren: Prison, liaison_bert: User, page: str, place: str
) -> None:
    answer = signed_in(liaison_bert).get(reverse(page, args=["haren"]))
    assert answer.status_code == 200
    assert [entry.name for entry in answer.context["nav"] if entry.is_current] == [place]


def test_the_numbers_of_a_service_are_the_lengths_of_their_lists(
    haren: Prison, service: Organisation, coordinator_karim: User
) -> None:
    second = make_organisation(haren, authority="flemish")
    for one, number in ((service, 2), (second, 3)):
        for _each in range(number):
            make_request(make_series(haren, organisation=one), received_on=today() - dt.timedelta(days=30))
    karim = signed_in(coordinator_karim)
    for one, number in ((service, 2), (second, 3)):
        for query in (f"?service={one.pk}", f"?tab=overdue&service={one.pk}"):
            address = reverse("enrollment:request_list", args=["haren"]) + query
            assert address.replace("&", "&amp;") in today_of(karim)
            assert karim.get(address).context["page"].paginator.count == number


def test_the_slips_of_a_service_link_to_their_list(
    haren: Prison, service: Organisation, coordinator_karim: User
) -> None:
    second, karim = make_organisation(haren, authority="flemish"), signed_in(coordinator_karim)
    for one, number in ((service, 1), (second, 2)):
        for _each in range(number):
            row = make_request(make_series(haren, organisation=one))
            Slip.objects.create(
                prison=haren, participant=row.participant, request=row, kind="declined", created_at=now()
            )
    for one, number in ((service, 1), (second, 2)):
        address = f"{reverse('enrollment:request_list', args=['haren'])}?tab=hand_out&service={one.pk}"
        assert address.replace("&", "&amp;") in today_of(karim)
        answer = karim.get(address)
        assert len(answer.context["lines"]) == number
        assert f"Of {one.short_name} only." in flat(answer)
