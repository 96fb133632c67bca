"""The verbs of the audit in words. An unknown verb is shown as in the code, without underscores."""

from __future__ import annotations

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

VERBS: dict[str, str | Promise] = {
    "accept_invitation": pgettext_lazy("audit", "accepted an invitation"),
    "add_organisation": pgettext_lazy("audit", "added an organisation"),
    "change_organisation": pgettext_lazy("audit", "changed an organisation"),
    "let_organisation_work_here": pgettext_lazy("audit", "let an organisation work here"),
    "change_account": pgettext_lazy("audit", "changed the own account"),
    "change_end_of_role": pgettext_lazy("audit", "changed the last day of a role"),
    "create_prison": pgettext_lazy("audit", "made a prison"),
    "create_token": pgettext_lazy("audit", "made a token"),
    "end_role": pgettext_lazy("audit", "ended a role"),
    "give_role": pgettext_lazy("audit", "gave a role"),
    "invite": pgettext_lazy("audit", "invited somebody"),
    "reinstate_role": pgettext_lazy("audit", "took up a role again"),
    "resend": pgettext_lazy("audit", "sent a letter again"),
    "revoke_token": pgettext_lazy("audit", "ended a token"),
    "send_invitation_again": pgettext_lazy("audit", "sent an invitation again"),
    "start_job": pgettext_lazy("audit", "started long work"),
    "stop_job": pgettext_lazy("audit", "stopped long work"),
    "withdraw_invitation": pgettext_lazy("audit", "withdrew an invitation"),
}


def words_for(verb: str) -> str:
    return str(VERBS.get(verb, verb.replace("_", " ")))


def name_of_model(label: str) -> str:
    """`group_sessions.groupsession` in words; the label itself when that model is gone."""
    try:
        return str(apps.get_model(label)._meta.verbose_name)
    except LookupError:
        return label
