import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.dates.clock import today
from prisons.models import Invitation, Membership
from tests.factories import make_membership, make_user, signed_in


def url(name, *args):
    return reverse(f"prisons:{name}", args=["haren", *args])


@pytest.fixture
def karim(coordinator_karim):
    return signed_in(coordinator_karim)


def test_page_shows_roles_in_force_ended_and_invited(
    karim, haren, service, organiser_anna, liaison_bert, coordinator_karim
):
    make_membership(make_user("Old Hand"), haren, "organiser", service, ends_on=dt.date(2025, 1, 1))
    karim.post(
        url("invite"),
        {"email": "new@example.org", "role": "worker", "organisation": service.pk, "language": "fr"},
    )
    page = karim.get(url("membership_list"))
    assert {row.user for row in page.context["page"]} == {organiser_anna, liaison_bert, coordinator_karim}
    assert [row.email for row in page.context["invited"]] == ["new@example.org"]
    assert "1 role that has ended" in page.content.decode()
    ended = karim.get(url("membership_list"), {"show": "ended"})
    assert [row.user.full_name for row in ended.context["page"]] == ["Old Hand"]


def test_page_takes_as_many_queries_for_thirty_people_as_for_one(karim, haren, service, organiser_anna):
    karim.get(url("membership_list"))
    with CaptureQueriesContext(connection) as few:
        karim.get(url("membership_list"))
    for _ in range(30):
        make_membership(make_user(), haren, "organiser", service)
    with CaptureQueriesContext(connection) as many:
        karim.get(url("membership_list"))
    assert len(many) == len(few)


def test_others_rows_have_no_buttons(karim, organiser_anna, organiser_emile):
    page = karim.get(url("membership_list")).content.decode()
    assert url("membership_end", organiser_anna.memberships.get().pk) in page
    assert url("membership_end", organiser_emile.memberships.get().pk) not in page


@pytest.mark.parametrize(
    ("fixture", "status"),
    [
        ("stranger_dirk", 404),
        ("organiser_anna", 403),
        ("worker_chloe", 403),
        ("auditor_greet", 403),
    ],
)
def test_pages_are_for_who_manages_people(request, fixture, status, haren):
    client = signed_in(request.getfixturevalue(fixture))
    for name in ("membership_list", "invite", "give_role"):
        assert client.get(url(name)).status_code == status
    assert client.post(url("invite"), {}).status_code == status


def test_visitor_is_sent_to_sign_in_and_back(client, haren):
    answer = client.get(url("membership_list"))
    assert (
        answer.status_code == 302
        and answer["Location"] == f"{reverse('account_login')}?next={url('membership_list')}"
    )


def test_htmx_visitor_is_sent_to_sign_in_by_header(client, haren):
    answer = client.get(
        url("membership_list"),
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/p/haren/audit/"},
    )
    assert answer["HX-Redirect"].endswith("?next=/p/haren/audit/")


def test_row_of_another_prison_is_not_found(karim, stranger_dirk):
    theirs = stranger_dirk.memberships.get().pk
    assert karim.get(url("membership_detail", theirs)).status_code == 404
    assert karim.post(url("membership_end", theirs)).status_code == 404


def test_give_role_refuses_unusable_and_double(karim, service, organiser_anna):
    assert (
        karim.post(
            url("give_role"), {"user": organiser_anna.pk, "role": "liaison", "organisation": service.pk}
        ).status_code
        == 422
    )
    assert karim.post(url("give_role"), {"user": organiser_anna.pk, "role": "king"}).status_code == 422
    again = karim.post(
        url("give_role"), {"user": organiser_anna.pk, "role": "organiser", "organisation": service.pk}
    )
    assert again.status_code == 409 and "Anna Peeters has this role already" in again.content.decode()


def test_give_role_gives(karim, service, organiser_anna):
    answer = karim.post(
        url("give_role"), {"user": organiser_anna.pk, "role": "coordinator", "organisation": service.pk}
    )
    assert answer.status_code == 302
    assert organiser_anna.memberships.filter(role="coordinator").exists()


