"""Rooms for programs: `GET /api/v1/{prison}/rooms`."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router, Schema

from prisons.access import Right
from prisons.api import Refusal, require
from rooms.models import Room

router = Router(tags=["rooms"])


class RoomOut(Schema):
    id: int
    name: str
    building: str
    capacity: int
    features: list[str]
    """Codes, the same in every prison."""
    inside_unit: str | None
    """The code of the living unit that the room lies in."""
    is_in_use: bool


@router.get("/{prison}/rooms", response={200: list[RoomOut], 401: Refusal, 403: Refusal, 404: Refusal})
def list_rooms(request: HttpRequest, prison: str) -> list[RoomOut]:
    """Every room of the prison, also those out of use, by building and name."""
    access = require(request, prison, Right.SEE_BOARD)
    rows = Room.objects.in_prison(access.prison).select_related("building", "inside_unit")
    return [
        RoomOut(
            id=room.pk,
            name=room.name,
            building=room.building.name,
            capacity=room.capacity,
            features=sorted(feature.code for feature in room.features.all()),
            inside_unit=room.inside_unit.code if room.inside_unit else None,
            is_in_use=room.is_active,
        )
        for room in rows.prefetch_related("features")
    ]
