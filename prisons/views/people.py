"""People and rights of a prison: who has which role, who was invited, until when."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.dates.clock import now, today
from core.errors import PlannerError
from core.web.pages import asked_page
from prisons.access import SIDE_OF_ROLE, Access, PrisonRequest, Right, Side, prison_view
from prisons.domain.people import invitations, memberships
from prisons.forms import EndForm, EndNowForm, GiveRoleForm, InviteForm, add_refusal, posted
from prisons.models import Invitation, Membership, Prison
from prisons.models.people import MembershipQuerySet
from prisons.seen_forms import sees
from prisons.signing_in.second_factor import fresh_second_factor

ENDED = "ended"
OF_THE_PRISON = [role for role, side in SIDE_OF_ROLE.items() if side is Side.PRISON]


@prison_view(Right.MANAGE_PEOPLE, Right.APPOINT)
def membership_list(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """Everybody with a role that is in force or, asked for, has ended; and who is invited."""
    is_over = request.GET.get("show") == ENDED
    rows = _roles(request.access).order_by(
        "organisation__short_name", "role", "user__full_name", "user__email"
    )
    ended = rows.ended_on(today())
    page = asked_page(request, ended if is_over else rows.exclude(pk__in=ended.order_by().values("pk")))
    for row in page:
        row.is_mine = memberships.may_manage(request.access, row.role, row.organisation)
        row.links = _links(row)
    context = {"page": page, "is_over": is_over, "ended_count": ended.count()}
    if not is_over:
        context["invited"] = _invited(request.access)
    return render(request, "prisons/membership_list.html", context)


def _invited(access: Access) -> list[Invitation]:
    """Who has not answered yet."""
    waiting = _invitations(access).select_related("organisation", "invited_by", "prison")
    found = list(waiting.filter(accepted_at__isnull=True, withdrawn_at__isnull=True))
    for one in found:
        one.is_mine = memberships.may_manage(access, one.role, one.organisation)  # type: ignore[attr-defined]
        one.has_expired = one.expires_at <= now()  # type: ignore[attr-defined]
    return found


def _roles(access: Access) -> MembershipQuerySet:
    """All of them for the services; for the prison its own, since who comes for which service is not its own."""
    rows = Membership.objects.in_prison(access.prison).select_related("user", "organisation", "prison")
    return rows if access.has(Right.MANAGE_PEOPLE) else rows.filter(role__in=OF_THE_PRISON)


def _invitations(access: Access) -> QuerySet[Invitation]:
    rows = Invitation.objects.in_prison(access.prison)
    return rows if access.has(Right.MANAGE_PEOPLE) else rows.filter(role__in=OF_THE_PRISON)


def _links(row: Membership) -> list[tuple[str, str, str, str]]:
    """What can be done with a role in force, for its menu."""
    key = [row.prison.slug, row.pk]
    return [
        (reverse("prisons:membership_detail", args=key), _("Change the last day"), "calendar-range", ""),
        (reverse("prisons:membership_end", args=key), _("End now"), "person-x", "stop"),
    ]


@prison_view(Right.MANAGE_PEOPLE, Right.APPOINT)
@fresh_second_factor
def invite(request: PrisonRequest, prison: Prison) -> HttpResponse:
    form = InviteForm(posted(request), access=request.access, initial={"language": request.user.language})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                invitation, _link = invitations.invite(prison, by=request.user, **form.cleaned_data)
            except PlannerError as error:
                add_refusal(form, error)
                status = error.status
            else:
                messages.success(
                    request, _("An invitation is on its way to %(email)s.") % {"email": invitation.email}
                )
                return redirect("prisons:membership_list", prison.slug)
    return render(request, "prisons/invite.html", {"form": form}, status=status)


@prison_view(Right.MANAGE_PEOPLE, Right.APPOINT)
@require_POST
@fresh_second_factor
def send_invitation_again(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    invitation = get_object_or_404(_invitations(request.access), pk=pk)
    invitations.send_again(invitation, by=request.user)
    messages.success(request, _("A new link is on its way to %(email)s.") % {"email": invitation.email})
    return redirect("prisons:membership_list", prison.slug)


@prison_view(Right.MANAGE_PEOPLE, Right.APPOINT)
@require_POST
@fresh_second_factor
def withdraw_invitation(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    invitation = get_object_or_404(_invitations(request.access), pk=pk)
    invitations.withdraw(invitation, by=request.user)
    messages.success(request, _("The link sent to %(email)s no longer works.") % {"email": invitation.email})
    return redirect("prisons:membership_list", prison.slug)


@prison_view(Right.MANAGE_PEOPLE, Right.APPOINT)
@fresh_second_factor
def give_role(request: PrisonRequest, prison: Prison) -> HttpResponse:
    form = GiveRoleForm(posted(request), access=request.access, initial={"user": request.GET.get("user")})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                membership = memberships.give_role(prison, by=request.user, **form.cleaned_data)
            except PlannerError as error:
                add_refusal(form, error)
                status = error.status
            else:
                messages.success(
                    request, _("%(person)s has this role from now on.") % {"person": membership.user}
                )
                return redirect("prisons:membership_list", prison.slug)
    return render(request, "prisons/give_role.html", {"form": form}, status=status)


@prison_view(Right.MANAGE_PEOPLE, Right.APPOINT)
@fresh_second_factor
def membership_detail(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """The last day of one role."""
    membership = _membership(request.access, pk)
    is_last = memberships.is_last_of_its_kind(membership)
    initial = {"ends_on": membership.ends_on}
    form = EndForm(posted(request), asks_to_confirm=is_last, initial=initial)
    sees(form, membership)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                memberships.change_end(membership, by=request.user, **form.cleaned_data)
            except PlannerError as error:
                add_refusal(form, error)
                status = error.status
            else:
                messages.success(request, _("The last day of this role was changed."))
                return redirect("prisons:membership_list", prison.slug)
    context = {"form": form, "membership": membership, "is_last": is_last}
    return render(request, "prisons/membership_detail.html", context, status=status)


@prison_view(Right.MANAGE_PEOPLE, Right.APPOINT)
@fresh_second_factor
def membership_end(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """Asks first, because tokens and feeds that die here do not come back."""
    membership = _membership(request.access, pk)
    is_last = memberships.is_last_of_its_kind(membership)
    form = EndNowForm(posted(request), asks_to_confirm=is_last)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            memberships.end_role(membership, by=request.user, **form.cleaned_data)
        except PlannerError as error:
            add_refusal(form, error)
            status = error.status
        else:
            messages.success(request, _("This role has ended, with its feeds and tokens."))
            return redirect(_back(request, membership))
    context = {"form": form, "membership": membership, "is_last": is_last}
    return render(request, "prisons/membership_end.html", context, status=status)


@prison_view(Right.MANAGE_PEOPLE, Right.APPOINT)
@require_POST
@fresh_second_factor
def membership_reinstate(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    membership = memberships.reinstate(_membership(request.access, pk), by=request.user)
    messages.success(request, _("%(person)s has this role again.") % {"person": membership.user})
    return redirect("prisons:membership_list", prison.slug)


def _membership(access: Access, pk: int) -> Membership:
    return get_object_or_404(_roles(access), pk=pk)


def _back(request: PrisonRequest, membership: Membership) -> str:
    """The list, unless the role just ended was the one that let the person see it."""
    if membership.user_id == request.user.pk:
        return reverse("people:home")
    return reverse("prisons:membership_list", args=[membership.prison.slug])
