"""Middleware that notices what a request read of names, who was refused, and who came in; and writes it down.

It asks no view and needs no list of addresses: whatever answer is made of a name is recorded, whichever way the
name was read (`core/words/names.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.internal.stagekit import unstash_login
from allauth.account.utils import url_str_to_user_pk
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponseBase

from core.words import names
from core.words.names import NamesRead
from prisons import support
from prisons.domain.records import readings
from prisons.models import Prison, User

SHOWN = {200, 206, 409, 422}
"""Answers that show something; a redirect after an act shows nothing, and the act is audited by itself."""
REFUSED = {401, 403, 429}

_ENTRANCE: dict[str, tuple[str, str]] = {
    "account_login": ("sign_in", "sign_in_failed"),
    "account_logout": ("sign_out", "sign_out"),
    "account_reset_password": ("ask_reset", "ask_reset"),
    "account_reset_password_from_key": ("reset_password", "reset_password_failed"),
    "account_change_password": ("change_password", "change_password_failed"),
    "account_reauthenticate": ("confirm_identity", "confirm_identity_failed"),
    "mfa_reauthenticate": ("confirm_identity", "confirm_identity_failed"),
    "mfa_reauthenticate_webauthn": ("confirm_identity", "confirm_identity_failed"),
    "mfa_authenticate": ("second_factor", "second_factor_failed"),
    "mfa_login_webauthn": ("sign_in", "sign_in_failed"),
    "mfa_activate_totp": ("change_second_factor", "change_second_factor_failed"),
    "mfa_deactivate_totp": ("change_second_factor", "change_second_factor_failed"),
    "mfa_add_webauthn": ("change_second_factor", "change_second_factor_failed"),
    "mfa_remove_webauthn": ("change_second_factor", "change_second_factor_failed"),
    "mfa_generate_recovery_codes": ("change_second_factor", "change_second_factor_failed"),
}
"""Address of the entrance -> what it means when it worked, and when it did not."""
_PROVIDER = "openid_connect_callback"
"""Where a provider sends somebody back to: the only entrance that is no form."""


class ReadingWatch:
    """Opens a look for each request and records what came of it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        account, knocking = signed_in_pk(request), _who_knocks(request)
        with names.looking(is_masked=support.of(request) is not None) as look:
            response = self.get_response(request)
        if (verb := _verb(request, response, look, account)) is not None:
            by = _reader(request) or knocking or _of_letter(request)
            readings.record(
                verb,
                _page(request),
                prison_id=_prison_id(request),
                by=by,
                object_id=_number(request),
                people=look.people if verb in SEEING else (),
                is_masked=look.is_masked,
            )
        return response


SEEING = {"see", "see_file", "search_names"}


def signed_in_pk(request: HttpRequest) -> str:
    """The account of this session as it is now, without a query for whoever brings no cookie."""
    if settings.SESSION_COOKIE_NAME in request.COOKIES or request.session.modified:
        return str(request.session.get(SESSION_KEY, ""))
    return ""


def _who_knocks(request: HttpRequest) -> User | None:
    """Whose sign-in this is about before anybody is signed in: after the password, or by the typed address."""
    if not request.path_info.startswith("/accounts/") or request.method != "POST":
        return None
    if signed_in_pk(request):
        return request.user if isinstance(request.user, User) else None
    login = unstash_login(request, peek=True)
    if login is not None and isinstance(login.user, User):
        return login.user
    email = (request.POST.get("login") or request.POST.get("email", "")).strip().lower()
    return User.objects.filter(email=email).first() if email and "\0" not in email else None


def _of_letter(request: HttpRequest) -> User | None:
    """Whose password a letter leads to."""
    code = request.resolver_match.kwargs.get("uidb36", "") if request.resolver_match else ""
    try:
        return User.objects.filter(pk=url_str_to_user_pk(code)).first() if code else None
    except (ValueError, OverflowError):
        return None


def _verb(request: HttpRequest, response: HttpResponseBase, look: NamesRead, before: str) -> str | None:
    after = signed_in_pk(request)
    if entrance := _entrance(request, response, before, after):
        return entrance
    if response.status_code in REFUSED or _is_stranger(request, response, after):
        return "refused"
    if response.status_code not in SHOWN or not (look.has_names or look.was_asked):
        return None
    if not look.has_names:
        return "search_names"  # that nobody is found is an answer too
    if "attachment" in response.get("Content-Disposition", "") or _is_file(response):
        return "see_file"
    return "search_names" if request.GET.get("q", "").strip() else "see"


def _entrance(request: HttpRequest, response: HttpResponseBase, before: str, after: str) -> str | None:
    name = _page(request)
    worked, failed = _ENTRANCE.get(name, ("sign_in", "sign_in_failed"))
    if after and after != before:
        return worked if worked in ("second_factor", "reset_password") else "sign_in"
    if name == _PROVIDER:
        return None if after else _half_way(request, failed)
    if name not in _ENTRANCE or request.method != "POST":
        return None
    if response.status_code != 302:
        return failed
    if worked == "sign_in" and not after:
        return _half_way(request, failed)
    return failed if name == "mfa_authenticate" and not after else worked


def _half_way(request: HttpRequest, failed: str) -> str:
    """Let in as far as the second step, or not at all: a closed account, a passkey or provider that does not fit."""
    return "give_password" if unstash_login(request, peek=True) is not None else failed


def _is_stranger(request: HttpRequest, response: HttpResponseBase, account: str) -> bool:
    """Signed in, and asked for a page that exists for a row or a prison that does not, for this reader."""
    return response.status_code == 404 and bool(account) and request.resolver_match is not None


def _is_file(response: HttpResponseBase) -> bool:
    return not response.get("Content-Type", "").startswith("text/html")


def _page(request: HttpRequest) -> str:
    match = request.resolver_match
    return (match.view_name if match else "")[:80]


def _number(request: HttpRequest) -> int | None:
    match = request.resolver_match
    number = match.kwargs.get("pk") if match else None
    return number if isinstance(number, int) else None


def _prison_id(request: HttpRequest) -> int | None:
    prison: Prison | None = getattr(request, "prison", None)
    if prison is not None:
        return prison.pk
    slug = request.resolver_match.kwargs.get("prison", "") if request.resolver_match else ""
    return Prison.objects.filter(slug=slug).values_list("pk", flat=True).first() if slug else None


def _reader(request: Any) -> User | None:
    """Whoever is signed in, or whose token a program brought."""
    return request.user if request.user.is_authenticated else None
