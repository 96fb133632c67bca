"""Behind Caddy and behind nginx, with the files of deploy/: who is counted, and what their logs hold."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import ssl
import subprocess
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.plugins.databases import ROOT, free_port
from tests.proof.hand import Hand
from tests.proof.node import Node, until
from tests.proof.test_booking_race import environment_of

pytestmark = pytest.mark.proof

SECRETS = [
    "/accounts/password/reset/key/3-cx1abc-0123456789abcdef/",
    "/ical/abcdefghijklmnopqrstuvwxyz.ics",
    "/invitations/abcdefghijklmnop/",
    "/notices/staff/abcdefghijklmnop/",
    "/p/race/people/?q=Geheimnaam",
]


PERSON = """
from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password
karim = make_user("Karim Haddad")
karim.password = make_password("een lang wachtwoord", hasher=PBKDF2PasswordHasher())
karim.save()
None
"""


class Front:
    """A proxy with a certificate of its own, and the log that it writes."""

    def __init__(self, name: str, folder: Path, upstream: int) -> None:
        self.name, self.folder, self.port, self.clear = name, folder, free_port(), free_port()
        self.log = folder / "proxy.log"
        write = {"caddy": self._caddy, "nginx": self._nginx}[name]
        with (folder / "said").open("wb") as said:
            self.process = subprocess.Popen(
                write(upstream), cwd=folder, env={"HOME": str(folder), "PATH": "/usr/sbin:/usr/bin:/bin"},
                stdout=subprocess.DEVNULL, stderr=said,
            )  # fmt: skip

    def _caddy(self, upstream: int) -> list[str]:
        text, clear = (ROOT / "deploy" / "Caddyfile").read_text().split("# People are led on")
        name = "{$PLANNER_HOST:planner.example.org}"
        clear = f"#{clear}".replace(f"http://{name}", f"http://localhost:{self.clear}")
        text = text.replace(f"{name} {{", f"https://localhost:{self.port} {{\n\ttls internal")
        text = text.replace("{$UPSTREAM:127.0.0.1:8000}", f"127.0.0.1:{upstream}")
        text = text.replace("/var/log/caddy/planner.log", str(self.log))
        text = text.replace(
            "\tlog default",
            "\tadmin off\n\tskip_install_trust\n\tauto_https disable_redirects\n\tlog default",
        )
        (self.folder / "Caddyfile").write_text(text + clear)
        return ["caddy", "run", "--config", "Caddyfile", "--adapter", "caddyfile"]

    def _nginx(self, upstream: int) -> list[str]:
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
             "-keyout", self.folder / "key.pem", "-out", self.folder / "cert.pem"],
            check=True, capture_output=True,
        )  # fmt: skip
        text = (ROOT / "deploy" / "nginx.conf").read_text()
        text = text.replace("listen 443", f"listen 127.0.0.1:{self.port}").replace(
            "listen 80;", f"listen 127.0.0.1:{self.clear};"
        )
        text = text.replace(
            "/etc/letsencrypt/live/planner.example.org/fullchain.pem", str(self.folder / "cert.pem")
        )
        text = text.replace(
            "/etc/letsencrypt/live/planner.example.org/privkey.pem", str(self.folder / "key.pem")
        )
        text = text.replace("/var/log/nginx/planner.log", str(self.log)).replace(
            "/var/log/nginx/planner.error.log", str(self.folder / "error.log")
        )
        text = text.replace("server_name planner.example.org", "server_name localhost")
        text = text.replace("127.0.0.1:8000", f"127.0.0.1:{upstream}")
        paths = "".join(
            f"{kind}_temp_path {self.folder}/{kind};\n"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (self.folder / "nginx.conf").write_text(
            f"daemon off;\npid {self.folder}/pid;\nevents {{}}\nhttp {{\n{paths}{text}\n}}\n"
        )
        return [
            "nginx",
            "-p",
            str(self.folder),
            "-c",
            str(self.folder / "nginx.conf"),
            "-e",
            str(self.folder / "e.log"),
        ]

    def ask(
        self, path: str, *, sent: dict[str, str] | None = None, host: str = "127.0.0.1", cookie: str = ""
    ):
        """From a loopback address of one's own: each of them is another network."""
        context = ssl._create_unverified_context()
        connection = http.client.HTTPSConnection(
            "localhost", self.port, timeout=30, context=context, source_address=(host, 0)
        )
        headers = {"Host": f"localhost:{self.port}", "Accept-Language": "en"} | (
            {"Cookie": cookie} if cookie else {}
        )
        headers["X-Forwarded-For"] = "203.0.113.7"  # a stranger's word, which counts for nothing
        headers["Referer"] = f"https://localhost:{self.port}/accounts/login/"
        if sent is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            body = urllib.parse.urlencode(sent) if sent is not None else None
            connection.request("POST" if sent is not None else "GET", path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace"), answer.getheader("Set-Cookie") or ""
        finally:
            connection.close()

    def sign_in(self, email: str, password: str, host: str) -> tuple[int, str]:
        _status, page, cookie = self.ask("/accounts/login/", host=host)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token, page[:500]
        sent = {"login": email, "password": password, "csrfmiddlewaretoken": token[1]}
        status, text, _cookie = self.ask(
            "/accounts/login/", sent=sent, host=host, cookie=cookie.partition(";")[0]
        )
        return status, text


@pytest.fixture(scope="module", params=["caddy", "nginx"])
def front(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Front, Hand]]:
    if shutil.which(request.param, path="/usr/sbin:/usr/bin:/usr/local/bin") is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(
            f"no {request.param} here (apt-get install it)"
        )
    folder = tmp_path_factory.mktemp(request.param)
    environment = dict(environment_of("sqlite", folder))
    with Hand(environment) as hand:
        hand.do(
            "from django.core.management import call_command; call_command('createcachetable', verbosity=0); None"
        )
        hand.do(PERSON)  # with the hash that a real machine checks, not the quick one of tests
        node = Node(environment, folder / "log", only="web")
        one = Front(request.param, folder, node.port)
        node.environment["BASE_URL"] = f"https://localhost:{one.port}"
        with node:
            try:
                until(lambda: _answers(one), f"the proxy answers: {(folder / 'said').read_text()[-2000:]}")
                yield one, hand
            finally:
                one.process.terminate()
                one.process.wait(timeout=20)


