"""What every part of the REST API needs: `Authorization: Bearer TOKEN`, pages of rows, refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Field, Schema
from ninja.security import HttpBearer

from core.errors import PlannerError
from prisons import api_limits
from prisons.access import Access, Right
from prisons.domain.people.tokens import authenticate_token


class Refusal(Schema):
    """Every answer that is not what was asked for."""

    code: str
    """Stable, for programs."""
    message: str
    """A sentence in the language of `Accept-Language`."""


Item = TypeVar("Item")


class TokenAuth(HttpBearer):
    """For `NinjaAPI(auth=TokenAuth())`: 401 without a living token; sets `request.access`."""

    def authenticate(self, request: HttpRequest, token: str) -> Access | None:
        found = authenticate_token(token)
        if found is None:
            api_limits.count_wrong_token(request)
            return None
        known, access = found
        api_limits.count_asking(known.pk)
        request.user, request.access = access.user, access  # type: ignore[attr-defined]
        return access


def require(request: HttpRequest, prison: str, *rights: Right) -> Access:
    """The token's access to the prison of this slug: 404 for any other prison, 403 without a right."""
    access: Access = request.auth  # type: ignore[attr-defined]
    if access.prison.slug != prison:
        raise Http404
    if not access.has_any(rights):
        raise PlannerError("missing_right", _("The role of this token does not include this."), 403)
    return access


REFUSALS: dict[int, Any] = dict.fromkeys((401, 403, 404, 422, 429), Refusal)
"""What every operation may answer besides: `response={200: ..., **REFUSALS}`."""


class Numbered(Schema):
    """Which page of many rows."""

    page: int = Field(1, ge=1, le=100_000)
    page_size: int = Field(100, ge=1, le=500)


class ApiPage(Schema, Generic[Item]):
    """Some of many rows."""

    items: list[Item]
    total: int = Field(description="rows on all pages")
    page: int = Field(description="counted from 1")
    pages: int


def page_of(rows: QuerySet[Any], asked: Numbered, out: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """One page of the rows, each as `out` tells it; beyond the last page there are none."""
    total = rows.count()
    first, size = (asked.page - 1) * asked.page_size, asked.page_size
    items = [out(row) for row in rows[first : first + size]] if first < total else []
    return {"items": items, "total": total, "page": asked.page, "pages": max(1, -(-total // size))}
