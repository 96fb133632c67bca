"""Answers to HTMX: parts of pages, events for other regions, other pages."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers


def is_partial(request: HttpRequest) -> bool:
    """HTMX asks for a part; a boosted link or a page restored from history wants the whole page."""
    htmx = getattr(request, "htmx", None)
    return bool(htmx and not htmx.boosted and not htmx.history_restore_request)


def render_part(
    request: HttpRequest, page: str, part: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """The partial template for HTMX, the full page for everyone else, kept apart in caches."""
    response = render(request, part if is_partial(request) else page, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def trigger(response: HttpResponse, event: str, **facts: Any) -> HttpResponse:
    """Tell the other regions of the page that something changed: `hx-trigger="EVENT from:body"`."""
    events = json.loads(response.headers.get("HX-Trigger", "{}"))
    response["HX-Trigger"] = json.dumps({**events, event: facts})
    return response


def redirect(to: str) -> HttpResponse:
    """Send the whole browser to another page (HTMX would swap a plain redirect into the part)."""
    return HttpResponse(headers={"HX-Redirect": to})