def test_organisation_of_another_authority_is_no_choice(karim, other_service, organiser_anna):
    answer = karim.post(
        url("give_role"), {"user": organiser_anna.pk, "role": "organiser", "organisation": other_service.pk}
    )
    assert answer.status_code == 422


def test_ended_role_is_no_access_in_the_next_request(karim, organiser_anna):
    anna = signed_in(organiser_anna)
    assert anna.get(reverse("prisons:job_detail", args=["haren", 1])).status_code == 404
    assert anna.get(url("membership_list")).status_code == 403  # a member without the right
    karim.post(url("membership_end", organiser_anna.memberships.get().pk))
    assert anna.get(url("membership_list")).status_code == 404  # a stranger


def test_end_of_the_last_coordinator_is_asked_back(karim, coordinator_karim, haren):
    role = coordinator_karim.memberships.get()
    assert "is_confirmed" in karim.get(url("membership_end", role.pk)).content.decode()
    assert karim.post(url("membership_end", role.pk)).status_code == 409
    assert karim.post(url("membership_end", role.pk), {"is_confirmed": "on"}).status_code == 302
    assert karim.get(url("membership_list")).status_code == 404


def test_change_end_of_a_role(karim, organiser_anna):
    role = organiser_anna.memberships.get()
    past = (today() - dt.timedelta(days=1)).isoformat()
    assert karim.post(url("membership_detail", role.pk), {"ends_on": past}).status_code == 422
    assert karim.post(url("membership_detail", role.pk), {"ends_on": "soon"}).status_code == 422
    assert karim.post(url("membership_detail", role.pk), {"ends_on": today().isoformat()}).status_code == 302
    assert Membership.objects.get(pk=role.pk).ends_on == today()


def test_reinstate_twice_tells_why_not(karim, organiser_anna):
    role = organiser_anna.memberships.get()
    karim.post(url("membership_end", role.pk))
    assert karim.post(url("membership_reinstate", role.pk)).status_code == 302
    assert karim.post(url("membership_reinstate", role.pk)).status_code == 409


def test_invite_twice_is_a_conflict_and_keeps_the_input(karim, service):
    data = {
        "email": "new@example.org",
        "full_name": "Ann Other",
        "role": "worker",
        "organisation": service.pk,
        "language": "fr",
    }
    assert karim.post(url("invite"), data).status_code == 302
    again = karim.post(url("invite"), data)
    assert again.status_code == 409 and "Ann Other" in again.content.decode()
    assert karim.post(url("invite"), data | {"email": "no address"}).status_code == 422
    assert Invitation.objects.count() == 1


def test_invitation_is_withdrawn_and_cannot_be_sent_again(karim, service):
    karim.post(
        url("invite"),
        {"email": "new@example.org", "role": "worker", "organisation": service.pk, "language": "fr"},
    )
    pk = Invitation.objects.get().pk
    assert karim.post(url("send_invitation_again", pk)).status_code == 302
    assert karim.post(url("withdraw_invitation", pk)).status_code == 302
    assert karim.post(url("send_invitation_again", pk)).status_code == 409
    assert karim.get(url("withdraw_invitation", pk)).status_code == 405


def test_second_factor_is_asked_of_whoever_sees_names(settings, haren, coordinator_karim, auditor_greet):
    settings.SECOND_FACTOR_REQUIRED = True
    answer = signed_in(coordinator_karim).get(url("membership_list"))
    assert answer.status_code == 302 and answer["Location"] == reverse("mfa_index")
    assert signed_in(auditor_greet).get(reverse("enrollment:audit_list", args=["haren"])).status_code == 200


def test_a_page_remembers_the_prison(karim, coordinator_karim, haren):
    karim.get(url("membership_list"))
    coordinator_karim.refresh_from_db()
    assert coordinator_karim.last_prison == haren
