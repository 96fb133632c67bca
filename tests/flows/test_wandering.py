"""People who go back, open two tabs, press twice, follow old links; and those who mean harm by it."""

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from prisons.domain.people import invitations
from prisons.models import Invitation, Membership, User
from tests.factories import PASSWORD, make_membership, make_user, signed_in
from tests.worked_off import work_off

BOARD = "/p/haren/board/"
LOGIN = reverse("account_login")
ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "/\\evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "http://testserver@evil.example/",
    "\thttps://evil.example/",
    "/%2f/evil.example/../..//evil.example",
]


@pytest.fixture(autouse=True)
def _fresh(db):
    cache.clear()


@pytest.fixture
def nora(haren, service):
    user = make_user("Nora Neuf", password=PASSWORD)
    make_membership(user, haren, "coordinator", service)
    return user


def stays_here(answer):
    target = answer.headers.get("Location", "/")
    return target.startswith("/") and not target.startswith(("//", "/\\"))


@pytest.mark.parametrize("target", ELSEWHERE)
def test_no_next_leads_to_another_host(nora, target):
    """Signing in and out, a second step, language, light or dark, and whatever else takes a `next`."""
    client = Client()
    answer = client.post(
        f"{LOGIN}?next={target}", {"login": nora.email, "password": PASSWORD, "next": target}
    )
    assert answer.status_code == 302 and stays_here(answer)
    for name in ("theme", "set_language", "mfa_reauthenticate", "account_reauthenticate", "account_logout"):
        sent = {"next": target, "theme": "dark", "language": "nl", "password": PASSWORD}
        assert stays_here(client.post(f"{reverse(name)}?next={target}", sent, headers={"referer": target})), (
            name
        )
        client = signed_in(nora)
        assert stays_here(client.get(f"{reverse(name)}?next={target}")), name


def test_a_session_that_somebody_planted_is_not_the_one_that_signs_in(nora):
    """Fixation: the key from before signing in opens nothing after it, and keeps nothing of it."""
    planted = Client()
    planted.get(LOGIN)
    session = planted.session
    session["mark"] = "planted"
    session.save()
    planted.cookies["sessionid"] = session.session_key
    victim = Client()
    victim.cookies["sessionid"] = session.session_key
    victim.post(LOGIN, {"login": nora.email, "password": PASSWORD})
    assert victim.session.session_key != session.session_key
    assert planted.get(BOARD)["Location"].startswith(LOGIN)
    made_up = Client()
    made_up.cookies["sessionid"] = "a" * 32
    made_up.post(LOGIN, {"login": nora.email, "password": PASSWORD})
    assert made_up.session.session_key != "a" * 32


def test_two_people_in_one_browser_are_never_mixed(haren, service, nora):
    """Somebody signs in while another is still signed in in another tab: nothing of the first session is left."""
    client = Client()
    client.post(LOGIN, {"login": nora.email, "password": PASSWORD})
    session = client.session
    session["mark"] = "of Nora"
    session.save()
    other = make_user("Otto Ander", password=PASSWORD)
    make_membership(other, haren, "organiser", service)
    client.post(reverse("account_logout"))
    client.post(LOGIN, {"login": other.email, "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(other.pk) and "mark" not in client.session


def test_back_after_signing_out_shows_nothing_and_a_post_does_nothing(haren, service, nora):
    client = signed_in(nora)
    page = client.get(BOARD)
    assert "no-store" in page["Cache-Control"]
    client.post(reverse("account_logout"))
    sent = {"email": "wim@example.org", "role": "organiser", "organisation": service.pk, "language": "nl"}
    answer = client.post(reverse("prisons:invite", args=["haren"]), sent)
    assert answer["Location"].startswith(LOGIN) and not Invitation.objects.exists()


def link_of(text):
    return re.search(r"https?://[^/\s]+(/\S*reset/key/\S+)", text)[1]


def choose(path, password):
    client = Client()
    form = client.get(path, follow=True)
    return client.post(form.request["PATH_INFO"], {"password1": password, "password2": password})


def works(user, password):
    client = Client()
    client.post(LOGIN, {"login": user.email, "password": password})
    return "_auth_user_id" in client.session


def test_a_letter_for_a_new_password_works_once_and_not_after_a_later_one_was_used(nora):
    links = []
    for _letter in range(2):
        mail.outbox.clear()
        cache.clear()
        Client().post(reverse("account_reset_password"), {"email": nora.email})
        work_off()
        links.append(link_of(mail.outbox[0].body))
    choose(links[1], "herfst-in-Brussel-27")
    assert works(nora, "herfst-in-Brussel-27")
    for link in links:
        choose(link, "van een ander-28")
    assert works(nora, "herfst-in-Brussel-27") and not works(nora, "van een ander-28")


def test_a_letter_for_one_account_does_nothing_for_another(nora):
    other = make_user("Otto Ander", password=PASSWORD)
    Client().post(reverse("account_reset_password"), {"email": nora.email})
    work_off()
    link = link_of(mail.outbox[0].body)
    code, _, key = link.rsplit("/", 2)[1].partition("-")
    assert code
    from allauth.account.utils import user_pk_to_url_str

    choose(f"/accounts/password/reset/key/{user_pk_to_url_str(other)}-{key}/", "herfst-in-Brussel-27")
    assert works(other, PASSWORD) and not works(other, "herfst-in-Brussel-27")


def test_an_invitation_is_used_once_whoever_comes_second(haren, service, nora):
    wish = {"role": "organiser", "organisation": service, "by": nora}
    _row, link = invitations.invite(haren, email="wim@example.org", **wish)
    path = "/" + link.split("/", 3)[3]
    sent = {"full_name": "Wim", "language": "nl", "password": PASSWORD}
    first, second = Client(), Client()
    for client in (first, second):
        assert client.get(path).status_code == 200  # both have the form open
    assert first.post(path, sent).status_code == 302
    late = second.post(path, sent | {"full_name": "Dief", "password": "herfst-in-Brussel-27"})
    assert late.status_code == 410 or "_auth_user_id" not in second.session
    assert User.objects.get(email="wim@example.org").full_name == "Wim"
    assert works(User.objects.get(email="wim@example.org"), PASSWORD)
    thief = signed_in(make_user("Dief"))
    thief.post(path, {})
    assert Membership.objects.filter(user__full_name="Dief").count() == 0


@pytest.mark.parametrize("ending", ["role", "account"])
def test_what_ended_while_a_form_was_open_does_nothing_any_more(haren, service, nora, ending):
    client = signed_in(nora)
    address = reverse("prisons:invite", args=["haren"])
    assert client.get(address).status_code == 200
    if ending == "role":
        Membership.objects.filter(user=nora).update(ended_at="2026-01-01T00:00:00Z")
    else:
        User.objects.filter(pk=nora.pk).update(is_active=False)
    sent = {"email": "wim@example.org", "role": "organiser", "organisation": service.pk, "language": "nl"}
    assert client.post(address, sent).status_code in (302, 403, 404)
    assert not Invitation.objects.exists() and mail.outbox == []


@pytest.mark.parametrize("method", ["TRACE", "PUT", "PATCH", "DELETE", "CONNECT", "PROPFIND"])
def test_only_the_methods_that_pages_have_are_answered(haren, nora, method):
    client = signed_in(nora)
    for path in ("/", BOARD, LOGIN, "/api/v1/haren/rooms", "/ical/abcdefgh.ics"):
        answer = client.generic(method, path, headers={"x-secret": "geheim"})
        assert answer.status_code == 405 and b"geheim" not in answer.content, path
