"""Proposals of the automatic planner, under /p/<prison>/."""

from django.urls import path

from planner.proposals import line_views, start_views, views

urlpatterns = [
    path("board/proposals/", views.proposal_list, name="proposal_list"),
    path("board/proposals/mend/", start_views.proposal_mend, name="proposal_mend"),
    path("board/proposals/from-nothing/", start_views.proposal_fresh, name="proposal_fresh"),
    path("board/proposals/by-hand/", start_views.proposal_by_hand, name="proposal_by_hand"),
    path("board/proposals/compare/", views.proposal_compare, name="proposal_compare"),
    path("board/proposals/<int:pk>/", views.proposal_detail, name="proposal_detail"),
    path("board/proposals/<int:pk>/stop/", views.proposal_stop, name="proposal_stop"),
    path("board/proposals/<int:pk>/accept/", views.proposal_accept, name="proposal_accept"),
    path("board/proposals/<int:pk>/discard/", views.proposal_discard, name="proposal_discard"),
    path("board/proposals/<int:pk>/again/", start_views.proposal_again, name="proposal_again"),
    path("board/proposals/<int:pk>/add/", line_views.line_add, name="proposal_line_add"),
    path("board/proposals/<int:pk>/why/", line_views.why_not, name="proposal_why"),
    path("board/proposals/<int:pk>/lines/<int:line>/", line_views.line_edit, name="proposal_line"),
    path(
        "board/proposals/<int:pk>/lines/<int:line>/leave/", line_views.line_leave, name="proposal_line_leave"
    ),
    path("closures/<int:pk>/repair/", start_views.closure_repair, name="closure_repair"),
]
