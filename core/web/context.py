"""What every template may know."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    """The product's name, whether this is the demo, and the nonce under the name that django-htmx reads."""
    return {
        "PRODUCT_NAME": settings.PRODUCT_NAME,
        "DEMO": settings.DEMO,
        "theme_cookie": settings.THEME_COOKIE_NAME,
        "csp_nonce": getattr(request, "csp_nonce", ""),
    }
