"""A mail server that misbehaves on purpose: it refuses addresses, is slow, or never says what came of a letter."""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class MailServer:
    """`answers` holds the codes for addresses that it does not simply take."""

    answers: Mapping[str, int] = field(default_factory=dict)
    slow_greeting: float = 0
    slow_data: float = 0
    """How long it thinks after the whole letter has come in."""
    hangs_up: bool = False
    """After the whole letter has come in, without a word."""
    letters: list[str] = field(default_factory=list)
    """Addresses of the letters that came in whole."""
    received: threading.Event = field(default_factory=threading.Event)
    port: int = 0


class _Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        server: MailServer = self.server.mail  # type: ignore[attr-defined]
        time.sleep(server.slow_greeting)
        self._say("220 here")
        to = ""
        for raw in self.rfile:
            line = raw.decode().strip()
            word = line.upper()
            if word.startswith("RCPT"):
                to = line.partition("<")[2].partition(">")[0]
                code = server.answers.get(to, 250)
                self._say(f"{code} {'ok' if code == 250 else 'no'}")
            elif word == "DATA":
                self._say("354 go on")
                self._take(server, to)
                if server.hangs_up:
                    return
            elif word == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _take(self, server: MailServer, to: str) -> None:
        while self.rfile.readline().strip() != b".":
            pass
        server.letters.append(to)
        server.received.set()
        if not server.hangs_up:
            time.sleep(server.slow_data)
            self._say("250 taken")

    def _say(self, line: str) -> None:
        try:
            self.wfile.write(f"{line}\r\n".encode())
        except OSError:
            return  # whoever was there has gone


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    block_on_close = False


@contextmanager
def mail_server(**behaviour: Any) -> Iterator[MailServer]:
    """On a free port of this machine, as long as the block lasts."""
    mail = MailServer(**behaviour)
    with _Server(("127.0.0.1", 0), _Talk) as server:
        server.mail = mail  # type: ignore[attr-defined]
        mail.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield mail
        server.shutdown()
