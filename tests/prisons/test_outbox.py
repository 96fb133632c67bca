import datetime as dt
import smtplib

import pytest
from django.core import mail
from django.db import transaction
from django.urls import reverse
from django_q.models import OrmQ

from core.dates.clock import now
from core.errors import PlannerError
from prisons.domain.background import outbox
from prisons.models import Message
from prisons.tasks import send_message
from tests.factories import make_user, signed_in

pytestmark = pytest.mark.postgres

State = Message.State


@pytest.fixture
def letter(haren):
    return outbox.post(haren, "somebody@example.org", "programme", "nl", "Programma", "Dag.", "<p>Dag.</p>")


@pytest.fixture
def broken_line(monkeypatch):
    """Makes the mail server answer with this exception."""

    def break_with(error, *, at="send_messages"):
        def fail(*args, **kwargs):
            raise error

        monkeypatch.setattr(f"django.core.mail.backends.locmem.EmailBackend.{at}", fail)

    return break_with


def test_letter_is_sent_once_however_often_the_task_runs(letter):
    send_message(letter.pk)
    send_message(letter.pk)
    letter.refresh_from_db()
    assert (letter.state, letter.attempts, len(mail.outbox)) == (State.SENT, 1, 1)
    assert mail.outbox[0].alternatives[0].content == "<p>Dag.</p>"


def test_a_letter_of_text_alone_has_the_same_words_as_html(haren):
    text = "Dag <Anna>,\n\nLees dit:\nhttps://tempo.example/notices/a:b-c/\n"
    letter = outbox.post(haren, "a@example.org", "programme", "nl", "Programma", text)
    send_message(letter.pk)
    html = mail.outbox[0].alternatives[0].content
    assert '<html lang="nl">' in html
    assert "<p>Dag &lt;Anna&gt;,</p>" in html
    assert 'href="https://tempo.example/notices/a:b-c/"' in html
    assert mail.outbox[0].body == text


def test_letter_and_task_exist_only_if_the_act_does(haren):
    with pytest.raises(RuntimeError), transaction.atomic():
        outbox.post(haren, "somebody@example.org", "programme", "nl", "Programma", "Dag.")
        assert OrmQ.objects.count() == 1
        raise RuntimeError
    assert not Message.objects.exists() and not OrmQ.objects.exists()


def test_subject_cannot_smuggle_a_header_in(haren):
    letter = outbox.post(haren, "a@example.org", "programme", "nl", "Hi\r\nBcc: all@example.org", "Dag.")
    send_message(letter.pk)
    assert mail.outbox[0].subject == "Hi Bcc: all@example.org" and mail.outbox[0].recipients() == [
        "a@example.org"
    ]


@pytest.mark.parametrize(
    ("error", "at", "state", "reason"),
    [
        (ConnectionRefusedError(), "open", State.FAILED, "unreachable"),
        (smtplib.SMTPAuthenticationError(535, b"no"), "open", State.FAILED, "unreachable"),
        (smtplib.SMTPRecipientsRefused({}), "send_messages", State.FAILED, "refused"),
        (smtplib.SMTPRecipientsRefused({"a": (450, b"later")}), "send_messages", State.FAILED, "later"),
        (smtplib.SMTPDataError(451, b"later"), "send_messages", State.FAILED, "later"),
        (smtplib.SMTPNotSupportedError(), "send_messages", State.FAILED, "unusable"),
        (ValueError("header"), "send_messages", State.FAILED, "unusable"),
        (smtplib.SMTPDataError(550, b"spam"), "send_messages", State.FAILED, "refused"),
        (smtplib.SMTPServerDisconnected(), "send_messages", State.UNKNOWN, "broken_off"),
        (TimeoutError(), "send_messages", State.UNKNOWN, "broken_off"),
    ],
)
def test_what_went_wrong_decides_between_failed_and_unknown(letter, broken_line, error, at, state, reason):
    broken_line(error, at=at)
    send_message(letter.pk)
    letter.refresh_from_db()
    assert (letter.state, letter.failure) == (state, reason)
    send_message(letter.pk)  # delivered again by the queue: never sent again by itself
    letter.refresh_from_db()
    assert (letter.state, letter.attempts) == (state, 1)


