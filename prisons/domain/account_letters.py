"""What somebody else did with an account is told to whoever it belongs to, by a letter."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from prisons.domain.background import outbox
from prisons.models import User

KIND = "account"
WORDS: dict[str, tuple[str | Promise, str | Promise]] = {
    "close_account": (
        _("Your account was closed"),
        _("Your account was closed: nobody signs in with it any more, and the access of programs has ended."),
    ),
    "reopen_account": (
        _("Your account is open again"),
        _("Your account is open again, with the password and the second step that it had."),
    ),
    "take_second_step_away": (
        _("Your second step was taken off"),
        _(
            "Your second step was taken off your account. You are asked to set up a new one when you next sign in."
        ),
    ),
    "sign_out_everywhere": (
        _("You were signed out everywhere"),
        _("Your account was signed out of every browser. Sign in again to go on."),
    ),
    "set_password": (
        _("Your password was changed"),
        _("A new password was set for your account on the server."),
    ),
}
"""Act -> what the letter is called, and what it says happened."""


def tell(user: User, verb: str, *, by: User, at: dt.datetime) -> None:
    """One letter, which leaves with the act."""
    subject, what = WORDS[verb]
    with translation.override(user.language):
        facts = {
            "user": user,
            "what": what,
            "person": by,
            "when": date_format(at.astimezone(clock.BRUSSELS), "DATETIME_FORMAT"),
            "product": settings.PRODUCT_NAME,
        }
        body = render_to_string("prisons/mail/account.txt", facts)
        outbox.post(None, user, KIND, user.language, str(subject), body, now=at)
