"""The gate: what a reader may ask for, under which name things are shown, and whose rows are the reader's own.

Whatever a reader may not know must not change an answer. A filter that still narrows, an order that still sorts,
a count, a sentence that names somebody: each tells as much as the name itself. So every filter, facet, search,
sort, sentence, letter and feed asks here. `tests/noninterference.py` compares two worlds for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from core.words.folding import begins
from prisons.access import Access, Right
from prisons.models import Membership, Organisation, Prison, Role


class Fact(StrEnum):
    """What a neutral name keeps back of a group."""

    TITLE = "title"
    DOMAIN = "domain"
    LANGUAGE = "language"
    REQUIREMENT = "requirement"
    SERVICE = "service"
    ACTIVITY = "activity"
    DRAFT = "draft"
    """That somebody plans it: nothing is told before it is published."""


class HasNeutralName(Protocol):
    """A series, seen from below: this module stands under the one that has them."""

    @property
    def neutral_name(self) -> str: ...


Value = TypeVar("Value")
Row = TypeVar("Row", bound=Model)


def may_ask(access: Access | None, fact: Fact) -> bool:
    """Whether this reader may filter, sort, search or count by it, or read it. Nobody in particular may not."""
    if access is None or Right.SEE_TITLES not in access.rights:
        return False
    return fact != Fact.DRAFT or access.has(Right.SEE_BOARD)


def answered(access: Access, asked: Mapping[str, Value]) -> dict[str, Value]:
    """What is left of a filter: a fact that is not the reader's business filters nothing."""
    return {
        name: value for name, value in asked.items() if name not in set(Fact) or may_ask(access, Fact(name))
    }


def name_of(access: Access | None, series: HasNeutralName) -> str:
    """As this reader may know the group. Nobody in particular knows the neutral name only."""
    return str(series) if may_ask(access, Fact.TITLE) else series.neutral_name


def may_leave(fact: Fact, *, is_of_oneself: bool) -> bool:
    """Whether a secret address may carry it to whoever has that address: only what is about oneself may."""
    return is_of_oneself and fact == Fact.TITLE


def sessions_for(access: Access | None, path: str = "") -> Q:
    """Sessions (found along `path`) that exist for this reader: a draft does not for whoever does not plan.

    Nor does what was cancelled before anybody had seen it.
    """
    if may_ask(access, Fact.DRAFT):
        return Q()
    return Q(**{f"{path}state": "published"}) | Q(
        **{f"{path}state": "cancelled", f"{path}cancellation__was_state": "published"}
    )


def knows_session(access: Access | None, session: Any) -> bool:
    """The same of one session at hand."""
    cancellation = getattr(session, "cancellation", None)
    state = cancellation.was_state if cancellation else session.state
    return state != "draft" or may_ask(access, Fact.DRAFT)


def series_for(access: Access | None, rows: QuerySet[Row]) -> QuerySet[Row]:
    """The same of series: for the prison one exists when a date of it has been published."""
    if may_ask(access, Fact.DRAFT):
        return rows
    shown = rows.model._default_manager.filter(sessions_for(access, "group_sessions__"), pk=OuterRef("pk"))
    return rows.filter(Exists(shown.order_by()))


def named(access: Access, word: str) -> Q:
    """Series in which this folded word begins a word of a name that the reader may know, or is the code."""
    names = ["list_name_words"]
    if may_ask(access, Fact.TITLE):
        names += ["label_words", "activity__title_words"]
    found = Q(list_code__istartswith=word) | Q(list_code__iendswith=f"-{word}")
    for name in names:
        found |= Q(**{f"{name}__contains": begins(word)})
    return found


def service_of(access: Access, organisation: Organisation) -> str:
    """The short name of the service that owns a group; empty for whoever knows the neutral name only."""
    return organisation.short_name if may_ask(access, Fact.SERVICE) else ""


def acts_for(access: Access) -> QuerySet[Organisation]:
    """The services whose people and requests are the reader's own: own service, own authority."""
    return Organisation.objects.filter(own(access, ""))


def own(access: Access, path: str) -> Q:
    """Rows whose organisation (found along `path`) the user acts for: own service, own authority."""
    if not path:
        return Q(pk__in=access.organisation_ids) | Q(authority__in=access.authorities)
    return Q(**{f"{path}__in": access.organisation_ids}) | Q(**{f"{path}__authority__in": access.authorities})


def is_own(access: Access | None, organisation: Organisation | None) -> bool:
    """Whether the answer may depend on what this service knows of people. What belongs to nobody is everybody's."""
    return organisation is None or (access is not None and access.may_change(organisation))


def knows_places(access: Access) -> bool:
    """The prison brings people to their groups: it knows every place, never a request."""
    return access.has(Right.DOWNLOAD_LISTS) and not access.has(Right.ENTER_REQUESTS)


def on_duty(prison: Prison, day: Any) -> Iterable[Membership]:
    """Whom the prison calls about any group: every coordinator of today, so that calling tells nothing."""
    rows = (
        Membership.objects.in_prison(prison).live_on(day).filter(role=Role.COORDINATOR, user__is_active=True)
    )
    return rows.select_related("user", "organisation").order_by("user__full_name", "pk")


PAGE_OF_A_PERSON = "enrollment:person_detail"


def looks_known_to(access: Access) -> Q:
    """Looks that this reader may read of. Oversight reads all of them.

    Whoever acts for a service reads of other services that they looked at the page of a person, which everybody
    may: any other page of theirs, with the numbers of whom it showed, would tell who takes part in what.
    """
    if not access.has(Right.ENTER_REQUESTS):
        return Q()
    members = Membership.objects.in_prison(access.prison).filter(organisation__isnull=False)
    ours = members.filter(own(access, "organisation")).order_by().values("user")
    others = members.exclude(user__in=ours).order_by().values("user")
    return ~Q(by__in=others) | Q(page=PAGE_OF_A_PERSON)
