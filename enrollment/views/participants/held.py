"""Everything held about one person, as a file for that person."""

from __future__ import annotations

import json

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.dates import clock
from core.paper import to_pdf
from enrollment.domain.participants import held
from enrollment.exports.held import paper_of_person
from enrollment.views.shared import find_person
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison
from prisons.signing_in.second_factor import fresh_second_factor


@prison_view(Right.ENTER_REQUESTS)
@require_safe
@fresh_second_factor
def held_json(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    facts = _facts(request, pk)
    content = json.dumps(facts, ensure_ascii=False, indent=2)
    return _file(content.encode(), "application/json", f"everything-{pk}.json")


@prison_view(Right.ENTER_REQUESTS)
@require_safe
@fresh_second_factor
def held_pdf(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    content = to_pdf(paper_of_person(_facts(request, pk), clock.now()))
    return _file(content, "application/pdf", f"everything-{pk}.pdf")


def _facts(request: PrisonRequest, pk: int) -> dict[str, object]:
    """A coordinator's task: whoever only asks or decides for one service has no need of the whole."""
    if not request.access.has(Right.READ_AUDIT):
        raise PermissionDenied(_("Your role in this prison does not include this page."))
    return held.export(find_person(request.prison, pk), access=request.access)


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
