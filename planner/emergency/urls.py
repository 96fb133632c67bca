"""Pages under /p/<prison>/settings/emergency-pack/."""

from django.urls import path

from planner.emergency import views

urlpatterns = [
    path("settings/emergency-pack/", views.emergency_pack, name="emergency_pack"),
    path("settings/emergency-pack/switch/", views.emergency_switch, name="emergency_switch"),
    path("settings/emergency-pack/passphrase/", views.emergency_passphrase, name="emergency_passphrase"),
    path("settings/emergency-pack/write/", views.emergency_write, name="emergency_write"),
]
