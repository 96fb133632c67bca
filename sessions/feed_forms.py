"""What a calendar address can be asked of, and what the feeds of a prison tell."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.dates.clock import today
from core.web.forms import PlainForm, PlainTexts
from core.words.folding import in_reading_order
from prisons.access import Access, Right
from prisons.models import Organisation
from rooms.models import Room
from sessions.domain.feeds import Subject, require_right
from sessions.domain.running import runs
from sessions.models import FeedRules, Series, Worker

Choices = list[tuple[Any, list[tuple[str, str]]]]


class NewFeedForm(PlainForm):
    """One list of everything whose sessions this person may follow."""

    of = forms.ChoiceField(label=_("Whose sessions"))
    language = forms.ChoiceField(label=_("Language of the calendar"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._subjects: dict[str, Subject] = {}
        choices = [(label, self._offer(rows)) for label, rows in _subjects(access)]
        self.fields["of"].choices = [(label, rows) for label, rows in choices if rows]  # type: ignore[attr-defined]
        self.fields["language"].initial = access.user.language

    def _offer(self, rows: list[Subject]) -> list[tuple[str, str]]:
        keys = {f"{type(row).__name__.lower()}-{row.pk}": row for row in rows}
        self._subjects |= keys
        return [(key, str(row)) for key, row in keys.items()]

    @property
    def subject(self) -> Subject:
        return self._subjects[self.cleaned_data["of"]]

    @property
    def is_empty(self) -> bool:
        return not self._subjects


def _subjects(access: Access) -> list[tuple[Any, list[Subject]]]:
    prison = access.prison
    own = Worker.objects.filter(user=access.user)
    found: list[tuple[Any, list[Subject]]] = [(_("Mine"), list(own))]
    if access.has(Right.PLACE):
        mine = Q(pk__in=access.organisation_ids) | Q(authority__in=access.authorities)
        services = list(Organisation.objects.filter(mine, prisons=prison))
        series = Series.objects.filter(runs(prison, today()), activity__organisation__in=services)
        workers = Worker.objects.active().in_prison(prison).filter(organisations__in=services)
        found += [
            (_("Service"), [*services]),
            (
                _("Facilitator"),
                [*workers.exclude(user=access.user).prefetch_related("organisations").distinct()],
            ),
            (pgettext_lazy("several", "Series"), [*series.select_related("activity__organisation")]),
            (_("Room"), [*Room.objects.in_prison(prison).in_use()]),
        ]
    if access.has(Right.MANAGE_RULES):
        found.append((_("Prison"), [prison]))
    return [(label, [row for row in in_reading_order(rows) if _may(row, access)]) for label, rows in found]


def _may(subject: Subject, access: Access) -> bool:
    try:
        require_right(subject, access)
    except PermissionDenied:
        return False
    return True


class FeedRulesForm(PlainTexts, forms.ModelForm):
    class Meta:
        model = FeedRules
        fields = [
            "shows_room",
            "shows_number",
            "gate_minutes",
            "entrance_nl",
            "entrance_fr",
            "bring_nl",
            "bring_fr",
            "call",
            "has_prison_feed",
        ]
