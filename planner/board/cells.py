"""What the cells of a week say of one session that is carried, or looked for: free, to watch, to ask for, or not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.clock import BRUSSELS
from planner.plan.places import Choice
from planner.plan.sentences import Spoken
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
    owners = _owners(found, session)
    return {
        f"{one.room_id}-{one.day:%Y%m%d}-{one.slot_id}": _told(
            one, said, session, [owners[pk] for pk in _others(one, session) if pk in owners], access
        )
        for one, said in zip(found, words, strict=True)
    }


def that_matter(reasons: list[Spoken]) -> list[Spoken]:
    """Two at most; where something forbids it, what is only to watch is beside the point."""
    return ([reason for reason in reasons if reason.is_hard] or reasons)[:2]


def _others(one: Choice, session: GroupSession) -> set[int]:
    """The sessions that alone keep this one from there."""
    own = [conflict for conflict in one.hard if conflict.session_id == session.pk]
    if any(conflict.code not in IN_THE_WAY for conflict in one.hard):
        return set()
    return {conflict["other"] for conflict in own}


def _owners(found: Iterable[Choice], session: GroupSession) -> dict[int, Organisation]:
    ids = {pk for one in found for pk in _others(one, session)}
    rows = GroupSession.objects.filter(pk__in=ids).select_related("series__activity__organisation")
    return {row.pk: row.series.activity.organisation for row in rows} if ids else {}


def _told(
    one: Choice, said: list[Spoken], session: GroupSession, holders: list[Organisation], access: Access
) -> dict[str, str]:
    sentences = [spoken.sentence for spoken in that_matter(said)]
    kind = "free" if one.is_free and not one.to_ask else "soft" if one.is_free else "refused"
    owner = session.series.activity.organisation
    others = sorted({gate.service_of(access, row) for row in holders if not access.may_change(row)})
    if one.is_free and not access.may_change(owner):
        kind, others = "ask", [gate.service_of(access, owner)]
    elif others:
        kind = "ask"
    if kind == "ask":
        sentences.append(_("Put it here to ask %(service)s.") % {"service": ", ".join(others)})
    why, room = " ".join(sentences), rules_of(session.prison).rooms[one.room_id].name
    facts = {"room": room, "when": date_format(one.starts_at.astimezone(BRUSSELS), "l j F H:i"), "why": why}
    return {"kind": kind, "why": why, "said": _sentence(kind) % facts}


def _sentence(kind: str) -> str:
    if kind == "free":
        return _("%(room)s, %(when)s: free.")
    if kind == "soft":
        return _("%(room)s, %(when)s: free, but: %(why)s")
    return _("%(room)s, %(when)s: %(why)s")
