"""How it stands with the emergency pack: when it was last written, its passphrase, making one now."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core.dates import clock
from enrollment.domain.lists.day_lists import sees_whole_day
from planner.emergency import pack_file, tasks
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison
from prisons.signing_in.second_factor import fresh_second_factor

_PAGE = "planner/emergency/emergency_pack.html"


@prison_view(Right.DISTRIBUTE)
@never_cache
def emergency_pack(request: PrisonRequest, prison: Prison) -> HttpResponse:
    return render(request, _PAGE, _context(request, prison))


def _context(request: PrisonRequest, prison: Prison) -> dict[str, Any]:
    pack = pack_file.pack_row(prison)
    return {
        "pack": pack,
        "failure": pack_file.FAILURES.get(pack.failure, "") if pack.failure else "",
        "is_late": pack_file.is_due(pack, clock.now()),
        "folder": settings.EMERGENCY_FOLDER,
        "evening": pack_file.EVENING,
        "may_open": sees_whole_day(request.access),
    }


@prison_view(Right.DISTRIBUTE)
@require_POST
def emergency_switch(request: PrisonRequest, prison: Prison) -> HttpResponse:
    is_on = request.POST.get("is_on") == "yes"
    pack_file.switch(prison, is_on, by=request.user)
    done = (
        _("From now on it is written every evening.")
        if is_on
        else _("It is no longer written in the evening.")
    )
    messages.success(request, done)
    return redirect("planner:emergency_pack", prison.slug)


@prison_view(Right.DISTRIBUTE)
@require_POST
@never_cache
@fresh_second_factor
def emergency_passphrase(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """Told once, on this page: it opens lists of every service, so only to who sees them all."""
    if not sees_whole_day(request.access):
        raise PermissionDenied(_("Only who sees the lists of all services can make the passphrase."))
    passphrase = pack_file.new_passphrase(prison, by=request.user)
    return render(request, _PAGE, {**_context(request, prison), "passphrase": passphrase})


@prison_view(Right.DISTRIBUTE)
@require_POST
def emergency_write(request: PrisonRequest, prison: Prison) -> HttpResponse:
    back = reverse("planner:emergency_pack", args=[prison.slug])
    job = tasks.start(prison, by=request.user, back=back)
    return redirect("prisons:job_detail", prison.slug, job.pk)
