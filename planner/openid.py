"""Signing in with the account of one's organisation (OpenID Connect). It says who somebody is, and gives no right.

A provider is believed about addresses of its own domains only, and only when it says that it has checked them:
otherwise one organisation could sign in as the people of another.
"""

from __future__ import annotations

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from prisons.models import User


class OpenIdAdapter(DefaultSocialAccountAdapter):
    """Finds the account that an invitation made, or lets nobody in."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        user = _vouched_for(sociallogin)
        if user is None:
            told = _(
                "Nobody here has the address with which your organisation knows you. You come in by invitation."
            )
            messages.error(request, told)
            raise ImmediateHttpResponse(redirect("account_login"))
        sociallogin.user = user


def _vouched_for(sociallogin: SocialLogin) -> User | None:
    """The account of the address that the provider has checked and may speak for. Asked anew each time."""
    claims = sociallogin.account.extra_data
    facts = claims.get("id_token", {}) | claims.get("userinfo", {})
    email = str(facts.get("email", "")).lower()
    domains = sociallogin.account.get_provider().app.settings.get("domains", [])
    if facts.get("email_verified") is not True or email.rpartition("@")[2] not in domains:
        return None
    return User.objects.filter(email=email).first()
