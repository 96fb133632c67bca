"""Pages under /p/<prison>/ about who still must be told."""

from django.urls import path

from planner.workers import views

urlpatterns = [
    path("cannot-come/", views.cannot_come_list, name="cannot_come_list"),
    path("call-list/", views.call_list, name="call_list"),
    path("call-list.pdf", views.call_list_file, name="call_list_file"),
    path("call-list/<int:worker>/called/", views.called, name="called"),
]
