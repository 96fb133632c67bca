import datetime as dt

import pytest
from django.urls import reverse

from core.dates.clock import now, today
from core.errors import PlannerError
from prisons.domain.people.tokens import authenticate_token, create_token, hash_secret, revoke_token
from prisons.models import ApiToken, AuditEntry, Membership
from tests.factories import signed_in

pytestmark = pytest.mark.postgres


@pytest.fixture
def token(organiser_anna):
    return create_token(organiser_anna.memberships.get(), "screen", by=organiser_anna)


def test_token_reads_what_its_role_reads(token, organiser_anna, haren):
    row, secret = token
    found, access = authenticate_token(secret)
    assert (
        found == row and access.user == organiser_anna and access.prison == haren and access.has("see_board")
    )


def test_only_the_hash_is_stored(token):
    row, secret = token
    assert row.token_hash == hash_secret(secret)
    assert secret not in str(list(ApiToken.objects.values_list()) + list(AuditEntry.objects.values_list()))


@pytest.mark.parametrize("spoil", [lambda s: s[:-1], lambda s: s.upper(), lambda s: "", lambda s: s + "x"])
def test_nearly_right_is_wrong(token, spoil):
    assert authenticate_token(spoil(token[1])) is None


def test_revoked_token_is_dead(token, organiser_anna):
    revoke_token(token[0], by=organiser_anna)
    revoke_token(token[0], by=organiser_anna)
    assert authenticate_token(token[1]) is None
    assert AuditEntry.objects.filter(verb="revoke_token").count() == 1


def test_token_dies_with_the_last_day_of_its_role(token):
    Membership.objects.update(ends_on=today())
    assert authenticate_token(token[1])
    assert authenticate_token(token[1], now=now() + dt.timedelta(days=1)) is None


def test_token_of_a_closed_account_is_dead(token, organiser_anna):
    type(organiser_anna).objects.update(is_active=False)
    assert authenticate_token(token[1]) is None


def test_tokens_of_the_demo_are_refused_elsewhere(token, settings):
    ApiToken.objects.update(is_demo=True)
    settings.DEMO = False
    assert authenticate_token(token[1]) is None
    settings.DEMO = True
    assert authenticate_token(token[1])


def test_use_is_noted_once_a_day(token, django_assert_num_queries):
    authenticate_token(token[1])
    assert ApiToken.objects.get().last_used_on == today()
    with django_assert_num_queries(1):
        authenticate_token(token[1])


def test_token_for_somebody_elses_role_is_refused(organiser_anna, coordinator_karim):
    with pytest.raises(PlannerError):
        create_token(organiser_anna.memberships.get(), "screen", by=coordinator_karim)


def test_page_shows_the_secret_once(organiser_anna):
    anna = signed_in(organiser_anna)
    role = organiser_anna.memberships.get()
    answer = anna.post(reverse("people:token_list"), {"membership": role.pk, "name": "wall screen"})
    secret = answer.context["secret"]
    assert answer.status_code == 201 and secret in answer.content.decode() and authenticate_token(secret)
    again = anna.get(reverse("people:token_list")).content.decode()
    assert "wall screen" in again and secret not in again


def test_page_refuses_somebody_elses_role_and_no_name(organiser_anna, coordinator_karim):
    anna = signed_in(organiser_anna)
    theirs = coordinator_karim.memberships.get()
    assert anna.post(reverse("people:token_list"), {"membership": theirs.pk, "name": "x"}).status_code == 422
    assert (
        anna.post(
            reverse("people:token_list"), {"membership": organiser_anna.memberships.get().pk}
        ).status_code
        == 422
    )


def test_token_is_ended_by_its_owner_only(token, organiser_anna, coordinator_karim):
    url = reverse("people:token_revoke", args=[token[0].pk])
    assert signed_in(coordinator_karim).post(url).status_code == 404
    assert signed_in(organiser_anna).post(url).status_code == 302
    assert authenticate_token(token[1]) is None
