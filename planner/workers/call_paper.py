"""The list of calls on paper, for whoever sits beside the telephone: in the language of the reader."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.dates.clock import BRUSSELS
from core.paper import Block, Column, Heading, Leaf, Paper, PaperNote, Table
from planner.models import StaffNotice
from planner.workers.unread import Call
from prisons.models import Message, Prison


def call_paper(
    prison: Prison, calls: Sequence[Call], staff: Sequence[StaffNotice], *, now: dt.datetime
) -> Paper:
    title = _("To call")
    blocks: list[Block] = [
        Heading(title),
        PaperNote(f"{prison} · {when_made(now)}", is_bold=True),
        PaperNote(
            _("Something changes within two days, and these facilitators have not said that they read it.")
        ),
        _facilitators(calls) if calls else PaperNote(_("Nobody to call"), is_bold=True),
    ]
    if staff:
        blocks += [
            PaperNote(),
            PaperNote(_("Services and prison: not read yet"), is_bold=True),
            _staff(staff),
        ]
    leaf = Leaf(title, blocks, orientation="landscape")
    return Paper(
        language=get_language() or "nl",
        title=title,
        made_at=now,
        leaves=(leaf,),
        product=settings.PRODUCT_NAME,
        footer=f"{prison} · {when_made(now)} · {_('Destroy after use.')}",
    )


def when_made(now: dt.datetime) -> str:
    return date_format(now.astimezone(BRUSSELS), "SHORT_DATETIME_FORMAT")


def _facilitators(calls: Sequence[Call]) -> Table:
    columns = [
        Column(_("Name")),
        Column(_("Telephone")),
        Column(_("What to say")),
        Column(_("Letter")),
        Column(_("Reached"), is_tick=True),
    ]
    rows = [
        (call.worker.name, call.worker.phone, "\n".join(call.sentences), letter_words(call.letter))
        for call in calls
    ]
    return Table(columns, rows)


def _staff(rows: Sequence[StaffNotice]) -> Table:
    columns = [
        Column(_("Name")),
        Column(_("E-mail")),
        Column(_("Letter")),
        Column(_("Reached"), is_tick=True),
    ]
    return Table(columns, [(str(row.user), row.user.email, letter_words(row.message)) for row in rows])


def letter_words(letter: Message | None) -> str:
    if letter is None:
        return _("none: no address")
    if letter.sent_at:
        at = date_format(letter.sent_at.astimezone(BRUSSELS), "j N H:i")
        return _("sent on %(at)s") % {"at": at}
    return str(letter.get_state_display())
