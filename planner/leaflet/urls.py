"""Pages under /p/<prison>/leaflet/."""

from django.urls import path

from planner.leaflet import views

urlpatterns = [
    path("leaflet/", views.leaflet, name="leaflet"),
    path("leaflet/leaflet.pdf", views.leaflet_file, name="leaflet_file"),
]
