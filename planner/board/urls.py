"""Addresses of the board, under /p/<prison>/."""

from django.urls import path

from planner.board.views import (
    along,
    bulk,
    conflicts,
    dates,
    new_here,
    paper,
    places,
    proposal,
    publishing,
    undo,
    week,
)

urlpatterns = [
    path("board/", week.board, name="board"),
    path("board/live/", week.board_live, name="board_live"),
    path("board/week.pdf", paper.board_file, name="board_file"),
    path("board/bulk/", bulk.board_bulk, name="board_bulk"),
    path("board/new/", new_here.board_new, name="board_new"),
    path("board/publish/", publishing.board_publish, name="board_publish"),
    path("board/proposals/<int:pk>/board/", proposal.proposal_board, name="proposal_board"),
    path("conflicts/", conflicts.conflict_list, name="conflicts"),
    path("board/sessions/<int:pk>/", week.session_detail, name="session_detail"),
    path("board/sessions/<int:pk>/move/", week.session_move, name="session_move"),
    path("board/sessions/<int:pk>/drop/", week.session_drop, name="session_drop"),
    path("board/sessions/<int:pk>/places/", places.session_places, name="session_places"),
    path("board/sessions/<int:pk>/cells/", places.session_cells, name="session_cells"),
    path("board/sessions/<int:pk>/minutes/", places.session_minutes, name="session_minutes"),
    path("board/sessions/<int:pk>/dates/", dates.session_dates, name="session_dates"),
    path("board/sessions/<int:pk>/cancel/", week.session_cancel, name="session_cancel"),
    path("board/sessions/<int:pk>/restore/", week.session_restore, name="session_restore"),
    path("board/sessions/<int:pk>/along/", along.session_along, name="session_along"),
    path("board/changes/<int:pk>/along/", along.dates_along, name="dates_along"),
    path("board/changes/<int:pk>/undo/", undo.undo, name="undo"),
]
