"""The verbs of the audit in words. An unknown verb is shown as in the code, without underscores."""

from __future__ import annotations

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

VERBS: dict[str, str | Promise] = {
    "accept_ask": pgettext_lazy("audit", "did what another service asked"),
    "accept_invitation": pgettext_lazy("audit", "accepted an invitation"),
    "accept_proposal": pgettext_lazy("audit", "accepted a proposal"),
    "add": pgettext_lazy("audit", "added"),
    "agree": pgettext_lazy("audit", "gave the prison's yes"),
    "announce": pgettext_lazy("audit", "announced"),
    "approve": pgettext_lazy("audit", "gave a place"),
    "arrive": pgettext_lazy("audit", "noted an arrival"),
    "ask": pgettext_lazy("audit", "asked the owner"),
    "cancel": pgettext_lazy("audit", "cancelled"),
    "change": pgettext_lazy("audit", "changed"),
    "change_account": pgettext_lazy("audit", "changed the own account"),
    "change_end_of_role": pgettext_lazy("audit", "changed the last day of a role"),
    "close": pgettext_lazy("audit", "closed"),
    "come_back": pgettext_lazy("audit", "noted somebody's return"),
    "confirm": pgettext_lazy("audit", "confirmed"),
    "correct": pgettext_lazy("audit", "corrected the past"),
    "count": pgettext_lazy("audit", "entered a count"),
    "create": pgettext_lazy("audit", "made"),
    "decline": pgettext_lazy("audit", "declined"),
    "download": pgettext_lazy("audit", "downloaded"),
    "end": pgettext_lazy("audit", "ended"),
    "enter": pgettext_lazy("audit", "entered"),
    "freeze": pgettext_lazy("audit", "froze a list"),
    "give_place": pgettext_lazy("audit", "gave a place"),
    "give_role": pgettext_lazy("audit", "gave a role"),
    "go_away": pgettext_lazy("audit", "noted an absence"),
    "hand_out": pgettext_lazy("audit", "handed out"),
    "hand_over": pgettext_lazy("audit", "handed over"),
    "import": pgettext_lazy("audit", "read in"),
    "invite": pgettext_lazy("audit", "invited somebody"),
    "leave": pgettext_lazy("audit", "noted a departure"),
    "let_organisation_work_here": pgettext_lazy("audit", "let an organisation work here"),
    "lift": pgettext_lazy("audit", "lifted"),
    "mark": pgettext_lazy("audit", "marked attendance"),
    "mark_all": pgettext_lazy("audit", "marked everybody's attendance"),
    "move": pgettext_lazy("audit", "moved"),
    "place": pgettext_lazy("audit", "placed"),
    "publish": pgettext_lazy("audit", "published"),
    "read": pgettext_lazy("audit", "read"),
    "refuse": pgettext_lazy("audit", "refused"),
    "reinstate_role": pgettext_lazy("audit", "took up a role again"),
    "remove": pgettext_lazy("audit", "removed"),
    "reopen_ask": pgettext_lazy("audit", "took an answer back"),
    "reopen": pgettext_lazy("audit", "reopened"),
    "request": pgettext_lazy("audit", "entered a request"),
    "resend": pgettext_lazy("audit", "sent a letter again"),
    "restore": pgettext_lazy("audit", "restored"),
    "revoke": pgettext_lazy("audit", "made worthless"),
    "send_invitation_again": pgettext_lazy("audit", "sent an invitation again"),
    "separate": pgettext_lazy("audit", "keeps two people apart"),
    "skip": pgettext_lazy("audit", "noted one date off"),
    "start_job": pgettext_lazy("audit", "started long work"),
    "stop_job": pgettext_lazy("audit", "stopped long work"),
    "refuse_ask": pgettext_lazy("audit", "refused what another service asked"),
    "take_back": pgettext_lazy("audit", "took back"),
    "undo": pgettext_lazy("audit", "undid"),
    "unmark": pgettext_lazy("audit", "took a mark back"),
    "unskip": pgettext_lazy("audit", "took one date off back"),
    "wait": pgettext_lazy("audit", "put on the waiting list"),
    "waive": pgettext_lazy("audit", "allowed this once"),
    "withdraw_waiver": pgettext_lazy("audit", "allows it no longer"),
    "tell": pgettext_lazy("audit", "told a service"),
    "workers": pgettext_lazy("audit", "changed who leads it"),
    "withdraw": pgettext_lazy("audit", "withdrew"),
}
"""Beside each entry stands what it was done to, so `add_room` is found as `add`."""


def words_for(verb: str) -> str:
    return str(VERBS.get(verb) or VERBS.get(verb.split("_")[0]) or verb.replace("_", " "))


def name_of_model(label: str) -> str:
    """`group_sessions.groupsession` in words; the label itself when that model is gone."""
    try:
        return str(apps.get_model(label)._meta.verbose_name)
    except LookupError:
        return label
