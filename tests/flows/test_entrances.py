"""Every way in is on record once, and every failed try at one: password, passkey, provider, letter."""

import json

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from prisons.domain.people.accounts import close_account, reopen_account, take_second_step_away
from prisons.models import Reading
from tests.factories import PASSWORD, make_membership, make_user
from tests.flows.test_openid import issuer, provider, sign_in  # noqa: F401
from tests.flows.test_second_factor import (
    BOARD,
    by_console,
    by_first_reset,
    by_invitation,
    by_old_row,
    code_of,
    enrol,
    reset_password,
)
from tests.flows.test_second_factor import sign_in as with_password
from tests.worked_off import work_off


@pytest.fixture(autouse=True)
def _fresh(settings, db):
    settings.SECOND_FACTOR_REQUIRED = True
    cache.clear()


@pytest.fixture
def nora(haren, service):
    user = make_user("Nora Neuf", password=PASSWORD)
    make_membership(user, haren, "organiser", service)
    return user


def recorded():
    return list(Reading.objects.order_by("pk").values_list("verb", "by"))


def with_passkey(user, monkeypatch, *, fails=False):
    """A passkey of this account; the ceremony itself is the browser's and allauth's."""
    kept = Authenticator.objects.create(
        user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "sleutel", "passwordless": True}
    )

    def complete(user, response):
        if fails:
            from allauth.mfa.adapter import get_adapter

            raise get_adapter().validation_error("incorrect_code")
        return Authenticator.objects.get(pk=kept.pk)

    monkeypatch.setattr(auth, "parse_authentication_response", lambda response: None)
    monkeypatch.setattr(
        auth, "extract_user_from_response", lambda response: type(user).objects.get(pk=user.pk)
    )
    monkeypatch.setattr(auth, "complete_authentication", complete)
    return kept


def test_a_passkey_alone_is_a_sign_in(nora, monkeypatch):
    with_passkey(nora, monkeypatch)
    client = Client()
    client.post(reverse("mfa_login_webauthn"), {"credential": json.dumps({"id": "x"})})
    assert client.session["_auth_user_id"] == str(nora.pk)
    assert recorded() == [("sign_in", nora.pk)]
    assert client.get("/p/haren/board/").status_code == 200


def test_a_passkey_that_does_not_fit_is_a_failure(nora, monkeypatch):
    with_passkey(nora, monkeypatch, fails=True)
    client = Client()
    client.post(reverse("mfa_login_webauthn"), {"credential": json.dumps({"id": "x"})})
    assert "_auth_user_id" not in client.session
    assert [verb for verb, _by in recorded()] == ["sign_in_failed"]


def test_a_passkey_of_a_closed_account_opens_nothing(nora, monkeypatch):
    with_passkey(nora, monkeypatch)
    type(nora).objects.filter(pk=nora.pk).update(is_active=False)
    nora.refresh_from_db()
    client = Client()
    client.post(reverse("mfa_login_webauthn"), {"credential": json.dumps({"id": "x"})})
    assert "_auth_user_id" not in client.session
    assert [verb for verb, _by in recorded()] == ["sign_in_failed"]


def test_a_closed_account_has_no_way_in_by_password(nora):
    type(nora).objects.filter(pk=nora.pk).update(is_active=False)
    client = Client()
    client.post(reverse("account_login"), {"login": nora.email, "password": PASSWORD})
    assert "_auth_user_id" not in client.session
    assert [verb for verb, _by in recorded()] == ["sign_in_failed"]


def test_a_provider_signs_in_once(nora, provider):  # noqa: F811
    sign_in("nora")
    assert recorded() == [("sign_in", nora.pk)]


def test_a_provider_that_nobody_here_invited_fails(nora, provider):  # noqa: F811
    sign_in("unknown")
    assert [verb for verb, _by in recorded()] == ["sign_in_failed"]


def test_a_new_password_by_letter_is_recorded_once(nora):
    reset_password(nora)
    assert recorded() == [("ask_reset", nora.pk), ("reset_password", nora.pk)]


