"""Every way in is on record once, and every failed try at one: password, passkey, provider, letter."""

import json

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from prisons.models import Reading
from tests.factories import PASSWORD, make_membership, make_user
from tests.flows.test_openid import issuer, provider, sign_in  # noqa: F401
from tests.flows.test_second_factor import reset_password


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
        return kept

    monkeypatch.setattr(auth, "parse_authentication_response", lambda response: None)
    monkeypatch.setattr(auth, "extract_user_from_response", lambda response: user)
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
