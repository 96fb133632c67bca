"""Which report is wanted: of whom, of which year or month."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.web.forms import PlainForm
from planner.reports.periods import Month
from prisons.access import Access
from prisons.models.places import Authority

_YEARS = 5
_MONTHS = 14


def _ending() -> forms.ChoiceField:
    """What comes of it: pages to print, or a workbook to calculate with."""
    return forms.ChoiceField(
        label=_("File"),
        choices=[("pdf", _("PDF, to print")), ("xlsx", _("XLSX, to calculate with"))],
        widget=forms.RadioSelect,
        initial="pdf",
    )


class YearReportForm(PlainForm):
    """One authority of the reader's own, one year."""

    authority = forms.ChoiceField(label=_("Authority"))
    year = forms.TypedChoiceField(label=_("Year"), coerce=int)
    kind = forms.ChoiceField(
        label=_("Which year"),
        choices=[("calendar", _("calendar year")), ("school", _("school year, from September of that year"))],
        widget=forms.RadioSelect,
        initial="calendar",
    )
    ending = _ending()

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        this_year = clock.today().year
        choices: dict[str, list[tuple[Any, Any]]] = {
            "authority": [(code, Authority(code).label) for code in sorted(access.authorities)],
            "year": [(this_year - back, str(this_year - back)) for back in range(_YEARS)],
        }
        for name, given in choices.items():
            self.fields[name].choices = given  # type: ignore[attr-defined]
        self.initial.setdefault("year", this_year)


class MonthForm(PlainForm):
    """A month: some to come when lists are printed beforehand, else those that have been."""

    month = forms.ChoiceField(label=_("Month"))

    def __init__(self, *args: Any, ahead: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        months = [month_before(clock.today(), back) for back in range(-ahead, _MONTHS)]
        self.fields["month"].choices = [(one.key, str(one)) for one in months]  # type: ignore[attr-defined]
        self.initial.setdefault("month", Month.of(clock.today()).key)

    def chosen(self) -> Month:
        """The month asked for; without a usable one, this month."""
        if self.is_bound and self.is_valid():
            return Month.read(self.cleaned_data["month"])
        return Month.of(clock.today())


class SheetsForm(MonthForm):
    """The sheets of a month, some to come among them."""

    ending = _ending()


def month_before(day: dt.date, back: int) -> Month:
    number = day.year * 12 + day.month - 1 - back
    return Month.of(dt.date(number // 12, number % 12 + 1, 1))
