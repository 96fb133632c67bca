"""Signing in to the REST API: `Authorization: Bearer TOKEN`."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Schema
from ninja.security import HttpBearer

from core.errors import PlannerError
from prisons.access import Access, Right
from prisons.domain.tokens import authenticate_token


class Refusal(Schema):
    """Every answer that is not what was asked for."""

    code: str
    """Stable, for programs."""
    message: str
    """A sentence in the language of `Accept-Language`."""


class TokenAuth(HttpBearer):
    """For `NinjaAPI(auth=TokenAuth())`: 401 without a living token; sets `request.access`."""

    def authenticate(self, request: HttpRequest, token: str) -> Access | None:
        found = authenticate_token(token)
        if found is None:
            return None
        _token, access = found
        request.user, request.access = access.user, access  # type: ignore[attr-defined]
        return access


def require(request: HttpRequest, prison: str, right: Right) -> Access:
    """The token's access to the prison of this slug: 404 for any other prison, 403 without the right."""
    access: Access = request.auth  # type: ignore[attr-defined]
    if access.prison.slug != prison:
        raise Http404
    if not access.has(right):
        raise PlannerError("missing_right", _("The role of this token does not include this."), 403)
    return access
