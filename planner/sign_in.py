"""How people get in: by invitation only, with their e-mail address."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from prisons.access import is_welcome


class AccountAdapter(DefaultAccountAdapter):
    """allauth's behaviour, with the open door closed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class WelcomePeople(AuthenticationBackend):
    """allauth's check, which also runs on every request: people of the demo get in nowhere else."""

    def user_can_authenticate(self, user: Any) -> bool:
        return is_welcome(user)


def display_name(user: Any) -> str:
    """The name that mails and pages greet with."""
    return str(user)
