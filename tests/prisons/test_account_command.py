"""`manage.py account`: a lost phone is no dead end, and whoever left is out at once."""

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command

from core.errors import PlannerError
from prisons.domain.people import accounts
from prisons.domain.people.tokens import authenticate_token, create_token
from prisons.models import AuditEntry
from tests.factories import PASSWORD, make_membership, make_user
from tests.flows.test_second_factor import BOARD, code_of, enrol, sign_in


@pytest.fixture(autouse=True)
def _required(settings):
    settings.SECOND_FACTOR_REQUIRED = True


@pytest.fixture
def installer(db):
    return make_user("Iris Tech", is_superuser=True)


@pytest.fixture
def nora(haren, service):
    user = make_user("Nora Neuf", password=PASSWORD)
    make_membership(user, haren, "coordinator", service)
    return user


def test_a_lost_phone_is_no_dead_end(nora, installer, haren, capsys):
    """Phone and recovery codes are gone: a password alone gets no further, and no page helps."""
    browser = sign_in(nora)
    enrol(browser)
    _token, secret = create_token(nora.memberships.get(), "wall", by=nora)
    call_command("account", nora.email, "new-second-step")
    assert "nora.neuf@example.org" in capsys.readouterr().out
    assert browser.get(BOARD).status_code == 302 and authenticate_token(secret) is None
    assert not Authenticator.objects.filter(user=nora).exists()
    again = sign_in(nora)
    assert again.get(BOARD)["Location"] == "/accounts/2fa/"
    enrol(again)
    assert again.get(BOARD).status_code == 200
    entry = AuditEntry.objects.get(verb="take_second_step_away")
    assert (entry.by, entry.prison, entry.object_id) == (installer, haren, nora.pk)


def test_a_closed_account_is_out_at_once_and_comes_back_whole(nora, installer, haren):
    browser = sign_in(nora)
    secret = enrol(browser)
    _token, token = create_token(nora.memberships.get(), "wall", by=nora)
    call_command("account", nora.email, "close")
    assert browser.get(BOARD).status_code == 302 and authenticate_token(token) is None
    assert "_auth_user_id" not in sign_in(nora).session
    call_command("account", nora.email, "reopen")
    assert browser.get(BOARD).status_code == 302 and authenticate_token(token) is None  # neither comes back
    again = sign_in(nora)
    again.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    assert again.get(BOARD).status_code == 200
    verbs = (
        AuditEntry.objects.filter(prison=haren, by=installer).order_by("pk").values_list("verb", flat=True)
    )
    assert list(verbs) == ["close_account", "reopen_account"]


def test_every_session_of_an_account_is_ended_and_no_other(nora, installer, haren, service):
    other = make_user("Otto Ander", password=PASSWORD)
    make_membership(other, haren, "organiser", service)
    browsers = [sign_in(nora), sign_in(nora), sign_in(other)]
    call_command("account", " NORA.neuf@example.org ", "sign-out")
    assert ["_auth_user_id" in browser.session for browser in browsers] == [False, False, True]


def test_nobody_else_does_it(nora, coordinator_karim):
    for act in (
        accounts.close_account,
        accounts.reopen_account,
        accounts.take_second_step_away,
        accounts.sign_out_everywhere,
    ):
        with pytest.raises(PlannerError, match="installs"):
            act(nora, by=coordinator_karim)
    assert not AuditEntry.objects.exists()


def test_an_unknown_address_is_said(installer):
    with pytest.raises(CommandError, match="Nobody has the address"):
        call_command("account", "nobody@example.org", "close")
