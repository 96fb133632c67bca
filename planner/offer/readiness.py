"""Is this prison ready to plan? One list of steps, each with what is there and where to go on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.dates.clock import today
from prisons.models import Membership, Prison, Role, Unit
from rooms.models import Holiday, Room, SoftBand, TimeSlot, UnitHours
from sessions.models import Activity, Term, WorkerAccess


@dataclass(frozen=True)
class Step:
    """One line of the checklist. `state` is `done`, `current` (the next one to do) or empty."""

    title: str
    text: str
    url: str
    is_done: bool
    state: str = ""


def steps(prison: Prison, *, now: dt.datetime | None = None) -> list[Step]:
    """The checklist in the order in which a newcomer goes through it."""
    day = today(now)
    found = [*_places(prison, day), *_calendar(prison, day), *_offer(prison, day)]
    first_open = next((step for step in found if not step.is_done), None)
    return [
        Step(s.title, s.text, s.url, s.is_done, "done" if s.is_done else "current" if s is first_open else "")
        for s in found
    ]


def is_ready(checklist: list[Step]) -> bool:
    return all(step.is_done for step in checklist)


def _places(prison: Prison, day: dt.date) -> list[Step]:
    rooms = Room.objects.in_prison(prison).in_use().count()
    has_building = rooms > 0 or prison.buildings.exists()
    slots = TimeSlot.objects.in_prison(prison).valid_between(day, day + dt.timedelta(days=92)).count()
    units = Unit.objects.in_prison(prison).filter(is_active=True)
    with_hours = units.filter(Exists(UnitHours.objects.filter(unit=OuterRef("pk")))).count()
    return [
        Step(
            _("Rooms"),
            ngettext("%(count)s room in use", "%(count)s rooms in use", rooms) % {"count": rooms}
            if has_building
            else _("First the building: a room stands in one"),
            reverse("rooms:room_list" if has_building else "rooms:building_list", args=[prison.slug]),
            rooms > 0,
        ),
        Step(
            _("Time slots"),
            ngettext("%(count)s slot a week", "%(count)s slots a week", slots) % {"count": slots},
            reverse("rooms:slot_list", args=[prison.slug]),
            slots > 0,
        ),
        Step(
            _("Living units"),
            ngettext("%(count)s unit", "%(count)s units", count := units.count()) % {"count": count},
            reverse("rooms:unit_list", args=[prison.slug]),
            count > 0,
        ),
        Step(
            _("Hours in which units cannot come"),
            _("Entered for %(count)s of %(all)s units") % {"count": with_hours, "all": count}
            if count
            else _("First the living units"),
            reverse("rooms:unit_list", args=[prison.slug]),
            with_hours > 0,
        ),
    ]


def _calendar(prison: Prison, day: dt.date) -> list[Step]:
    until = day + dt.timedelta(days=180)
    holidays = Holiday.objects.in_prison(prison).filter(on__range=(day, until)).count()
    bands = SoftBand.objects.in_prison(prison).filter(Q(starts_on__range=(day, until))).count()
    terms = Term.objects.in_prison(prison).filter(ends_on__gte=day)
    return [
        Step(
            _("Public holidays and school holidays"),
            _("In the coming half year: holidays %(holidays)s, periods %(bands)s")
            % {"holidays": holidays, "bands": bands},
            reverse("rooms:calendar_list", args=[prison.slug]),
            holidays > 0 and bands > 0,
        ),
        Step(
            _("Terms"),
            ", ".join(term.name for term in terms) or _("No term covers today or later"),
            reverse("sessions:term_list", args=[prison.slug]),
            bool(terms),
        ),
    ]


def _offer(prison: Prison, day: dt.date) -> list[Step]:
    services = prison.organisations.count()
    roles = Membership.objects.in_prison(prison).live_on(day)
    liaisons = roles.filter(role=Role.LIAISON).values("user").distinct().count()
    organisers = roles.filter(role=Role.ORGANISER).values("user").distinct().count()
    activities = Activity.objects.filter(organisation__prisons=prison, is_active=True).count()
    workers = WorkerAccess.objects.in_prison(prison).filter(worker__is_active=True)
    permitted = workers.filter(Q(needs_permission=False) | Q(permitted_until__gte=day)).count()
    return [
        Step(
            _("People and rights"),
            ", ".join(
                (
                    ngettext("%(count)s service works here", "%(count)s services work here", services)
                    % {"count": services},
                    ngettext("%(count)s organiser", "%(count)s organisers", organisers)
                    % {"count": organisers},
                    ngettext("%(count)s liaison", "%(count)s liaisons", liaisons) % {"count": liaisons},
                )
            ),
            reverse("prisons:membership_list", args=[prison.slug]),
            services > 0,
        ),
        Step(
            _("Group activities"),
            ngettext("%(count)s activity offered", "%(count)s activities offered", activities)
            % {"count": activities},
            reverse("sessions:activity_list", args=[prison.slug]),
            activities > 0,
        ),
        Step(
            _("Facilitators"),
            _("%(count)s of %(all)s may enter today") % {"count": permitted, "all": workers.count()},
            reverse("sessions:worker_list", args=[prison.slug]),
            permitted > 0,
        ),
    ]
