"""A number for each request, on every line of the log that is written meanwhile, and one line for each answer.

The line names the route (`p/<slug:prison>/people/<int:pk>/`), never the address: that may hold a secret, a person's
number, or a name that somebody searched.
"""

from __future__ import annotations

import json
import logging
import re
import time
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from django.http import HttpRequest, HttpResponseBase

from core.log import blot, trace_of

logger = logging.getLogger("tempo.request")

HEADER = "X-Request-ID"
_GIVEN = re.compile(r"[A-Za-z0-9-]{8,64}")
_KEPT = "planner.request_number"
_number: ContextVar[str] = ContextVar("request_number", default="")


class RequestLog:
    """Middleware. A number that a proxy gave is taken over, so that both logs can be laid side by side."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get(HEADER, "")
        number = given if _GIVEN.fullmatch(given) else uuid.uuid4().hex
        request.META[_KEPT] = number
        token, began = _number.set(number), time.monotonic()
        try:
            response = self.get_response(request)
            response[HEADER] = number
            _tell(request, response.status_code, time.monotonic() - began)
            return response
        finally:
            _number.reset(token)


def route_of(request: HttpRequest) -> str:
    """The pattern of the address, with the names of its parts instead of what stood there."""
    return request.resolver_match.route if request.resolver_match else "-"


def _tell(request: HttpRequest, status: int, seconds: float) -> None:
    facts = {
        "method": request.method,
        "route": route_of(request),
        "status": status,
        "ms": round(seconds * 1000),
    }
    logger.info("%(method)s %(route)s %(status)s %(ms)s ms", facts, extra={"facts": facts})


class WithRequest(logging.Filter):
    """Gives each record the number of its request; never drops one."""

    def filter(self, record: logging.LogRecord) -> bool:
        # Django tells of a refusal when every middleware has been left already.
        asked = getattr(getattr(record, "request", None), "META", {})
        number = _number.get() or asked.get(_KEPT, "")
        record.request_number = number
        record.request_mark = f" [{number}]" if number else ""
        return True


class JsonLine(logging.Formatter):
    """One object a line, for programs that collect logs."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": record.name,
            "message": blot(record.getMessage()),
        }
        if number := getattr(record, "request_number", ""):
            line["request"] = number
        line |= getattr(record, "facts", {})
        if record.exc_info:
            line["trace"] = trace_of(self, record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)
