"""The map of the site. Pages of a prison live under /p/<prison>/, everything else is listed here."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from core.theme import theme
from planner.api import api
from planner.components import components


def healthz(request: HttpRequest) -> HttpResponse:
    """For a watchdog: the web process answers."""
    return HttpResponse("ok", content_type="text/plain")


urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("theme/", theme, name="theme"),
    path("components/", components, name="components"),
    path("language/", include("django.conf.urls.i18n")),
    path("accounts/", include("allauth.urls")),
    path("api/v1/", api.urls),
    path("p/<slug:prison>/", include("prisons.urls")),
    path("p/<slug:prison>/", include("rooms.urls")),
    path("p/<slug:prison>/", include("sessions.urls")),
    path("p/<slug:prison>/", include("enrollment.urls")),
    path("p/<slug:prison>/", include("planner.prison_urls")),
]
