"""Pages of the planner app itself, under /p/<prison>/."""

from django.urls import URLPattern, URLResolver, include, path

app_name = "planner"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("planner.today.urls")),
    path("", include("planner.asks.urls")),
    path("", include("planner.board.urls")),
    path("", include("planner.terms.urls")),
    path("", include("planner.closures.urls")),
    path("", include("planner.offer.urls")),
    path("", include("planner.emergency.urls")),
    path("", include("planner.leaflet.urls")),
    path("", include("planner.workers.urls")),
    path("", include("planner.proposals.urls")),
    path("", include("planner.reports.urls")),
]
