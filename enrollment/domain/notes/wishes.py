"""What people wish for that does not exist yet: the demand, per life domain and wish, whoever wrote it down how."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from enrollment.domain.participants.visibility import own_requests
from enrollment.models import Request
from prisons.access import Access


@dataclass(frozen=True)
class WishCount:
    """One thing wished for, and everybody who asked for it."""

    domain: str
    title: str
    requests: tuple[Request, ...]

    @property
    def people(self) -> int:
        return len({row.participant_id for row in self.requests})

    @property
    def undecided(self) -> int:
        """How many have no slip "noted" yet."""
        return sum(row.state == Request.State.OPEN for row in self.requests)


def demand(access: Access, first: dt.date, last: dt.date) -> list[WishCount]:
    """The most wanted first. One query; "Yoga", "yoga " and "YOGA" are one wish."""
    rows = (
        own_requests(access)
        .filter(received_on__gte=first, received_on__lte=last)
        .exclude(wish_title="")
        .exclude(state=Request.State.UNREADABLE)
        .select_related("participant")
        .order_by("received_on", "pk")
    )
    groups: dict[tuple[str, str], list[Request]] = defaultdict(list)
    for row in rows:
        groups[row.wish_domain, _plain(row.wish_title)].append(row)
    found = [WishCount(domain, _usual(group), tuple(group)) for (domain, _title), group in groups.items()]
    return sorted(found, key=lambda wish: (-wish.people, wish.domain, wish.title.casefold()))


def _plain(title: str) -> str:
    letters = unicodedata.normalize("NFKD", title.casefold())
    return "".join(letter for letter in letters if letter.isalnum())


def _usual(group: Iterable[Request]) -> str:
    """How it is written most often."""
    return Counter(row.wish_title for row in group).most_common(1)[0][0]
