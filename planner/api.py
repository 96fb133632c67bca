"""The REST API: one NinjaAPI, to which each app adds its router; every refusal has the same form."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationError

from core.errors import PlannerError
from prisons.api import TokenAuth
from rooms.api import router as rooms
from sessions.api import router as sessions

api = NinjaAPI(
    title="Tempo API",
    version="1",
    description="Sessions and rooms of a prison, for programs. Sign in with `Authorization: Bearer TOKEN`.",
    urls_namespace="api",
    docs_url="/docs",
    auth=TokenAuth(),
)
api.add_router("", rooms)
api.add_router("", sessions)


def _refusal(request: HttpRequest, status: int, code: str, message: str) -> HttpResponse:
    return api.create_response(request, {"code": code, "message": message}, status=status)


@api.exception_handler(PlannerError)
def refuse(request: HttpRequest, error: Any) -> HttpResponse:
    """The same refusal as on screen: a stable code and a sentence in the caller's language."""
    response = _refusal(request, error.status, error.code, str(error))
    if error.status == 429:
        response["Retry-After"] = "60"
    return response


@api.exception_handler(AuthenticationError)
def refuse_stranger(request: HttpRequest, error: Any) -> HttpResponse:
    response = _refusal(request, 401, "no_token", _("Send a valid token: Authorization: Bearer TOKEN."))
    response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(Http404)
def refuse_unknown(request: HttpRequest, error: Any) -> HttpResponse:
    return _refusal(request, 404, "not_found", _("There is nothing here for this token."))


@api.exception_handler(ValidationError)
def refuse_shape(request: HttpRequest, error: Any) -> HttpResponse:
    fields = ", ".join(str(one["loc"][-1]) for one in error.errors)
    message = _("These parameters cannot be used: %(fields)s.") % {"fields": fields}
    return _refusal(request, 422, "unusable_input", message)
