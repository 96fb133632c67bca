"""Signing in with the account of one's organisation, against a provider of its own process on loopback."""

import json
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import reverse

from core import environment
from prisons.models import Membership, User
from tests.factories import PASSWORD, make_membership, make_user

CLAIMS = [
    {"sub": "nora", "email": "nora.neuf@example.org", "email_verified": True},
    {"sub": "unknown", "email": "nobody@example.org", "email_verified": True},
    {"sub": "unchecked", "email": "nora.neuf@example.org", "email_verified": False},
    {"sub": "other-domain", "email": "otto@elsewhere.example", "email_verified": True},
    {"sub": "nameless"},
]


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    program = shutil.which("oidc-provider-mock") or str(Path(sys.executable).with_name("oidc-provider-mock"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    users = [part for claims in CLAIMS for part in ("--user-claims", json.dumps(claims))]
    process = subprocess.Popen(
        [program, "--port", str(port), *users], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    lines = process.stdout
    assert lines
    said = []
    for line in lines:
        said.append(line)
        if "Started" in line or "running on" in line:
            break
    else:
        pytest.fail("".join(said))
    rest = threading.Thread(target=lines.read, daemon=True)  # nobody waits for a full pipe
    rest.start()
    try:
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.wait()
        rest.join()
        lines.close()


@pytest.fixture
def provider(settings, issuer, monkeypatch):
    """Configured as an installation does it: by the environment."""
    for name, value in {
        "ISSUER": issuer,
        "CLIENT_ID": "tempo",
        "SECRET": "s",
        "DOMAINS": "example.org",
    }.items():
        monkeypatch.setenv(f"OIDC_BRUG_{name}", value)
    monkeypatch.setenv("OIDC_BRUG_TITLE", "De Brug")
    apps = environment.openid_apps(["brug"])
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": apps, "OAUTH_PKCE_ENABLED": True}}


@pytest.fixture
def nora(haren, service) -> User:
    user = make_user("Nora Neuf", password=PASSWORD)
    make_membership(user, haren, "organiser", service)
    return user


def sign_in(sub: str) -> Client:
    """Through the provider's own page and back."""
    client = Client(headers={"host": "localhost"})
    client.cookies["language"] = "en"
    away = client.post(reverse("openid_connect_login", args=["brug"]))
    assert away.status_code == 302, away.content.decode()[-2000:]
    back = requests.post(away["Location"], data={"sub": sub}, allow_redirects=False, timeout=20)
    parts = urlsplit(back.headers["Location"])
    answer = client.get(f"{parts.path}?{parts.query}")
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    client.last = answer["Location"]
    return client


def test_the_sign_in_page_offers_it(client, db, provider):
    client.cookies["language"] = "en"
    assert "Sign in with De Brug" in client.get(reverse("account_login")).content.decode()


def test_whoever_was_invited_gets_in_with_the_roles_of_the_invitation(provider, nora):
    before = list(Membership.objects.values())
    client = sign_in("nora")
    assert client.session["_auth_user_id"] == str(nora.pk)
    assert list(Membership.objects.values()) == before and User.objects.count() == 1


@pytest.mark.parametrize("sub", ["unknown", "unchecked", "other-domain", "nameless"])
def test_nobody_else_gets_in_and_nothing_is_made(provider, nora, sub):
    make_user("Otto Ander", email="otto@elsewhere.example")
    before = User.objects.count()
    client = sign_in(sub)
    assert "_auth_user_id" not in client.session and client.last == reverse("account_login")
    assert "by invitation" in client.get(client.last).content.decode()
    assert User.objects.count() == before and Membership.objects.count() == 1


def test_somebody_without_a_role_sees_no_prison(provider, nora):
    nora.memberships.all().delete()
    assert sign_in("nora").get("/p/haren/board/").status_code == 404


def test_it_is_no_second_factor(provider, nora, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    assert sign_in("nora").get("/p/haren/board/")["Location"] == reverse("mfa_index")


def test_a_closed_account_stays_closed(provider, nora):
    User.objects.update(is_active=False)
    assert "_auth_user_id" not in sign_in("nora").session


def test_a_sign_in_page_of_another_origin_may_be_gone_to(monkeypatch):
    """Without it a browser stops on the way, because the form goes where the policy does not allow."""
    monkeypatch.setenv("OIDC_BRUG_ISSUER", "https://login.debrug.be/tenant/")
    monkeypatch.setenv("OIDC_BRUG_DOMAINS", "debrug.be")
    [app] = environment.openid_apps(["brug"])
    assert app["settings"]["origins"] == ["https://login.debrug.be"]
    monkeypatch.setenv(
        "OIDC_BRUG_PAGES", "https://pages.example.net/authorize, https://mfa.example.net:8443/"
    )
    [app] = environment.openid_apps(["brug"])
    assert app["settings"]["origins"][1:] == ["https://pages.example.net", "https://mfa.example.net:8443"]


def test_a_provider_must_say_for_whom_it_speaks(monkeypatch):
    monkeypatch.setenv("OIDC_BRUG_ISSUER", "https://login.debrug.be")
    with pytest.raises(ImproperlyConfigured):
        environment.openid_apps(["brug"])


@pytest.mark.parametrize(
    ("claims", "is_believed"),
    [
        ({"id_token": {"iss": "https://id.example.org", "sub": "1"}, "userinfo": {"sub": "1"}}, True),
        ({"id_token": {"iss": "https://id.example.org/", "sub": "1"}}, True),
        ({"id_token": {"iss": "https://evil.example", "sub": "1"}, "userinfo": {"sub": "1"}}, False),
        ({"id_token": {"iss": "https://id.example.org", "sub": "1"}, "userinfo": {"sub": "2"}}, False),
        ({"userinfo": {"sub": "1"}}, False),
    ],
)
@pytest.mark.parametrize("ending", ["", "/", "/.well-known/openid-configuration"])
def test_a_provider_that_speaks_for_another_or_of_two_people_is_not_believed(claims, is_believed, ending):
    from planner.accounts.openid import _speaks_for_itself

    assert _speaks_for_itself(claims, "https://id.example.org" + ending) is is_believed


class LeadsElsewhere(BaseHTTPRequestHandler):
    """A provider that was taken over, and would have this machine ask something inside the house."""

    asked: list[str] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(302)
        self.send_header("Location", f"http://{self.headers['Host']}/inside")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


def test_where_a_provider_leads_nobody_goes(provider, nora, settings):
    LeadsElsewhere.asked.clear()
    with HTTPServer(("127.0.0.1", 0), LeadsElsewhere) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        [app] = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
        app["settings"]["server_url"] = f"http://127.0.0.1:{server.server_port}/"
        says_why()
        server.shutdown()
    assert len(LeadsElsewhere.asked) == 1 and "/inside" not in LeadsElsewhere.asked


def test_a_provider_that_is_away_is_no_page_that_broke(provider, nora, settings):
    [app] = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    app["settings"]["server_url"] = "http://127.0.0.1:1/"
    says_why()


def says_why() -> None:
    client = Client(headers={"host": "localhost"})
    client.cookies["language"] = "en"
    answer = client.post(reverse("openid_connect_login", args=["brug"]), follow=True)
    assert answer.status_code == 200 and "does not answer" in answer.content.decode()