def test_stale_claim_becomes_unknown_and_is_not_sent_again(letter):
    Message.objects.update(state=State.CLAIMED, claimed_at=now() - dt.timedelta(minutes=14))
    assert outbox.tend() == 0
    assert outbox.tend(now=now() + dt.timedelta(minutes=2)) == 1
    send_message(letter.pk)
    letter.refresh_from_db()
    assert (letter.state, letter.failure, len(mail.outbox)) == (State.UNKNOWN, "stale", 0)


def test_forgotten_letter_is_queued_again_but_sent_once(letter):
    outbox.tend(now=now() + dt.timedelta(hours=1))
    assert OrmQ.objects.count() == 2
    send_message(letter.pk)
    send_message(letter.pk)
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("failure", ["unreachable", "later"])
def test_what_never_left_is_tried_again_five_times(letter, broken_line, failure):
    error = ConnectionRefusedError() if failure == "unreachable" else smtplib.SMTPDataError(451, b"later")
    broken_line(error, at="open" if failure == "unreachable" else "send_messages")
    at, tried = now(), []
    outbox.deliver(letter.pk, now=at)
    for minute in range(0, 60 * 24, 5):  # the sweep comes by every five minutes
        moment = at + dt.timedelta(minutes=minute)
        outbox.tend(now=moment)
        if Message.objects.get().state == State.WAITING:
            outbox.deliver(letter.pk, now=moment)
            tried.append(minute)
    letter.refresh_from_db()
    assert tried == [5, 20, 80, 320]
    assert (letter.state, letter.failure, letter.attempts) == (State.FAILED, failure, 5)
    assert list(outbox.not_sent(letter.prison)) == [letter]


@pytest.mark.parametrize(("state", "failure"), [("failed", "refused"), ("unknown", "broken_off")])
def test_what_was_refused_or_may_have_arrived_is_not_tried_again(letter, state, failure):
    Message.objects.update(state=state, failure=failure, attempts=1, claimed_at=now())
    outbox.tend(now=now() + dt.timedelta(days=1))
    letter.refresh_from_db()
    assert letter.state == state
    assert list(outbox.not_sent(letter.prison)) == [letter]


def test_an_invitation_keeps_its_link_until_it_has_left(haren, broken_line, monkeypatch):
    letter = outbox.post(haren, "a@example.org", "invitation", "nl", "Kom", "https://tempo/secret")
    broken_line(ConnectionRefusedError(), at="open")
    send_message(letter.pk)
    letter.refresh_from_db()
    assert letter.body_text == "https://tempo/secret"
    monkeypatch.undo()
    outbox.tend(now=now() + dt.timedelta(minutes=6))
    send_message(letter.pk)
    letter.refresh_from_db()
    assert (letter.state, letter.body_text) == (State.SENT, "")
    assert "https://tempo/secret" in mail.outbox[0].body


def test_all_that_failed_goes_again_with_one_click(letter, coordinator_karim, organiser_anna, haren):
    unknown = outbox.post(haren, "other@example.org", "programme", "nl", "Programma", "Dag.")
    Message.objects.filter(pk=letter.pk).update(state=State.FAILED, failure="refused")
    Message.objects.filter(pk=unknown.pk).update(state=State.UNKNOWN, failure="stale")
    url = reverse("prisons:outbox_resend_failed", args=["haren"])
    assert signed_in(organiser_anna).post(url).status_code == 403
    answer = signed_in(coordinator_karim).post(url, {"state": "failed"})
    assert answer["Location"].endswith("/outbox/?state=failed")
    assert sorted(Message.objects.values_list("to_email", "state")) == [
        ("other@example.org", State.UNKNOWN),
        ("somebody@example.org", State.WAITING),
    ]


