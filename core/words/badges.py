"""How states and life domains look: icon, tone and word, said once for templates, board and reports.

Known by code only, so that core knows no app. A tone is one of ok, info, warn, stop, quiet.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class Badge:
    icon: str
    tone: str
    word: str | Promise


STATES: dict[str, Badge] = {
    # sessions and series
    "draft": Badge("pencil", "quiet", pgettext_lazy("state", "draft")),
    "published": Badge("check-circle", "ok", pgettext_lazy("state", "published")),
    "changed": Badge("arrow-left-right", "warn", pgettext_lazy("state", "changed")),
    "moved": Badge("arrows-move", "info", pgettext_lazy("state", "moved")),
    "new": Badge("plus-lg", "info", pgettext_lazy("state", "new")),
    "skipped": Badge("dash-circle", "quiet", pgettext_lazy("state", "skipped")),
    "left_out": Badge("dash-circle", "stop", pgettext_lazy("state", "left out")),
    "cancelled": Badge("x-circle", "stop", pgettext_lazy("state", "cancelled")),
    "full": Badge("people-fill", "ok", pgettext_lazy("state", "full")),
    "closed": Badge("slash-circle", "quiet", pgettext_lazy("state", "no activities")),
    # conflicts
    "hard": Badge("x-octagon", "stop", pgettext_lazy("state", "conflict")),
    "soft": Badge("exclamation-triangle", "warn", pgettext_lazy("state", "point to watch")),
    "waived": Badge("hand-index", "quiet", pgettext_lazy("state", "allowed this once")),
    # enrolments and requests
    "requested": Badge("inbox", "warn", pgettext_lazy("state", "to decide")),
    "awaiting": Badge("hourglass-split", "warn", pgettext_lazy("state", "the prison decides")),
    "placed": Badge("check-circle", "ok", pgettext_lazy("state", "has a place")),
    "waiting": Badge("clock", "info", pgettext_lazy("state", "waiting list")),
    "declined": Badge("dash-circle", "quiet", pgettext_lazy("state", "declined")),
    "withdrawn": Badge("arrow-counterclockwise", "quiet", pgettext_lazy("state", "withdrawn")),
    "ended": Badge("flag", "quiet", pgettext_lazy("state", "ended")),
    "paused": Badge("pause-circle", "warn", pgettext_lazy("state", "paused")),
    "answered": Badge("check2", "ok", pgettext_lazy("state", "answered")),
    "handed_out": Badge("check2-square", "ok", pgettext_lazy("state", "handed out")),
    "unreadable": Badge("question-circle", "quiet", pgettext_lazy("state", "unreadable")),
    # requirements
    "met": Badge("check-circle", "ok", pgettext_lazy("requirement", "met")),
    "not_met": Badge("x-circle", "stop", pgettext_lazy("requirement", "not met")),
    "unknown": Badge("question-circle", "warn", pgettext_lazy("requirement", "unknown")),
    # asks, permissions, materials
    "asked": Badge("send", "warn", pgettext_lazy("state", "asked")),
    "granted": Badge("check-circle", "ok", pgettext_lazy("state", "granted")),
    "accepted": Badge("check-circle", "ok", pgettext_lazy("state", "accepted")),
    "refused": Badge("x-circle", "stop", pgettext_lazy("state", "refused")),
    "expired": Badge("calendar-x", "stop", pgettext_lazy("state", "expired")),
    # closures
    "announced": Badge("megaphone", "warn", pgettext_lazy("closure", "announced")),
    "confirmed": Badge("door-closed", "stop", pgettext_lazy("closure", "confirmed")),
    "lifted": Badge("door-open", "ok", pgettext_lazy("closure", "lifted")),
    # lists and jobs
    "printed": Badge("printer", "info", pgettext_lazy("state", "printed")),
    "handed_over": Badge("check2-square", "ok", pgettext_lazy("state", "handed over")),
    "queued": Badge("hourglass-split", "quiet", pgettext_lazy("job", "waiting its turn")),
    "running": Badge("arrow-clockwise", "info", pgettext_lazy("job", "under way")),
    "done": Badge("check-circle", "ok", pgettext_lazy("job", "done")),
    "failed": Badge("x-octagon", "stop", pgettext_lazy("job", "failed")),
    "stopped": Badge("x-circle", "quiet", pgettext_lazy("job", "stopped")),
    # attendance
    "present": Badge("check2", "ok", pgettext_lazy("attendance", "present")),
    "excused": Badge("envelope", "quiet", pgettext_lazy("attendance", "excused")),
    "not_brought": Badge("person-x", "stop", pgettext_lazy("attendance", "not brought")),
    "elsewhere": Badge("signpost-split", "quiet", pgettext_lazy("attendance", "elsewhere")),
    "left": Badge("box-arrow-right", "quiet", pgettext_lazy("attendance", "left the prison")),
}

DOMAINS: dict[str, Badge] = {
    "work": Badge("briefcase", "quiet", pgettext_lazy("life domain", "work")),
    "education": Badge("mortarboard", "quiet", pgettext_lazy("life domain", "education")),
    "health": Badge("heart-pulse", "quiet", pgettext_lazy("life domain", "health")),
    "family": Badge("house-heart", "quiet", pgettext_lazy("life domain", "family")),
    "culture": Badge("palette", "quiet", pgettext_lazy("life domain", "culture")),
    "sport": Badge("trophy", "quiet", pgettext_lazy("life domain", "sport")),
    "housing": Badge("key", "quiet", pgettext_lazy("life domain", "housing")),
    "mediation": Badge("chat-dots", "quiet", pgettext_lazy("life domain", "restorative mediation")),
    "mental_health": Badge("puzzle", "quiet", pgettext_lazy("life domain", "mental health")),
    "addiction": Badge("signpost-split", "quiet", pgettext_lazy("life domain", "addiction")),
    "language": Badge("translate", "quiet", pgettext_lazy("life domain", "language")),
    "administration": Badge("file-earmark-text", "quiet", pgettext_lazy("life domain", "administration")),
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
