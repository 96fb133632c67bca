"""What the list behind a number is called."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.words.languages import SPOKEN
from enrollment.models import Attendance, Request
from sessions.models import Cancellation, Domain

_TITLES: dict[str, str | Promise] = {
    "planned": gettext_lazy("Sessions planned"),
    "held": gettext_lazy("Sessions held"),
    "to-come": gettext_lazy("Sessions to come"),
    "without-marks": gettext_lazy("Sessions of which nobody has said who came"),
    "drop-ins": gettext_lazy("Drop-in sessions that were counted"),
    "cancelled": gettext_lazy("Sessions cancelled"),
    "marks": gettext_lazy("Marks"),
    "brought": gettext_lazy("Marks, without those not brought"),
    "new-people": gettext_lazy("People reached for the first time"),
    "requests": gettext_lazy("Requests received"),
    "unanswered": gettext_lazy("Requests without an answer"),
    "undecided": gettext_lazy("Requests without a decision"),
    "not-handed-out": gettext_lazy("Requests decided, slip not handed out"),
    "decided": gettext_lazy("Requests decided"),
    "ended": gettext_lazy("Requests that ended without an answer"),
    "waiting": gettext_lazy("Waiting for a place now"),
    "places-taken": gettext_lazy("Places taken at sessions held"),
    "all-places": gettext_lazy("Places at sessions held"),
    "asked-by-domain": gettext_lazy("Requests by life domain"),
    "asked-by-language": gettext_lazy("Requests by language of the group"),
    "asked-by-unit": gettext_lazy("Requests by living unit"),
    "places-by-domain": gettext_lazy("Places offered by life domain"),
    "places-by-language": gettext_lazy("Places offered by language of the group"),
    "places-by-unit": gettext_lazy("Places offered by living unit"),
}


def title_of(what: str, code: str) -> str:
    """`Sessions cancelled: strike`."""
    title, word = str(_TITLES[what]), _word(what, code)
    return _("%(title)s: %(word)s") % {"title": title, "word": word} if word else title


def _word(what: str, code: str) -> str:
    """The code in words; an unknown one is not repeated, for it came from the address."""
    if what.endswith("language") and not code:
        return _("no language asked")
    choices: dict[str, Any] = {
        "cancelled": Cancellation.Reason.choices,
        "marks": Attendance.Mark.choices,
        "ended": Request.State.choices,
        "asked-by-domain": Domain.choices,
        "places-by-domain": Domain.choices,
        "asked-by-language": SPOKEN,
        "places-by-language": SPOKEN,
    }
    if what.endswith("unit"):
        return code[:20]
    return str(dict(choices.get(what, ())).get(code, ""))