def _answers(front: Front) -> bool:
    try:
        return front.ask("/healthz")[0] == 200
    except (OSError, http.client.HTTPException):
        return False


def test_one_guesser_stops_nobody_else(front: tuple[Front, Hand]) -> None:
    """Twenty-two wrong passwords from one network, for many accounts; then somebody signs in from another."""
    proxy, hand = front
    email = hand.do("User.objects.get(full_name='Karim Haddad').email")
    for number in range(22):
        proxy.sign_in(f"nobody{number}@example.org", "falsch", "127.0.0.2")
    assert "Too many" in proxy.sign_in("nobody@example.org", "falsch", "127.0.0.2")[1]
    status, page = proxy.sign_in(email, "een lang wachtwoord", "127.0.0.3")
    assert status == 302, page


def test_the_log_of_the_proxy_holds_no_secret(front: tuple[Front, Hand]) -> None:
    proxy, _hand = front
    for path in SECRETS:
        proxy.ask(path)
    proxy.ask("/healthz?last=one")
    until(
        lambda: proxy.log.exists() and proxy.log.read_text().count("\n") > len(SECRETS), "the log is written"
    )
    written = proxy.log.read_text()
    for word in ("0123456789abcdef", "abcdefghij", "Geheimnaam", "een lang"):
        assert word not in written
    assert "[hidden]" in written


def test_whoever_comes_while_the_program_stands_still_waits(front: tuple[Front, Hand]) -> None:
    """The web server is killed: the socket stays, and the proxy's next request is answered, late."""
    proxy, _hand = front
    for child in Path("/proc").glob("[0-9]*"):
        try:
            words = (child / "cmdline").read_bytes()
            mine = f"BASE_URL=https://localhost:{proxy.port}".encode() in (child / "environ").read_bytes()
        except OSError:
            continue
        if mine and b"gunicorn" in words:
            os.kill(int(child.name), signal.SIGKILL)
    assert proxy.ask("/accounts/login/")[0] == 200


def test_people_are_led_to_https_and_programs_are_not(front: tuple[Front, Hand]) -> None:
    """A program that was led on would send its token in the clear each time."""
    proxy, _hand = front
    answers = {}
    for path in ("/p/race/board/", "/api/v1/race/sessions"):
        connection = http.client.HTTPConnection("localhost", proxy.clear, timeout=30)
        connection.request("GET", path, headers={"Authorization": "Bearer x"})
        answer = connection.getresponse()
        answers[path] = (answer.status, (answer.getheader("Location") or "")[:8], b"clear" in answer.read())
        connection.close()
    assert answers == {
        "/p/race/board/": (301, "https://", False),
        "/api/v1/race/sessions": (403, "", True),
    }
