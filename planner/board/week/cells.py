"""What the cells of a week say of one session that is carried, or looked for: free, to watch, to ask for, or not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.dates.clock import BRUSSELS
from planner.scheduling.choices.candidates import Choice
from planner.scheduling.choices.day_starts import Stretch
from planner.scheduling.rules.sentences import Spoken
from prisons import gate
from prisons.access import Access
from prisons.models import Organisation
from rooms.domain.facts import rules_of
from sessions.models import GroupSession

IN_THE_WAY = frozenset({"room_taken", "worker_taken"})
"""Where nothing else stands against a place, its holder can be asked for it."""


def told_cells(
    session: GroupSession, found: Sequence[Choice], words: Sequence[list[Spoken]], access: Access
) -> dict[str, dict[str, str]]:
    """Cell -> its kind, why, and what is said of it to somebody who hears the board. One query more at most."""
    rooms = rules_of(session.prison).rooms
    return {
        f"{one.room_id}-{one.day:%Y%m%d}-{one.slot_id}": _told(one, said, services, rooms[one.room_id].name)
        for one, said, services in zip(found, words, asked_of(found, session, access), strict=True)
    }


def that_matter(reasons: list[Spoken]) -> list[Spoken]:
    """Two at most; where something forbids it, what is only to watch is beside the point."""
    return ([reason for reason in reasons if reason.is_hard] or reasons)[:2]


def asked_of(found: Sequence[Choice | Stretch], session: GroupSession, access: Access) -> list[list[str]]:
    """For each place the services to ask for it, as this reader calls them; none where it is free or nobody can
    give it. One query at most."""
    owner, owners = session.series.activity.organisation, _owners(found, session)
    own = [] if access.may_change(owner) else [gate.service_of(access, owner)]
    return [_holders(one, session, owners, access) if one.hard else own for one in found]


def _holders(
    one: Choice | Stretch, session: GroupSession, owners: dict[int, Organisation], access: Access
) -> list[str]:
    held = [owners[pk] for pk in _others(one, session) if pk in owners]
    return sorted({gate.service_of(access, row) for row in held if not access.may_change(row)})


def asking(services: list[str]) -> str:
    return _("Put it here to ask %(service)s.") % {"service": ", ".join(services)}


def _others(one: Choice | Stretch, session: GroupSession) -> set[int]:
    """The sessions that alone keep this one from there."""
    own = [conflict for conflict in one.hard if conflict.session_id == session.pk]
    if any(conflict.code not in IN_THE_WAY for conflict in one.hard):
        return set()
    return {conflict["other"] for conflict in own}


def _owners(found: Iterable[Choice | Stretch], session: GroupSession) -> dict[int, Organisation]:
    ids = {pk for one in found for pk in _others(one, session)}
    rows = GroupSession.objects.filter(pk__in=ids).select_related("series__activity__organisation")
    return {row.pk: row.series.activity.organisation for row in rows} if ids else {}


def _told(one: Choice, said: list[Spoken], services: list[str], room: str) -> dict[str, str]:
    sentences = [spoken.sentence for spoken in that_matter(said)]
    kind = "free" if one.is_free and not one.to_ask else "soft" if one.is_free else "refused"
    if services:
        kind = "ask"
        sentences.append(asking(services))
    why = " ".join(sentences)
    facts = {"room": room, "when": date_format(one.starts_at.astimezone(BRUSSELS), "l j F H:i"), "why": why}
    return {"kind": kind, "why": why, "said": _sentence(kind) % facts}


def _sentence(kind: str) -> str:
    if kind == "free":
        return _("%(room)s, %(when)s: free.")
    if kind == "soft":
        return _("%(room)s, %(when)s: free, but: %(why)s")
    return _("%(room)s, %(when)s: %(why)s")
