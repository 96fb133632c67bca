"""The prison's agreement.

The list of everybody about whom it is asked goes out, answers per person come in.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from core.dates import clock
from core.errors import PlannerError
from core.paper.answering import answer
from core.web import address
from enrollment.domain.requests import agreement as domain
from enrollment.domain.requests.agreement import Answer
from enrollment.exports.agreement_paper import AskedAgreement, agreement_paper
from enrollment.models import Enrollment, Stay
from enrollment.views.shared import PageNotice
from prisons import gate
from prisons.access import Access, PrisonRequest, Right, prison_view
from prisons.domain.records import audit
from prisons.models import Prison
from sessions.models import Series


@prison_view(Right.AGREE, Right.DECIDE)
def agreement(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """The prison sees every group under its neutral name.

    A service its own groups, to type in what came back.
    """
    if request.method != "POST":
        return _show(request)
    rows = {row.pk: request.POST.get(f"answer-{row.pk}", "") for row in _asked(request.access)}
    sent = address.numbers(name[7:] for name in request.POST if name.startswith("answer-"))
    answers = {pk: request.POST[f"answer-{pk}"] for pk in sent if request.POST[f"answer-{pk}"]}
    try:
        if not answers.keys() <= rows.keys():
            raise PlannerError(
                "gone", _("Somebody has answered in the meantime. Nothing was saved: look again.")
            )
        outcome = domain.answer(prison, answers, by=request.user)
    except PlannerError as error:
        return _show(request, PageNotice("stop", str(error)), answers, status=error.status)
    words = _("Saved: yes %(yes)s, no %(no)s, not now %(later)s.")
    messages.success(
        request, words % {"yes": outcome.placed, "no": outcome.refused, "later": outcome.not_now}
    )
    return redirect("enrollment:agreement", prison.slug)


@prison_view(Right.AGREE, Right.DECIDE)
@require_GET
@never_cache
def agreement_file(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """The list on paper, as it goes to the prison: boxes to tick, neutral names for everybody."""
    now, groups = clock.now(), _by_series(prison, list(_asked(request.access)))
    audit.record(prison, request.user, "print_agreement", prison)
    name = f"{prison.slug}-{slugify(_('agreement of the prison'))}-{clock.today(now)}"
    return answer(agreement_paper(prison, groups, now=now), name, "pdf")


def _asked(access: Access) -> QuerySet[Enrollment]:
    rows = domain.awaiting(access.prison)
    return (
        rows if access.has(Right.AGREE) else rows.filter(gate.own(access, "series__activity__organisation"))
    )


def _show(
    request: PrisonRequest,
    notice: PageNotice | None = None,
    answers: dict[int, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    rows = list(_asked(request.access))
    context = {
        "groups": _groups(request, rows, answers or {}),
        "answers": Answer.choices,
        "notice": notice,
        "number": len(rows),
    }
    return render(request, "enrollment/agreement.html", context, status=status)


def _groups(request: PrisonRequest, rows: list[Enrollment], answers: dict[int, str]) -> list[dict[str, Any]]:
    reader = None if request.access.has(Right.AGREE) else request.access
    return [
        {
            "name": gate.name_of(reader, series),
            "people": [
                {"row": one.row, "stay": one.stay, "answer": answers.get(one.row.pk, "")} for one in people
            ],
        }
        for series, people in _by_series(request.prison, rows)
    ]


def _by_series(prison: Prison, rows: list[Enrollment]) -> list[tuple[Series, list[AskedAgreement]]]:
    """With where each of them stays today."""
    people = [row.participant_id for row in rows]
    stays = Stay.objects.in_prison(prison).open_on(clock.today()).select_related("unit")
    where = {stay.participant_id: stay for stay in stays.filter(participant__in=people)}
    groups = []
    for _pk, group in groupby(rows, key=lambda row: row.series_id):
        asked = [AskedAgreement(row, where.get(row.participant_id)) for row in group]
        groups.append((asked[0].row.series, asked))
    return groups
