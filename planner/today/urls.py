"""First pages, search and counts, under /p/<prison>/."""

from django.urls import path

from planner.today import views

urlpatterns = [
    path("", views.today, name="today"),
    path("search/", views.search, name="search"),
]
