"""Closures and what follows from them, under /p/<prison>/."""

from django.urls import path

from planner.closures import call_views, make_up_views, session_views, views

urlpatterns = [
    path("closures/", views.closure_list, name="closure_list"),
    path("closures/announce/", views.closure_announce, name="closure_announce"),
    path("closures/<int:pk>/", views.closure_detail, name="closure_detail"),
    path("closures/<int:pk>/confirm/", views.closure_confirm, name="closure_confirm"),
    path("closures/<int:pk>/lift/", views.closure_lift, name="closure_lift"),
    path("closures/<int:pk>/restore/", views.closure_restore, name="closure_restore"),
    path("closures/<int:pk>/calls/", call_views.closure_calls, name="closure_calls"),
    path("closures/<int:pk>/calls/<int:worker>/", call_views.closure_call, name="closure_call"),
    path("closures/<int:pk>/calls.pdf", call_views.closure_calls_file, name="closure_calls_file"),
    path("closures/<int:pk>/called/", call_views.closure_called, name="closure_called"),
    path("closures/<int:pk>/cover.pdf", views.closure_cover, {"ending": "pdf"}, name="closure_cover"),
    path("closures/<int:pk>/cover.xlsx", views.closure_cover, {"ending": "xlsx"}, name="closure_cover_xlsx"),
    path("closures/<int:pk>/make-up/", make_up_views.closure_make_up, name="closure_make_up"),
    path("board/sessions/<int:pk>/make-up/", make_up_views.session_make_up, name="session_make_up"),
    path("board/sessions/", session_views.session_list, name="session_list"),
    path("board/sessions/cancel/", session_views.sessions_cancel, name="sessions_cancel"),
    path("board/sessions/restore/", session_views.sessions_restore, name="sessions_restore"),
]
