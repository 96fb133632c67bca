"""A session that has just proved more than before goes on under a new key: who knew the old one has nothing."""

from __future__ import annotations

from collections.abc import Callable

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponseBase


class NewKey:
    """Middleware. Signing in changes the key by itself; this does it for a second step and for proving it again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method != "POST" or settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return self.get_response(request)
        key, proved = request.session.session_key, _proved(request.session)
        response = self.get_response(request)
        if key and key == request.session.session_key and _has_proved_more(request.session, proved):
            request.session.cycle_key()
            UserSession.objects.filter(session_key=key).update(session_key=request.session.session_key)
        return response


def _proved(session: SessionBase) -> list[object]:
    return list(session.get(AUTHENTICATION_METHODS_SESSION_KEY, ()))


def _has_proved_more(session: SessionBase, before: list[object]) -> bool:
    return SESSION_KEY in session and _proved(session) != before
