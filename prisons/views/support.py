"""The page on which whoever installs begins to look with masked names, and the way back."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from prisons import support
from prisons.access import PrisonRequest, prison_view
from prisons.forms import SupportForm, posted
from prisons.models import Prison
from prisons.signing_in.second_factor import fresh_second_factor


@prison_view()
@fresh_second_factor
def support_start(request: PrisonRequest, prison: Prison) -> HttpResponse:
    if not request.user.is_superuser:
        raise PermissionDenied(_("Your role in this prison does not include this page."))
    form = SupportForm(posted(request))
    if request.method == "POST" and form.is_valid():
        support.start(request, prison, form.cleaned_data["why"])
        return redirect(f"/p/{prison.slug}/")
    return render(request, "prisons/support.html", {"form": form}, status=422 if form.errors else 200)


@prison_view()
@require_POST
def support_end(request: PrisonRequest, prison: Prison) -> HttpResponse:
    support.end(request, prison)
    messages.success(request, _("You no longer look with masked names."))
    return redirect(f"/p/{prison.slug}/")
