"""Whether an address has an account here, nothing that answers to it betrays: neither words nor work.

Compared is what is done (queries, checks of a password, what is queued, letters), not the clock. Every page that
anybody can open and that asks for an address is tried, without being listed.
"""

import re
from collections import Counter

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_q.models import OrmQ

from prisons.models import Message
from tests.factories import PASSWORD, make_membership, make_user
from tests.walking import routes
from tests.worked_off import work_off

UNKNOWN = "niemand.kent.mij@example.org"
ASKS = re.compile(r'<input[^>]*name="(login|email|username|phone)"')
FIELD = re.compile(r'<input[^>]*name="(\w+)"')


@pytest.fixture
def accounts(haren, service):
    """One of each kind that differs where somebody signs in."""
    nora = make_user("Nora Neuf", password=PASSWORD)
    make_membership(nora, haren, "organiser", service)
    return {
        "in use": nora,
        "closed": make_user("Dicht Toe", password=PASSWORD, is_active=False),
        "of the demo": make_user("Demo Mens", password=PASSWORD, is_demo=True),
        "without a password": make_user("Zonder Wachtwoord"),
    }


def doors():
    """Every page open to anybody that asks for an address: where it is sent, and what it asks for."""
    for route, _pattern in routes():
        if "<" in route:
            continue
        answer = Client().get(f"/{route}")
        if answer.status_code == 200 and (named := ASKS.search(body := answer.content.decode())):
            yield f"/{route}", named[1], set(FIELD.findall(body))


def blotted(text):
    return re.sub(r"""'[^']*'|"s\d+_x\d+"|\b\d+(\.\d+)?\b|\b[0-9a-f]{32,}\b|\bNULL\b""", "?", text)


def done_for(url, field, fields, address, monkeypatch):
    """The answer to a wrong try with this address, and everything done until it was given."""
    cache.clear()
    hashed, client = [], Client()
    encode = PBKDF2PasswordHasher.encode

    def counted(self, password, salt, iterations=None):
        hashed.append(iterations or self.iterations)
        return encode(self, password, salt, 1)

    data = dict.fromkeys(fields, "x" * 12) | {field: address}
    before, sent, queued = Message.objects.count(), len(mail.outbox), OrmQ.objects.count()
    with monkeypatch.context() as patch, CaptureQueriesContext(connection) as queries:
        patch.setattr(PBKDF2PasswordHasher, "encode", counted)
        answer = client.post(url, data)
    return {
        "answer": (answer.status_code, answer.get("Location"), _words(answer, address)),
        "queries": [blotted(query["sql"]) for query in queries.captured_queries],
        "hashed": hashed,
        "letters": Message.objects.count() - before,
        "sent": len(mail.outbox) - sent,
        "queued": Counter(row.func() for row in OrmQ.objects.order_by("pk")[queued:]),
    }


def _words(answer, address):
    text = answer.content.decode().replace(address, "ADDRESS")
    return re.sub(
        r'''nonce="[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"|"X-CSRFToken": "\w*"''', "", text
    )


def test_an_address_with_an_account_costs_what_one_without_costs(accounts, settings, monkeypatch):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    settings.DEMO = False
    for user in accounts.values():
        if user.has_usable_password():
            user.set_password(PASSWORD)
            user.save()
    found, tried = [], []
    for url, field, fields in doors():
        tried.append(url)
        done_for(url, field, fields, "warm@example.org", monkeypatch)
        unknown = done_for(url, field, fields, UNKNOWN, monkeypatch)
        for kind, user in accounts.items():
            known = done_for(url, field, fields, user.email, monkeypatch)
            found += [(url, kind, part) for part in unknown if known[part] != unknown[part]]
    assert {reverse("account_login"), reverse("account_reset_password")} <= set(tried)
    assert found == []


def test_the_letter_follows_when_the_worker_comes_to_it(accounts, client, settings):
    settings.DEMO = False
    for user in accounts.values():
        client.post(reverse("account_reset_password"), {"email": user.email.upper()})
    client.post(reverse("account_reset_password"), {"email": UNKNOWN})
    assert mail.outbox == []
    work_off()
    with_link = {letter.to[0] for letter in mail.outbox if "reset/key" in letter.body}
    assert with_link == {accounts["in use"].email, accounts["without a password"].email}
    assert len(mail.outbox) == 2
    assert not Message.objects.exclude(body_text="").exists()  # the link is kept nowhere
