"""The words of a reply slip, in the language of the person; made when shown, from the kind and the facts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from core import clock
from core.clock import BRUSSELS
from core.languages import localized
from enrollment.models import Enrollment, Slip
from sessions.models import GroupSession, Series

Kind = Slip.Kind
Text = str | Promise

TITLES: dict[str, Text] = {
    Kind.PLACED: pgettext_lazy("slip", "You have a place"),
    Kind.WAITING: pgettext_lazy("slip", "You are on the waiting list"),
    Kind.DECLINED: pgettext_lazy("slip", "You have no place"),
    Kind.NOTED: pgettext_lazy("slip", "Your wish is noted"),
    Kind.WITHDRAWN: pgettext_lazy("slip", "You are no longer enrolled"),
    Kind.ENDED: pgettext_lazy("slip", "Your place has ended"),
    Kind.MOVED: pgettext_lazy("slip", "The time or the room has changed"),
    Kind.CANCELLED: pgettext_lazy("slip", "An activity does not take place"),
    Kind.CARD: pgettext_lazy("slip", "We could not read your note"),
}
BODIES: dict[str, Text] = {
    Kind.PLACED: pgettext_lazy("slip", "You asked for %(title)s. You have a place."),
    Kind.WAITING: pgettext_lazy(
        "slip",
        "You asked for %(title)s. The group is full or you have to wait. You are on the waiting list. "
        "When a place is free, it is for the next in line, and you get a new slip.",
    ),
    Kind.DECLINED: pgettext_lazy("slip", "You asked for %(title)s. You have no place: %(reason)s."),
    Kind.NOTED: pgettext_lazy(
        "slip", "You asked for “%(title)s”. This does not exist here yet. We have noted your wish."
    ),
    Kind.WITHDRAWN: pgettext_lazy("slip", "You are no longer enrolled for %(title)s, as you asked."),
    Kind.ENDED: pgettext_lazy("slip", "Your place in %(title)s has ended: %(reason)s."),
    Kind.MOVED: pgettext_lazy("slip", "%(title)s now takes place on %(when)s. Before it was %(before)s."),
    Kind.CANCELLED: pgettext_lazy("slip", "%(title)s of %(when)s does not take place."),
    Kind.CARD: pgettext_lazy(
        "slip", "Please tick on the card what you ask for, write your name and cell, and give it back."
    ),
}
REASONS: dict[str, Text] = {
    "full": pgettext_lazy("slip", "the group is full until it ends"),
    "requirement": pgettext_lazy("slip", "you do not have what the group asks for yet"),
    "unit": pgettext_lazy("slip", "this group is not for your living unit"),
    "prison": pgettext_lazy("slip", "the prison decided this"),
    "cannot": pgettext_lazy("slip", "it cannot be arranged"),
    "series_ended": pgettext_lazy("slip", "the group has ended"),
    "dropped_out": pgettext_lazy("slip", "you did not come several times"),
    "left": pgettext_lazy("slip", "you were away for too long"),
    "other_group": pgettext_lazy("slip", "you have a place in another group"),
}
FREE_TO_GO: Text = pgettext_lazy("slip", "Taking part is free. You may stop at any time, without saying why.")
DECIDED_BY_PRISON: Text = pgettext_lazy("slip", "The prison decided this.")
DECIDED_BY_SERVICE: Text = pgettext_lazy("slip", "%(service)s decided this.")


@dataclass(frozen=True)
class SlipText:
    """What stands inside a slip, in one language."""

    language: str
    title: str
    body: str
    dates: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    service: str = ""


def write(slip: Slip, language: str, *, dates: tuple[dt.datetime, ...] = ()) -> SlipText:
    """The slip in this language. `dates` are the next sessions, shown with a place."""
    with translation.override(language):
        series = series_of(slip)
        facts = {
            "title": title_of(slip, language),
            "reason": str(REASONS.get(slip.reason, REASONS["cannot"])),
            "when": "",
            "before": "",
        }
        if slip.kind in (Kind.MOVED, Kind.CANCELLED):
            facts |= _session_facts(slip)
        extra = [str(FREE_TO_GO)] if slip.kind in (Kind.PLACED, Kind.WAITING) else []
        service = _service_of(slip, series)
        if slip.reason == Enrollment.Reason.PRISON:
            extra.append(str(DECIDED_BY_PRISON))
        elif slip.kind in (Kind.DECLINED, Kind.ENDED) and service:
            extra.append(str(DECIDED_BY_SERVICE) % {"service": service})
        return SlipText(
            language,
            str(TITLES[slip.kind]),
            str(BODIES[slip.kind]) % facts,
            tuple(_moment(each) for each in dates) if slip.kind == Kind.PLACED else (),
            tuple(extra),
            service,
        )


def series_of(slip: Slip) -> Series | None:
    if slip.enrollment:
        return slip.enrollment.series
    if slip.request and slip.request.series:
        return slip.request.series
    session = _session(slip)
    return session.series if session else None


def title_of(slip: Slip, language: str) -> str:
    """What the person asked for; inside a slip the real title may stand."""
    series = series_of(slip)
    if series:
        return f"{localized(series.activity, 'title', language)} {series.label}".strip()
    if slip.request and slip.request.activity:
        return localized(slip.request.activity, "title", language)
    return slip.request.wish_title if slip.request else ""


def _service_of(slip: Slip, series: Series | None) -> str:
    if series:
        return series.activity.organisation.short_name
    organisation = slip.request.organisation if slip.request else None
    return organisation.short_name if organisation else ""


def _session(slip: Slip) -> GroupSession | None:
    pk = slip.facts.get("session")
    rows = GroupSession.objects.select_related("series__activity__organisation")
    return rows.filter(pk=pk).first() if pk else None


def _session_facts(slip: Slip) -> dict[str, str]:
    session = _session(slip)
    before = slip.facts.get("before") or ""
    return {
        "when": _moment(session.starts_at) if session and session.starts_at else "",
        "before": _moment(dt.datetime.fromisoformat(before)) if before else "",
    }


def _moment(at: dt.datetime) -> str:
    local = at.astimezone(BRUSSELS)
    return _("%(day)s at %(time)s") % {"day": date_format(local, "l j F"), "time": f"{local:%H:%M}"}


def kind_of_approval(free: int, asks_agreement: bool) -> Slip.Kind | None:
    """Which slip an approval would make now; none while the prison is asked."""
    if not free:
        return Kind.WAITING
    return None if asks_agreement else Kind.PLACED


def preview(enrollment: Enrollment, kind: Slip.Kind) -> SlipText:
    """How the slip would read in the person's language, before anything is decided."""
    slip = Slip(
        prison=enrollment.series.prison,
        participant=enrollment.participant,
        enrollment=enrollment,
        request=enrollment.request,
        kind=kind,
    )
    return write(slip, enrollment.participant.language, dates=next_dates(enrollment.series)[:3])


def next_dates(series: Series, *, now: dt.datetime | None = None, most: int = 4) -> tuple[dt.datetime, ...]:
    """The next published sessions of a series."""

    rows = GroupSession.objects.published().filter(series=series, starts_at__gte=now or clock.now())
    return tuple(at for at in rows.order_by("starts_at").values_list("starts_at", flat=True)[:most] if at)
