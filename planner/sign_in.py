"""How people get in: by invitation only, with their e-mail address."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.stagekit import clear_login
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from prisons.access import is_welcome
from prisons.models import User


class AccountAdapter(DefaultAccountAdapter):
    """allauth's behaviour, with the open door closed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        """People of the demo do not get in anywhere else, by password nor by passkey."""
        if not is_welcome(user):
            clear_login(request)
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **kwargs)

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMessage:
        """In the language of who gets the mail, not of whoever filled in the form."""
        to = email if isinstance(email, str) else email[0]
        language = User.objects.filter(email=to.lower()).values_list("language", flat=True).first()
        with translation.override(language or translation.get_language()):
            return super().render_mail(template_prefix, email, context, headers)


class WelcomePeople(AuthenticationBackend):
    """allauth's check, which also runs on every request: people of the demo get in nowhere else."""

    def user_can_authenticate(self, user: Any) -> bool:
        return is_welcome(user)


def display_name(user: Any) -> str:
    """The name that mails and pages greet with."""
    return str(user)
