"""The one way in which a rule is added, changed or removed on a page of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from core.forms import DONE, PlainTexts
from prisons.access import PrisonRequest


def edit(
    request: PrisonRequest,
    form: PlainTexts,
    act: Callable[[dict[str, Any]], object],
    *,
    back: str,
    done: object,
    template: str = "rooms/edit.html",
    **context: Any,
) -> HttpResponse:
    """Shows the form, or hands its values to `act` and goes `back` saying `done`.

    Unusable input comes back with 422, a refusal with its own status: in place, with all that was typed.
    """
    status = form.attempt(act) if request.method == "POST" else 200
    if status == DONE:
        messages.success(request, str(done))
        return redirect(back)
    return render(request, template, {"form": form, "back": back, **context}, status=status)


def act_and_return(
    request: PrisonRequest, act: Callable[[], object], *, back: str, done: object
) -> HttpResponse:
    """For a button: does it and goes `back` saying `done`. A refusal becomes a page with its own status."""
    act()
    messages.success(request, str(done))
    return redirect(back)
