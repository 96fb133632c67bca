"""Pages of the offer and the settings, under /p/<prison>/."""

from django.urls import path

from planner.offer import new_series, plan_paste, settings, views, worker_choices
from planner.offer.one_series import dates, ending, publishing, rooms

urlpatterns = [
    path("settings/", settings.settings, name="settings"),
    path("series/", views.series_list, name="series_list"),
    path("series/facilitators/", worker_choices.worker_choices, name="worker_choices"),
    path("series/paste/", plan_paste.plan_paste, name="plan_paste"),
    path("series/pasted/<int:pk>/undo/", plan_paste.plan_paste_undo, name="plan_paste_undo"),
    path("series/add/", new_series.series_add, name="series_add"),
    path("series/<int:pk>/edit/", views.series_edit, name="series_edit"),
    path("series/<int:pk>/dates/add/", dates.series_date_add, name="series_date_add"),
    path("series/<int:pk>/dates/prolong/", dates.series_prolong, name="series_prolong"),
    path("series/<int:pk>/dates/take-up/", dates.series_take_up, name="series_take_up"),
    path("series/<int:pk>/publish/", publishing.series_publish, name="series_publish"),
    path("series/<int:pk>/rooms/", rooms.series_rooms, name="series_rooms"),
    path("series/<int:pk>/end/", ending.series_end_page, name="series_end"),
    path("series/ended/<int:pk>/take-back/", ending.series_reopen, name="series_reopen"),
    path("series/<int:pk>/materials/add/", views.material_add, name="material_add"),
    path("materials/<int:pk>/", views.material_edit, name="material_edit"),
    path("materials/<int:pk>/remove/", views.material_remove, name="material_remove"),
]
