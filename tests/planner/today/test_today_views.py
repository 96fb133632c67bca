"""First pages and search: what each role finds, and that a number is the length of its list."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from prisons.models import Organisation, Prison, User
from tests.factories import make_activity, make_participant, make_room, make_series, signed_in


def today_of(client: Client) -> str:
    answer = client.get(reverse("planner:today", args=["haren"]))
    assert answer.status_code == 200
    return answer.content.decode()


def search(client: Client, words: str, **headers: str) -> str:
    return client.get(
        reverse("planner:search", args=["haren"]), {"q": words}, headers=headers
    ).content.decode()


@pytest.mark.parametrize(
    ("cast", "finds", "lacks"),
    [
        ("organiser_anna", "requests to decide", "Attendance sheets"),
        ("coordinator_karim", "requests to decide", "Attendance sheets"),
        ("liaison_bert", "Attendance sheets", "requests to decide"),
        ("worker_chloe", "My next sessions", "conflicts to solve"),
        ("auditor_greet", "conflicts to solve", "Attendance sheets"),
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
