"""How people get in: by invitation only, with their e-mail address."""

from typing import Any
from urllib.parse import quote

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.forms import ResetPasswordForm, ResetPasswordKeyForm
from allauth.account.internal.stagekit import clear_login
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from allauth.usersessions.internal.flows.sessions import end_other_sessions
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.web.network import client_network
from planner.accounts import letters
from prisons.access import is_welcome
from prisons.domain.people.accounts import password_was_reset, verify_address
from prisons.signing_in import second_factor


class AccountAdapter(DefaultAccountAdapter):
    """allauth's behaviour, with the open door closed and its errors in the words of our pages."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("This e-mail address and this password do not belong together."),
        "enter_current_password": _("Give your present password."),
        "incorrect_password": _("This password is not right."),
        "too_many_login_attempts": _("Too many attempts. Wait a few minutes, then try again."),
    }

    def get_client_ip(self, request: HttpRequest) -> str:
        """What limits count by, and what "My sessions" shows."""
        return client_network(request)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """By our own name: the Host header, with whatever port, comes from whoever asked for the letter."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.BASE_URL + path.replace("UID-KEY", quote(key))

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, str]]:
        """A password says nothing new about somebody who has a second factor."""
        ways = super().get_reauthentication_methods(user)
        return [way for way in ways if way["id"] != "reauthenticate"] or ways

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Whoever is in came by invitation or by a letter to this address: no way in leads to a dead end."""
        verify_address(user)
        return super().post_login(request, user, **kwargs)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        """People of the demo do not get in anywhere else, by password nor by passkey."""
        if not is_welcome(user):
            clear_login(request)
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **kwargs)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """By the worker, so that no page waits for a mail server; in the language of who gets the letter."""
        letters.post(self, template_prefix, email, context)


class AskForLetter(ResetPasswordForm):
    """Asks for a letter with a link. Whether the address is known is looked up after the answer was given."""

    def clean_email(self) -> str:
        return get_adapter().clean_email(self.cleaned_data["email"].lower())

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        letters.ask_for_link(self.cleaned_data["email"])
        return self.cleaned_data["email"]


class NewPasswordForm(ResetPasswordKeyForm):
    """The new password of somebody who has read a letter to their address."""

    def save(self) -> None:
        super().save()
        password_was_reset(self.user)


class EnrolApp(ActivateTOTPView):
    """The app with codes; the session that sets it up has shown it, and every other one is ended."""

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        _begin_anew(self.request, "totp")
        return answer


class EnrolPasskey(AddWebAuthnView):
    """The same for a passkey."""

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        _begin_anew(self.request, "webauthn")
        return answer


class TakeAppOff(DeactivateTOTPView):
    """Every other session ends: one of them may be why it is taken off."""

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        end_other_sessions(self.request, self.request.user)
        return answer


class TakePasskeyOff(RemoveWebAuthnView):
    """The same for a passkey."""

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        end_other_sessions(self.request, self.request.user)
        return answer


def _begin_anew(request: HttpRequest, kind: str) -> None:
    second_factor.note_enrolled(request, kind)
    end_other_sessions(request, request.user)


class WelcomePeople(AuthenticationBackend):
    """allauth's check, which also runs on every request: people of the demo get in nowhere else."""

    def user_can_authenticate(self, user: Any) -> bool:
        return is_welcome(user)


def display_name(user: Any) -> str:
    """The name that mails and pages greet with."""
    return str(user)
