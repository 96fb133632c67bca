"""What shall be different about several sessions: one small form for each act."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.web.forms import PlainForm
from planner.scheduling.bulk.bulk_edits import MOST_WEEKS, ByWeeks, Edit, IntoRoom, WithWorker
from planner.scheduling.bulk.cancelling import REASONS
from prisons.models import Prison
from rooms.models import Room
from sessions.models import Cancellation, Worker

ON, BACK = "on", "back"
BESIDE, INSTEAD = "beside", "instead"


class BulkForm(PlainForm):
    """`edit` says what the engine shall try; None when it is no change of place (a cancellation)."""

    def __init__(self, *args: Any, prison: Prison, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.prison = prison

    def edit(self) -> Edit | None:
        return None


class WeeksForm(BulkForm):
    weeks = forms.IntegerField(label=_("How many weeks"), min_value=1, max_value=MOST_WEEKS, initial=1)
    way = forms.ChoiceField(
        label=_("Which way"), choices=[(ON, _("later")), (BACK, _("earlier"))], initial=ON,
        widget=forms.RadioSelect,
    )  # fmt: skip

    def edit(self) -> Edit:
        weeks = self.cleaned_data["weeks"]
        return ByWeeks(-weeks if self.cleaned_data["way"] == BACK else weeks)


class BulkRoomForm(BulkForm):
    room = forms.ModelChoiceField(label=_("Room"), queryset=Room.objects.none())

    def __init__(self, *args: Any, prison: Prison, **kwargs: Any) -> None:
        super().__init__(*args, prison=prison, **kwargs)
        rooms = Room.objects.in_prison(prison).in_use().select_related("building")
        self.fields["room"].queryset = rooms  # type: ignore[attr-defined]

    def edit(self) -> Edit:
        return IntoRoom(self.cleaned_data["room"].pk)


class BulkWorkerForm(BulkForm):
    worker = forms.ModelChoiceField(label=_("Facilitator"), queryset=Worker.objects.none())
    beside = forms.ChoiceField(
        label=_("How"), initial=BESIDE, widget=forms.RadioSelect,
        choices=[(BESIDE, _("beside those who lead it")), (INSTEAD, _("instead of those who lead it"))],
    )  # fmt: skip

    def __init__(self, *args: Any, prison: Prison, **kwargs: Any) -> None:
        super().__init__(*args, prison=prison, **kwargs)
        self.fields["worker"].queryset = Worker.objects.in_prison(prison).active()  # type: ignore[attr-defined]

    def edit(self) -> Edit:
        return WithWorker(self.cleaned_data["worker"].pk, self.cleaned_data["beside"] == INSTEAD)


class ReasonForm(BulkForm):
    reason = forms.ChoiceField(
        label=_("Why do they not take place?"),
        choices=[choice for choice in Cancellation.Reason.choices if choice[0] in REASONS],
        widget=forms.RadioSelect,
    )


FORMS: dict[str, type[BulkForm]] = {
    "weeks": WeeksForm,
    "room": BulkRoomForm,
    "worker": BulkWorkerForm,
    "cancel": ReasonForm,
}
