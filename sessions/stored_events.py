"""Events of calendars as bytes: rendered once per language when something changes, else read as they were kept.

Each row keeps the facts that its bytes were made of and the database compares them, so nothing has to be told
when a title, a room or a rule of the prison changes: what no longer fits is rendered anew when it is next read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import FilteredRelation, Func, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce

from core.ical import FeedEvent, render_event
from sessions.feed_words import FIELDS, SEEN, SEEN_WITH_TITLE, Facts, FeedWords
from sessions.models import GroupSession, StoredEvent

Expected = Callable[[int, Collection[int]], Mapping[int, int]]
"""From a prison and sessions of it to how many people each of them expects."""

_AT_ONCE = 400


class _AsText(Func):
    """All parts as one text; a part that is nothing counts as empty."""

    template = "%(expressions)s"
    arg_joiner = " || '|' || "
    output_field = TextField()

    def __init__(self, *fields: str) -> None:
        super().__init__(
            *(Coalesce(Cast(name, TextField()), Value(""), output_field=TextField()) for name in fields)
        )


def bodies(
    sessions: QuerySet[GroupSession], words: FeedWords, *, now: dt.datetime, expected: Expected | None = None
) -> list[bytes]:
    """The event of each session as bytes, in the order of `sessions`; one query when all are kept."""
    rows = list(
        sessions.alias(
            kept=FilteredRelation("stored_events", condition=Q(stored_events__variant=words.variant))
        ).values_list(
            "pk",
            "prison_id",
            _AsText(*(SEEN_WITH_TITLE if words.shows_title else SEEN)),
            "kept__facts",
            "kept__body",
        )
    )
    numbers = _numbers(rows, words, expected)
    seals: dict[int, str] = {}
    found: list[bytes] = []
    stale: dict[int, tuple[int, str]] = {}
    for place, (pk, prison_id, seen, facts, body) in enumerate(rows):
        if prison_id not in seals:
            seals[prison_id] = words.seal(prison_id)
        wanted = f"{seals[prison_id]}|{numbers.get(pk, '')}|{seen}"
        found.append(body)
        if wanted != facts:
            stale[pk] = (place, wanted)
    for pk, body in _render(stale, words, numbers, now).items():
        found[stale[pk][0]] = body
    return found


def _numbers(rows: list[tuple[Any, ...]], words: FeedWords, expected: Expected | None) -> dict[int, int]:
    numbers: dict[int, int] = {}
    for prison_id in words.prisons_with_numbers() if expected else []:
        ids = [row[0] for row in rows if row[1] == prison_id]
        told = expected(prison_id, ids) if expected and ids else {}
        numbers |= {pk: told.get(pk, 0) for pk in ids}
    return numbers


def _render(
    stale: Mapping[int, tuple[int, str]], words: FeedWords, numbers: Mapping[int, int], now: dt.datetime
) -> dict[int, bytes]:
    """What no longer fits, made anew and kept."""
    ids, made = list(stale), []
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        kept = {
            row.session_id: row for row in StoredEvent.objects.filter(session__in=some, variant=words.variant)
        }
        for row in GroupSession.objects.filter(pk__in=some).values_list(*FIELDS):
            facts = Facts(*row)
            event = _event(kept.get(facts.pk), facts, words, numbers.get(facts.pk), now)
            event.facts = stale[facts.pk][1]
            made.append(event)
    _keep(made)
    return {event.session_id: bytes(event.body) for event in made}


def _event(
    kept: StoredEvent | None, facts: Facts, words: FeedWords, number: int | None, now: dt.datetime
) -> StoredEvent:
    """SEQUENCE is the session's own number and what has changed around it since; neither goes down."""

    def rendered(revision: int, changed_at: dt.datetime) -> StoredEvent:
        sequence = facts.sequence + revision
        told: FeedEvent = words.event(facts, number, sequence=sequence, changed_at=changed_at)
        return StoredEvent(
            session_id=facts.pk,
            variant=words.variant,
            sequence=facts.sequence,
            revision=revision,
            changed_at=changed_at,
            body=render_event(told),
        )

    if kept is None:
        return rendered(0, facts.changed_at)
    if kept.sequence != facts.sequence:
        return rendered(kept.revision, max(kept.changed_at, facts.changed_at))
    same = rendered(kept.revision, kept.changed_at)
    is_same = bytes(same.body) == bytes(kept.body)
    return same if is_same else rendered(kept.revision + 1, max(kept.changed_at, now))


def _keep(events: list[StoredEvent]) -> None:
    """Reading must not fail because keeping does: somebody else keeps it next time."""
    if not events:
        return
    try:
        with transaction.atomic():
            StoredEvent.objects.bulk_create(
                events,
                update_conflicts=True,
                unique_fields=["session", "variant"],
                update_fields=["facts", "sequence", "revision", "changed_at", "body"],
                batch_size=_AT_ONCE,
            )
    except DatabaseError:
        return
