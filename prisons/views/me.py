"""What belongs to the one who signs in, whatever the prison: the way in, account, tokens, language."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.logout import logout
from allauth.account.utils import perform_login
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django.views.i18n import set_language as remember_language

from core.dates.clock import today
from core.errors import PlannerError
from prisons.access import access_through, needs_second_factor
from prisons.context_processors import prisons_of
from prisons.domain.people import invitations, tokens
from prisons.domain.people.accounts import OF_THE_ACCOUNT, change_account, end_sessions
from prisons.forms import AccountForm, NewcomerForm, TokenForm, add_refusal, posted, role_in_words
from prisons.models import ApiToken, Invitation, Membership, Role, User
from prisons.seen_forms import sees
from prisons.signing_in.browsers import browser_in_words
from prisons.signing_in.second_factor import fresh_second_factor

HEAR_OF_CHANGES = (Role.COORDINATOR, Role.ORGANISER, Role.LIAISON)
"""Facilitators choose their letters beside their sessions."""


class OwnRequest(HttpRequest):
    """The request of somebody who has signed in."""

    user: User


@login_required
def home(request: OwnRequest) -> HttpResponse:
    """Straight to the prison of last time; the choice of prisons when there is none."""
    prisons = prisons_of(request.user)
    last = [prison for prison in prisons if prison.pk == request.user.last_prison_id]
    if last or len(prisons) == 1:
        return redirect(f"/p/{(last or prisons)[0].slug}/")
    return redirect("people:prison_list")


@login_required
def prison_list(request: OwnRequest) -> HttpResponse:
    return render(request, "prisons/prison_list.html", {"choices": prisons_of(request.user)})


@login_required
def me(request: OwnRequest) -> HttpResponse:
    user = request.user
    initial = {"full_name": user.full_name, "language": user.language, "letters": user.letters}
    hears = any(role.role in HEAR_OF_CHANGES for role in _roles(user))
    form = AccountForm(posted(request), initial=initial, hears_of_changes=hears)
    sees(form, user, OF_THE_ACCOUNT)
    if request.method == "POST" and form.is_valid():
        try:
            change_account(user, **form.cleaned_data)
        except PlannerError as error:
            add_refusal(form, error)
            return render(request, "prisons/me.html", _account(user, form), status=error.status)
        translation.activate(user.language)
        messages.success(request, _("Your account was changed."))
        return redirect("people:me")
    return render(request, "prisons/me.html", _account(user, form), status=422 if form.errors else 200)


def _account(user: User, form: AccountForm) -> dict[str, Any]:
    roles = _roles(user)
    needs = any((access := access_through(role)) and needs_second_factor(access) for role in roles)
    return {
        "form": form,
        "roles": roles,
        "has_second_factor": is_mfa_enabled(user),
        "needs_second_factor": needs,
    }


def _roles(user: User) -> list[Membership]:
    rows = Membership.objects.live_on(today()).filter(user=user)
    return list(rows.select_related("user", "prison", "organisation").order_by("prison__name_nl", "pk"))


@login_required
@never_cache
@fresh_second_factor
def token_list(request: OwnRequest) -> HttpResponse:
    """Own tokens, and a new one: its text stands on this one answer and never again."""
    form = TokenForm(posted(request), memberships=_roles(request.user))
    context: dict[str, Any] = {"form": form}
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            chosen = form.cleaned_data
            _token, context["secret"] = tokens.create_token(
                chosen["membership"], chosen["name"], by=request.user
            )
            context["form"] = TokenForm(memberships=_roles(request.user))
            status = 201
    mine = ApiToken.objects.filter(membership__user=request.user, revoked_at__isnull=True)
    rows = mine.select_related("membership__user", "membership__prison", "membership__organisation")
    context["tokens"] = [(row, role_in_words(row.membership), access_through(row.membership)) for row in rows]
    return render(request, "prisons/token_list.html", context, status=status)


@login_required
@require_POST
def token_revoke(request: OwnRequest, pk: int) -> HttpResponse:
    rows = ApiToken.objects.select_related("membership__prison")
    tokens.revoke_token(get_object_or_404(rows, pk=pk, membership__user=request.user), by=request.user)
    messages.success(request, _("This token no longer works."))
    return redirect("people:token_list")


@login_required
@never_cache
def session_list(request: OwnRequest) -> HttpResponse:
    """Where one is signed in, and the way to end it: one, all others, or everywhere."""
    mine = UserSession.objects.purge_and_list(request.user)
    if request.method == "POST":
        return _end(request, mine, request.POST.get("session", ""))
    rows = sorted(mine, key=lambda one: (not one.is_current(), -one.last_seen_at.timestamp()))
    context = {"rows": [(one, browser_in_words(one.user_agent)) for one in rows]}
    return render(request, "prisons/session_list.html", context)


def _end(request: OwnRequest, mine: list[UserSession], which: str) -> HttpResponse:
    chosen = mine if which == "all" else [one for one in mine if str(one.pk) == which]
    if which == "others":
        chosen = [one for one in mine if not one.is_current()]
    is_out = any(one.is_current() for one in chosen)
    end_sessions(request.user, chosen)
    if is_out:
        logout(request)
        return redirect("account_login")
    messages.success(request, _("Signed out there."))
    return redirect("people:session_list")


@never_cache
def invitation(request: HttpRequest, secret: str) -> HttpResponseBase:
    """Where the link of an invitation leads: accept with the own account, or make one."""
    try:
        offer = invitations.find_open(secret)
    except PlannerError as error:
        return render(request, "prisons/invitation_closed.html", {"error": error}, status=error.status)
    if isinstance(request.user, User):
        return _accept_as(request, request.user, offer, secret)
    if invitations.account_of(offer):
        return render(
            request, "prisons/invitation_sign_in.html", {"invitation": offer, "role": role_in_words(offer)}
        )
    chosen = (
        translation.get_language() if settings.LANGUAGE_COOKIE_NAME in request.COOKIES else offer.language
    )
    with translation.override(chosen):
        return _accept_as_newcomer(request, offer, secret)


def _accept_as(request: HttpRequest, user: User, offer: Invitation, secret: str) -> HttpResponse:
    if request.method == "POST":
        invitations.accept_as(user, secret)
        messages.success(request, _("Welcome. This role is yours from now on."))
        return redirect(f"/p/{offer.prison.slug}/")
    is_mine = user.email.lower() == offer.email
    context = {"invitation": offer, "role": role_in_words(offer), "is_mine": is_mine}
    return render(request, "prisons/invitation_accept.html", context)


def _accept_as_newcomer(request: HttpRequest, offer: Invitation, secret: str) -> HttpResponseBase:
    initial = {"full_name": offer.full_name, "language": offer.language}
    form = NewcomerForm(posted(request), initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                user = invitations.accept_as_newcomer(secret, **form.cleaned_data)
            except ValidationError as error:
                add_refusal(form, error, "password")
            except PlannerError as error:
                add_refusal(form, error)
                status = error.status
            else:
                return _enter(request, user, f"/p/{offer.prison.slug}/")
    context = {"form": form, "invitation": offer, "role": role_in_words(offer)}
    return render(request, "prisons/invitation_newcomer.html", context, status=status)


def _enter(request: HttpRequest, user: User, to: str) -> HttpResponseBase:
    """Signs the newcomer in; the password just chosen counts as recently typed."""
    record_authentication(request, user, "password", email=user.email, reauthenticated=True)
    return perform_login(request, user, email_verification="none", redirect_url=to)


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Remembers the language in the account too, which wins over the cookie on every other computer."""
    language = request.POST.get("language", "")
    if isinstance(request.user, User) and language in dict(settings.LANGUAGES):
        change_account(request.user, language=language)
    return remember_language(request)
