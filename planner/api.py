"""The REST API: one NinjaAPI, to which each app adds its router."""

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from core.errors import PlannerError

api = NinjaAPI(
    title="Tempo API",
    version="1",
    description="Sessions and rooms of a prison, for programs. Sign in with `Authorization: Bearer TOKEN`.",
    urls_namespace="api",
    docs_url="/docs",
)


@api.exception_handler(PlannerError)
def refuse(request: HttpRequest, error: PlannerError) -> HttpResponse:
    """The same refusal as on screen: a stable code and a sentence in the caller's language."""
    return api.create_response(request, {"code": error.code, "message": str(error)}, status=error.status)
