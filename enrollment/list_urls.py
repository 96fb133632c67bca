"""Pages under /p/<prison>/lists/: what leaves on paper."""

from django.urls import path, register_converter

from core.weeks import DayConverter
from enrollment.views import lists

register_converter(DayConverter, "day")

urlpatterns = [
    path("lists/", lists.list_day, name="lists"),
    path("lists/<day:on>/changes.xlsx", lists.list_change_file, name="list_change_file"),
    path("lists/<day:on>/<slug:kind>.xlsx", lists.list_file, name="list_file"),
    path("lists/versions/<int:pk>/<slug:what>/", lists.list_confirm, name="list_confirm"),
    path("lists/sessions/<int:pk>/sheet.xlsx", lists.session_sheet, name="session_sheet"),
    path("lists/sessions/<int:pk>/own-sheet.xlsx", lists.worker_sheet, name="worker_sheet"),
]
