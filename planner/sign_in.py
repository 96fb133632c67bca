"""How people get in: by invitation only, with their e-mail address."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.stagekit import clear_login
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from prisons.access import is_welcome
from prisons.models import User


class AccountAdapter(DefaultAccountAdapter):
    """allauth's behaviour, with the open door closed and its errors in the words of our pages."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("This e-mail address and this password do not belong together."),
        "enter_current_password": _("Give your present password."),
        "incorrect_password": _("This password is not right."),
        "too_many_login_attempts": _("Too many attempts. Wait a few minutes, then try again."),
    }

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
