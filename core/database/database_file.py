"""The file of an embedded database, and what a process keeps of it that was opened at a bad moment."""

from __future__ import annotations

import logging
import os
import signal
import sys
from pathlib import Path

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.views import defaults

logger = logging.getLogger("tempo.serve")


def can_be_written() -> bool:
    if connection.vendor != "sqlite":
        return True
    file = Path(connection.settings_dict["NAME"])
    return os.access(file, os.W_OK) and os.access(file.parent, os.W_OK)


def server_error(request: HttpRequest) -> HttpResponse:
    """Our 500. What SQLite opened while its folder was read-only stays so for every thread, for as long as one of
    them has it open: once the folder can be written to again this process ends, and the web server starts another.
    """
    if "readonly database" in str(sys.exc_info()[1]) and can_be_written():
        logger.critical("The database can be written to again: this process ends, and another one opens it.")
        os.kill(os.getpid(), signal.SIGTERM)
    return defaults.server_error(request)
