"""Real mail servers, well and unwell: nothing is forgotten, nothing goes twice by itself."""

from __future__ import annotations

import datetime as dt
import socket

import pytest

from core.dates.clock import now
from prisons.domain.background import outbox
from prisons.models import Message
from tests.mail_server import mail_server

State = Message.State


@pytest.fixture
def letters(haren):
    names = ("anna", "bert", "chloe")
    return [
        outbox.post(haren, f"{name}@example.org", "programme", "nl", "Programma", "Dag.") for name in names
    ]


@pytest.fixture
def to_server(settings):
    """Sends by SMTP to this port, and waits half a second at the most."""

    def use(port: int) -> None:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", port, False
        settings.EMAIL_TIMEOUT = 0.5

    return use


def deliver_all(at: dt.datetime | None = None) -> list[tuple[str, str, str]]:
    """What every letter came to: its address before the @, its state, and why."""
    for pk in Message.objects.order_by("pk").values_list("pk", flat=True):
        outbox.deliver(pk, now=at)
    rows = Message.objects.order_by("pk").values_list("to_email", "state", "failure")
    return [(email.partition("@")[0], state, failure) for email, state, failure in rows]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def test_no_server_then_one(letters, to_server):
    to_server(free_port())
    at = now()
    assert deliver_all(at) == [(name, State.FAILED, "unreachable") for name in ("anna", "bert", "chloe")]
    with mail_server() as server:
        to_server(server.port)
        outbox.tend(now=at + dt.timedelta(minutes=6))
        assert {state for _name, state, _why in deliver_all()} == {State.SENT}
        outbox.tend(now=at + dt.timedelta(hours=9))
        deliver_all()
        assert sorted(server.letters) == ["anna@example.org", "bert@example.org", "chloe@example.org"]


def test_one_address_refused_holds_nobody_up(letters, to_server):
    with mail_server(answers={"bert@example.org": 550, "chloe@example.org": 451}) as server:
        to_server(server.port)
        assert deliver_all() == [
            ("anna", State.SENT, ""),
            ("bert", State.FAILED, "refused"),
            ("chloe", State.FAILED, "later"),
        ]
        assert server.letters == ["anna@example.org"]


def test_a_server_that_does_not_even_greet(letters, to_server):
    with mail_server(slow_greeting=2) as server:
        to_server(server.port)
        outbox.deliver(letters[0].pk)
        letters[0].refresh_from_db()
        assert (letters[0].state, letters[0].failure, server.letters) == (State.FAILED, "unreachable", [])


@pytest.mark.parametrize("behaviour", [{"slow_data": 2}, {"hangs_up": True}])
def test_who_took_the_letter_and_said_nothing_may_have_it(letters, to_server, coordinator_karim, behaviour):
    with mail_server(**behaviour) as server:
        to_server(server.port)
        outbox.deliver(letters[0].pk)
        letters[0].refresh_from_db()
        assert (letters[0].state, letters[0].failure) == (State.UNKNOWN, "broken_off")
        outbox.tend(now=now() + dt.timedelta(days=2))
        outbox.deliver(letters[0].pk)
        assert server.letters == ["anna@example.org"]
        server.slow_data, server.hangs_up = 0, False
        outbox.resend(letters[0], by=coordinator_karim)
        outbox.deliver(letters[0].pk)
        letters[0].refresh_from_db()
        assert letters[0].state == State.SENT
        assert server.letters == ["anna@example.org", "anna@example.org"]
