"""Wrong passwords stop whoever types them, behind a real proxy too, whatever X-Forwarded-For is made up."""

import contextlib
import http.client
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlencode, urlsplit

import pytest
from django.core.cache import cache
from django.test import RequestFactory
from django.urls import reverse

from core.web.network import UNKNOWN, client_network
from tests.factories import PASSWORD, make_membership, make_user

LOGIN = reverse("account_login")


@contextlib.contextmanager
def proxy(target: str) -> Iterator[int]:
    """What Caddy does: hands on the request and adds the address that it saw to X-Forwarded-For."""
    host = urlsplit(target).netloc

    class Handler(BaseHTTPRequestHandler):
        def _hand_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
            claimed = headers.get("X-Forwarded-For")
            seen = self.client_address[0]
            headers["X-Forwarded-For"] = f"{claimed}, {seen}" if claimed else seen
            behind = http.client.HTTPConnection(host, timeout=20)
            behind.request(self.command, self.path, body, headers)
            answer = behind.getresponse()
            content = answer.read()
            behind.close()
            self.send_response_only(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _hand_on

        def log_message(self, *_args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Visitor:
    """A browser at one address of the loopback network."""

    def __init__(self, port: int, address: str) -> None:
        self.port, self.address = port, address

    def _ask(self, method: str, body: str = "", **headers: str) -> tuple[int, str, list[str]]:
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=20, source_address=(self.address, 0)
        )
        connection.request(method, LOGIN, body, {"Host": f"localhost:{self.port}"} | headers)
        answer = connection.getresponse()
        text, cookies = answer.read().decode(), answer.headers.get_all("Set-Cookie") or []
        connection.close()
        return answer.status, text, cookies

    def sign_in(self, email: str, password: str, claimed: str) -> int:
        _status, page, cookies = self._ask("GET")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
        cookie = "; ".join(each.partition(";")[0] for each in cookies)
        body = urlencode({"login": email, "password": password, "csrfmiddlewaretoken": token})
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
        status, _text, _cookies = self._ask("POST", body, **headers, **{"X-Forwarded-For": claimed})
        return status


@pytest.fixture
def nora(haren, service):
    user = make_user("Nora Neuf", password=PASSWORD)
    make_membership(user, haren, "organiser", service)
    return user


@pytest.mark.django_db(transaction=True)
def test_whoever_guesses_stops_nobody_else_behind_the_proxy(live_server, settings, nora):
    settings.TRUSTED_PROXIES = 1
    other = make_user("Otto Ander", password=PASSWORD)
    cache.clear()
    with proxy(live_server.url) as port:
        guesser, colleague = Visitor(port, "127.0.0.2"), Visitor(port, "127.0.0.3")
        for number in range(20):  # another account and another made up address each time
            assert guesser.sign_in(f"somebody{number}@example.org", "wrong", f"203.0.113.{number}") == 200
        assert guesser.sign_in(nora.email, PASSWORD, "198.51.100.7") == 200  # the right one comes too late
        assert colleague.sign_in(nora.email, PASSWORD, "127.0.0.2") == 302  # nor can one borrow that
        for number in range(5):
            assert colleague.sign_in(nora.email, "wrong", f"203.0.113.{number}") == 200
        assert colleague.sign_in(nora.email, PASSWORD, "198.51.100.8") == 200  # five for one account
        assert colleague.sign_in(other.email, PASSWORD, "198.51.100.8") == 302  # which holds no other up


def request_from(peer: str, forwarded: str = ""):
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    return RequestFactory().get("/", headers=headers, REMOTE_ADDR=peer)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "network"),
    [
        (0, "203.0.113.5", "127.0.0.1"),
        (1, "", "127.0.0.1"),
        (1, "203.0.113.5", "203.0.113.5"),
        (1, "9.9.9.9, 203.0.113.5", "203.0.113.5"),
        (2, "9.9.9.9, 203.0.113.5, 10.0.0.1", "203.0.113.5"),
        (2, "203.0.113.5", "127.0.0.1"),
        (1, "rubbish", UNKNOWN),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        (1, "[2001:db8:1:2::1]", "2001:db8:1:2::"),
        (1, "::ffff:203.0.113.5", "203.0.113.5"),
    ],
)
def test_which_address_counts(settings, proxies, forwarded, network):
    settings.TRUSTED_PROXIES = proxies
    assert client_network(request_from("127.0.0.1", forwarded)) == network


def test_the_file_for_caddy_is_one_proxy():
    """The default behind https fits deploy/Caddyfile, which adds one address and trusts nobody's header."""
    from pathlib import Path

    from planner import settings as written

    caddy = Path("deploy/Caddyfile").read_text(encoding="utf-8")
    assert caddy.count("reverse_proxy ") == 1 and "trusted_proxies" not in caddy
    assert 'TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", default=1 if BEHIND_PROXY else 0)' in Path(
        written.__file__
    ).read_text(encoding="utf-8")
