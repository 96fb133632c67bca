"""Addresses of the board, under /p/<prison>/."""

from django.urls import path

from planner.board import (
    along_views,
    bulk_views,
    conflict_views,
    date_views,
    new_here,
    place_views,
    print_views,
    proposal_views,
    publish_views,
    undo_views,
    views,
)

urlpatterns = [
    path("board/", views.board, name="board"),
    path("board/live/", views.board_live, name="board_live"),
    path("board/week.pdf", print_views.board_file, name="board_file"),
    path("board/bulk/", bulk_views.board_bulk, name="board_bulk"),
    path("board/new/", new_here.board_new, name="board_new"),
    path("board/publish/", publish_views.board_publish, name="board_publish"),
    path("board/proposals/<int:pk>/board/", proposal_views.proposal_board, name="proposal_board"),
    path("conflicts/", conflict_views.conflict_list, name="conflicts"),
    path("board/sessions/<int:pk>/", views.session_detail, name="session_detail"),
    path("board/sessions/<int:pk>/move/", views.session_move, name="session_move"),
    path("board/sessions/<int:pk>/drop/", views.session_drop, name="session_drop"),
    path("board/sessions/<int:pk>/places/", place_views.session_places, name="session_places"),
    path("board/sessions/<int:pk>/cells/", place_views.session_cells, name="session_cells"),
    path("board/sessions/<int:pk>/minutes/", place_views.session_minutes, name="session_minutes"),
    path("board/sessions/<int:pk>/dates/", date_views.session_dates, name="session_dates"),
    path("board/sessions/<int:pk>/cancel/", views.session_cancel, name="session_cancel"),
    path("board/sessions/<int:pk>/restore/", views.session_restore, name="session_restore"),
    path("board/sessions/<int:pk>/along/", along_views.session_along, name="session_along"),
    path("board/changes/<int:pk>/along/", along_views.dates_along, name="dates_along"),
    path("board/changes/<int:pk>/undo/", undo_views.undo, name="undo"),
]
