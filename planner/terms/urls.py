"""Addresses of a term as a whole, under /p/<prison>/."""

from django.urls import path

from planner.terms import copy_views, overview_views

urlpatterns = [
    path("board/term/", overview_views.term_overview_page, name="term_overview"),
    path("board/term.pdf", overview_views.term_file, name="term_file"),
    path("board/term/copy/", copy_views.term_copy, name="term_copy"),
    path("board/term/copied/<int:pk>/", copy_views.term_copied, name="term_copied"),
]
