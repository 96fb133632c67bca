import datetime as dt

import pytest

from core.dates.clock import now, today
from core.errors import PlannerError
from prisons.access import access_for
from prisons.domain.people import memberships
from prisons.domain.people.tokens import authenticate_token, create_token
from prisons.models import AuditEntry, Membership
from tests.factories import make_membership, make_user

pytestmark = pytest.mark.postgres


def test_give_role_starts_today_and_is_audited(haren, service, coordinator_karim):
    user = make_user()
    role = memberships.give_role(haren, user, "organiser", service, by=coordinator_karim)
    assert role.starts_on == today() and access_for(user, haren).has("place")
    assert AuditEntry.objects.get(verb="give_role").object_id == role.pk


def test_role_twice_is_refused(haren, service, coordinator_karim, organiser_anna):
    with pytest.raises(PlannerError) as refusal:
        memberships.give_role(haren, organiser_anna, "organiser", service, by=coordinator_karim)
    assert refusal.value.code == "has_role_already" and "Anna Peeters" in str(refusal.value)


def test_coordinator_manages_the_own_authority_only(haren, service, coordinator_karim, organiser_emile):
    assert memberships.may_manage(access_for(coordinator_karim, haren), "organiser", service)
    with pytest.raises(PlannerError) as refusal:
        memberships.end_role(organiser_emile.memberships.get(), by=coordinator_karim)
    assert (refusal.value.code, refusal.value.status) == ("not_your_people", 403)


@pytest.mark.parametrize("fixture", ["organiser_anna", "liaison_bert", "stranger_dirk"])
def test_nobody_else_gives_roles(request, fixture, haren, service):
    with pytest.raises(PlannerError) as refusal:
        memberships.give_role(haren, make_user(), "organiser", service, by=request.getfixturevalue(fixture))
    assert refusal.value.status == 403
    assert Membership.objects.filter(role="organiser", user__full_name__startswith="Person").count() == 0


def test_superuser_gives_the_first_role(haren, service):
    memberships.give_role(haren, make_user(), "coordinator", service, by=make_user(is_superuser=True))


@pytest.mark.parametrize(
    ("role", "has_organisation"),
    [("organiser", False), ("coordinator", False)],
)
def test_role_and_organisation_must_fit(haren, service, role, has_organisation):
    with pytest.raises(PlannerError) as refusal:
        memberships.give_role(
            haren, make_user(), role, service if has_organisation else None, by=make_user(is_superuser=True)
        )
    assert refusal.value.code == "role_needs_organisation"


def test_organisation_that_does_not_work_here_is_refused(saint_gilles, service):
    with pytest.raises(PlannerError) as refusal:
        memberships.give_role(
            saint_gilles, make_user(), "organiser", service, by=make_user(is_superuser=True)
        )
    assert refusal.value.code == "organisation_elsewhere"


def test_ending_takes_access_tokens_and_feeds_at_once(haren, service, coordinator_karim, organiser_anna):
    from sessions.models import Feed

    role = organiser_anna.memberships.get()
    _token, secret = create_token(role, "wall screen", by=organiser_anna)
    feed = Feed.objects.create(
        kind="organisation", organisation=service, membership=role, token_hash="x", created_at=now()
    )
    assert authenticate_token(secret)
    memberships.end_role(role, by=coordinator_karim)
    feed.refresh_from_db()
    assert access_for(organiser_anna, haren) is None
    assert authenticate_token(secret) is None
    assert feed.revoked_at is not None


def test_a_role_given_today_can_end_today(haren, service, coordinator_karim):
    user = make_user()
    role = memberships.give_role(haren, user, "organiser", service, by=coordinator_karim)
    memberships.end_role(role, by=coordinator_karim)
    assert access_for(user, haren) is None


def test_reinstated_role_gives_access_but_old_tokens_stay_dead(haren, coordinator_karim, organiser_anna):
    role = organiser_anna.memberships.get()
    _token, secret = create_token(role, "wall screen", by=organiser_anna)
    Membership.objects.filter(pk=role.pk).update(ends_on=today() - dt.timedelta(days=3))
    memberships.reinstate(role, by=coordinator_karim)
    assert access_for(organiser_anna, haren)
    assert authenticate_token(secret) is None


def test_giving_an_ended_role_takes_the_same_row_up_again(haren, service, coordinator_karim, organiser_anna):
    role = organiser_anna.memberships.get()
    memberships.end_role(role, by=coordinator_karim)
    again = memberships.give_role(haren, organiser_anna, "organiser", service, by=coordinator_karim)
    assert again.pk == role.pk and again.ends_on is None


def test_last_coordinator_goes_only_after_a_warning(haren, coordinator_karim):
    role = coordinator_karim.memberships.get()
    for act in (memberships.end_role, lambda role, by: memberships.change_end(role, today(), by=by)):
        with pytest.raises(PlannerError) as refusal:
            act(role, by=coordinator_karim)
        assert refusal.value.code == "last_of_its_kind"
    memberships.end_role(role, by=coordinator_karim, is_confirmed=True)
    assert access_for(coordinator_karim, haren) is None


def test_no_warning_while_somebody_else_coordinates(haren, service, other_service, coordinator_karim):
    make_membership(make_user(), haren, "coordinator", other_service)
    assert memberships.is_last_of_its_kind(coordinator_karim.memberships.get())
    make_membership(make_user(), haren, "coordinator", service)
    memberships.end_role(coordinator_karim.memberships.get(), by=coordinator_karim)


def test_the_last_day_may_not_lie_in_the_past(haren, coordinator_karim, organiser_anna):
    role = organiser_anna.memberships.get()
    with pytest.raises(PlannerError) as refusal:
        memberships.change_end(role, today() - dt.timedelta(days=1), by=coordinator_karim)
    assert refusal.value.status == 422
    assert memberships.change_end(role, today(), by=coordinator_karim).ends_on == today()
    assert access_for(organiser_anna, haren)
