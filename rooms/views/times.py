"""Pages of time slots, living units with their hours, holidays and bands, and the rules of the house."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from core.dates.clock import today
from core.words.folding import in_reading_order
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison, Unit
from rooms.domain import calendar, rulebook, slots, units
from rooms.forms import (
    BandForm,
    HolidayForm,
    HouseForm,
    NamesForm,
    SlotForm,
    SlotsForm,
    UnitForm,
    UnitHoursForm,
)
from rooms.models import WEEKDAYS, Holiday, SoftBand, TimeSlot, UnitHours
from rooms.views.editing import act_and_return, copy_under_names, edit


@prison_view(Right.MANAGE_RULES)
def slot_list(request: PrisonRequest, prison: Prison) -> HttpResponse:
    day = today()
    rows = list(TimeSlot.objects.in_prison(prison))
    present = [
        slot for slot in rows if slot.valid_from <= day and (slot.valid_to is None or day <= slot.valid_to)
    ]
    week = [(name, [slot for slot in present if slot.weekday == number]) for number, name in WEEKDAYS]
    context = {
        "week": week,
        "present": present,
        "coming": [slot for slot in rows if slot.valid_from > day],
        "past": [slot for slot in rows if slot.valid_to is not None and slot.valid_to < day],
    }
    return render(request, "rooms/slot_list.html", context)


@prison_view(Right.MANAGE_RULES)
def slot_add(request: PrisonRequest, prison: Prison) -> HttpResponse:
    return edit(
        request,
        form := SlotsForm(request.POST or None),
        lambda values: slots.add_slots(prison, values["weekdays"], form.values, by=request.user),
        back=reverse("rooms:slot_list", args=[prison.slug]),
        done=_("The time slot was added."),
        heading=_("Add a time slot"),
        once_more=request.path,
    )


@prison_view(Right.MANAGE_RULES)
def slot_edit(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    slot = get_object_or_404(TimeSlot.objects.in_prison(prison), pk=pk)
    name, form = str(slot), SlotForm(request.POST or None, instance=slot)
    return edit(
        request,
        form,
        lambda values: slots.change_slot(slot, form.values, by=request.user, seen=values["seen"]),
        back=reverse("rooms:slot_list", args=[prison.slug]),
        done=_("Saved."),
        heading=name,
        remove_url=reverse("rooms:slot_remove", args=[prison.slug, pk]),
        remove_text=_("Its sessions stay where they are, from now on among the other times."),
    )


@require_POST
@prison_view(Right.MANAGE_RULES)
def slot_remove(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    slot = get_object_or_404(TimeSlot.objects.in_prison(prison), pk=pk)
    return act_and_return(
        request,
        lambda: slots.remove_slot(slot, by=request.user),
        back=reverse("rooms:slot_list", args=[prison.slug]),
        done=_("The time slot was removed."),
    )


@prison_view(Right.MANAGE_RULES)
def unit_list(request: PrisonRequest, prison: Prison) -> HttpResponse:
    rows = Unit.objects.in_prison(prison).select_related("building").prefetch_related("hours")
    return render(request, "rooms/unit_list.html", {"units": in_reading_order(rows)})


@prison_view(Right.MANAGE_RULES)
def unit_add(request: PrisonRequest, prison: Prison) -> HttpResponse:
    return edit(
        request,
        form := UnitForm(request.POST or None, instance=Unit(prison=prison), prison=prison),
        lambda _values: units.save_unit(prison, form.values, by=request.user),
        back=reverse("rooms:unit_list", args=[prison.slug]),
        done=_("The living unit was added."),
        heading=_("Add a living unit"),
        once_more=request.path,
        template="rooms/unit_edit.html",
    )


@prison_view(Right.MANAGE_RULES)
def unit_edit(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    unit = get_object_or_404(Unit.objects.in_prison(prison), pk=pk)
    name, form = str(unit), UnitForm(request.POST or None, instance=unit, prison=prison)
    return edit(
        request,
        form,
        lambda values: units.save_unit(prison, form.values, by=request.user, unit=unit, seen=values["seen"]),
        back=reverse("rooms:unit_list", args=[prison.slug]),
        done=_("Saved."),
        heading=name,
        template="rooms/unit_edit.html",
        unit=unit,
        hours=UnitHours.objects.filter(unit=unit).order_by("weekday", "starts"),
        hours_form=UnitHoursForm(auto_id="hours_%s"),
        names_form=NamesForm(auto_id="names_%s"),
        remove_url=reverse("rooms:unit_remove", args=[prison.slug, pk]),
    )


@require_POST
@prison_view(Right.MANAGE_RULES)
def unit_copy(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """The same for B, C, D."""
    unit = get_object_or_404(Unit.objects.in_prison(prison), pk=pk)
    return copy_under_names(
        request,
        lambda codes: units.copy_unit(unit, codes, by=request.user),
        back=reverse("rooms:unit_list", args=[prison.slug]),
        heading=_("The same as %(name)s") % {"name": unit},
    )


@require_POST
@prison_view(Right.MANAGE_RULES)
def unit_remove(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    unit = get_object_or_404(Unit.objects.in_prison(prison), pk=pk)
    return act_and_return(
        request,
        lambda: units.remove_unit(unit, by=request.user),
        back=reverse("rooms:unit_list", args=[prison.slug]),
        done=_("The living unit was removed."),
    )


@require_POST
@prison_view(Right.MANAGE_RULES)
def unit_hours_add(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    unit = get_object_or_404(Unit.objects.in_prison(prison), pk=pk)
    return edit(
        request,
        UnitHoursForm(request.POST),
        lambda values: units.add_unit_hours(unit, **values, by=request.user),
        back=reverse("rooms:unit_edit", args=[prison.slug, pk]) + "#hours",
        done=_("The hours were added."),
        heading=_("Hours of %(unit)s") % {"unit": unit},
    )


@require_POST
@prison_view(Right.MANAGE_RULES)
def unit_hours_remove(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    hours = get_object_or_404(UnitHours.objects.filter(unit__prison=prison), pk=pk)
    return act_and_return(
        request,
        lambda: units.remove_unit_hours(hours, by=request.user),
        back=reverse("rooms:unit_edit", args=[prison.slug, hours.unit_id]) + "#hours",
        done=_("The hours were removed."),
    )


@prison_view(Right.MANAGE_RULES)
def calendar_list(request: PrisonRequest, prison: Prison) -> HttpResponse:
    day = today()
    context = {
        "holidays": Holiday.objects.in_prison(prison).filter(on__gte=day),
        "bands": SoftBand.objects.in_prison(prison).filter(ends_on__gte=day),
        "years": [day.year, day.year + 1],
    }
    return render(request, "rooms/calendar_list.html", context)


@require_POST
@prison_view(Right.MANAGE_RULES)
def calendar_import(request: PrisonRequest, prison: Prison) -> HttpResponse:
    year = today().year
    return act_and_return(
        request,
        lambda: calendar.import_years(prison, [year, year + 1], by=request.user),
        back=reverse("rooms:calendar_list", args=[prison.slug]),
        done=_imported,
    )


def _imported(count: int) -> str:
    if not count:
        return _("Nothing new: everything was here already, or was moved or removed here and stays so.")
    return ngettext("%(count)s row was added.", "%(count)s rows were added.", count) % {"count": count}


def _calendar_edit(request: PrisonRequest, prison: Prison, form: Any, **context: Any) -> HttpResponse:
    row = form.instance
    kind = "holiday" if isinstance(row, Holiday) else "band"
    save: Any = calendar.save_holiday if kind == "holiday" else calendar.save_band
    given = {kind: row} if row.pk else {}
    return edit(
        request,
        form,
        lambda values: save(prison, form.values, by=request.user, seen=values["seen"], **given),
        back=reverse("rooms:calendar_list", args=[prison.slug]),
        done=_("Saved."),
        remove_url=reverse(f"rooms:{kind}_remove", args=[prison.slug, row.pk]) if row.pk else "",
        **context,
    )


@prison_view(Right.MANAGE_RULES)
def holiday_add(request: PrisonRequest, prison: Prison) -> HttpResponse:
    form = HolidayForm(request.POST or None, instance=Holiday(prison=prison))
    return _calendar_edit(request, prison, form, heading=_("Add a public holiday"), once_more=request.path)


@prison_view(Right.MANAGE_RULES)
def holiday_edit(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    holiday = get_object_or_404(Holiday.objects.in_prison(prison), pk=pk)
    name = str(holiday)
    return _calendar_edit(request, prison, HolidayForm(request.POST or None, instance=holiday), heading=name)


@require_POST
@prison_view(Right.MANAGE_RULES)
def holiday_remove(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    return _calendar_remove(request, prison, get_object_or_404(Holiday.objects.in_prison(prison), pk=pk))


@prison_view(Right.MANAGE_RULES)
def band_add(request: PrisonRequest, prison: Prison) -> HttpResponse:
    form = BandForm(request.POST or None, instance=SoftBand(prison=prison))
    return _calendar_edit(
        request, prison, form, heading=_("Add a period to plan around"), once_more=request.path
    )


@prison_view(Right.MANAGE_RULES)
def band_edit(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    band = get_object_or_404(SoftBand.objects.in_prison(prison), pk=pk)
    name = str(band)
    return _calendar_edit(request, prison, BandForm(request.POST or None, instance=band), heading=name)


@require_POST
@prison_view(Right.MANAGE_RULES)
def band_remove(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    return _calendar_remove(request, prison, get_object_or_404(SoftBand.objects.in_prison(prison), pk=pk))


def _calendar_remove(request: PrisonRequest, prison: Prison, row: Holiday | SoftBand) -> HttpResponse:
    return act_and_return(
        request,
        lambda: calendar.remove(row, by=request.user),
        back=reverse("rooms:calendar_list", args=[prison.slug]),
        done=_("Removed."),
    )


@prison_view(Right.MANAGE_RULES)
def house_edit(request: PrisonRequest, prison: Prison) -> HttpResponse:
    form = HouseForm(request.POST or None, instance=prison)
    return edit(
        request,
        form,
        lambda values: rulebook.write(prison, prison, form.values, by=request.user, seen=values["seen"]),
        back=reverse("planner:settings", args=[prison.slug]),
        done=_("Saved."),
        heading=_("Rules of the house"),
    )