# --- the states of an account whose second step is a passkey ------------------------------------------------

ORIGINS = [by_invitation, by_console, by_old_row, by_first_reset]


def with_passkey_alone():
    client = Client()
    client.post(reverse("mfa_login_webauthn"), {"credential": json.dumps({"id": "x"})})
    return client


def with_password_and_passkey(user, password):
    client = with_password(user, password)
    client.post(reverse("mfa_authenticate"), {"credential": json.dumps({"id": "x"})})
    return client


def is_in(client):
    return "_auth_user_id" in client.session and client.get(BOARD).status_code == 200


@pytest.mark.parametrize("origin", ORIGINS)
@pytest.mark.parametrize("resets", [0, 1, 2])
@pytest.mark.parametrize("asked_only", [False, True])
def test_every_state_with_a_passkey_has_a_way_in(haren, service, monkeypatch, origin, resets, asked_only):
    """With a passkey and no app, with or without a password, however often a stranger asks for letters."""
    user = origin(haren, service)
    with_passkey(user, monkeypatch)
    password = PASSWORD if user.has_usable_password() else ""
    if asked_only:
        Client().post(reverse("account_reset_password"), {"email": user.email})
        work_off()
    for _time in range(resets):
        password = reset_password(user)
    assert is_in(with_passkey_alone())
    if password:
        assert is_in(with_password_and_passkey(user, password))
        assert not is_in(with_password(user, password))  # the password alone is half the way


@pytest.mark.parametrize("origin", ORIGINS)
@pytest.mark.parametrize("has_passkey", [False, True])
@pytest.mark.parametrize("resets", [0, 1])
def test_a_closed_account_has_no_way_in_until_it_is_opened_again(
    haren, service, monkeypatch, origin, has_passkey, resets
):
    """Neither by password, passkey, nor a letter; opened again it has every way that it had."""
    user, installer = origin(haren, service), make_user("Iris Tech", is_superuser=True)
    if has_passkey:
        with_passkey(user, monkeypatch)
    password = PASSWORD if user.has_usable_password() else reset_password(user)
    for _time in range(resets):
        password = reset_password(user)
    close_account(user, by=installer)
    mail.outbox.clear()
    Client().post(reverse("account_reset_password"), {"email": user.email})
    work_off()
    assert not any("reset/key" in letter.body for letter in mail.outbox)
    ways = [with_password(user, password), with_password_and_passkey(user, password)]
    ways += [with_passkey_alone()] if has_passkey else []
    assert not any("_auth_user_id" in client.session for client in ways)
    cache.clear()  # those were wrong tries, which are counted
    reopen_account(user, by=installer)
    if has_passkey:
        assert is_in(with_passkey_alone()) and is_in(with_password_and_passkey(user, password))
    else:
        client = with_password(user, password)
        enrol(client, password)
        assert is_in(client)


@pytest.mark.parametrize("origin", ORIGINS)
def test_whoever_has_lost_the_passkey_begins_anew(haren, service, monkeypatch, origin):
    """Nothing but whoever runs the server helps; then a letter and a new second step, like the first time."""
    user = origin(haren, service)
    with_passkey(user, monkeypatch, fails=True)
    password = reset_password(user)
    assert not is_in(with_password(user, password))
    take_second_step_away(user, by=make_user("Iris Tech", is_superuser=True))
    cache.clear()
    client = with_password(user, password)
    enrol(client, password)
    assert is_in(client)


def test_whoever_comes_by_a_provider_and_has_no_password_sets_the_second_step_up(haren, service, provider):  # noqa: F811
    """Nothing to confirm with before it is set up; from then on the provider alone is half the way."""
    user = make_user("Nora Neuf")
    make_membership(user, haren, "organiser", service)
    client = sign_in("nora")
    assert client.get(BOARD)["Location"] == reverse("mfa_index")
    secret = enrol(client)
    assert is_in(client)
    again = sign_in("nora")
    assert again.last.startswith(reverse("mfa_authenticate")) and not is_in(again)
    again.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert is_in(again)
