"""The second factor belongs to the session, not to the account: what this browser has proved, and how lately."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.base.forms import ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn.forms import ReauthenticateWebAuthnForm
from allauth.mfa.webauthn.internal import auth
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from core.dates import clock
from core.web import address, htmx
from prisons.domain.records import readings


def was_given(request: HttpRequest) -> bool:
    """True once this session has shown a code or a passkey."""
    return bool(_moments(request))


def is_fresh(request: HttpRequest) -> bool:
    """True when it did so within the last quarter of an hour."""
    return any(
        clock.now().timestamp() - at < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT for at in _moments(request)
    )


def _moments(request: HttpRequest) -> list[float]:
    if not request.user.is_authenticated:
        return []
    records = get_authentication_records(request, request.user)
    return [record["at"] for record in records if record.get("method") == "mfa"]


def note_enrolled(request: HttpRequest, kind: str) -> None:
    """Whoever has just set it up has shown it: nobody types two codes in a row."""
    record_authentication(request, request.user, "mfa", type=kind, reauthenticated=True)


P = ParamSpec("P")
View = Callable[Concatenate[Any, P], HttpResponseBase]


def fresh_second_factor(view: View[P]) -> Callable[..., HttpResponseBase]:
    """For what outlasts the session or opens more than a page: asks again after a quarter of an hour.

    A form is asked for when it is opened; one that was open too long is asked for in place, with what was typed.
    """

    @wraps(view)
    def asked(request: Any, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not settings.SECOND_FACTOR_REQUIRED or is_fresh(request):
            return view(request, *args, **kwargs)
        if request.method == "POST" and is_mfa_enabled(request.user) and not htmx.is_partial(request):
            return _ask_in_place(request) or view(request, *args, **kwargs)
        return ask(request, _("Say once more that it is you. Then do it again."))

    asked.asks_for_fresh_factor = True  # type: ignore[attr-defined]  # the walk over every URL reads it
    return asked


def ask(request: HttpRequest, why: str, why_first: str = "") -> HttpResponseBase:
    """To the page that asks for the code or passkey, and back; first to the one that sets it up."""
    if is_mfa_enabled(request.user):
        messages.info(request, why)
        target = f"{resolve_url(_way_of(request.user))}?{urlencode({'next': _back(request)})}"
    else:
        messages.warning(request, why_first or _("First set up a second step for signing in, then go on."))
        target = resolve_url("mfa_index")
    return htmx.redirect(target) if htmx.is_partial(request) else redirect(target)


def _way_of(user: Any) -> str:
    """The page for a code; for a passkey where somebody has no app: recovery codes are for the day it is gone."""
    is_passkey_only = is_mfa_enabled(user, [Authenticator.Type.WEBAUTHN]) and not is_mfa_enabled(
        user, [Authenticator.Type.TOTP]
    )
    return "mfa_reauthenticate_webauthn" if is_passkey_only else "mfa_reauthenticate"


CODE, CREDENTIAL = "second_factor_code", "second_factor_credential"
"""What the page in between adds to the fields of the form that it carries along."""
_OWN = {CODE, CREDENTIAL, "csrfmiddlewaretoken"}


def _ask_in_place(request: Any) -> HttpResponseBase | None:
    """A page that carries the sent fields along and asks for code or passkey; None once it was given with them.

    Nothing of it is kept on the server: what was typed may hold a name or a passphrase.
    """
    user, sent = request.user, request.POST
    is_typed = CODE in sent and not sent.get(
        CREDENTIAL
    )  # the field stays empty when somebody takes the passkey
    code = ReauthenticateForm(user=user, data={"code": sent[CODE]} if is_typed else None)
    passkey = ReauthenticateWebAuthnForm(
        user=user, data={"credential": sent[CREDENTIAL]} if sent.get(CREDENTIAL) else None
    )
    for form in (passkey, code):
        if form.is_bound:
            works = form.is_valid()
            readings.record(
                "confirm_identity" if works else "confirm_identity_failed", _page(request), by=user
            )
            if works:
                form.save()
                return None
    kinds = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    has_passkey = Authenticator.Type.WEBAUTHN in kinds
    context = {
        "sent": [(name, value) for name, values in sent.lists() if name not in _OWN for value in values],
        "errors": [*code.errors.get("code", []), *([_did_not_fit()] if passkey.errors else [])],
        "has_code": bool(kinds - {Authenticator.Type.WEBAUTHN}),
        "has_passkey": has_passkey,
        "js_data": {"request_options": auth.begin_authentication(user)} if has_passkey else None,
    }
    return render(request, "prisons/second_factor.html", context, status=422)


def _did_not_fit() -> str:
    return _("This passkey or security key did not fit. Try once more, or take another way.")


def _page(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""


def _back(request: HttpRequest) -> str:
    """The page in front of the person: what was posted is not sent again by itself."""
    if htmx.is_partial(request):
        return HtmxDetails(request).current_url_abs_path or "/"
    if request.method == "GET":
        return request.get_full_path()
    return address.of_this_site(request.headers.get("Referer"), request) or "/"
