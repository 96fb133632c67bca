"""Pages under /p/<prison>/ of where and when: rooms, time slots, living units, the calendar."""

from django.urls import path

from rooms.views import pasting, places, times

app_name = "rooms"
urlpatterns = [
    path("settings/buildings/", places.building_list, name="building_list"),
    path("settings/buildings/add/", places.building_add, name="building_add"),
    path("settings/buildings/<int:pk>/", places.building_edit, name="building_edit"),
    path("settings/buildings/<int:pk>/remove/", places.building_remove, name="building_remove"),
    path("settings/features/add/", places.feature_add, name="feature_add"),
    path("settings/features/<int:pk>/", places.feature_edit, name="feature_edit"),
    path("settings/features/<int:pk>/remove/", places.feature_remove, name="feature_remove"),
    path("settings/rooms/", places.room_list, name="room_list"),
    path("settings/rooms/add/", places.room_add, name="room_add"),
    path("settings/rooms/<int:pk>/", places.room_edit, name="room_edit"),
    path("settings/rooms/<int:pk>/use/", places.room_use, name="room_use"),
    path("settings/rooms/<int:pk>/remove/", places.room_remove, name="room_remove"),
    path("settings/rooms/<int:pk>/hours/add/", places.room_hours_add, name="room_hours_add"),
    path("settings/room-hours/<int:pk>/remove/", places.room_hours_remove, name="room_hours_remove"),
    path("settings/rooms/paste/", pasting.room_paste, name="room_paste"),
    path("settings/rooms/<int:pk>/copy/", places.room_copy, name="room_copy"),
    path("settings/units/paste/", pasting.unit_paste, name="unit_paste"),
    path("settings/units/<int:pk>/copy/", times.unit_copy, name="unit_copy"),
    path("settings/slots/paste/", pasting.slot_paste, name="slot_paste"),
    path("settings/pasted/<int:pk>/undo/", pasting.paste_undo, name="paste_undo"),
    path("settings/slots/", times.slot_list, name="slot_list"),
    path("settings/slots/add/", times.slot_add, name="slot_add"),
    path("settings/slots/<int:pk>/", times.slot_edit, name="slot_edit"),
    path("settings/slots/<int:pk>/remove/", times.slot_remove, name="slot_remove"),
    path("settings/units/", times.unit_list, name="unit_list"),
    path("settings/units/add/", times.unit_add, name="unit_add"),
    path("settings/units/<int:pk>/", times.unit_edit, name="unit_edit"),
    path("settings/units/<int:pk>/remove/", times.unit_remove, name="unit_remove"),
    path("settings/units/<int:pk>/hours/add/", times.unit_hours_add, name="unit_hours_add"),
    path("settings/unit-hours/<int:pk>/remove/", times.unit_hours_remove, name="unit_hours_remove"),
    path("settings/calendar/", times.calendar_list, name="calendar_list"),
    path("settings/calendar/import/", times.calendar_import, name="calendar_import"),
    path("settings/holidays/add/", times.holiday_add, name="holiday_add"),
    path("settings/holidays/<int:pk>/", times.holiday_edit, name="holiday_edit"),
    path("settings/holidays/<int:pk>/remove/", times.holiday_remove, name="holiday_remove"),
    path("settings/bands/add/", times.band_add, name="band_add"),
    path("settings/bands/<int:pk>/", times.band_edit, name="band_edit"),
    path("settings/bands/<int:pk>/remove/", times.band_remove, name="band_remove"),
    path("settings/house-rules/", times.house_edit, name="house_edit"),
]
