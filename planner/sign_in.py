"""How people get in: by invitation only, with their e-mail address."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """allauth's behaviour, with the open door closed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


def display_name(user: Any) -> str:
    """The name that mails and pages greet with."""
    return str(getattr(user, "name", "") or user.email)
