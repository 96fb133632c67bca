"""Pages under /p/<prison>/ of where and when: rooms, time slots, living units, the calendar."""

from django.urls import path

from rooms.views import places, times

app_name = "rooms"
urlpatterns = [
    path("buildings/", places.building_list, name="building_list"),
    path("buildings/add/", places.building_add, name="building_add"),
    path("buildings/<int:pk>/", places.building_edit, name="building_edit"),
    path("buildings/<int:pk>/remove/", places.building_remove, name="building_remove"),
    path("features/add/", places.feature_add, name="feature_add"),
    path("features/<int:pk>/", places.feature_edit, name="feature_edit"),
    path("features/<int:pk>/remove/", places.feature_remove, name="feature_remove"),
    path("rooms/", places.room_list, name="room_list"),
    path("rooms/add/", places.room_add, name="room_add"),
    path("rooms/<int:pk>/", places.room_edit, name="room_edit"),
    path("rooms/<int:pk>/use/", places.room_use, name="room_use"),
    path("rooms/<int:pk>/remove/", places.room_remove, name="room_remove"),
    path("rooms/<int:pk>/hours/add/", places.room_hours_add, name="room_hours_add"),
    path("room-hours/<int:pk>/remove/", places.room_hours_remove, name="room_hours_remove"),
    path("slots/", times.slot_list, name="slot_list"),
    path("slots/add/", times.slot_add, name="slot_add"),
    path("slots/<int:pk>/", times.slot_edit, name="slot_edit"),
    path("slots/<int:pk>/remove/", times.slot_remove, name="slot_remove"),
    path("units/", times.unit_list, name="unit_list"),
    path("units/add/", times.unit_add, name="unit_add"),
    path("units/<int:pk>/", times.unit_edit, name="unit_edit"),
    path("units/<int:pk>/remove/", times.unit_remove, name="unit_remove"),
    path("units/<int:pk>/hours/add/", times.unit_hours_add, name="unit_hours_add"),
    path("unit-hours/<int:pk>/remove/", times.unit_hours_remove, name="unit_hours_remove"),
    path("calendar/", times.calendar_list, name="calendar_list"),
    path("calendar/import/", times.calendar_import, name="calendar_import"),
    path("holidays/add/", times.holiday_add, name="holiday_add"),
    path("holidays/<int:pk>/", times.holiday_edit, name="holiday_edit"),
    path("holidays/<int:pk>/remove/", times.holiday_remove, name="holiday_remove"),
    path("bands/add/", times.band_add, name="band_add"),
    path("bands/<int:pk>/", times.band_edit, name="band_edit"),
    path("bands/<int:pk>/remove/", times.band_remove, name="band_remove"),
    path("house-rules/", times.house_edit, name="house_edit"),
]
