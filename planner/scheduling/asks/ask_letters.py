"""Letters about asks: to the owner's people when something is asked, to the asker when it is answered.

Neutral names only: what a group is really called stands on the page behind the link.
"""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from core.dates.clock import today
from planner.models import Ask
from planner.notifications.session_change import AT_ONCE
from planner.scheduling.asks.words import wish_in_words
from planner.scheduling.rules.sentences import when
from prisons import gate
from prisons.domain.background import outbox
from prisons.models import ChangeSet, Membership, Organisation, Prison, Role, User


def post_ask(ask: Ask, *, now: dt.datetime) -> None:
    """To the organisers of the owner; to the coordinators of its authority where it has none here."""
    for person in recipients(ask.prison, ask.to_organisation, now=now):
        with translation.override(person.language):
            subject = _("%(service)s asks you something about the plan") % {
                "service": ask.from_organisation.short_name
            }
            _post(ask, person, "ask", subject, now)


def post_answer(ask: Ask, *, now: dt.datetime, act: ChangeSet | None = None) -> None:
    """To the person who asked, unless they answered it themselves. An `act` can be undone before it is said."""
    if ask.asked_by_id == ask.answered_by_id or not ask.asked_by.is_active:
        return
    with translation.override(ask.asked_by.language):
        facts = {"service": ask.to_organisation.short_name}
        if ask.state == Ask.State.ACCEPTED:
            subject = _("%(service)s accepted what you asked") % facts
        else:
            subject = _("%(service)s refused what you asked") % facts
        _post(ask, ask.asked_by, "ask_answer", subject, now, act)


def recipients(prison: Prison, organisation: Organisation, *, now: dt.datetime) -> list[User]:
    """Who answers for this service here, each once."""
    live = Membership.objects.in_prison(prison).live_on(today(now)).select_related("user")
    own = live.filter(organisation=organisation, role__in=(Role.ORGANISER, Role.COORDINATOR))
    authority = Q(organisation__authority=organisation.authority, role=Role.COORDINATOR)
    rows = list(own) or list(live.filter(authority))
    return list({row.user_id: row.user for row in rows if row.user.is_active}.values())


def _post(
    ask: Ask, person: User, kind: str, subject: str, now: dt.datetime, act: ChangeSet | None = None
) -> None:
    """In the language that is active; the link leads to the page of asks."""
    session = ask.session
    facts = {
        "ask": ask,
        "name": gate.name_of(None, session.series),
        "when": when(session.starts_at, session.ends_at),
        "wish": wish_in_words(ask, None),
        "link": settings.BASE_URL + reverse("planner:ask_list", args=[ask.prison.slug]),
    }
    body = render_to_string(f"planner/asks/mail/{kind}.txt", facts)
    is_near = session.starts_at is not None and session.starts_at <= now + AT_ONCE
    outbox.post(
        ask.prison, person, kind, person.language, subject, body,
        act=act, at_once=act is None or is_near, now=now,
    )  # fmt: skip
