"""When the lists close, and the distribution table: which list goes to which post, in how many copies."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from core.web.forms import DONE
from enrollment.domain.lists import distribution, list_rules
from enrollment.forms import posted
from enrollment.list_forms import ClosingTimesForm, HandoutForm, PostForm
from enrollment.models import Handout, Post
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison, Unit
from rooms.views.editing import act_and_return, edit


@prison_view(Right.DISTRIBUTE)
def list_settings(request: PrisonRequest, prison: Prison) -> HttpResponse:
    form = ClosingTimesForm(
        posted(request),
        times=list_rules.closing_times(prison),
        slips=list_rules.wants_slips(prison),
    )
    status = form.attempt(lambda values: _save(request, prison, form, values)) if form.is_bound else 200
    if status == DONE:
        messages.success(request, _("Saved. Lists that have closed already stay as they are."))
        return redirect("enrollment:list_settings", prison.slug)
    context = {"form": form, "posts": _posts(prison), "unserved": _unserved(prison)}
    return render(request, "enrollment/list_settings.html", context, status=status)


def _save(request: PrisonRequest, prison: Prison, form: ClosingTimesForm, values: dict[str, Any]) -> None:
    list_rules.set_closing_times(prison, form.times, by=request.user)
    list_rules.set_slips(prison, values["movement_slips"], by=request.user)


def _posts(prison: Prison) -> Any:
    return Post.objects.in_prison(prison).prefetch_related("handouts__units", "handouts__rooms")


def _unserved(prison: Prison) -> list[str]:
    """Units whose movement list goes to no post."""
    units = Unit.objects.in_prison(prison).filter(is_active=True).values_list("code", flat=True)
    return distribution.unserved_units(distribution.plans(prison), units)


@prison_view(Right.DISTRIBUTE)
@require_POST
def posts_per_unit(request: PrisonRequest, prison: Prison) -> HttpResponse:
    made = distribution.add_post_per_unit(prison, by=request.user)
    done = ngettext(
        "%(number)s living unit has a post now.", "%(number)s living units have a post now.", made
    )
    messages.success(request, done % {"number": made})
    return redirect(_home(prison))


@prison_view(Right.DISTRIBUTE)
def post_add(request: PrisonRequest, prison: Prison) -> HttpResponse:
    return edit(
        request,
        form := PostForm(request.POST or None, instance=Post(prison=prison)),
        lambda _values: distribution.save_post(prison, form.values["name"], by=request.user),
        back=_home(prison),
        done=_("The post was added. Now say what it gets."),
        heading=_("Add a post"),
        **_crumb(prison),
    )


@prison_view(Right.DISTRIBUTE)
def post_edit(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    post = get_object_or_404(Post.objects.in_prison(prison), pk=pk)
    form = PostForm(request.POST or None, instance=post)
    return edit(
        request,
        form,
        lambda values: distribution.save_post(
            prison, form.values["name"], by=request.user, post=post, seen=values["seen"]
        ),
        back=_home(prison),
        done=_("Saved."),
        heading=post.name,
        remove_url=reverse("enrollment:post_remove", args=[prison.slug, pk]),
        remove_text=_("The lists that this post gets go to nobody then."),
        **_crumb(prison),
    )


@prison_view(Right.DISTRIBUTE)
@require_POST
def post_remove(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    post = get_object_or_404(Post.objects.in_prison(prison), pk=pk)
    return act_and_return(
        request,
        lambda: distribution.remove_post(post, by=request.user),
        back=_home(prison),
        done=_("The post was removed."),
    )


@prison_view(Right.DISTRIBUTE)
def handout_add(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    post = get_object_or_404(Post.objects.in_prison(prison).select_related("prison"), pk=pk)
    form = HandoutForm(request.POST or None, instance=Handout(post=post), prison=prison)
    return edit(
        request,
        form,
        lambda _values: distribution.save_handout(Handout(post=post), form.values, by=request.user),
        back=_home(prison),
        done=_("The list was added."),
        heading=_("A list for %(post)s") % {"post": post},
        **_crumb(prison),
    )


@prison_view(Right.DISTRIBUTE)
def handout_edit(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    row = get_object_or_404(Handout.objects.in_prison(prison).select_related("post__prison"), pk=pk)
    form = HandoutForm(request.POST or None, instance=row, prison=prison)
    return edit(
        request,
        form,
        lambda values: distribution.save_handout(row, form.values, by=request.user, seen=values["seen"]),
        back=_home(prison),
        done=_("Saved."),
        heading=_("A list for %(post)s") % {"post": row.post},
        remove_url=reverse("enrollment:handout_remove", args=[prison.slug, pk]),
        remove_text=_("This post no longer gets this list."),
        **_crumb(prison),
    )


@prison_view(Right.DISTRIBUTE)
@require_POST
def handout_remove(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    row = get_object_or_404(Handout.objects.in_prison(prison).select_related("post__prison"), pk=pk)
    return act_and_return(
        request,
        lambda: distribution.remove_handout(row, by=request.user),
        back=_home(prison),
        done=_("The post no longer gets it."),
    )


def _home(prison: Prison) -> str:
    return reverse("enrollment:list_settings", args=[prison.slug])


def _crumb(prison: Prison) -> dict[str, str]:
    return {"url": _home(prison), "label": _("Lists on paper")}
