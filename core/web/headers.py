"""Headers that every answer of the program carries: nothing is kept by a browser, no device is asked for."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

NO_STORE = "no-store, private"
_DEVICES = (
    "accelerometer",
    "browsing-topics",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "serial",
    "usb",
)
PERMISSIONS_POLICY = ", ".join(
    [*(f"{device}=()" for device in _DEVICES), "publickey-credentials-get=(self)", "fullscreen=(self)"]
)


class CarefulHeaders:
    """After whoever signed out, the back button shows nothing: no page is kept, whatever stands on it.

    Files that never hold a name (scripts, styles) and calendars are answered by doors before this one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if "no-store" not in response.get("Cache-Control", ""):
            response["Cache-Control"] = NO_STORE
        response["Permissions-Policy"] = PERMISSIONS_POLICY
        if _ends_the_session(response):
            # No "cache": nothing was kept there, and browsers take seconds to empty it.
            response["Clear-Site-Data"] = '"storage"'
        return response


def _ends_the_session(response: HttpResponseBase) -> bool:
    cookie = response.cookies.get(settings.SESSION_COOKIE_NAME)
    return cookie is not None and cookie["max-age"] == 0
