"""Pages of no single prison: what a letter links to, and a facilitator's own sessions."""

from django.urls import path

from planner.workers import own_views, views

urlpatterns = [
    path("me/sessions/", own_views.own_session_list, name="own_sessions"),
    path("me/sessions/read/", own_views.own_notices_read, name="own_notices_read"),
    path("me/sessions/letters/", own_views.own_letters, name="own_letters"),
    path("me/sessions/<int:pk>/cannot-come/", own_views.cannot_come, name="cannot_come"),
    path("me/sessions/<int:pk>/can-come/", own_views.can_come, name="can_come"),
    path("me/sessions/dates/", own_views.own_dates, name="own_dates"),
    path("me/sessions/dates/<int:pk>/remove/", own_views.own_date_remove, name="own_date_remove"),
    path("notices/staff/<str:token>/", views.read_staff_notices, name="read_staff_notices"),
    path("notices/<str:token>/", views.read_notices, name="read_notices"),
]
