"""Which figures: of which days and of which service."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.web.forms import DateInput, PlainForm
from planner.reports.periods import Period
from planner.reports.scope import ReportScope, services_of
from prisons import gate
from prisons.access import Access, Right
from prisons.models import Organisation
from sessions.models import Term


class ScopeForm(PlainForm):
    """Nothing chosen: the term of today, else the last three months, and all the services one may see."""

    first = forms.DateField(label=_("From"), required=False, widget=DateInput)
    last = forms.DateField(label=_("Until and including"), required=False, widget=DateInput)
    service = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Service"), required=False, empty_label=_("All services")
    )

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.access = access
        self.fields["service"].queryset = services_of(access.prison)  # type: ignore[attr-defined]
        self.fields = gate.answered(access, self.fields)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("first") and data.get("last") and data["last"] < data["first"]:
            self.add_error("last", _("The last day must not come before the first."))
        return data

    def scope(self) -> ReportScope:
        """What was asked for, as far as it makes sense; the rest as if nothing had been chosen."""
        self.is_valid()
        data = getattr(self, "cleaned_data", {})
        first, last = data.get("first"), data.get("last")
        if not first or not last or last < first:
            period = self.default_period()
            first, last = first or period.first, last or period.last
            if last < first:
                first, last = period.first, period.last
        service = data.get("service")
        return ReportScope(
            prison_ids=(self.access.prison.pk,),
            period=Period(first, last),
            now=clock.now(),
            organisation_ids=frozenset({service.pk}) if service else None,
            people_of=people_of(self.access, "organisation"),
            waiting_of=people_of(self.access, "series__activity__organisation"),
        )

    def shown(self, scope: ReportScope) -> ScopeForm:
        """The form with what the figures are of, also when nothing was chosen; a refusal keeps its words."""
        if self.is_bound and self.errors:
            return self
        service = next(iter(scope.organisation_ids or ()), None)
        chosen = {"first": scope.period.first, "last": scope.period.last, "service": service}
        return ScopeForm(initial=chosen, access=self.access)

    def default_period(self) -> Period:
        today = clock.today()
        terms = Term.objects.in_prison(self.access.prison).filter(starts_on__lte=today, ends_on__gte=today)
        term = terms.first()
        return Period(term.starts_on, term.ends_on) if term else Period(today - dt.timedelta(days=91), today)


def people_of(access: Access, path: str) -> Q:
    """Whoever moves people from unit to unit would see requests to other services move along, and whoever enters what
    they ask would see the answer: of those only own ones are counted. Oversight does neither.
    """
    if not access.has(Right.KEEP_ROSTER):
        return Q()
    return gate.own(access, path) | Q(**{path: None})
