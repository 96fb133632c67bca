"""Asks between services, waivers, and who leads a session, under /p/<prison>/."""

from django.urls import path

from planner.asks import session_views, views, waiver_views, worker_views

urlpatterns = [
    path("asks/", views.ask_list, name="ask_list"),
    path("asks/<int:pk>/accept/", views.ask_accept, name="ask_accept"),
    path("asks/<int:pk>/refuse/", views.ask_refuse, name="ask_refuse"),
    path("asks/<int:pk>/take-back/", views.ask_take_back, name="ask_take_back"),
    path("board/sessions/<int:pk>/ask/", session_views.session_ask, name="session_ask"),
    path("board/sessions/<int:pk>/ask/move/", session_views.session_ask_move, name="session_ask_move"),
    path("board/sessions/<int:pk>/ask/swap/", session_views.session_ask_swap, name="session_ask_swap"),
    path("board/sessions/<int:pk>/ask/cancel/", session_views.session_ask_cancel, name="session_ask_cancel"),
    path("board/sessions/<int:pk>/workers/", worker_views.session_workers, name="session_workers"),
    path("board/sessions/<int:pk>/waivers/", waiver_views.session_waivers, name="session_waivers"),
    path("waivers/<int:pk>/withdraw/", waiver_views.waiver_withdraw, name="waiver_withdraw"),
]
