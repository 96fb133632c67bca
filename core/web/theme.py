"""Light, dark or as the computer: a choice kept in a cookie, so that the first picture is already right."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

THEMES = ("auto", "light", "dark")


def chosen_theme(request: HttpRequest | None) -> str:
    """One of THEMES; anything else in the cookie counts as auto."""
    chosen = request.COOKIES.get(settings.THEME_COOKIE_NAME, "") if request else ""
    return chosen if chosen in THEMES else "auto"


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """The way without JavaScript (static/js/app.js sets the same cookie at once)."""
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    response = HttpResponseRedirect(back if is_ours else "/")
    if request.POST.get("theme") in THEMES:
        response.set_cookie(
            settings.THEME_COOKIE_NAME,
            request.POST["theme"],
            max_age=31_536_000,
            samesite="Lax",
            secure=settings.IS_HTTPS,
        )
    return response
