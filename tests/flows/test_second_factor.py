"""The second factor belongs to the session, what outlasts a session asks for it again, no state locks anybody out."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import get_resolver, reverse

from prisons.domain.people import invitations
from prisons.domain.people.tokens import authenticate_token, create_token
from prisons.models import ApiToken, Invitation, Prison, Reading, User
from tests.factories import PASSWORD, make_membership, make_user
from tests.test_strangers import address_of, prison_patterns
from tests.worked_off import work_off

NEW_PASSWORD = "herfst-in-Brussel-27"
BOARD = "/p/haren/board/"


@pytest.fixture(autouse=True)
def _required(settings, db):
    settings.SECOND_FACTOR_REQUIRED = True
    cache.clear()


@pytest.fixture
def nora(haren, service):
    user = make_user("Nora Neuf", password=PASSWORD)
    make_membership(user, haren, "coordinator", service)
    return user


def sign_in(user: User, password: str = PASSWORD) -> Client:
    client = Client()
    client.post(reverse("account_login"), {"login": user.email, "password": password})
    return client


def code_of(secret: str) -> str:
    cache.clear()  # a code counts once; the test types it twice within its half minute
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def enrol(client: Client, password: str = PASSWORD) -> str:
    client.post(reverse("account_reauthenticate"), {"password": password})
    assert client.get(reverse("mfa_activate_totp")).status_code == 200
    secret = client.session["mfa.totp.secret"]
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert answer.status_code == 302, answer.content.decode()
    return secret


def with_code(client: Client, secret: str) -> Client:
    answer = client.post(reverse("mfa_reauthenticate"), {"code": code_of(secret)})
    assert answer.status_code == 302
    return client


def age(client: Client, seconds: int) -> None:
    """Lets everything that this session has proved have been that long ago."""
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= seconds
    session.save()


def test_enrolling_in_one_session_opens_no_other(nora):
    """As it was found: a session with the password only got in once another one had enrolled."""
    thief, owner = sign_in(nora), sign_in(nora)
    enrol(owner)
    assert owner.get(BOARD).status_code == 200
    assert thief.get(BOARD)["Location"].startswith("/accounts/login/")  # ended by the enrolment


def test_a_session_with_the_password_only_is_asked(nora):
    secret = enrol(sign_in(nora))
    client = Client()
    client.force_login(nora)  # a session that was there before, whichever way it got in
    answer = client.get(BOARD)
    assert answer["Location"] == f"{reverse('mfa_reauthenticate')}?next=%2Fp%2Fharen%2Fboard%2F"
    partial = client.get(BOARD, headers={"HX-Request": "true", "HX-Current-URL": "http://testserver" + BOARD})
    assert partial.headers["HX-Redirect"].startswith(reverse("mfa_reauthenticate"))
    assert with_code(client, secret).get(BOARD).status_code == 200


def test_a_password_does_not_stand_in_for_the_second_factor(nora):
    """Neither for the pages of codes nor to take the second factor away."""
    enrol(sign_in(nora))
    client = Client()
    client.force_login(nora)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    for name in ("mfa_deactivate_totp", "mfa_generate_recovery_codes", "mfa_add_webauthn"):
        assert client.get(reverse(name))["Location"].startswith("/accounts/2fa/reauthenticate/"), name
    answer = client.get(reverse("mfa_view_recovery_codes"))
    shown = answer.content.decode() if answer.status_code == 200 else ""
    codes = RecoveryCodes(nora.authenticator_set.get(type="recovery_codes")).get_unused_codes()
    assert codes and not any(code in shown for code in codes)


def test_a_superuser_needs_it_too(haren):
    root = make_user("Iris Tech", password=PASSWORD, is_superuser=True)
    client = sign_in(root)
    assert client.get("/p/haren/people-and-rights/")["Location"] == reverse("mfa_index")
    enrol(client)
    assert client.get("/p/haren/people-and-rights/").status_code == 200


FRESH = {
    "people-and-rights/invite/",
    "people-and-rights/give/",
    "people-and-rights/<int:pk>/",
    "people-and-rights/<int:pk>/end/",
    "people-and-rights/<int:pk>/reinstate/",
    "people-and-rights/invited/<int:pk>/again/",
    "people-and-rights/invited/<int:pk>/withdraw/",
    "people/<int:pk>/merge/",
    "people/<int:pk>/merge/<int:merge>/undo/",
    "settings/emergency-pack/passphrase/",
}
"""Roles, merging, passphrase. A page under people-and-rights/ that is new is walked without being listed."""


def test_what_outlasts_a_session_asks_again(nora):
    client = sign_in(nora)
    secret = enrol(client)
    routes = {route.removeprefix("p/<slug:prison>/"): route for route, _pattern in prison_patterns()}
    risky = {
        short for short in routes if short.startswith("people-and-rights/") and short != "people-and-rights/"
    }
    assert {short for short in FRESH if "people-and-rights" in short} == risky
    age(client, 901)
    for short in FRESH:
        answer = client.post(address_of(routes[short]))
        assert answer.status_code == 422 and b"second_factor_code" in answer.content, short
    for address in (reverse("people:token_list"), reverse("prisons:job_file", args=["haren", 1])):
        assert "/2fa/reauthenticate/" in client.get(address)["Location"]
    assert client.get(BOARD).status_code == 200  # ordinary work goes on
    with_code(client, secret)
    assert client.get(address_of(routes["people-and-rights/give/"])).status_code == 200
    assert client.get(reverse("people:token_list")).status_code == 200


def test_what_was_typed_survives_a_stale_factor(nora, haren, service):
    """The form comes along, is done once the code fits, and nothing of it is kept on the server meanwhile."""
    client = sign_in(nora)
    secret = enrol(client)
    age(client, 901)
    address = reverse("prisons:invite", args=["haren"])
    typed = {
        "email": "nieuw@example.org",
        "role": "organiser",
        "organisation": str(service.pk),
        "full_name": "Nieuw",
        "language": "nl",
    }
    page = client.post(address, typed)
    shown = page.content.decode()
    assert page.status_code == 422 and all(f'value="{value}"' in shown for value in typed.values())
    assert "nieuw@example.org" not in str(dict(client.session)) and not Invitation.objects.exists()
    wrong = client.post(address, typed | {"second_factor_code": "000000"})
    assert wrong.status_code == 422 and "nieuw@example.org" in wrong.content.decode()
    done = client.post(address, typed | {"second_factor_code": code_of(secret)})
    assert done.status_code == 302 and Invitation.objects.get().email == "nieuw@example.org"
    rows = Reading.objects.filter(verb__startswith="confirm_identity").order_by("pk")
    assert [row.verb for row in rows][-2:] == ["confirm_identity_failed", "confirm_identity"]


def test_no_token_without_a_second_factor(nora):
    client = sign_in(nora)
    answer = client.post(
        reverse("people:token_list"), {"membership": nora.memberships.get().pk, "name": "wall"}
    )
    assert answer["Location"] == reverse("mfa_index") and not ApiToken.objects.exists()


# --- the states of an account ------------------------------------------------------------------------------


def reset_password(user: User) -> str:
    """Anonymously, by letter."""
    mail.outbox.clear()
    client = Client()
    client.post(reverse("account_reset_password"), {"email": user.email})
    work_off()
    link = re.search(r"https?://[^/\s]+(/\S*reset/key/\S+)", mail.outbox[-1].body)[1]
    form = client.get(link, follow=True)
    done = client.post(form.request["PATH_INFO"], {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    assert done.status_code == 302
    return NEW_PASSWORD


def by_invitation(haren: Prison, service) -> User:
    inviter = make_user()
    make_membership(inviter, haren, "coordinator", service)
    wish = {"role": "coordinator", "organisation": service, "by": inviter}
    _row, link = invitations.invite(haren, email="nieuw@example.org", **wish)
    path = "/" + link.split("/", 3)[3]
    Client().post(path, {"full_name": "Nieuw", "language": "nl", "password": PASSWORD})
    return User.objects.get(email="nieuw@example.org")


def by_console(haren: Prison, service) -> User:
    return User.objects.create_superuser("root@example.org", PASSWORD)


def by_old_row(haren: Prison, service) -> User:
    """Whose address an earlier reset has left unproved."""
    user = make_user("Oud Account", password=PASSWORD)
    make_membership(user, haren, "coordinator", service)
    EmailAddress.objects.create(user=user, email=user.email, verified=False, primary=False)
    return user


def by_first_reset(haren: Prison, service) -> User:
    """Without a password at all."""
    user = make_user("Zonder Wachtwoord")
    make_membership(user, haren, "coordinator", service)
    return user


@pytest.mark.parametrize("origin", [by_invitation, by_console, by_old_row, by_first_reset])
@pytest.mark.parametrize("resets", [0, 1, 2])
@pytest.mark.parametrize("is_enrolled", [False, True])
@pytest.mark.parametrize("asked_only", [False, True])
def test_every_state_of_an_account_has_a_way_in(haren, service, origin, resets, is_enrolled, asked_only):
    """Whatever an account came from, however often a stranger asks for letters: password, factor, board."""
    user = origin(haren, service)
    password = PASSWORD if user.has_usable_password() else reset_password(user)
    secret = enrol(sign_in(user, password), password) if is_enrolled else ""
    if asked_only:
        Client().post(reverse("account_reset_password"), {"email": user.email})
        work_off()
    for _time in range(resets):
        password = reset_password(user)
    client = sign_in(user, password)
    if is_enrolled:
        answer = client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
        assert answer.status_code == 302
    else:
        enrol(client, password)
    assert client.get(BOARD).status_code == 200
    assert not EmailAddress.objects.filter(user=user, verified=False).exists()


def test_the_walk_knows_every_way_in():
    """A new way to sign in belongs into the walk above."""
    names = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    assert {name for name in names if "login" in name and "confirm" not in name} <= {
        "account_login",
        "mfa_login_webauthn",
        "openid_connect_login",
        "socialaccount_login_cancelled",
        "socialaccount_login_error",
    }


def test_a_token_dies_with_a_password_reset(nora):
    _token, secret = create_token(nora.memberships.get(), "wall", by=nora)
    assert authenticate_token(secret)
    reset_password(nora)
    assert authenticate_token(secret) is None


def test_a_reset_ends_the_sessions_of_whoever_was_in(nora, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    client = sign_in(nora)
    assert client.get(BOARD).status_code == 200
    reset_password(nora)
    assert client.get(BOARD).status_code == 302


@pytest.mark.parametrize("host", ["localhost:1234", "127.0.0.1:80", "[::1]:9"])
def test_the_letter_leads_to_our_own_name(nora, settings, host):
    Client().post(reverse("account_reset_password"), {"email": nora.email}, headers={"host": host})
    work_off()
    assert f"{settings.BASE_URL}/accounts/password/reset/key/" in mail.outbox[0].body
    assert host not in mail.outbox[0].body.replace(settings.BASE_URL, "")


def test_totp_factory_is_what_the_pages_use(nora):
    """`enrol` goes by the pages; this keeps the shortcut for other tests honest."""
    secret = generate_totp_secret()
    TOTP.activate(nora, secret)
    client = Client()
    client.force_login(nora)
    assert with_code(client, secret).get(BOARD).status_code == 200


EXPORTS = {"people/<int:pk>/everything.json", "people/<int:pk>/everything.pdf", "jobs/<int:pk>/file/"}


def test_every_page_that_asks_again_is_known_and_does(nora):
    """Exports are asked for by opening them; the way back leads to the file, not past the question."""
    asking = {
        route.removeprefix("p/<slug:prison>/"): route
        for route, pattern in prison_patterns()
        if getattr(pattern.callback, "asks_for_fresh_factor", False)
    }
    assert set(asking) == FRESH | EXPORTS | {"support/"}
    client = sign_in(nora)
    enrol(client)
    age(client, 901)
    for short in EXPORTS:
        address = address_of(asking[short])
        assert client.get(address)["Location"].startswith(
            f"{reverse('mfa_reauthenticate')}?next=%2Fp%2Fharen"
        ), short
