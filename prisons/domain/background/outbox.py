"""Letters by e-mail: written with the act that causes them, claimed first, never sent twice by themselves.

What certainly never left (no server, or one that asks to try later) is tried again for some hours. What may
have arrived, or was refused for good, waits for a click.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import smtplib
from collections.abc import Iterable

from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.errors import PlannerError
from prisons.domain.background.jobs import enqueue
from prisons.domain.records import audit
from prisons.models import ChangeSet, Message, Prison, User
from prisons.models.scoped import PrisonScoped

State = Message.State
SEND_TASK = "prisons.tasks.send_message"
STALE = dt.timedelta(minutes=15)
"""A claim older than this has lost its sender; nobody knows whether the letter went out."""

WAIT = dt.timedelta(minutes=2)
"""What tells of an act waits so long: undone meanwhile, it was never said."""

KEPT = dt.timedelta(days=90)
"""How long the words of a letter that was sent are kept."""

SECRET_KINDS = frozenset({"invitation", "reset_link"})
"""Letters with a secret link: their text goes once they have been handed to the mail server."""

FAILURES: dict[str, str | Promise] = {
    "unreachable": _("The mail server cannot be reached. Nothing was sent."),
    "later": _("The mail server asks to try again later. Nothing was sent."),
    "refused": _("The mail server refused this letter. Check the address."),
    "unusable": _("This letter cannot be sent by e-mail. Check the address."),
    "broken_off": _("The line broke while sending. It may or may not have arrived."),
    "stale": _("The program stopped while sending. It may or may not have arrived."),
}

AGAIN = frozenset({"unreachable", "later"})
PAUSES = tuple(dt.timedelta(minutes=minutes) for minutes in (5, 15, 60, 240))
"""How long after each attempt that certainly sent nothing the next one follows."""


def post(
    prison: Prison | None,
    to: User | str,
    kind: str,
    language: str,
    subject: str,
    body_text: str,
    body_html: str = "",
    *,
    act: ChangeSet | None = None,
    at_once: bool = True,
    now: dt.datetime | None = None,
) -> Message:
    """One letter to one person, sent if and only if the transaction around this ends well.

    Without `body_html` the same words are sent as HTML too, their addresses as links. What tells of an `act` and
    need not leave `at_once` waits two minutes, and falls away when the act is undone before.
    """
    at = now or clock.now()
    with transaction.atomic():
        message = Message.objects.create(
            prison=prison,
            to_email=to.email if isinstance(to, User) else to,
            to_user=to if isinstance(to, User) else None,
            kind=kind,
            language=language,
            subject=" ".join(subject.split())[:200],
            body_text=body_text,
            body_html=body_html or _as_html(body_text, language),
            created_at=at,
            change_set=act,
            leaves_at=None if at_once else at + WAIT,
        )
        if at_once:
            enqueue(SEND_TASK, message.pk)
    return message


def _as_html(text: str, language: str) -> str:
    paragraphs = [part.strip() for part in text.split("\n\n") if part.strip()]
    return render_to_string("prisons/mail/plain.html", {"paragraphs": paragraphs, "language": language})


def deliver(message_pk: int, *, now: dt.datetime | None = None) -> None:
    """Claims and sends one letter; nothing when it is not waiting, so that a task may run twice."""
    at = now or clock.now()
    waiting = Message.objects.filter(_is_due(at), pk=message_pk, state=State.WAITING)
    if not waiting.update(state=State.CLAIMED, claimed_at=at, attempts=F("attempts") + 1):
        return
    message = Message.objects.get(pk=message_pk)
    message.state, message.failure = _send(message)
    if message.state == State.SENT:
        message.sent_at = now or clock.now()
    if message.kind in SECRET_KINDS and message.failure not in AGAIN:
        message.body_text = message.body_html = ""
    message.save(update_fields=["state", "failure", "sent_at", "body_text", "body_html"])


def _is_due(at: dt.datetime) -> Q:
    return Q(leaves_at__isnull=True) | Q(leaves_at__lte=at)


def send_due(*, now: dt.datetime | None = None) -> int:
    """Queues the letters whose time to be called back is over; returns how many. As often as one likes."""
    at = now or clock.now()
    with transaction.atomic():
        rows = unsent().filter(state=State.WAITING, leaves_at__lte=at).select_for_update(skip_locked=True)
        due = list(rows.values_list("pk", flat=True))
        Message.objects.filter(pk__in=due).update(leaves_at=None)
        for pk in due:
            enqueue(SEND_TASK, pk)
    return len(due)


def lock_waiting(act: ChangeSet) -> list[int]:
    """The letters of an act that have not left, held until the transaction ends: nobody sends them meanwhile."""
    rows = Message.objects.filter(change_set=act, state=State.WAITING).select_for_update()
    return [message.pk for message in rows.order_by("pk").only("pk")]


def _send(message: Message) -> tuple[str, str]:
    """The state that sending ends in, and why. Only a clear answer of the server counts as a failure."""
    connection = get_connection()
    mail = EmailMultiAlternatives(
        message.subject, message.body_text, to=[message.to_email], connection=connection
    )
    if message.body_html:
        mail.attach_alternative(message.body_html, "text/html")
    try:
        connection.open()
    except (OSError, smtplib.SMTPException):
        return State.FAILED, "unreachable"
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as error:
        return State.FAILED, _refusal(code for code, _text in error.recipients.values())
    except smtplib.SMTPResponseException as error:
        return State.FAILED, _refusal([error.smtp_code])
    except (smtplib.SMTPNotSupportedError, ValueError):
        return State.FAILED, "unusable"
    except (OSError, smtplib.SMTPException):
        return State.UNKNOWN, "broken_off"
    finally:
        _hang_up(connection)
    return State.SENT, ""


def _refusal(codes: Iterable[int]) -> str:
    """Codes from 400 to 499 say: not now (RFC 5321, 4.2.1)."""
    known = list(codes)
    return "later" if known and all(400 <= code < 500 for code in known) else "refused"


def _hang_up(connection: object) -> None:
    with contextlib.suppress(OSError, smtplib.SMTPException):  # the answer on the letter was given already
        connection.close()  # type: ignore[attr-defined]


def is_resendable(message: Message) -> bool:
    return message.state in (State.FAILED, State.UNKNOWN) and bool(message.body_text)


def resend(message: Message, *, by: User, now: dt.datetime | None = None) -> Message:
    """Somebody decides to send again. Raises PlannerError when it is on its way, sent, or lost its link."""
    at = now or clock.now()
    with transaction.atomic():
        ended = Message.objects.filter(pk=message.pk, state__in=[State.FAILED, State.UNKNOWN]).exclude(
            body_text=""
        )
        if not ended.update(state=State.WAITING, failure="", claimed_at=None):
            raise PlannerError(
                "not_resendable", _("This letter is on its way or was sent, or its link is gone.")
            )
        audit.record(message.prison, by, "resend", message, now=at)
        enqueue(SEND_TASK, message.pk)
    message.refresh_from_db()
    return message


def resend_failed(prison: Prison, *, by: User, now: dt.datetime | None = None) -> int:
    """All letters here that certainly did not arrive, with one click; returns how many."""
    failed = unsent().in_prison(prison).filter(state=State.FAILED).exclude(body_text="")
    for message in failed:
        resend(message, by=by, now=now)
    return len(failed)


def unsent() -> PrisonScoped[Message]:
    """Letters that have not left, of every prison: few, with an index of their own."""
    return Message.objects.filter(sent_at__isnull=True)


def not_sent(prison: Prison) -> PrisonScoped[Message]:
    """Letters that somebody should look at: failed for good, or nobody knows."""
    last = Q(failure__in=AGAIN, attempts__lte=len(PAUSES))
    rows = unsent().in_prison(prison).filter(state__in=[State.FAILED, State.UNKNOWN])
    return rows.exclude(Q(state=State.FAILED) & last)


def next_attempt(message: Message) -> dt.datetime | None:
    """When it is tried again without a click; None where it is not."""
    if message.state != State.FAILED or message.failure not in AGAIN or message.claimed_at is None:
        return None
    tried = message.attempts - 1
    return message.claimed_at + PAUSES[tried] if 0 <= tried < len(PAUSES) else None


def tend(*, now: dt.datetime | None = None) -> int:
    """Calls stale claims unknown (returns how many); queues again what waits too long or never left."""
    at = now or clock.now()
    stale = unsent().filter(state=State.CLAIMED, claimed_at__lt=at - STALE)
    count = stale.update(state=State.UNKNOWN, failure="stale")
    _try_again(at)
    forgotten = unsent().filter(_is_due(at), state=State.WAITING, created_at__lt=at - STALE)
    for pk in forgotten.values_list("pk", flat=True):
        enqueue(SEND_TASK, pk)  # harmless when it is queued already: the claim lets only one through
    return count


def forget_old(*, now: dt.datetime | None = None) -> int:
    """What a letter said goes 90 days after it was sent; that it was sent, and to whom, stays."""
    sent = Message.objects.filter(state=State.SENT, sent_at__lt=(now or clock.now()) - KEPT)
    return sent.exclude(body_text="").update(body_text="", body_html="")


def _try_again(at: dt.datetime) -> None:
    failed = unsent().filter(state=State.FAILED, failure__in=AGAIN, claimed_at__lte=at - PAUSES[0])
    for message in failed.filter(attempts__lte=len(PAUSES)).defer("body_text", "body_html"):
        due = next_attempt(message)
        if due is None or due > at:
            continue
        with transaction.atomic():
            rows = Message.objects.filter(pk=message.pk, state=State.FAILED, attempts=message.attempts)
            if rows.update(state=State.WAITING, failure=""):
                enqueue(SEND_TASK, message.pk)
