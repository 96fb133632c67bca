"""Rooms and time slots of a prison, for programs."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Field, Path, Query, Router, Schema

from core.words.languages import FALLBACK_ORDER, named
from prisons.access import Right
from prisons.api import REFUSALS, ApiPage, Numbered, page_of, require
from rooms.models import Room, TimeSlot

router = Router(tags=["rooms"])


class RoomOut(Schema):
    id: int
    name: str = Field(description="in the language of the token's owner")
    names: dict[str, str] = Field(description="by language: nl, fr, en")
    building: str
    capacity: int
    features: list[str] = Field(description="codes, the same in every prison")
    inside_unit: str | None = Field(description="code of the living unit that it lies in")
    reachable_from: list[str] = Field(
        description="codes of the living units that can reach it; empty means all"
    )
    is_in_use: bool


class SlotOut(Schema):
    id: int
    weekday: int = Field(description="1 is Monday")
    starts: dt.time = Field(description="on the clock of Brussels")
    ends: dt.time
    valid_from: dt.date
    valid_to: dt.date | None
    max_people: int | None
    max_movements: int | None


@router.get("/{prison}/rooms", response={200: ApiPage[RoomOut], **REFUSALS}, summary="Rooms of a prison")
def list_rooms(request: HttpRequest, prison: Path[str], asked: Query[Numbered]) -> dict[str, Any]:
    """Every room, also those out of use, by building and name."""
    access = require(request, prison, Right.SEE_BOARD)
    rows = Room.objects.in_prison(access.prison).select_related("building", "inside_unit")
    rows = rows.prefetch_related("features", "reachable_from").order_by("building__name", "name", "pk")
    return page_of(rows, asked, _room_out)


@router.get("/{prison}/slots", response={200: ApiPage[SlotOut], **REFUSALS}, summary="Time slots of a prison")
def list_slots(request: HttpRequest, prison: Path[str], asked: Query[Numbered]) -> dict[str, Any]:
    access = require(request, prison, Right.SEE_BOARD)
    rows = TimeSlot.objects.in_prison(access.prison).order_by("weekday", "starts", "pk")
    return page_of(rows, asked, lambda row: {name: getattr(row, name) for name in SlotOut.model_fields})


def _room_out(room: Room) -> dict[str, Any]:
    return {
        "id": room.pk,
        "name": str(room),
        "names": {language: named(room.name, room.names, language) for language in FALLBACK_ORDER},
        "building": str(room.building),
        "capacity": room.capacity,
        "features": sorted(feature.code for feature in room.features.all()),
        "inside_unit": room.inside_unit.code if room.inside_unit else None,
        "reachable_from": sorted(unit.code for unit in room.reachable_from.all()),
        "is_in_use": room.is_active,
    }
