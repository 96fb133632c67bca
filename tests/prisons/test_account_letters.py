"""Whatever somebody else does with an account is told to whoever it belongs to: one letter an act."""

import inspect
import re

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.urls import reverse

from prisons.domain import account_letters
from prisons.domain.people import accounts
from prisons.models import AuditEntry, Message
from tests.factories import PASSWORD, make_membership, make_user

ACTS = {
    "close_account": accounts.close_account,
    "reopen_account": accounts.reopen_account,
    "take_second_step_away": accounts.take_second_step_away,
    "sign_out_everywhere": accounts.sign_out_everywhere,
    "set_password": lambda user, by: accounts.set_password(_installer(user), "Een heel lang wachtwoord 12"),
}
SAID = {
    "close_account": "fermé",
    "reopen_account": "ouvert",
    "take_second_step_away": "deuxième étape",
    "sign_out_everywhere": "déconnecté",
    "set_password": "mot de passe",
}


def _installer(user):
    user.is_superuser = True
    user.save()
    return user


@pytest.fixture
def installer(db):
    return make_user("Iris Tech", is_superuser=True)


@pytest.fixture
def nora(haren, service):
    user = make_user("Nora Neuf", language="fr")
    make_membership(user, haren, "coordinator", service)
    return user


def test_the_table_names_every_act():
    source = inspect.getsource(accounts)
    acts = set(re.findall(r'_of_another\(user, \w+, "(\w+)"', source))
    assert acts == set(ACTS) == set(account_letters.WORDS)


@pytest.mark.parametrize("verb", ACTS)
def test_one_letter_goes_to_whoever_it_is_about(verb, nora, installer):
    ACTS[verb](nora, by=installer)
    letter = Message.objects.get()
    assert (letter.to_email, letter.language, letter.prison) == (nora.email, "fr", None)
    assert SAID[verb] in letter.body_text and "Bonjour Nora" in letter.body_text
    by = nora if verb == "set_password" else installer
    assert str(by) in letter.body_text
    assert AuditEntry.objects.get(verb=verb).object_id == nora.pk


def typing(monkeypatch, *passwords):
    answers = iter(passwords)
    monkeypatch.setattr("prisons.management.commands.changepassword.getpass", lambda _ask: next(answers))


def test_the_command_sets_the_password_of_whoever_installs(installer, monkeypatch):
    typing(monkeypatch, "Een heel lang wachtwoord 12", "Een heel lang wachtwoord 12")
    call_command("changepassword", installer.email)
    installer.refresh_from_db()
    assert installer.check_password("Een heel lang wachtwoord 12")
    assert Message.objects.get().to_email == installer.email


@pytest.mark.parametrize("typed", [("lang genoeg 1234", "iets anders 12345"), ("12345678", "12345678")])
def test_a_weak_password_or_a_slip_changes_nothing(installer, monkeypatch, typed):
    typing(monkeypatch, *typed)
    before = installer.password
    with pytest.raises(CommandError, match="Nothing was done"):
        call_command("changepassword", installer.email)
    installer.refresh_from_db()
    assert installer.password == before and not Message.objects.exists()


def test_nobody_sets_the_password_of_somebody_else(nora, monkeypatch):
    """Whoever could would sign in as that coordinator, and what is done then would stand in a wrong name."""
    typing(monkeypatch)
    before = nora.password
    with pytest.raises(CommandError, match="themselves"):
        call_command("changepassword", nora.email)
    nora.refresh_from_db()
    assert nora.password == before


def test_what_one_does_oneself_is_told_by_the_worker_and_no_page_waits_for_a_mail_server(nora, client):
    nora.set_password(PASSWORD)
    nora.save()
    client.force_login(nora)
    new = "herfst-in-Brussel-27"
    client.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )
    letter = Message.objects.get()
    assert (letter.to_email, letter.language) == (nora.email, "fr")
    assert "Votre mot de passe" in letter.body_text and mail.outbox == []
