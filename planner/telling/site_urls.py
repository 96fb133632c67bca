"""Pages of no single prison: what a letter links to, and a facilitator's own sessions."""

from django.urls import path

from planner.telling import views

urlpatterns = [
    path("me/sessions/", views.own_session_list, name="own_sessions"),
    path("me/sessions/read/", views.own_notices_read, name="own_notices_read"),
    path("me/sessions/letters/", views.own_letters, name="own_letters"),
    path("me/sessions/<int:pk>/cannot-come/", views.cannot_come, name="cannot_come"),
    path("notices/staff/<str:token>/", views.read_staff_notices, name="read_staff_notices"),
    path("notices/<str:token>/", views.read_notices, name="read_notices"),
]