def test_the_words_of_a_letter_go_after_ninety_days(letter):
    send_message(letter.pk)
    assert outbox.forget_old(now=now() + dt.timedelta(days=89)) == 0
    assert outbox.forget_old(now=now() + dt.timedelta(days=91)) == 1
    letter.refresh_from_db()
    assert (letter.state, letter.to_email, letter.body_text, letter.body_html) == (
        State.SENT, "somebody@example.org", "", "",
    )  # fmt: skip


def test_what_went_wrong_stands_first(letter, coordinator_karim, haren):
    Message.objects.update(state=State.UNKNOWN, failure="stale")
    newer = outbox.post(haren, "newer@example.org", "programme", "nl", "Programma", "Dag.")
    page = reverse("prisons:outbox_list", args=["haren"])
    rows = signed_in(coordinator_karim).get(page).context["rows"]
    assert [row[0] for row in rows] == [letter, newer]
    assert len(signed_in(coordinator_karim).get(page, {"state": "not_sent"}).context["rows"]) == 1


def test_who_may_not_know_titles_reads_no_subjects(letter, haren):
    installer = make_user("Installer", is_superuser=True)
    assert "Programma" not in signed_in(installer).get(reverse("prisons:outbox_list", args=["haren"])).content.decode()  # fmt: skip  # noqa: E501


def test_one_click_sends_again(letter, coordinator_karim, organiser_anna, haren):
    Message.objects.update(state=State.UNKNOWN, failure="stale")
    url = reverse("prisons:outbox_resend", args=["haren", letter.pk])
    assert signed_in(organiser_anna).post(url).status_code == 403
    assert signed_in(coordinator_karim).post(url).status_code == 302
    assert signed_in(coordinator_karim).post(url).status_code == 409
    send_message(letter.pk)
    letter.refresh_from_db()
    assert (letter.state, letter.failure, len(mail.outbox)) == (State.SENT, "", 1)


def test_letter_that_lost_its_secret_link_is_not_sent_again(haren, coordinator_karim, broken_line):
    letter = outbox.post(haren, "a@example.org", "invitation", "nl", "Kom", "https://tempo/secret")
    broken_line(TimeoutError())
    send_message(letter.pk)
    letter.refresh_from_db()
    assert letter.body_text == ""
    with pytest.raises(PlannerError):
        outbox.resend(letter, by=coordinator_karim)


def test_page_says_what_went_wrong_and_filters(letter, coordinator_karim, stranger_dirk, organiser_anna):
    Message.objects.update(state=State.FAILED, failure="refused")
    url = reverse("prisons:outbox_list", args=["haren"])
    karim = signed_in(coordinator_karim)
    assert "refused this letter" in karim.get(url).content.decode()
    assert len(karim.get(url, {"state": "failed"}).context["rows"]) == 1
    assert len(karim.get(url, {"state": "sent"}).context["rows"]) == 0
    assert len(karim.get(url, {"state": "nonsense"}).context["rows"]) == 1
    assert signed_in(stranger_dirk).get(url).status_code == 404
    assert signed_in(organiser_anna).get(url).status_code == 403


def test_the_choice_of_all_letters_agrees_with_the_word_for_letter(letter, coordinator_karim, haren):
    coordinator_karim.language = "fr"
    coordinator_karim.save(update_fields=["language"])
    page = signed_in(coordinator_karim).get(reverse("prisons:outbox_list", args=[haren.slug]))
    assert str(page.context["chips"][0]["label"]) == "Toutes"


def test_letter_of_another_prison_is_not_found(letter, saint_gilles, stranger_dirk):
    url = reverse("prisons:outbox_resend", args=[saint_gilles.slug, letter.pk])
    assert signed_in(stranger_dirk).post(url).status_code == 404
