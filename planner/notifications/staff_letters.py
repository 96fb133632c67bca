"""Letters to the people of the services and of the prison: at once, or once a day all of it together."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.dates import clock
from planner.models import StaffNotice
from planner.notifications.sentences import LINK_LASTS, closed, happened
from prisons import gate
from prisons.access import Access, access_for
from prisons.domain.background import outbox
from prisons.models import ChangeSet, Letters, Message
from rooms.models import Closure
from sessions.models import GroupSession, WorkerAccess

SALT = "planner.notifications.staff"
MOST_LINES = 40
"""Longer is a list: the board and the day lists show it better."""


def post_now(notices: Iterable[StaffNotice], *, now: dt.datetime, at_once: bool = True) -> int:
    """Of one act: a letter to whoever wants to hear of it by itself, and to everybody of what is urgent."""
    chosen = [row for row in notices if row.is_urgent or row.user.letters == Letters.NOW]
    for row in chosen:
        post([row], now=now, act=row.change_set, at_once=at_once or row.change_set is None)
    return len(chosen)


def post_daily(*, now: dt.datetime) -> int:
    """The letters of the day; returns how many. Whoever calls knows that it is time."""
    waiting = StaffNotice.objects.filter(
        message__isnull=True,
        read_at__isnull=True,
        user__letters=Letters.DAILY,
        user__is_active=True,
        created_at__gt=now - dt.timedelta(days=7),
    )
    found: dict[tuple[int, int], list[StaffNotice]] = defaultdict(list)
    for row in waiting.select_related("user", "prison").order_by("created_at", "pk"):
        found[row.user_id, row.prison_id].append(row)
    return sum(post(rows, now=now) is not None for rows in found.values())


def post(
    rows: list[StaffNotice], *, now: dt.datetime, act: ChangeSet | None = None, at_once: bool = True
) -> Message | None:
    """One letter about these notices of one person; None when somebody else has just written it."""
    user, prison = rows[0].user, rows[0].prison
    with translation.override(user.language):
        lines, number = _told(rows, MOST_LINES)
        if not lines:
            return None
        more = number - MOST_LINES
        context = {
            "user": user,
            "prison": prison,
            "lines": lines[:MOST_LINES],
            "more": _more(more) if more > 0 else "",
            "link": settings.BASE_URL + reverse("read_staff_notices", args=[read_token(rows)]),
            "product": settings.PRODUCT_NAME,
        }
        told = ngettext("%(number)s thing has changed in %(prison)s", "%(number)s things have changed in %(prison)s", number)  # fmt: skip  # noqa: E501
        subject = lines[0] if number == 1 else told % {"number": number, "prison": prison}
        text = render_to_string("planner/notifications/staff_letter.txt", context)
        html = render_to_string("planner/notifications/staff_letter.html", context)
    with transaction.atomic():
        message = outbox.post(
            prison, user, "staff_news", user.language, subject, text, html,
            act=act, at_once=at_once, now=now,
        )  # fmt: skip
        own = StaffNotice.objects.filter(pk__in=[row.pk for row in rows], message__isnull=True)
        if own.update(message=message) == len(rows):
            return message
        transaction.set_rollback(True)
    return None


def _more(number: int) -> str:
    told = ngettext("… and %(number)s more.", "… and %(number)s more.", number)
    return told % {"number": number}


def lines_of(rows: list[StaffNotice]) -> list[str]:
    """The sentences of one person's notices of a prison, in the language that is active.

    Names are those that the person may know now, not those of the day on which it happened.
    """
    return _told(rows, None)[0]


def _told(rows: list[StaffNotice], most: int | None) -> tuple[list[str], int]:
    """The first lines, and how many there are: of a thousand sessions a letter shows few."""
    access = access_for(rows[0].user, rows[0].prison)
    found = [_lines_of(row, access, most) for row in rows]
    return [line for lines, _number in found for line in lines][:most], sum(
        number for _lines, number in found
    )


def _lines_of(row: StaffNotice, access: Access | None, most: int | None) -> tuple[list[str], int]:
    if row.kind == StaffNotice.Kind.PERMISSION:
        lines = list(_permissions(row))
        return lines, len(lines)
    head = []
    if row.kind == StaffNotice.Kind.CLOSURE:
        ids = row.facts["closures"]
        closures = list(Closure.objects.filter(pk__in=ids).select_related("room", "unit", "prison"))
        head = [closed(closures, row.facts["state"])] if closures else []
    lines, number = _changes(row, access, most)
    return head + lines, len(head) + number


def _changes(row: StaffNotice, access: Access | None, most: int | None) -> tuple[list[str], int]:
    """In order of time."""
    entries = {
        pk: (kind, dt.datetime.fromisoformat(was) if was else None)
        for pk, kind, was in row.facts.get("changes", [])
    }
    starts = dict(GroupSession.objects.filter(pk__in=list(entries)).values_list("pk", "starts_at"))
    order = sorted(starts, key=lambda pk: (starts[pk] or entries[pk][1] or row.created_at, pk))
    rows = GroupSession.objects.select_related("series__activity", "prison")
    sessions = rows.in_bulk(order[:most])
    lines = []
    for pk in order[:most]:
        kind, began = entries[pk]
        lines.append(happened(kind, sessions[pk], began, gate.name_of(access, sessions[pk].series)))
    return lines, len(order)


def _permissions(row: StaffNotice) -> Iterable[str]:
    for access in WorkerAccess.objects.filter(pk=row.facts["access"]).select_related("worker", "prison"):
        until = dt.date.fromisoformat(row.facts["until"])
        told = _("The permission of %(name)s for %(prison)s ends on %(day)s.")
        yield told % {
            "name": access.worker.name,
            "prison": access.prison,
            "day": date_format(until, "l j F Y"),
        }


# --- read -------------------------------------------------------------------------------------------------


def read_token(rows: Iterable[StaffNotice]) -> str:
    return signing.dumps([row.pk for row in rows], salt=SALT, compress=True)


def notices_of(token: str) -> list[StaffNotice]:
    """The notices of a link; none for one that was tampered with, or has grown old."""
    try:
        ids = signing.loads(token, salt=SALT, max_age=LINK_LASTS)
    except signing.BadSignature:
        return []
    return list(StaffNotice.objects.filter(pk__in=ids).select_related("user", "prison").order_by("pk"))


def mark_read(rows: Iterable[StaffNotice], *, now: dt.datetime | None = None) -> int:
    """The first time counts."""
    unread = StaffNotice.objects.filter(pk__in=[row.pk for row in rows], read_at__isnull=True)
    return unread.update(read_at=now or clock.now())
