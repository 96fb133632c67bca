"""Everything held about one person on paper: one table for each kind of fact."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from core.paper import Block, Column, Heading, Leaf, Paper, PaperNote, Table
from prisons.words.fields import name_of_field

WIDTH = 96
WORDS = {
    "stays": gettext_lazy("Stays"),
    "absences": gettext_lazy("Absences"),
    "fixed_hours": gettext_lazy("Fixed hours"),
    "levels": gettext_lazy("Language levels"),
    "intakes": gettext_lazy("Intakes"),
    "consents": gettext_lazy("Consents"),
    "notes": gettext_lazy("Request notes"),
    "requests": gettext_lazy("Requests"),
    "enrolments": gettext_lazy("Enrolments"),
    "steps": gettext_lazy("Steps"),
    "dates_off": gettext_lazy("Dates off"),
    "attendance": gettext_lazy("Attendance"),
    "family_visits": gettext_lazy("Family visits"),
    "slips": gettext_lazy("Reply slips"),
    "looks": gettext_lazy("Who looked"),
}
"""Tables."""
PARTS = {
    "prison_name": gettext_lazy("Prison"),
    "unit_code": gettext_lazy("Living unit"),
    "organisation_name": gettext_lazy("Organisation"),
    "series_activity_title": gettext_lazy("Group activity"),
    "enrollment_series_activity_title": gettext_lazy("Group activity"),
    "activity_title": gettext_lazy("Activity"),
    "session_starts_at": gettext_lazy("Session"),
    "by_full_name": gettext_lazy("By whom"),
    "cell": gettext_lazy("Cell"),
    "register_number": gettext_lazy("Register number"),
    "walks_with_badge": gettext_lazy("Walks with a badge"),
    "weekday": gettext_lazy("Day"),
    "valid_from": gettext_lazy("From"),
    "valid_to": gettext_lazy("Until and including"),
    "found_on": gettext_lazy("Found on"),
    "given_on": gettext_lazy("Given on"),
    "received_on": gettext_lazy("Received on"),
    "channel": gettext_lazy("How it came"),
    "wish_title": gettext_lazy("Wish"),
    "requested_at": gettext_lazy("Asked on"),
    "placed_from": gettext_lazy("Place from"),
    "placed_until": gettext_lazy("Place until"),
    "adults": gettext_lazy("Adults"),
    "children": gettext_lazy("Children"),
    "created_at": gettext_lazy("Made on"),
    "verb": gettext_lazy("Act"),
    "page": gettext_lazy("Page"),
}
"""Columns that the audit has no word for."""


def paper_of_person(facts: dict[str, Any], on: dt.datetime) -> Paper:
    """In the language of the page from which it was asked."""
    title = _("Everything held about one person")
    who = ", ".join(word for word in (facts["name"], facts["first_name"]) if word)
    blocks: list[Block] = [Heading(title), PaperNote(who, is_bold=True)]
    for name, rows in facts.items():
        if not isinstance(rows, list) or not rows:
            continue
        words = [PARTS.get(field) or name_of_field("", field) for field in rows[0]]
        columns = [Column(word, width=WIDTH / len(words)) for word in words]
        blocks += [PaperNote(), PaperNote(WORDS[name], is_bold=True)]
        blocks.append(Table(columns, [list(row.values()) for row in rows]))
    blocks += [PaperNote(), PaperNote(_("Who is kept apart from whom is the prison's to tell."))]
    leaf = Leaf(title, blocks, orientation="landscape")
    return Paper(get_language() or "nl", title, on, [leaf], product=settings.PRODUCT_NAME)
