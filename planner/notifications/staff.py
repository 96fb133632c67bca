"""News for the people of the services and of the prison: what others changed, closures, permissions that end.

Written in the transaction of the act itself. Nobody is told of what they did themselves.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.dates.clock import today
from planner.models import StaffNotice
from planner.notifications import staff_letters
from planner.notifications.session_change import SessionChange
from prisons.models import ChangeSet, Membership, Organisation, Prison, Role, User
from sessions.models import GroupSession


@dataclass(frozen=True)
class Readers:
    """Who hears of what here: the people of each service, and those of the prison."""

    of_service: Mapping[int, Collection[User]]
    of_prison: Collection[User]

    def each(self) -> Iterator[tuple[User, frozenset[int] | None]]:
        """Everybody once, with the services they answer for; None for the prison, which hears of all."""
        services: dict[User, set[int]] = defaultdict(set)
        for organisation, users in self.of_service.items():
            for user in users:
                services[user].add(organisation)
        yield from ((user, frozenset(own)) for user, own in services.items())
        yield from ((user, None) for user in self.of_prison if user not in services)


def readers(prison: Prison, organisation_ids: Iterable[int], *, now: dt.datetime) -> Readers:
    """A service without people of its own is answered for by the coordinators of its authority. Two queries."""
    roles = (Role.ORGANISER, Role.COORDINATOR, Role.LIAISON)
    live = Membership.objects.in_prison(prison).live_on(today(now)).filter(role__in=roles)
    rows = [row for row in live.select_related("user", "organisation") if row.user.is_active]
    of_service: dict[int, set[User]] = {}
    for service in Organisation.objects.filter(pk__in=set(organisation_ids)):
        own = {row.user for row in rows if row.organisation_id == service.pk}
        of_service[service.pk] = own or {
            row.user
            for row in rows
            if row.role == Role.COORDINATOR
            and row.organisation
            and row.organisation.authority == service.authority
        }
    return Readers(of_service, {row.user for row in rows if row.role == Role.LIAISON})


def tell_changes(
    prison: Prison,
    changes: Iterable[SessionChange],
    *,
    act: ChangeSet,
    by: User,
    now: dt.datetime,
    unsaid: Collection[int] = (),
) -> int:
    """One notice per person about the whole act; returns how many. `unsaid` are people who have not heard of
    the act that this one takes back: for them nothing has happened.
    """
    news = {one.session_id: one for one in changes if one.news()}
    owners = owners_of(news)
    notices = []
    for user, services in readers(prison, owners.values(), now=now).each():
        own = [one for pk, one in news.items() if services is None or owners[pk] in services]
        if own and user != by and user.pk not in unsaid:
            facts = {"changes": [_entry(one) for one in own]}
            urgent = any(one.is_urgent(now) for one in own)
            row = notice(prison, user, StaffNotice.Kind.CHANGES, facts, urgent, now)
            row.change_set = act
            notices.append(row)
    return keep(prison, notices, now=now, at_once=any(one.leaves_at_once(now) for one in news.values()))


def _entry(one: SessionChange) -> tuple[int, str, str | None]:
    was = one.before.starts_at if one.was_shown else None
    return one.session_id, one.news(), was.isoformat() if was else None


def owners_of(session_ids: Iterable[int]) -> dict[int, int]:
    """Session -> the service that it belongs to."""
    ids = list(session_ids)
    found: dict[int, int] = {}
    for start in range(0, len(ids), 400):
        rows = GroupSession.objects.filter(pk__in=ids[start : start + 400])
        found |= dict(rows.values_list("pk", "series__activity__organisation"))
    return found


def notice(
    prison: Prison, user: User, kind: str, facts: dict[str, Any], is_urgent: bool, now: dt.datetime
) -> StaffNotice:
    """Not saved yet. By which names it speaks is decided when it is read."""
    return StaffNotice(prison=prison, user=user, kind=kind, facts=facts, is_urgent=is_urgent, created_at=now)


def keep(prison: Prison, notices: list[StaffNotice], *, now: dt.datetime, at_once: bool = True) -> int:
    """Writes them, and the letters of those that are to hear of it by itself."""
    made = StaffNotice.objects.bulk_create(notices, batch_size=500)
    staff_letters.post_now(made, now=now, at_once=at_once)
    return len(made)
