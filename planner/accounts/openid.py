"""Signing in with the account of one's organisation (OpenID Connect). It says who somebody is, and gives no right.

A provider is believed about addresses of its own domains only, and only when it says that it has checked them:
otherwise one organisation could sign in as the people of another.
"""

from __future__ import annotations

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.openid_connect import views as openid_views
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from requests.exceptions import RequestException

from prisons.models import User


class OpenIdAdapter(DefaultSocialAccountAdapter):
    """Finds the account that an invitation made, or lets nobody in."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def get_requests_session(self) -> Any:
        """A provider answers where it was configured: led elsewhere, this machine would ask whatever it is told to."""
        session = super().get_requests_session()
        session.max_redirects = 0
        return session

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        user = _vouched_for(sociallogin)
        if user is None:
            told = _(
                "Nobody here has the address with which your organisation knows you. You come in by invitation."
            )
            messages.error(request, told)
            raise ImmediateHttpResponse(redirect("account_login"))
        sociallogin.user = user


def begin(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """On to the page of the provider; back to our own, with a sentence, when that provider does not answer."""
    try:
        return openid_views.login(request, provider_id)
    except RequestException:
        told = _(
            "Your organisation’s sign-in does not answer. Try again later, or sign in with your password."
        )
        messages.error(request, told)
        return redirect("account_login")


def _vouched_for(sociallogin: SocialLogin) -> User | None:
    """The account of the address that the provider has checked and may speak for. Asked anew each time."""
    claims = sociallogin.account.extra_data
    settings = sociallogin.account.get_provider().app.settings
    if not _speaks_for_itself(claims, settings["server_url"]):
        return None
    facts = claims["id_token"] | claims.get("userinfo", {})
    email = str(facts.get("email", "")).lower()
    domains = settings.get("domains", [])
    if facts.get("email_verified") is not True or email.rpartition("@")[2] not in domains:
        return None
    return User.objects.filter(email=email).first()


def _speaks_for_itself(claims: dict[str, Any], issuer: str) -> bool:
    """The token is of the provider that was configured, whatever its own description says, and of one person."""
    token, told = claims.get("id_token", {}), claims.get("userinfo", {})
    is_same_person = not told or told.get("sub") == token.get("sub")
    return _bare(str(token.get("iss", ""))) == _bare(issuer) and is_same_person


def _bare(issuer: str) -> str:
    """OIDC_…_ISSUER may be the address of the description itself, as allauth allows."""
    return issuer.removesuffix("/.well-known/openid-configuration").rstrip("/")
