"""Announcements: who reads them and until when, who writes, changes and ends them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation

from core.dates.clock import today
from core.errors import PlannerError
from prisons.access import Access, access_for
from prisons.domain.people import announcements
from prisons.models import Announcement, AuditEntry, Organisation, Prison, User
from tests.factories import at, make_membership, make_user, signed_in

NOW = at("2026-11-23 09:00")
MONDAY = dt.date(2026, 11, 23)


def values(**changed: Any) -> dict[str, Any]:
    return {
        "text_nl": "Maandag is er geen les.",
        "text_fr": "Pas de cours lundi.",
        "text_en": "",
        "roles": [],
        "organisations": [],
        "starts_on": MONDAY,
        "ends_on": None,
    } | changed


def announce(prison: Prison, by: User, **changed: Any) -> Announcement:
    return announcements.announce(prison, values(**changed), by=by, now=NOW)


def reads(user: User, prison: Prison, now: dt.datetime = NOW) -> list[Announcement]:
    access = access_for(user, prison, now=now)
    assert isinstance(access, Access)
    return announcements.for_reader(access, now=now)


def test_everybody_reads_it_in_their_language_until_put_away(
    haren: Prison, coordinator_karim: User, liaison_bert: User, worker_chloe: User
) -> None:
    row = announce(haren, coordinator_karim)
    assert reads(liaison_bert, haren) == reads(worker_chloe, haren) == [row]
    with translation.override("fr"):
        assert row.text == "Pas de cours lundi."
    announcements.put_away(row, by=liaison_bert, now=NOW)
    announcements.put_away(row, by=liaison_bert, now=NOW)
    assert reads(liaison_bert, haren) == [] and reads(worker_chloe, haren) == [row]


@pytest.mark.parametrize(
    ("first", "last", "day", "is_told"),
    [
        (MONDAY, None, "2027-06-01", True),
        (MONDAY, dt.date(2026, 11, 24), "2026-11-24", True),
        (MONDAY, dt.date(2026, 11, 24), "2026-11-25", False),
        (dt.date(2026, 11, 24), None, "2026-11-23", False),
    ],
)
def test_from_and_until(
    haren: Prison, coordinator_karim: User, first: dt.date, last: dt.date | None, day: str, is_told: bool
) -> None:
    announce(haren, coordinator_karim, starts_on=first, ends_on=last)
    assert bool(reads(coordinator_karim, haren, at(f"{day} 09:00"))) is is_told


def test_only_the_roles_and_services_that_it_is_for(
    haren: Prison,
    service: Organisation,
    other_service: Organisation,
    coordinator_karim: User,
    organiser_anna: User,
    organiser_emile: User,
    liaison_bert: User,
) -> None:
    for_organisers = announce(haren, coordinator_karim, roles=["organiser"])
    for_service = announce(haren, coordinator_karim, organisations=[service])
    both = announce(haren, coordinator_karim, roles=["organiser"], organisations=[other_service])
    assert set(reads(organiser_anna, haren)) == {for_organisers, for_service}
    assert set(reads(organiser_emile, haren)) == {for_organisers, both}
    assert reads(coordinator_karim, haren) == [for_service]
    assert reads(liaison_bert, haren) == []
    make_membership(coordinator_karim, haren, "organiser", service)
    assert set(reads(coordinator_karim, haren)) == {for_organisers, for_service}
    assert len(reads(make_user(is_superuser=True), haren)) == 3


def test_another_prison_reads_nothing(
    haren: Prison, saint_gilles: Prison, coordinator_karim: User, stranger_dirk: User
) -> None:
    announce(haren, coordinator_karim)
    assert reads(stranger_dirk, saint_gilles) == []


def test_other_words_are_shown_again_other_dates_are_not(
    haren: Prison, coordinator_karim: User, liaison_bert: User
) -> None:
    row = announce(haren, coordinator_karim)
    announcements.put_away(row, by=liaison_bert, now=NOW)
    longer = values(ends_on=dt.date(2026, 12, 1))
    announcements.change_announcement(row, longer, by=coordinator_karim, now=NOW)
    assert reads(liaison_bert, haren) == []
    announcements.change_announcement(row, longer | {"text_nl": "Toch wel."}, by=coordinator_karim, now=NOW)
    assert reads(liaison_bert, haren) == [row]
    assert [set(entry.fields) for entry in AuditEntry.objects.filter(verb="change_announcement")] == [
        {"text_nl"},
        {"ends_on"},
    ]


def test_the_author_changes_and_any_coordinator_ends(
    haren: Prison, service: Organisation, coordinator_karim: User
) -> None:
    colleague = make_user("Co Ordinator")
    make_membership(colleague, haren, "coordinator", service)
    row = announce(haren, coordinator_karim)
    with pytest.raises(PlannerError) as refusal:
        announcements.change_announcement(row, values(), by=colleague, now=NOW)
    assert refusal.value.code == "not_the_author"
    announcements.end_announcement(row, by=colleague, now=NOW)
    assert reads(coordinator_karim, haren) == []
    for act in (announcements.end_announcement,):
        with pytest.raises(PlannerError) as refusal:
            act(row, by=colleague, now=NOW)
        assert refusal.value.code == "ended"
    assert AuditEntry.objects.filter(verb="end_announcement", by=colleague).count() == 1


def test_the_same_words_to_the_same_people_are_said_once(
    haren: Prison, coordinator_karim: User, service: Organisation
) -> None:
    row = announce(haren, coordinator_karim)
    with pytest.raises(PlannerError) as refusal:
        announce(haren, coordinator_karim)
    assert refusal.value.code == "said_already"
    announce(haren, coordinator_karim, organisations=[service])
    announcements.end_announcement(row, by=coordinator_karim, now=NOW)
    announce(haren, coordinator_karim)
    assert Announcement.objects.count() == 3


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"ends_on": dt.date(2026, 11, 20)}, "ends_before_start"),
        ({"starts_on": dt.date(2026, 11, 1), "ends_on": dt.date(2026, 11, 20)}, "over_already"),
    ],
)
def test_dates_that_nobody_would_read(
    haren: Prison, coordinator_karim: User, changed: dict[str, Any], code: str
) -> None:
    with pytest.raises(PlannerError) as refusal:
        announce(haren, coordinator_karim, **changed)
    assert refusal.value.code == code and not Announcement.objects.exists()


def typed(**changed: Any) -> dict[str, Any]:
    whom = {"roles": ["all"], "organisations": ["all"]}
    return {"text_nl": "Hallo", "text_fr": "Bonjour", "starts_on": today().isoformat()} | whom | changed


def url(name: str, *args: object) -> str:
    return reverse(f"prisons:announcement_{name}", args=["haren", *args])


def test_from_writing_to_the_first_page_and_away(
    haren: Prison, coordinator_karim: User, liaison_bert: User, organiser_anna: User
) -> None:
    karim, bert = signed_in(coordinator_karim), signed_in(liaison_bert)
    assert "No announcement yet" in karim.get(url("list")).content.decode()
    missing = karim.post(url("add"), typed(text_fr=""))
    assert missing.status_code == 422 and "Hallo" in missing.content.decode()
    assert karim.post(url("add"), typed(roles=["liaison"])).status_code == 302
    row = Announcement.objects.get()
    assert "liaison" in karim.get(url("list")).content.decode()

    first_page = reverse("planner:today", args=["haren"])
    assert "Hallo" in bert.get(first_page).content.decode()
    assert "Hallo" not in signed_in(organiser_anna).get(first_page).content.decode()
    answer = bert.post(url("put_away", row.pk), headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content) == (200, b"")
    assert "Hallo" not in bert.get(first_page).content.decode()

    assert karim.post(url("edit", row.pk), typed(text_nl="Andere woorden")).status_code == 302
    assert "Andere woorden" in bert.get(first_page).content.decode()
    assert bert.post(url("put_away", row.pk)).status_code == 302
    assert karim.post(url("end", row.pk)).status_code == 302
    assert karim.post(url("end", row.pk)).status_code == 409


def test_rights(haren: Prison, organiser_anna: User, liaison_bert: User, stranger_dirk: User) -> None:
    for user, status in ((organiser_anna, 403), (liaison_bert, 403), (stranger_dirk, 404)):
        assert signed_in(user).get(url("list")).status_code == status


def test_words_are_escaped_and_keep_their_lines(haren: Prison, coordinator_karim: User) -> None:
    text = "<b>Een</b>\ntwee"
    signed_in(coordinator_karim).post(url("add"), typed(text_nl=text, text_fr=text, text_en=text))
    page = signed_in(coordinator_karim).get(reverse("planner:today", args=["haren"])).content.decode()
    assert "&lt;b&gt;Een&lt;/b&gt;<br>twee" in page
