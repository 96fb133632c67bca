"""The names of fields in the audit in words: the model's own, or those below for what no form ever shows."""

from __future__ import annotations

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

FIELDS: dict[str, str | Promise] = {
    "accepted_at": pgettext_lazy("field", "accepted on"),
    "activity": pgettext_lazy("field", "activity"),
    "answer": pgettext_lazy("field", "answer"),
    "answered_at": pgettext_lazy("field", "answered on"),
    "answered_by": pgettext_lazy("field", "answered by"),
    "asked_at": pgettext_lazy("field", "asked on"),
    "asked_by": pgettext_lazy("field", "asked by"),
    "at": pgettext_lazy("field", "moment"),
    "building": pgettext_lazy("field", "building"),
    "by": pgettext_lazy("field", "by whom"),
    "called_at": pgettext_lazy("field", "called on"),
    "called_by": pgettext_lazy("field", "called by"),
    "changed_at": pgettext_lazy("field", "last change"),
    "changed_by": pgettext_lazy("field", "changed by"),
    "changes": pgettext_lazy("field", "changes"),
    "code": pgettext_lazy("field", "code"),
    "consents": pgettext_lazy("field", "consents"),
    "copied_from": pgettext_lazy("field", "copied from"),
    "decided_at": pgettext_lazy("field", "decided on"),
    "decided_by": pgettext_lazy("field", "decided by"),
    "done_at": pgettext_lazy("field", "done on"),
    "done_by": pgettext_lazy("field", "done by"),
    "done_on": pgettext_lazy("field", "done on"),
    "due_on": pgettext_lazy("field", "to be done by"),
    "email": pgettext_lazy("field", "e-mail address"),
    "ended_at": pgettext_lazy("field", "ended on"),
    "ended_on": pgettext_lazy("field", "ended on"),
    "ends": pgettext_lazy("field", "until"),
    "ends_at": pgettext_lazy("field", "end"),
    "ends_on": pgettext_lazy("field", "last day"),
    "enrollment": pgettext_lazy("field", "enrolment"),
    "expires_at": pgettext_lazy("field", "worthless from"),
    "facts": pgettext_lazy("field", "particulars"),
    "first_name": pgettext_lazy("field", "first name"),
    "hand_position": pgettext_lazy("field", "place on the waiting list"),
    "handed_out_at": pgettext_lazy("field", "handed out on"),
    "handed_out_by": pgettext_lazy("field", "handed out by"),
    "handed_over_at": pgettext_lazy("field", "handed over on"),
    "handed_over_by": pgettext_lazy("field", "handed over by"),
    "is_active": pgettext_lazy("field", "in use"),
    "is_correction": pgettext_lazy("field", "correction of the past"),
    "kind": pgettext_lazy("field", "kind"),
    "label": pgettext_lazy("field", "label"),
    "language": pgettext_lazy("field", "language"),
    "last_name": pgettext_lazy("field", "name"),
    "level": pgettext_lazy("field", "level"),
    "lines": pgettext_lazy("field", "lines"),
    "list_code": pgettext_lazy("field", "code on lists"),
    "live": pgettext_lazy("field", "takes place"),
    "mark": pgettext_lazy("field", "mark"),
    "message": pgettext_lazy("field", "letter"),
    "name": pgettext_lazy("field", "name"),
    "note": pgettext_lazy("field", "request note"),
    "number": pgettext_lazy("field", "number"),
    "on": pgettext_lazy("field", "day"),
    "one": pgettext_lazy("field", "one person"),
    "organisation": pgettext_lazy("field", "organisation"),
    "organisations": pgettext_lazy("field", "organisations"),
    "other": pgettext_lazy("field", "the other person"),
    "outcome": pgettext_lazy("field", "outcome"),
    "part": pgettext_lazy("field", "part"),
    "participant": pgettext_lazy("field", "participant"),
    "pattern_on": pgettext_lazy("field", "date of the pattern"),
    "people": pgettext_lazy("field", "how many people"),
    "placed_from": pgettext_lazy("field", "place from"),
    "placed_until": pgettext_lazy("field", "place until"),
    "places": pgettext_lazy("field", "places"),
    "plan_version": pgettext_lazy("field", "version of the plan"),
    "post": pgettext_lazy("field", "post"),
    "printed_at": pgettext_lazy("field", "printed on"),
    "printed_by": pgettext_lazy("field", "printed by"),
    "prison": pgettext_lazy("field", "prison"),
    "published_at": pgettext_lazy("field", "published on"),
    "read_at": pgettext_lazy("field", "read on"),
    "reason": pgettext_lazy("field", "reason"),
    "received_on": pgettext_lazy("field", "received on"),
    "register_number": pgettext_lazy("field", "register number"),
    "replaced_at": pgettext_lazy("field", "replaced on"),
    "request": pgettext_lazy("field", "request"),
    "requested_at": pgettext_lazy("field", "asked on"),
    "revision": pgettext_lazy("field", "number of the change"),
    "revoked_at": pgettext_lazy("field", "made worthless on"),
    "role": pgettext_lazy("field", "role"),
    "room": pgettext_lazy("field", "room"),
    "roster_as_of": pgettext_lazy("field", "cells as of"),
    "rules_version": pgettext_lazy("field", "version of the rules"),
    "sent_at": pgettext_lazy("field", "sent on"),
    "sequence": pgettext_lazy("field", "number of the change"),
    "series": pgettext_lazy("field", "series"),
    "session": pgettext_lazy("field", "session"),
    "starts": pgettext_lazy("field", "from"),
    "starts_at": pgettext_lazy("field", "start"),
    "starts_on": pgettext_lazy("field", "first day"),
    "state": pgettext_lazy("field", "state"),
    "tag": pgettext_lazy("field", "label"),
    "term": pgettext_lazy("field", "term"),
    "to_email": pgettext_lazy("field", "e-mail address"),
    "token_hash": pgettext_lazy("field", "secret"),
    "undone_by": pgettext_lazy("field", "undone by"),
    "unit": pgettext_lazy("field", "living unit"),
    "user": pgettext_lazy("field", "account"),
    "valid_to": pgettext_lazy("field", "valid until"),
    "version": pgettext_lazy("field", "number of the change"),
    "versions": pgettext_lazy("field", "versions"),
    "waiting_since": pgettext_lazy("field", "waiting since"),
    "week_on": pgettext_lazy("field", "week"),
    "weekday": pgettext_lazy("field", "day of the week"),
    "weeks": pgettext_lazy("field", "number of weeks"),
    "withdrawn_at": pgettext_lazy("field", "withdrawn on"),
    "worker": pgettext_lazy("field", "facilitator"),
    "workers": pgettext_lazy("field", "facilitators"),
}


def name_of_field(label: str, name: str) -> str:
    """`group_sessions.groupsession`, `starts_at` in words; a name that is gone, without its underscores."""
    bare = name.removesuffix("_id")
    own = _own_name(label, bare)
    return str(own or FIELDS.get(bare) or bare.replace("_", " "))


def _own_name(label: str, name: str) -> Promise | None:
    """What the model itself calls it on its forms."""
    try:
        told = getattr(apps.get_model(label)._meta.get_field(name), "verbose_name", None)
    except (LookupError, ValueError, FieldDoesNotExist):
        return None
    return told if isinstance(told, Promise) else None
