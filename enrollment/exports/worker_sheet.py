"""The sheet for whoever leads a session, not for the prison: title, first name and initial; no number, no cell."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.paper import Column, Heading, Leaf, Paper, PaperNote, Table
from core.words.folding import as_filed
from enrollment.domain.lists.day import Day, DayMeeting
from enrollment.exports.head import hours
from enrollment.wording import moment


def worker_sheet(day: Day, meeting: DayMeeting, *, title: str, language: str) -> Paper:
    people = sorted(meeting.people, key=lambda one: as_filed(one.short_name))
    leaf = Leaf(
        meeting.code,
        [
            Heading(title),
            PaperNote(f"{moment(day.on)} · {hours(meeting)} · {meeting.room}"),
            PaperNote(_("Not for the prison. Hand it back to the service, or destroy it after use.")),
            Table(
                [
                    Column(_("Name")),
                    Column(_("present"), is_tick=True),
                    Column(_("did not come"), is_tick=True),
                ],
                [(person.short_name,) for person in people],
            ),
        ],
    )
    return Paper(
        language=language,
        title=title,
        made_at=day.made_at,
        leaves=(leaf,),
        product=settings.PRODUCT_NAME,
        footer=_("Destroy after use."),
    )
