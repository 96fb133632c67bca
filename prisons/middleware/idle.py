"""Whoever sees names is signed out after an hour without doing anything, and everybody after a working day.

Shared computers stand open; and a session that somebody has stolen ends, however busily it is used.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from core.dates import clock
from prisons.access import RIGHTS_OF_ROLE, Right, to_sign_in
from prisons.models import Membership, User

SEEN, BEGUN = "seen_at", "begun_at"
POLL = "X-Poll"
"""What a page asks by itself carries this header: a screen that nobody looks at is no activity."""
_STEP = 60
"""Seconds between two notes of activity: not every page writes."""


class IdleLimit:
    """Middleware: signs out who was away too long or came in too long ago, and notes who was not."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # Without a session cookie there is nobody to look up.
        if settings.SESSION_COOKIE_NAME in request.COOKIES and isinstance(request.user, User):
            if self._was_away_too_long(request, request.user):
                return _sign_out(request, _nothing_done())
            if _came_in_too_long_ago(request):
                return _sign_out(request, _day_is_over())
            if POLL not in request.headers:
                _note(request)
        return self.get_response(request)

    def _was_away_too_long(self, request: HttpRequest, user: User) -> bool:
        seen, limit = request.session.get(SEEN), settings.IDLE_MINUTES * 60
        if not limit or seen is None or clock.now().timestamp() - seen < limit:
            return False
        return sees_names(user)


def sees_names(user: User) -> bool:
    """In any prison, or whoever installs."""
    seeing = [role for role, rights in RIGHTS_OF_ROLE.items() if Right.SEE_NAMES in rights]
    rows = Membership.objects.live_on(clock.today()).filter(user=user, role__in=seeing)
    return user.is_superuser or rows.exists()


def _came_in_too_long_ago(request: HttpRequest) -> bool:
    limit = settings.SESSION_HOURS * 3600
    return bool(limit) and clock.now().timestamp() - request.session.get(BEGUN, math.inf) >= limit


def _note(request: HttpRequest) -> None:
    now = int(clock.now().timestamp())
    if now - request.session.get(SEEN, 0) >= _STEP:
        request.session[SEEN] = now
        request.session.setdefault(BEGUN, now)
        UserSession.objects.create_from_request(request)


def _sign_out(request: HttpRequest, why: str) -> HttpResponseBase:
    """The page that was asked for comes back after signing in; what was posted does not."""
    logout(request)
    messages.info(request, why)
    return to_sign_in(request)


def _nothing_done() -> str:
    return _("You were signed out, because nothing was done for %(minutes)s minutes.") % {
        "minutes": settings.IDLE_MINUTES
    }


def _day_is_over() -> str:
    return _("You signed in %(hours)s hours ago. Sign in again to go on.") % {"hours": settings.SESSION_HOURS}
