import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from prisons import gate
from prisons.access import RIGHTS_OF_ROLE, Right, access_for, access_through
from prisons.domain.locking import lock_prison, lock_prisons
from prisons.domain.records import audit
from prisons.guards import side_guards
from prisons.models import AuditEntry, Membership, Role
from tests.factories import make_membership, make_organisation, make_user

pytestmark = pytest.mark.postgres

NOON = dt.datetime(2026, 11, 23, 11, tzinfo=dt.UTC)
WHY = {Right.SEE_TITLES, Right.ENTER_REQUESTS, Right.DECIDE}


def test_every_role_has_rights():
    assert set(RIGHTS_OF_ROLE) == set(Role.values)


@pytest.mark.parametrize(
    ("role", "never"),
    [
        ("liaison", WHY | {Right.PLACE, Right.READ_AUDIT, Right.MANAGE_PEOPLE}),
        (
            "worker",
            {Right.SEE_NAMES, Right.SEE_BOARD, Right.DOWNLOAD_LISTS, Right.PLACE, Right.ENTER_REQUESTS},
        ),
        ("auditor", {Right.SEE_NAMES, Right.SEE_TITLES, Right.DOWNLOAD_LISTS, Right.PLACE, Right.MARK}),
        (
            "organiser",
            {Right.MANAGE_PEOPLE, Right.MANAGE_RULES, Right.READ_AUDIT, Right.SEPARATE, Right.AGREE},
        ),
        ("coordinator", {Right.SEPARATE, Right.AGREE}),
    ],
)
def test_what_a_role_must_never(role, never):
    assert not RIGHTS_OF_ROLE[role] & never


def test_rights_are_the_union_of_the_roles_in_force(haren, service, organiser_anna):
    make_membership(organiser_anna, haren, "worker", service)
    make_membership(organiser_anna, haren, "coordinator", service, ends_on=dt.date(2026, 11, 22))
    access = access_for(organiser_anna, haren, now=NOON)
    assert access.has(Right.SEE_OWN_SESSIONS) and access.has(Right.PLACE)
    assert not access.has(Right.READ_AUDIT)
    assert access.roles == {"organiser", "worker"}


def test_a_row_of_another_side_gives_nothing(haren, organiser_anna):
    """Whoever wrote it past program and guard: what came first counts."""
    side_guards.lift(connection)
    make_membership(organiser_anna, haren, "liaison")
    make_membership(organiser_anna, haren, "auditor")
    access = access_for(organiser_anna, haren, now=NOON)
    assert access.roles == {"organiser"} and not access.has_any(
        {Right.SEPARATE, Right.APPOINT, Right.READ_AUDIT}
    )


def test_access_takes_one_query(haren, coordinator_karim, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert access_for(coordinator_karim, haren).authorities == {"flemish"}


def test_an_end_date_is_the_last_day(haren, organiser_anna):
    Membership.objects.update(ends_on=dt.date(2026, 11, 23))
    last_minute = dt.datetime(2026, 11, 23, 22, 59, tzinfo=dt.UTC)  # 23:59 in Brussels
    assert access_for(organiser_anna, haren, now=last_minute)
    assert access_for(organiser_anna, haren, now=last_minute + dt.timedelta(minutes=1)) is None


def test_a_role_that_starts_tomorrow_gives_nothing_today(haren, organiser_anna):
    Membership.objects.update(starts_on=dt.date(2026, 11, 24))
    assert access_for(organiser_anna, haren, now=NOON) is None


def test_organiser_changes_own_service_and_coordinator_own_authority(
    haren, service, other_service, organiser_anna, coordinator_karim
):
    sister = make_organisation(haren, authority="flemish")
    anna, karim = access_for(organiser_anna, haren), access_for(coordinator_karim, haren)
    assert [anna.may_change(each) for each in (service, sister, other_service)] == [True, False, False]
    assert [karim.may_change(each) for each in (service, sister, other_service)] == [True, True, False]
    with pytest.raises(PermissionDenied, match="La Passerelle"):
        karim.require_change(other_service)


def test_a_facilitator_changes_nothing_of_the_service(haren, service, worker_chloe):
    assert not access_for(worker_chloe, haren).may_change(service)


@pytest.mark.parametrize(
    ("role", "neutral"), [("liaison", True), ("auditor", True), ("worker", False), ("organiser", False)]
)
def test_the_prison_sees_neutral_names_only(haren, service, role, neutral):
    user = make_user()
    make_membership(user, haren, role, service)
    assert gate.may_ask(access_for(user, haren), gate.Fact.TITLE) is not neutral


def test_superuser_sets_up_but_sees_no_names(haren):
    access = access_for(make_user(is_superuser=True), haren)
    assert access.has(Right.MANAGE_PEOPLE)
    assert not access.has(Right.SEE_NAMES) and not gate.may_ask(access, gate.Fact.TITLE)


def test_people_of_the_demo_are_strangers_elsewhere(haren, service, settings):
    user = make_user(is_demo=True)
    membership = make_membership(user, haren, "organiser", service)
    settings.DEMO = False
    assert access_for(user, haren) is None and access_through(membership) is None
    settings.DEMO = True
    assert access_for(user, haren) and access_through(membership)


def test_a_token_has_the_rights_of_its_own_role_only(haren, service, organiser_anna):
    worker = make_membership(organiser_anna, haren, "worker", service)
    assert not access_through(worker).has(Right.PLACE)


@pytest.mark.django_db
def test_a_prison_is_locked_inside_a_transaction(haren, saint_gilles):
    with transaction.atomic():
        assert lock_prison(haren.pk) == haren
        assert [prison.pk for prison in lock_prisons([saint_gilles, haren])] == sorted(
            [haren.pk, saint_gilles.pk]
        )
        with pytest.raises(type(haren).DoesNotExist):
            lock_prison(0)


@pytest.mark.django_db(transaction=True)
def test_a_lock_outside_a_transaction_is_refused(haren):
    with pytest.raises(transaction.TransactionManagementError):
        lock_prison(haren)


def test_the_audit_keeps_names_of_fields_and_refuses_values(haren, organiser_anna):
    entry = audit.record(haren, organiser_anna, "change", haren, fields=["name_nl", "name_fr"], now=NOON)
    assert (entry.model, entry.object_id, entry.fields, entry.at) == (
        "prisons.prison",
        haren.pk,
        ["name_fr", "name_nl"],
        NOON,
    )
    with pytest.raises(ValueError, match="never values"):
        audit.record(haren, organiser_anna, "change", haren, fields=["name=Jan"])


def test_many_audit_entries_are_one_statement(haren, organiser_anna, django_assert_num_queries):
    with django_assert_num_queries(1):
        audit.record_many(haren, organiser_anna, "cancel", [(Membership, pk) for pk in range(50)])
    assert AuditEntry.objects.in_prison(haren).count() == 50
