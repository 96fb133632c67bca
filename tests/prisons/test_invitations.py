import datetime as dt
import re

import pytest
from django.core import mail
from django.urls import reverse

from core.dates.clock import now
from core.errors import PlannerError
from prisons.access import access_for
from prisons.domain.people import invitations
from prisons.models import Invitation, Message, User
from prisons.tasks import send_message
from tests.factories import PASSWORD, make_user, signed_in

pytestmark = pytest.mark.postgres


@pytest.fixture
def offer(haren, service, coordinator_karim):
    """An invitation to be organiser, and its link."""
    return invitations.invite(
        haren,
        email=" New@Example.org",
        role="organiser",
        organisation=service,
        by=coordinator_karim,
        language="fr",
    )


def path_of(link):
    return "/" + link.split("/", 3)[3]


def test_letter_is_in_the_language_of_the_invited_and_holds_the_link(offer):
    _invitation, link = offer
    send_message(Message.objects.get().pk)
    letter = mail.outbox[0]
    assert letter.to == ["new@example.org"] and link in letter.body


def test_only_the_hash_of_the_secret_stays_in_the_database(offer):
    invitation, link = offer
    secret = path_of(link).split("/")[2]
    send_message(Message.objects.get().pk)
    assert invitation.token_hash != secret and len(secret) >= 43
    assert secret not in str(list(Invitation.objects.values_list())) + str(
        list(Message.objects.values_list())
    )


def test_newcomer_chooses_a_password_and_is_in(client, haren, offer):
    path = path_of(offer[1])
    assert client.get(path).status_code == 200
    answer = client.post(path, {"full_name": "Nora Neuf", "language": "fr", "password": PASSWORD})
    assert answer.status_code == 302 and answer["Location"] == "/p/haren/"
    user = User.objects.get(email="new@example.org")
    assert (user.full_name, user.language, user.check_password(PASSWORD)) == ("Nora Neuf", "fr", True)
    assert access_for(user, haren).has("place")
    assert client.get(reverse("people:me")).status_code == 200
    assert client.get(reverse("mfa_activate_totp")).status_code == 200  # without typing the password again


@pytest.mark.parametrize("password", ["kort", "1234567890123", "new@example.org", ""])
def test_weak_password_is_asked_again_and_nothing_is_made(client, offer, password):
    answer = client.post(path_of(offer[1]), {"full_name": "Nora", "language": "fr", "password": password})
    assert answer.status_code == 422 and "Nora" in answer.content.decode()
    assert not User.objects.filter(email="new@example.org").exists()


def test_a_link_works_once(client, offer):
    data = {"full_name": "Nora", "language": "fr", "password": PASSWORD}
    client.post(path_of(offer[1]), data)
    client.logout()
    assert client.get(path_of(offer[1])).status_code == 410
    assert client.post(path_of(offer[1]), data).status_code == 410


def test_a_link_dies_after_fourteen_days(client, offer):
    invitation, link = offer
    secret = path_of(link).split("/")[2]
    almost = invitation.created_at + dt.timedelta(days=14)
    assert invitations.find_open(secret, now=almost - dt.timedelta(seconds=1)) == invitation
    with pytest.raises(PlannerError) as refusal:
        invitations.find_open(secret, now=almost)
    assert refusal.value.code == "invitation_expired" and "Karim Haddad" in str(refusal.value)
    Invitation.objects.update(expires_at=now())
    assert client.get(path_of(link)).status_code == 410


def test_withdrawn_link_gives_nothing(client, offer, coordinator_karim):
    invitations.withdraw(offer[0], by=coordinator_karim)
    assert client.get(path_of(offer[1])).status_code == 410


def test_unknown_link(client, db):
    assert client.get("/invitations/nonsense/").status_code == 404


def test_sent_again_makes_the_old_link_worthless(client, offer, coordinator_karim):
    new_link = invitations.send_again(offer[0], by=coordinator_karim)
    assert client.get(path_of(offer[1])).status_code == 404
    assert client.get(path_of(new_link)).status_code == 200
    assert Message.objects.count() == 2


def test_who_has_an_account_signs_in_and_accepts(client, haren, offer):
    user = make_user("Nora Neuf", email="new@example.org")
    path = path_of(offer[1])
    page = client.get(path).content.decode()
    assert f"{reverse('account_login')}?next={path.replace('/', '%2F')}" in page
    assert (
        client.post(path, {"full_name": "Thief", "language": "fr", "password": PASSWORD}).status_code == 200
    )
    assert access_for(user, haren) is None
    assert signed_in(user).post(path).status_code == 302
    assert access_for(user, haren).roles == {"organiser"}


def test_somebody_else_cannot_accept(offer, liaison_bert, haren):
    bert = signed_in(liaison_bert)
    assert bert.get(path_of(offer[1])).status_code == 200
    assert bert.post(path_of(offer[1])).status_code == 403
    assert access_for(liaison_bert, haren).roles == {"liaison"}


def test_nobody_invites_for_another_authority(haren, other_service, coordinator_karim):
    with pytest.raises(PlannerError) as refusal:
        invitations.invite(
            haren, email="a@example.org", role="organiser", organisation=other_service, by=coordinator_karim
        )
    assert refusal.value.status == 403
    assert not Message.objects.exists()


def test_invitation_for_a_role_in_force_is_refused(haren, service, coordinator_karim, organiser_anna):
    with pytest.raises(PlannerError) as refusal:
        invitations.invite(
            haren,
            email=organiser_anna.email.upper(),
            role="organiser",
            organisation=service,
            by=coordinator_karim,
        )
    assert refusal.value.code == "has_role_already"


def test_people_invited_in_the_demo_belong_to_the_demo(haren, service, coordinator_karim):
    User.objects.filter(pk=coordinator_karim.pk).update(is_demo=True)
    coordinator_karim.refresh_from_db()
    from django.test import override_settings

    with override_settings(DEMO=True):
        _invitation, link = invitations.invite(
            haren, email="a@example.org", role="organiser", organisation=service, by=coordinator_karim
        )
        secret = re.search(r"/invitations/([^/]+)/", link)[1]
        user = invitations.accept_as_newcomer(secret, full_name="A", language="nl", password=PASSWORD)
    assert user.is_demo
