"""Letters to facilitators: at once, once a day, or only what cannot wait; with a link “I have read this”."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import ngettext

from core.dates import clock
from core.dates.clock import BRUSSELS
from planner.models import Notice
from planner.notifications import staff_letters
from planner.notifications.sentences import LINK_LASTS, sentence
from prisons.domain.background import outbox
from prisons.models import ChangeSet, Letters, Message, Prison
from sessions.models import Worker

SALT = "planner.telling.read"
"""What letters are signed with that people already have: it keeps the word it began with."""
DAILY_FROM = dt.time(17)
"""From this hour on, whoever wants one letter a day gets it."""


@dataclass(frozen=True)
class LetterLine:
    """One sentence of a letter, and the kind it belongs to."""

    kind: str
    sentence: str


def post_now(
    prison: Prison,
    notice_ids: Collection[int],
    *,
    now: dt.datetime,
    act: ChangeSet | None = None,
    at_once: Collection[int] = (),
) -> int:
    """One letter per facilitator who is to hear of an act by itself; returns how many.

    It waits a little for an undo, unless one of its sessions is in `at_once`.
    """
    found = Notice.objects.in_prison(prison).filter(pk__in=list(notice_ids), message__isnull=True)
    by_worker = _by_worker(found)
    chosen = [rows for rows in by_worker.values() if _is_now(rows)]
    for rows in chosen:
        leaves_now = act is None or any(row.session_id in at_once for row in rows)
        post(rows, now=now, act=act, at_once=leaves_now)
    return len(chosen)


def _is_now(rows: list[Notice]) -> bool:
    return rows[0].worker.letters == Letters.NOW or any(row.is_urgent for row in rows)


def post_daily(*, now: dt.datetime | None = None) -> int:
    """The letters of the day, from five in the afternoon; returns how many. May run as often as it likes."""
    at = now or clock.now()
    if at.astimezone(BRUSSELS).time() < DAILY_FROM:
        return 0
    waiting = Notice.objects.filter(message__isnull=True, worker__letters=Letters.DAILY, read_at__isnull=True)
    by_worker = _by_worker(waiting.filter(created_at__gt=at - dt.timedelta(days=7)))
    posted = sum(post(rows, now=at) is not None for rows in by_worker.values())
    return posted + staff_letters.post_daily(now=at)


def _by_worker(notices: Iterable[Notice]) -> dict[tuple[int, int], list[Notice]]:
    """By facilitator and prison, in order of time; without an address there is no letter."""
    rows = notices.select_related(  # type: ignore[attr-defined]
        "worker__user", "prison", "session__prison", "session__series__activity", "session__room"
    )
    found: dict[tuple[int, int], list[Notice]] = defaultdict(list)
    for row in rows.order_by("created_at", "pk"):
        if row.worker.email and row.worker.is_active:
            found[row.worker_id, row.prison_id].append(row)
    return found


def post(
    rows: list[Notice], *, now: dt.datetime, act: ChangeSet | None = None, at_once: bool = True
) -> Message | None:
    """One letter about these notices of one facilitator, in the facilitator's language.

    None when somebody else has just written it: a task may run twice at once.
    """
    worker, prison = rows[0].worker, rows[0].prison
    with translation.override(worker.letter_language):
        context = {
            "worker": worker,
            "prison": prison,
            "lines": [LetterLine(row.kind, sentence(row)) for row in sorted(rows, key=_when)],
            "link": settings.BASE_URL + reverse("read_notices", args=[read_token(rows)]),
            "product": settings.PRODUCT_NAME,
        }
        text = render_to_string("planner/notifications/letter.txt", context)
        html = render_to_string("planner/notifications/letter.html", context)
        subject = _subject(rows)
    with transaction.atomic():
        message = outbox.post(
            prison, worker.email, "session_changes", worker.letter_language, subject, text, html,
            act=act, at_once=at_once, now=now,
        )  # fmt: skip
        own = Notice.objects.filter(pk__in=[row.pk for row in rows], message__isnull=True)
        if own.update(message=message) == len(rows):
            return message
        transaction.set_rollback(True)
    return None


def _when(row: Notice) -> tuple[dt.datetime, int]:
    return row.session.starts_at or row.was_starts_at or row.created_at, row.pk


def _subject(rows: list[Notice]) -> str:
    if len(rows) == 1:
        return sentence(rows[0])
    told = ngettext("%(number)s change in your sessions", "%(number)s changes in your sessions", len(rows))
    return told % {"number": len(rows)}


# --- read -------------------------------------------------------------------------------------------------


def read_token(rows: Iterable[Notice]) -> str:
    """What stands in the link: signed, so that nobody can say for another to have read."""
    return signing.dumps([row.pk for row in rows], salt=SALT, compress=True)


def notices_of(token: str) -> list[Notice]:
    """The notices of a link; none for one that was tampered with, or has grown old."""
    try:
        ids = signing.loads(token, salt=SALT, max_age=LINK_LASTS)
    except signing.BadSignature:
        return []
    rows = Notice.objects.filter(pk__in=ids).select_related(
        "worker__user", "prison", "session__series__activity"
    )
    return list(rows)


def mark_read(rows: Iterable[Notice], *, now: dt.datetime | None = None) -> int:
    """The facilitator has read them; the first time counts."""
    unread = Notice.objects.filter(pk__in=[row.pk for row in rows], read_at__isnull=True)
    return unread.update(read_at=now or clock.now())


def choose_letters(worker: Worker, choice: str) -> None:
    """When this facilitator wants to hear of what is not urgent. Raises ValueError for an unknown choice."""
    Worker.objects.filter(pk=worker.pk).update(letters=Letters(choice))
