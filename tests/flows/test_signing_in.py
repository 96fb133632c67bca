"""Getting in with a password, and getting in again without it, in three languages."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.urls import reverse
from django.utils import translation

from tests.factories import PASSWORD, make_membership, make_user
from tests.worked_off import work_off

NEW_PASSWORD = "herfst-in-Brussel-27"


@pytest.fixture
def nora(haren, service):
    user = make_user("Nora Neuf", password=PASSWORD)
    make_membership(user, haren, "organiser", service)
    return user


def sign_in(client, user, password):
    return client.post(reverse("account_login"), {"login": user.email, "password": password})


@pytest.mark.parametrize("language", ["nl", "fr", "en"])
def test_forgotten_password(client, nora, language):
    type(nora).objects.update(language=language)
    client.cookies["language"] = language
    page = client.get(reverse("account_reset_password"))
    assert f'<html lang="{language}"' in page.content.decode()
    client.post(reverse("account_reset_password"), {"email": nora.email})
    work_off()
    assert [letter.to for letter in mail.outbox] == [[nora.email]]
    with translation.override(language):
        assert mail.outbox[0].subject == translation.gettext("Choose a new password")
    link = re.search(r"https?://[^/\s]+(/\S*reset/key/\S+)", mail.outbox[0].body)[1]
    form = client.get(link, follow=True)
    answer = client.post(form.request["PATH_INFO"], {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    assert answer.status_code == 302
    client.logout()
    sign_in(client, nora, PASSWORD)
    assert "_auth_user_id" not in client.session
    sign_in(client, nora, NEW_PASSWORD)
    assert client.session["_auth_user_id"] == str(nora.pk)
    assert client.get(link, follow=True).status_code == 200  # used: a page that says so, no form


def test_unknown_address_gets_no_letter_and_the_same_answer(client, nora):
    known = client.post(reverse("account_reset_password"), {"email": nora.email})
    work_off()
    unknown = client.post(reverse("account_reset_password"), {"email": "nobody@example.org"})
    work_off()
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert len(mail.outbox) == 1


def test_nobody_signs_up_without_an_invitation(client, db):
    answer = client.post(
        reverse("account_signup"),
        {"email": "x@example.org", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD},
    )
    assert answer.status_code == 200 and "_auth_user_id" not in client.session


def test_people_of_the_demo_do_not_get_in_elsewhere(client, nora, settings):
    type(nora).objects.update(is_demo=True)
    settings.DEMO = False
    sign_in(client, nora, PASSWORD)
    assert "_auth_user_id" not in client.session
    settings.DEMO = True
    sign_in(client, nora, PASSWORD)
    assert client.session["_auth_user_id"] == str(nora.pk)


def test_nobody_types_in_another_address(client, nora):
    client.force_login(nora)
    answer = client.post("/accounts/email/", {"action_add": "", "email": "victim@example.org"})
    assert answer.status_code == 302 and answer["Location"] == reverse("people:me")
    assert not EmailAddress.objects.filter(email="victim@example.org").exists()


def test_second_step_can_be_set_up_and_is_then_asked(client, nora, haren, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    sign_in(client, nora, PASSWORD)
    page = client.get("/p/haren/jobs/1/", follow=True)
    assert page.redirect_chain == [(reverse("mfa_index"), 302)] and "names of people" in page.content.decode()
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert client.get(reverse("mfa_activate_totp")).status_code == 200
    secret = client.session["mfa.totp.secret"]
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    assert client.post(reverse("mfa_activate_totp"), {"code": code}).status_code == 302
    assert client.get("/p/haren/jobs/1/").status_code == 404  # past the second step: that job does not exist
    client.logout()
    answer = sign_in(client, nora, PASSWORD)
    assert (
        answer["Location"].startswith(reverse("mfa_authenticate")) and "_auth_user_id" not in client.session
    )
