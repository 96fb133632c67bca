"""The socket that requests come in by: kept open while the web server behind it is started anew.

Whoever connects meanwhile waits in the kernel's queue and is refused nothing. With deploy/planner.socket it is
systemd that holds it, so that not even an update refuses anybody.
"""

from __future__ import annotations

import os
import socket

BACKLOG = 1024
FIRST_FROM_SYSTEMD = 3


def open_socket(host: str, port: int) -> socket.socket:
    """The socket of systemd if it gave one, else a new one. Raises OSError when the port is taken."""
    given = _from_systemd()
    if given is not None:
        return given
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    listener.set_inheritable(True)
    return listener


def is_given() -> bool:
    """Whether systemd holds the socket: as sd_listen_fds(3) says, meant for this process alone."""
    return os.environ.get("LISTEN_PID") == str(os.getpid()) and bool(os.environ.get("LISTEN_FDS"))


def _from_systemd() -> socket.socket | None:
    """The first that was given, once: nobody whom we start shall take it for theirs."""
    if not is_given():
        return None
    del os.environ["LISTEN_PID"], os.environ["LISTEN_FDS"]
    listener = socket.socket(fileno=FIRST_FROM_SYSTEMD)
    listener.set_inheritable(True)
    return listener
