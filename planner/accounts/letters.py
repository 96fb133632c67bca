"""Letters about signing in: posted like every other, so that no page waits for a mail server.

Nor does one tell by its haste whom it knows.
"""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import default_token_generator
from allauth.account.internal.flows.password_reset import request_password_reset
from allauth.account.utils import filter_users_by_email
from django.conf import settings
from django.utils import translation

from prisons.access import is_welcome
from prisons.domain.background import jobs, outbox
from prisons.models import User

LINK = "account/email/password_reset_key"
SEND_TASK = "planner.accounts.tasks.send_link"


def ask_for_link(email: str) -> None:
    """The same one row in the queue for every address; nothing is looked up."""
    jobs.enqueue(SEND_TASK, email)


def send_link(email: str) -> None:
    """A letter with a link to choose a new password, to whoever has an account that can be used here."""
    users = [user for user in filter_users_by_email(email, is_active=True) if is_welcome(user)]
    if users:
        request_password_reset(None, email, users, default_token_generator)


def post(adapter: DefaultAccountAdapter, template: str, email: str, facts: dict[str, Any]) -> None:
    """A letter made of one of allauth's templates."""
    user = User.objects.filter(email=email.lower()).first()
    language = user.language if user else translation.get_language()
    with translation.override(language):
        letter = adapter.render_mail(template, email, {"PRODUCT_NAME": settings.PRODUCT_NAME} | facts)
    kind = "reset_link" if template == LINK else "account"
    outbox.post(None, user or email, kind, language, str(letter.subject), str(letter.body))
