"""An act of the plan by its name: what was done, to what. For whoever is asked whether to take it back."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from prisons import gate
from prisons.access import Access
from prisons.models import ChangeSet
from sessions.models import GroupSession

ACTS: dict[str, str | Promise] = {
    "accept_ask": gettext_lazy("Do what was asked"),
    "accept_proposal": gettext_lazy("Accept a proposal"),
    "add_date": gettext_lazy("Add a date"),
    "announce_closure": gettext_lazy("Announce a closure"),
    "cancel": gettext_lazy("Cancel"),
    "confirm_closure": gettext_lazy("Confirm a closure"),
    "copy_series": gettext_lazy("Copy series to another term"),
    "create_series": gettext_lazy("Create a series"),
    "edit_dates": gettext_lazy("Change dates"),
    "end_series": gettext_lazy("End a series"),
    "lift_closure": gettext_lazy("Lift a closure"),
    "make_up": gettext_lazy("Make a session up"),
    "move": gettext_lazy("Move"),
    "prolong_series": gettext_lazy("Prolong a series"),
    "publish": gettext_lazy("Publish"),
    "reopen": gettext_lazy("Lift a closure"),
    "restore": gettext_lazy("Let take place after all"),
    "take_up_dates": gettext_lazy("Take skipped dates up again"),
    "waive": gettext_lazy("Allow once"),
    "withdraw_waiver": gettext_lazy("Allow no longer"),
    "workers": gettext_lazy("Change who leads"),
}
"""Every verb that can be undone; a test asks for each."""


def name_of(act: ChangeSet, sessions: Sequence[GroupSession], access: Access | None = None) -> str:
    """`Move: Choir, 6 sessions`; neutral names to whoever knows no other."""
    verb = str(ACTS.get(act.verb, act.verb))
    if not sessions:
        return verb
    titles = list(dict.fromkeys(title_of(one, access) for one in sessions))
    count = ngettext("%(count)s session", "%(count)s sessions", len(sessions)) % {"count": len(sessions)}
    if len(titles) == 1:
        return _("%(act)s: %(series)s, %(sessions)s") % {"act": verb, "series": titles[0], "sessions": count}
    more = ngettext("%(count)s other series", "%(count)s other series", len(titles) - 1)
    facts = {"act": verb, "series": titles[0], "more": more % {"count": len(titles) - 1}, "sessions": count}
    return _("%(act)s: %(series)s and %(more)s, %(sessions)s") % facts


def title_of(session: GroupSession, access: Access | None) -> str:
    return gate.name_of(access, session.series)
