"""Two people correct the same person: whoever saves last is told what the first one wrote."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from enrollment.models import Participant, Stay
from prisons.models import Prison, User
from tests.factories import make_participant, signed_in


@pytest.fixture
def karim(coordinator_karim: User) -> Client:
    return signed_in(coordinator_karim)


def seen_on(client: Client, url: str) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]+)"', client.get(url).content.decode())
    assert found, "the page does not say what it showed"
    return found[1]


def test_a_name_is_not_written_over_another_correction(haren: Prison, karim: Client) -> None:
    person = make_participant(haren, "Jansen, Jan")
    url = reverse("enrollment:person_change", args=["haren", person.pk])
    seen = seen_on(karim, url)
    first = {"last_name": "Janssens", "first_name": "Jan", "language": "nl", "seen": seen}
    assert karim.post(url, first).status_code == 302
    late = karim.post(url, first | {"last_name": "Jansen", "language": "fr"})
    assert late.status_code == 409
    assert "Janssens" in late.content.decode()
    assert Participant.objects.get().last_name == "Janssens"
    again = re.search(r'name="seen" value="([0-9a-f]+)"', late.content.decode())
    assert again and karim.post(url, first | {"language": "fr", "seen": again[1]}).status_code == 302
    assert (Participant.objects.get().last_name, Participant.objects.get().language) == ("Janssens", "fr")


def test_a_number_is_not_written_over_another_correction(haren: Prison, karim: Client) -> None:
    person = make_participant(haren, register_number="100")
    url = reverse("enrollment:person_number", args=["haren", person.pk])
    seen = seen_on(karim, url)
    assert karim.post(url, {"register_number": "101", "seen": seen}).status_code == 302
    assert karim.post(url, {"register_number": "102", "seen": seen}).status_code == 409
    assert Stay.objects.get().register_number == "101"
