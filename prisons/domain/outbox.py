"""Letters by e-mail: written with the act that causes them, claimed first, never sent twice by themselves."""

from __future__ import annotations

import contextlib
import datetime as dt
import smtplib

from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core import clock
from core.errors import PlannerError
from prisons.domain import audit
from prisons.domain.jobs import enqueue
from prisons.models import Message, Prison, User

State = Message.State
SEND_TASK = "prisons.tasks.send_message"
STALE = dt.timedelta(minutes=15)
"""A claim older than this has lost its sender; nobody knows whether the letter went out."""

SECRET_KINDS = frozenset({"invitation"})
"""Letters with a secret link: their text goes once they have been handed to the mail server."""

FAILURES: dict[str, str | Promise] = {
    "unreachable": _("The mail server cannot be reached. Nothing was sent."),
    "refused": _("The mail server refused this letter. Check the address."),
    "broken_off": _("The line broke while sending. It may or may not have arrived."),
    "stale": _("The program stopped while sending. It may or may not have arrived."),
}


def post(
    prison: Prison | None,
    to: User | str,
    kind: str,
    language: str,
    subject: str,
    body_text: str,
    body_html: str = "",
    *,
    now: dt.datetime | None = None,
) -> Message:
    """One letter to one person, sent if and only if the transaction around this ends well."""
    with transaction.atomic():
        message = Message.objects.create(
            prison=prison,
            to_email=to.email if isinstance(to, User) else to,
            to_user=to if isinstance(to, User) else None,
            kind=kind,
            language=language,
            subject=" ".join(subject.split())[:200],
            body_text=body_text,
            body_html=body_html,
            created_at=now or clock.now(),
        )
        enqueue(SEND_TASK, message.pk)
    return message


def deliver(message_pk: int, *, now: dt.datetime | None = None) -> None:
    """Claims and sends one letter; nothing when it is not waiting, so that a task may run twice."""
    at = now or clock.now()
    waiting = Message.objects.filter(pk=message_pk, state=State.WAITING)
    if not waiting.update(state=State.CLAIMED, claimed_at=at, attempts=F("attempts") + 1):
        return
    message = Message.objects.get(pk=message_pk)
    message.state, message.failure = _send(message)
    if message.state == State.SENT:
        message.sent_at = now or clock.now()
    if message.kind in SECRET_KINDS:
        message.body_text = message.body_html = ""
    message.save(update_fields=["state", "failure", "sent_at", "body_text", "body_html"])


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
    except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused):
        return State.FAILED, "refused"
    except (OSError, smtplib.SMTPException):
        return State.UNKNOWN, "broken_off"
    finally:
        _hang_up(connection)
    return State.SENT, ""


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


def tend(*, now: dt.datetime | None = None) -> int:
    """Calls stale claims unknown (returns how many), and queues letters again that wait too long."""
    at = now or clock.now()
    stale = Message.objects.filter(state=State.CLAIMED, claimed_at__lt=at - STALE)
    count = stale.update(state=State.UNKNOWN, failure="stale")
    forgotten = Message.objects.filter(state=State.WAITING, created_at__lt=at - STALE)
    for pk in forgotten.values_list("pk", flat=True):
        enqueue(SEND_TASK, pk)  # harmless when it is queued already: the claim lets only one through
    return count
