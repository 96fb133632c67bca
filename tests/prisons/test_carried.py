"""A form that was sent too late is not lost: it comes along, is done once, and nothing that another site sends does."""

from __future__ import annotations

import json
import re

import lxml.html
import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from core.dates import clock
from prisons.middleware.idle import SEEN
from prisons.models import Prison, User
from rooms.models import Holiday
from tests.factories import signed_in

HOME = "http://testserver"
ADDRESS = reverse("rooms:holiday_add", args=["haren"])
TYPED = {"on": "2050-01-10", "name_nl": "Eén", "name_fr": 'Un "deux" <b>', "name_en": "One", "accepted": ""}


def fields_of(answer: object) -> dict[str, str]:
    form = lxml.html.fromstring(answer.content.decode()).forms[0]  # type: ignore[attr-defined]
    assert form.action == ADDRESS and form.method == "POST"
    return dict(form.form_values())


def test_signed_out_in_the_middle_of_a_form_what_was_typed_comes_along(
    haren: Prison, coordinator_karim: User
) -> None:
    shown = Client().post(ADDRESS, TYPED, headers={"origin": HOME})
    assert shown.status_code == 403 and not Holiday.objects.exists()
    assert reverse("account_login") in shown.content.decode()
    carried = fields_of(shown)
    assert {name: carried[name] for name in TYPED} == TYPED
    done = signed_in(coordinator_karim).post(ADDRESS, carried, headers={"origin": HOME})
    assert done.status_code == 302 and Holiday.objects.get().name_fr == TYPED["name_fr"]


def test_signed_out_by_doing_nothing_it_is_the_same(
    haren: Prison, coordinator_karim: User, settings: object
) -> None:
    karim = signed_in(coordinator_karim)
    session = karim.session
    session[SEEN] = clock.now().timestamp() - 24 * 3600
    session.save()
    shown = karim.post(ADDRESS, TYPED, headers={"origin": HOME})
    assert fields_of(shown)["name_nl"] == "Eén" and not Holiday.objects.exists()


def test_after_signing_in_in_another_tab_it_is_sent_once_more(haren: Prison, coordinator_karim: User) -> None:
    karim = Client(enforce_csrf_checks=True)
    karim.force_login(coordinator_karim)
    stale = karim.post(ADDRESS, TYPED | {"csrfmiddlewaretoken": "x" * 64}, headers={"origin": HOME})
    assert stale.status_code == 403 and not Holiday.objects.exists()
    assert coordinator_karim.full_name in stale.content.decode()
    assert karim.post(ADDRESS, fields_of(stale), headers={"origin": HOME}).status_code == 302
    assert Holiday.objects.count() == 1


@pytest.mark.parametrize(
    "origin", ["https://elsewhere.example", "null", "http://testserver.elsewhere.example", ""]
)
def test_what_another_site_sends_does_not_come_along(
    haren: Prison, coordinator_karim: User, origin: str
) -> None:
    karim = Client(enforce_csrf_checks=True)
    karim.force_login(coordinator_karim)
    for client in (karim, Client()):
        answer = client.post(ADDRESS, TYPED, headers={"origin": origin} if origin else {})
        assert answer.status_code in (302, 403) and "Eén" not in answer.content.decode()


def test_a_secret_does_not_come_along(haren: Prison) -> None:
    client = Client(enforce_csrf_checks=True)
    for name in ("password", "new_password1", "second_factor_code", "passphrase"):
        answer = client.post(ADDRESS, TYPED | {name: "geheim"}, headers={"origin": HOME})
        assert answer.status_code == 403 and not re.search("geheim|Eén", answer.content.decode())


def test_a_press_inside_a_page_is_refused_in_place_and_told(haren: Prison, coordinator_karim: User) -> None:
    """Nothing of the page goes: what was typed stays, and is sent from there once somebody signed in."""
    inside = {"origin": HOME, "hx-request": "true", "hx-current-url": HOME + ADDRESS}
    shown = Client().post(ADDRESS, TYPED, headers=inside)
    assert shown.status_code == 403 and "HX-Redirect" not in shown
    words = shown.content.decode()
    assert "data-refusal" in words and reverse("account_login") in words and "Eén" not in words
    karim = Client(enforce_csrf_checks=True)
    karim.force_login(coordinator_karim)
    stale = karim.post(ADDRESS, TYPED, headers=inside)
    assert stale.status_code == 403 and coordinator_karim.full_name in stale.content.decode()
    token = json.loads(stale["HX-Trigger"])["tempo:token"]["token"]
    assert karim.post(ADDRESS, TYPED, headers=inside | {"x-csrftoken": token}).status_code < 400
    assert Holiday.objects.count() == 1


def test_no_token_is_given_to_another_site(haren: Prison, coordinator_karim: User) -> None:
    karim = Client(enforce_csrf_checks=True)
    karim.force_login(coordinator_karim)
    other = {"origin": "https://elsewhere.example", "hx-request": "true"}
    assert "HX-Trigger" not in karim.post(ADDRESS, TYPED, headers=other)


@pytest.mark.parametrize("sent", [{"list": "a file"}, {"passphrase": "geheim"}])
def test_what_does_not_come_along_is_said_not_to_be_saved(haren: Prison, sent: dict[str, str]) -> None:
    given = {
        name: ContentFile(b"x", name="x.xlsx") if name == "list" else text for name, text in sent.items()
    }
    shown = Client().post(ADDRESS, given, headers={"origin": HOME})
    assert shown.status_code == 403 and "is er niets bewaard" in shown.content.decode()
    assert reverse("account_login") in shown.content.decode()
