"""Pages of buildings, features and rooms."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.words.folding import in_reading_order
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Building, Prison
from rooms.domain import places
from rooms.forms import BuildingForm, FeatureForm, HoursForm, NamesForm, RoomForm
from rooms.models import Feature, Room, RoomHours
from rooms.views.editing import act_and_return, copy_under_names, edit


@prison_view(Right.MANAGE_RULES)
def building_list(request: PrisonRequest, prison: Prison) -> HttpResponse:
    buildings = Building.objects.in_prison(prison).annotate(
        room_count=Count("rooms", distinct=True), unit_count=Count("units", distinct=True)
    )
    here = Room.features.through.objects.filter(feature=OuterRef("pk"), room__prison=prison).values("feature")
    counted = Subquery(here.annotate(number=Count("pk")).values("number"))  # type: ignore[misc]
    features = Feature.objects.annotate(room_count=Coalesce(counted, 0))
    return render(
        request,
        "rooms/building_list.html",
        {"buildings": in_reading_order(buildings), "features": in_reading_order(features)},
    )


@prison_view(Right.MANAGE_RULES)
def building_add(request: PrisonRequest, prison: Prison) -> HttpResponse:
    return edit(
        request,
        form := BuildingForm(request.POST or None, instance=Building(prison=prison)),
        lambda _values: places.save_building(prison, form.values, by=request.user),
        back=reverse("rooms:building_list", args=[prison.slug]),
        done=_("The building was added."),
        heading=_("Add a building"),
        once_more=request.path,
    )


@prison_view(Right.MANAGE_RULES)
def building_edit(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    building = get_object_or_404(Building.objects.in_prison(prison), pk=pk)
    name, form = str(building), BuildingForm(request.POST or None, instance=building)
    return edit(
        request,
        form,
        lambda values: places.save_building(
            prison, form.values, by=request.user, building=building, seen=values["seen"]
        ),
        back=reverse("rooms:building_list", args=[prison.slug]),
        done=_("Saved."),
        heading=name,
        remove_url=reverse("rooms:building_remove", args=[prison.slug, pk]),
    )


@require_POST
@prison_view(Right.MANAGE_RULES)
def building_remove(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    building = get_object_or_404(Building.objects.in_prison(prison), pk=pk)
    return act_and_return(
        request,
        lambda: places.remove_building(building, by=request.user),
        back=reverse("rooms:building_list", args=[prison.slug]),
        done=_("The building was removed."),
    )


@prison_view(Right.MANAGE_RULES)
def feature_add(request: PrisonRequest, prison: Prison) -> HttpResponse:
    return edit(
        request,
        form := FeatureForm(request.POST or None, instance=Feature()),
        lambda _values: places.save_feature(prison, form.values, by=request.user),
        back=reverse("rooms:building_list", args=[prison.slug]) + "#features",
        done=_("The feature was added."),
        heading=_("Add a feature"),
        once_more=request.path,
    )


@prison_view(Right.MANAGE_RULES)
def feature_edit(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    feature = get_object_or_404(Feature, pk=pk)
    form = FeatureForm(request.POST or None, instance=feature)
    return edit(
        request,
        form,
        lambda values: places.save_feature(
            prison, form.values, by=request.user, feature=feature, seen=values["seen"]
        ),
        back=reverse("rooms:building_list", args=[prison.slug]) + "#features",
        done=_("Saved."),
        heading=str(feature),
        remove_url=reverse("rooms:feature_remove", args=[prison.slug, pk]),
    )


@require_POST
@prison_view(Right.MANAGE_RULES)
def feature_remove(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    feature = get_object_or_404(Feature, pk=pk)
    return act_and_return(
        request,
        lambda: places.remove_feature(prison, feature, by=request.user),
        back=reverse("rooms:building_list", args=[prison.slug]) + "#features",
        done=_("The feature was removed."),
    )


@prison_view(Right.SEE_BOARD)
def room_list(request: PrisonRequest, prison: Prison) -> HttpResponse:
    rooms = Room.objects.in_prison(prison).select_related("building", "inside_unit")
    return render(
        request,
        "rooms/room_list.html",
        {"rooms": in_reading_order(rooms.prefetch_related("features", "reachable_from", "hours"))},
    )


@prison_view(Right.MANAGE_RULES)
def room_add(request: PrisonRequest, prison: Prison) -> HttpResponse:
    return edit(
        request,
        form := RoomForm(request.POST or None, instance=Room(prison=prison), prison=prison),
        lambda _values: places.save_room(prison, form.values, by=request.user),
        back=reverse("rooms:room_list", args=[prison.slug]),
        done=_("The room was added."),
        heading=_("Add a room"),
        once_more=request.path,
        needs_building=not prison.buildings.exists(),
        template="rooms/room_edit.html",
    )


@prison_view(Right.MANAGE_RULES)
def room_edit(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    room = get_object_or_404(Room.objects.in_prison(prison), pk=pk)
    name, form = str(room), RoomForm(request.POST or None, instance=room, prison=prison)

    def save(values: dict[str, Any]) -> Room:
        return places.save_room(prison, form.values, by=request.user, room=room, seen=values["seen"])

    return edit(
        request,
        form,
        save,
        back=reverse("rooms:room_list", args=[prison.slug]),
        done=_("Saved."),
        template="rooms/room_edit.html",
        heading=name,
        room=room,
        hours=room.hours.all(),
        hours_form=HoursForm(auto_id="hours_%s"),
        names_form=NamesForm(auto_id="names_%s"),
    )


@require_POST
@prison_view(Right.MANAGE_RULES)
def room_remove(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    room = get_object_or_404(Room.objects.in_prison(prison), pk=pk)
    return act_and_return(
        request,
        lambda: places.remove_room(room, by=request.user),
        back=reverse("rooms:room_list", args=[prison.slug]),
        done=_("The room was removed."),
    )


@require_POST
@prison_view(Right.MANAGE_RULES)
def room_copy(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """The same for B, C, D."""
    room = get_object_or_404(Room.objects.in_prison(prison), pk=pk)
    return copy_under_names(
        request,
        lambda names: places.copy_room(room, names, by=request.user),
        back=reverse("rooms:room_list", args=[prison.slug]),
        heading=_("The same as %(name)s") % {"name": room},
    )


@require_POST
@prison_view(Right.MANAGE_RULES)
def room_use(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """Takes the room out of use, or back into it (`use=yes`)."""
    room = get_object_or_404(Room.objects.in_prison(prison), pk=pk)
    in_use = request.POST.get("use") == "yes"
    return act_and_return(
        request,
        lambda: places.set_room_in_use(room, in_use, by=request.user),
        back=reverse("rooms:room_list", args=[prison.slug]),
        done=_("The room is in use again.") if in_use else _("The room is out of use."),
    )


@require_POST
@prison_view(Right.MANAGE_RULES)
def room_hours_add(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    room = get_object_or_404(Room.objects.in_prison(prison), pk=pk)
    return edit(
        request,
        HoursForm(request.POST),
        lambda values: places.add_room_hours(room, **values, by=request.user),
        back=reverse("rooms:room_edit", args=[prison.slug, pk]) + "#hours",
        done=_("The hours were added."),
        heading=_("Hours of %(room)s") % {"room": room},
    )


@require_POST
@prison_view(Right.MANAGE_RULES)
def room_hours_remove(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    hours = get_object_or_404(RoomHours.objects.filter(room__prison=prison), pk=pk)
    return act_and_return(
        request,
        lambda: places.remove_room_hours(hours, by=request.user),
        back=reverse("rooms:room_edit", args=[prison.slug, hours.room_id]) + "#hours",
        done=_("The hours were removed."),
    )
