"""How states and life domains look: icon, tone and word, said once for templates, board and reports.

Known by code only, so that core knows no app. A tone is one of ok, info, warn, stop, quiet.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class Look:
    icon: str
    tone: str
    word: str | Promise


STATES: dict[str, Look] = {
    # sessions and series
    "draft": Look("pencil", "quiet", pgettext_lazy("state", "draft")),
    "published": Look("check-circle", "ok", pgettext_lazy("state", "published")),
    "changed": Look("arrow-left-right", "warn", pgettext_lazy("state", "changed")),
    "moved": Look("arrows-move", "info", pgettext_lazy("state", "moved")),
    "new": Look("plus-lg", "info", pgettext_lazy("state", "new")),
    "skipped": Look("dash-circle", "quiet", pgettext_lazy("state", "skipped")),
    "left_out": Look("dash-circle", "stop", pgettext_lazy("state", "left out")),
    "cancelled": Look("x-circle", "stop", pgettext_lazy("state", "cancelled")),
    "full": Look("people-fill", "ok", pgettext_lazy("state", "full")),
    "closed": Look("slash-circle", "quiet", pgettext_lazy("state", "no activities")),
    # conflicts
    "hard": Look("x-octagon", "stop", pgettext_lazy("state", "conflict")),
    "soft": Look("exclamation-triangle", "warn", pgettext_lazy("state", "point to watch")),
    "waived": Look("hand-index", "quiet", pgettext_lazy("state", "allowed this once")),
    # enrolments and requests
    "requested": Look("inbox", "warn", pgettext_lazy("state", "to decide")),
    "awaiting": Look("hourglass-split", "warn", pgettext_lazy("state", "the prison decides")),
    "placed": Look("check-circle", "ok", pgettext_lazy("state", "has a place")),
    "waiting": Look("clock", "info", pgettext_lazy("state", "waiting list")),
    "declined": Look("dash-circle", "quiet", pgettext_lazy("state", "declined")),
    "withdrawn": Look("arrow-counterclockwise", "quiet", pgettext_lazy("state", "withdrawn")),
    "ended": Look("flag", "quiet", pgettext_lazy("state", "ended")),
    "paused": Look("pause-circle", "warn", pgettext_lazy("state", "paused")),
    "answered": Look("check2", "ok", pgettext_lazy("state", "answered")),
    "handed_out": Look("check2-square", "ok", pgettext_lazy("state", "handed out")),
    "unreadable": Look("question-circle", "quiet", pgettext_lazy("state", "unreadable")),
    # requirements
    "met": Look("check-circle", "ok", pgettext_lazy("requirement", "met")),
    "not_met": Look("x-circle", "stop", pgettext_lazy("requirement", "not met")),
    "unknown": Look("question-circle", "warn", pgettext_lazy("requirement", "unknown")),
    # asks, permissions, materials
    "asked": Look("send", "warn", pgettext_lazy("state", "asked")),
    "granted": Look("check-circle", "ok", pgettext_lazy("state", "granted")),
    "accepted": Look("check-circle", "ok", pgettext_lazy("state", "accepted")),
    "refused": Look("x-circle", "stop", pgettext_lazy("state", "refused")),
    "expired": Look("calendar-x", "stop", pgettext_lazy("state", "expired")),
    # closures
    "announced": Look("megaphone", "warn", pgettext_lazy("closure", "announced")),
    "confirmed": Look("door-closed", "stop", pgettext_lazy("closure", "confirmed")),
    "lifted": Look("door-open", "ok", pgettext_lazy("closure", "lifted")),
    # lists and jobs
    "printed": Look("printer", "info", pgettext_lazy("state", "printed")),
    "handed_over": Look("check2-square", "ok", pgettext_lazy("state", "handed over")),
    "queued": Look("hourglass-split", "quiet", pgettext_lazy("job", "waiting its turn")),
    "running": Look("arrow-clockwise", "info", pgettext_lazy("job", "under way")),
    "done": Look("check-circle", "ok", pgettext_lazy("job", "done")),
    "failed": Look("x-octagon", "stop", pgettext_lazy("job", "failed")),
    "stopped": Look("x-circle", "quiet", pgettext_lazy("job", "stopped")),
    # attendance
    "present": Look("check2", "ok", pgettext_lazy("attendance", "present")),
    "excused": Look("envelope", "quiet", pgettext_lazy("attendance", "excused")),
    "not_brought": Look("person-x", "stop", pgettext_lazy("attendance", "not brought")),
    "elsewhere": Look("signpost-split", "quiet", pgettext_lazy("attendance", "elsewhere")),
    "left": Look("box-arrow-right", "quiet", pgettext_lazy("attendance", "left the prison")),
}

DOMAINS: dict[str, Look] = {
    "work": Look("briefcase", "quiet", pgettext_lazy("life domain", "work")),
    "education": Look("mortarboard", "quiet", pgettext_lazy("life domain", "education")),
    "health": Look("heart-pulse", "quiet", pgettext_lazy("life domain", "health")),
    "family": Look("house-heart", "quiet", pgettext_lazy("life domain", "family")),
    "culture": Look("palette", "quiet", pgettext_lazy("life domain", "culture")),
    "sport": Look("trophy", "quiet", pgettext_lazy("life domain", "sport")),
    "housing": Look("key", "quiet", pgettext_lazy("life domain", "housing")),
    "mediation": Look("chat-dots", "quiet", pgettext_lazy("life domain", "restorative mediation")),
    "mental_health": Look("puzzle", "quiet", pgettext_lazy("life domain", "mental health")),
    "addiction": Look("signpost-split", "quiet", pgettext_lazy("life domain", "addiction")),
    "language": Look("translate", "quiet", pgettext_lazy("life domain", "language")),
    "administration": Look("file-earmark-text", "quiet", pgettext_lazy("life domain", "administration")),
}

TONES: dict[str, str] = {
    "ok": "check-circle",
    "info": "info-circle",
    "warn": "exclamation-triangle",
    "stop": "x-octagon",
}
MESSAGE_TONES: dict[str, str] = {
    "success": "ok",
    "info": "info",
    "warning": "warn",
    "error": "stop",
    "debug": "quiet",
}
