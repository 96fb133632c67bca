"""Nothing with a name, a code or a secret is kept by a browser: every address is walked."""

import datetime as dt
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from core import log
from core.dates import clock
from tests.factories import make_enrollment, make_membership, make_series, make_session, make_user, signed_in
from tests.test_strangers import address_of, prison_patterns

ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.django_db


@pytest.fixture
def everybody(haren, service):
    user = make_user("Alle Rollen", password="correct-horse-9")
    make_membership(user, haren, "coordinator", service)
    make_membership(user, haren, "worker", service)
    series = make_series(haren, organisation=service)
    make_session(series)
    make_enrollment(series)
    return user


def test_no_page_of_a_prison_is_kept(everybody):
    browser, kept = signed_in(everybody), {}
    for route, _pattern in prison_patterns():
        answer = browser.get(address_of(route))
        if "no-store" not in answer.get("Cache-Control", ""):
            kept[route] = answer.get("Cache-Control")
    assert kept == {}


@pytest.mark.parametrize(
    "address",
    ["/", "/me/", "/me/tokens/", "/invitations/abcdefgh/", "/accounts/login/", "/accounts/2fa/",
     "/accounts/2fa/recovery-codes/", "/accounts/2fa/recovery-codes/download/", "/accounts/2fa/totp/activate/",
     "/accounts/password/reset/key/1-abc/", "/api/v1/haren/rooms", "/.well-known/security.txt", "/nothing"],
)  # fmt: skip
def test_no_page_with_a_secret_is_kept(everybody, address):
    for browser in (Client(), signed_in(everybody)):
        answer = browser.get(address)
        assert "no-store" in answer["Cache-Control"]
        assert "camera=()" in answer["Permissions-Policy"]


def test_security_txt_is_what_programs_expect():
    text = Client().get("/.well-known/security.txt").content.decode()
    fields = dict(line.split(": ", 1) for line in text.splitlines())
    assert fields["Contact"].startswith(("mailto:", "https:"))
    left = dt.datetime.fromisoformat(fields["Expires"]) - clock.now()
    assert dt.timedelta(days=100) < left < dt.timedelta(days=365)
    assert (ROOT / "SECURITY.md").is_file()


SECRETS = [
    "/ical/SECRETSECRET.ics",
    "/invitations/SECRETSECRET/",
    "/notices/SECRETSECRET/",
    "/notices/staff/SECRETSECRET/",
    "/accounts/password/reset/key/1-SECRET-SECRET/",
    "/p/haren/search/?q=SECRET",
    "/p/haren/people/?unit=3&q=SECRET%20JAN&page=2",
]


@pytest.mark.parametrize("address", SECRETS)
def test_the_log_of_the_proxy_holds_no_secret_and_no_searched_word(address):
    found = re.search(r'request>uri regexp "(.+)" "(.+)"', (ROOT / "deploy" / "Caddyfile").read_text())
    written = re.sub(found[1], lambda match: (match[1] or "") + "[hidden]", address)
    assert found[2] == "${1}[hidden]" and "SECRET" not in written and "[hidden]" in written


@pytest.mark.skipif(not shutil.which("caddy"), reason="reads the file as Caddy does")
def test_nor_does_its_log_of_faults():
    """A program that does not answer is written down with the address that was asked: there too without secrets."""
    told = subprocess.run(
        ["caddy", "adapt", "--config", ROOT / "deploy" / "Caddyfile", "--adapter", "caddyfile"],
        check=True,
        capture_output=True,
    )
    logs = json.loads(told.stdout)["logging"]["logs"]
    assert "default" in logs and len(logs) > 1
    for name, log_ in logs.items():
        fields = log_.get("encoder", {}).get("fields", {})
        assert fields.get("request>uri", {}).get("filter") == "regexp", name
        assert {"request>headers>Cookie", "request>headers>Referer", "resp_headers>Location"} <= set(
            fields
        ), name


@pytest.mark.parametrize("address", SECRETS)
def test_neither_does_our_own_log(address):
    assert "SECRET" not in log.blot(f'"GET {address} HTTP/1.1" 500')


def test_files_are_private_whatever_the_umask(tmp_path):
    data = tmp_path / "data"
    data.mkdir(mode=0o755)
    script = (
        "import django; django.setup(); from django.conf import settings as s; "
        "open(s.DATA_DIR / 'new', 'w'); (s.DATA_DIR / 'folder').mkdir()"
    )
    environment = os.environ | {
        "DATA_DIR": str(data),
        "DATABASE_URL": "",
        "DJANGO_SETTINGS_MODULE": "planner.settings",
    }
    subprocess.run(
        ["sh", "-c", f'umask 000; exec "{sys.executable}" -c "{script}"'],
        cwd=ROOT,
        env=environment,
        check=True,
    )
    modes = {path.name: path.stat().st_mode & 0o777 for path in (data, data / "new", data / "folder")}
    assert modes == {"data": 0o700, "new": 0o600, "folder": 0o700}


def test_the_check_says_what_others_can_read(settings, tmp_path, monkeypatch):
    from planner.operations.checks import backups_are_encrypted, nobody_else_reads

    (tmp_path / "backups").mkdir(mode=0o700)
    settings.DATA_DIR, settings.BASE_DIR, settings.BACKUP_FOLDER = tmp_path, tmp_path, tmp_path / "backups"
    monkeypatch.setitem(settings.DATABASES["default"], "NAME", tmp_path / "planner.sqlite3")
    for name in (".env", "planner.sqlite3", "secret_key", "backups/monday.backup"):
        (tmp_path / name).touch(mode=0o600)
    assert nobody_else_reads(None) == []
    for name in (".env", "planner.sqlite3", "backups/monday.backup"):
        (tmp_path / name).chmod(0o644)
        assert name in nobody_else_reads(None)[0].msg
        (tmp_path / name).chmod(0o600)
    assert [each.id for each in backups_are_encrypted(None)] == ["planner.W002"]
    settings.BACKUP_RECIPIENTS = ["age1something"]
    assert backups_are_encrypted(None) == []
