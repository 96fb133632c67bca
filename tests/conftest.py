"""The cast, as in a play: two prisons, two services, and the people who meet in every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db.backends.base.operations import BaseDatabaseOperations
from django.utils import translation

from core.database import kept_rows
from enrollment.domain import group_facts
from planner.board.drawing import shared
from planner.scheduling.rules import rule_hits
from prisons import api_limits
from prisons.guards import audit_guards
from prisons.models import Organisation, Prison, User
from rooms.domain import facts
from tests.factories import make_membership, make_organisation, make_prison, make_user

_flush = BaseDatabaseOperations.execute_sql_flush


def flush_the_audit_too(self: BaseDatabaseOperations, sql_list: list[str]) -> None:
    """Only a test empties an audit: the guards make way, and post_migrate lays them again."""
    audit_guards.lift(self.connection)
    _flush(self, sql_list)


BaseDatabaseOperations.execute_sql_flush = flush_the_audit_too  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def no_kept_rules() -> None:
    """A rolled back test gives the next one the same ids and versions: nobody may remember its rules or calls."""
    facts._rules.cache_clear()
    rule_hits.forget()
    shared.forget()
    group_facts.forget()
    kept_rows.forget()
    api_limits._asked.clear()


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Words are compared in English, whichever language a page of an earlier test left active."""
    with translation.override("en"):
        yield


@pytest.fixture
def haren(db: None) -> Prison:
    """The prison in which tests play."""
    return make_prison("haren", name_nl="Haren", name_fr="Haren")


@pytest.fixture
def saint_gilles(db: None) -> Prison:
    """The other prison, of which nobody in Haren may see anything."""
    return make_prison("saint-gilles", name_nl="Sint-Gillis", name_fr="Saint-Gilles")


@pytest.fixture
def service(haren: Prison) -> Organisation:
    """Anna's and Karim's service, of the Flemish Community."""
    return make_organisation(haren, name="De Brug vzw", short_name="De Brug", authority="flemish")


@pytest.fixture
def other_service(haren: Prison) -> Organisation:
    """Emile's service in the same prison, of the French Community."""
    return make_organisation(haren, name="La Passerelle asbl", short_name="La Passerelle", authority="french")


@pytest.fixture
def organiser_anna(haren: Prison, service: Organisation) -> User:
    user = make_user("Anna Peeters")
    make_membership(user, haren, "organiser", service)
    return user


@pytest.fixture
def organiser_emile(haren: Prison, other_service: Organisation) -> User:
    """An organiser of another service and another authority in the same prison."""
    user = make_user("Emile Dubois")
    make_membership(user, haren, "organiser", other_service)
    return user


@pytest.fixture
def coordinator_karim(haren: Prison, service: Organisation) -> User:
    user = make_user("Karim Haddad")
    make_membership(user, haren, "coordinator", service)
    return user


@pytest.fixture
def liaison_bert(haren: Prison) -> User:
    user = make_user("Bert Claes")
    make_membership(user, haren, "liaison")
    return user


@pytest.fixture
def worker_chloe(haren: Prison, service: Organisation) -> User:
    user = make_user("Chloe Lambert")
    make_membership(user, haren, "worker", service)
    return user


@pytest.fixture
def auditor_greet(haren: Prison) -> User:
    user = make_user("Greet Maes")
    make_membership(user, haren, "auditor")
    return user


@pytest.fixture
def stranger_dirk(saint_gilles: Prison) -> User:
    """A coordinator of the other prison: to Haren a stranger."""
    user = make_user("Dirk Wouters")
    organisation = make_organisation(saint_gilles, short_name="Elders", authority="flemish")
    make_membership(user, saint_gilles, "coordinator", organisation)
    return user
