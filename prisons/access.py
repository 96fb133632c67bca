"""Who may do what: roles are named sets of rights, views ask for a right, a stranger finds nothing.

Rights say what kind of act somebody may do in a prison at all. Whether this very row may be changed is
`Access.may_change(organisation)`: an organiser changes the own service, a coordinator the own authority.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from core.dates.clock import today
from core.web import htmx
from core.web.htmx import is_partial
from prisons import support
from prisons.models import Membership, Organisation, Prison, Role, User
from prisons.signing_in import carried, second_factor


class Right(StrEnum):
    """What a view or an API call may ask for."""

    SEE_BOARD = "see_board"
    """The week, rooms, closures and series of every service."""
    SEE_TITLES = "see_titles"
    """What an activity is really called; without it every name is the neutral one."""
    SEE_OWN_SESSIONS = "see_own_sessions"
    """A facilitator's own sessions and sheets, nobody else's."""
    SEE_NAMES = "see_names"
    """Who takes part, never why. Asks for a second factor."""
    ENTER_REQUESTS = "enter_requests"
    """Notes, requests, reply slips, and the page of a person (with why: never for the prison)."""
    DECIDE = "decide"
    """Approve, put on the waiting list, decline, end a place."""
    PLACE = "place"
    """Make activities, series and sessions, and give them a room, a time and a facilitator."""
    PUBLISH = "publish"
    CLOSE = "close"
    """Announce, confirm and lift closures."""
    ANNOUNCE = "announce"
    """Tell everybody something on their first page."""
    DOWNLOAD_LISTS = "download_lists"
    """Movement lists, sheets, gate lists; hand them over."""
    DISTRIBUTE = "distribute"
    """When lists close, and which post gets which list."""
    MARK = "mark"
    """Attendance; a facilitator only of own sessions."""
    AGREE = "agree"
    """Give the prison's answer on who takes part."""
    SEPARATE = "separate"
    """Enter and see who is kept apart from whom."""
    KEEP_ROSTER = "keep_roster"
    """Units, cells, arrivals and departures of people."""
    MANAGE_WORKERS = "manage_workers"
    MANAGE_PEOPLE = "manage_people"
    """Invite, give and end roles of the services."""
    APPOINT = "appoint"
    """Invite, give and end roles of the prison's own side."""
    MANAGE_RULES = "manage_rules"
    """Rooms, time slots, units and their hours, holidays."""
    READ_OUTBOX = "read_outbox"
    READ_AUDIT = "read_audit"
    REPORT = "report"
    """Counts and percentages; no person in them."""


_SERVICE = frozenset(
    {
        Right.SEE_BOARD,
        Right.SEE_TITLES,
        Right.SEE_NAMES,
        Right.ENTER_REQUESTS,
        Right.DECIDE,
        Right.PLACE,
        Right.PUBLISH,
        Right.DOWNLOAD_LISTS,
        Right.MARK,
        Right.KEEP_ROSTER,
        Right.MANAGE_WORKERS,
        Right.REPORT,
    }
)

RIGHTS_OF_ROLE: dict[str, frozenset[Right]] = {
    Role.ORGANISER: _SERVICE,
    Role.COORDINATOR: _SERVICE
    | {
        Right.ANNOUNCE,
        Right.CLOSE,
        Right.DISTRIBUTE,
        Right.MANAGE_PEOPLE,
        Right.MANAGE_RULES,
        Right.READ_OUTBOX,
        Right.READ_AUDIT,
    },
    # The prison: who must be brought where and when. Never titles, requests or anything that says why.
    Role.LIAISON: frozenset(
        {
            Right.SEE_BOARD,
            Right.SEE_NAMES,
            Right.CLOSE,
            Right.DOWNLOAD_LISTS,
            Right.DISTRIBUTE,
            Right.AGREE,
            Right.SEPARATE,
            Right.KEEP_ROSTER,
            Right.APPOINT,
        }
    ),
    Role.WORKER: frozenset({Right.SEE_OWN_SESSIONS, Right.SEE_TITLES, Right.MARK}),
    Role.AUDITOR: frozenset({Right.SEE_BOARD, Right.READ_AUDIT, Right.REPORT}),
}


class Side(StrEnum):
    """Who a role speaks for. Nobody may be both who asks and who checks."""

    SERVICES = "services"
    PRISON = "prison"
    OVERSIGHT = "oversight"


SIDE_OF_ROLE: dict[str, Side] = {
    Role.COORDINATOR: Side.SERVICES,
    Role.ORGANISER: Side.SERVICES,
    Role.WORKER: Side.SERVICES,
    Role.LIAISON: Side.PRISON,
    Role.AUDITOR: Side.OVERSIGHT,
}


# Whoever installs the program sets up prisons and people; participants are none of their business.
RIGHTS_OF_SUPERUSER = frozenset(
    {Right.SEE_BOARD, Right.MANAGE_PEOPLE, Right.MANAGE_RULES, Right.READ_OUTBOX, Right.READ_AUDIT}
)


RIGHTS_OF_SUPPORT = RIGHTS_OF_SUPERUSER | RIGHTS_OF_ROLE[Role.COORDINATOR]
"""What whoever installs may look at with masked names (prisons/support.py); nothing can be sent meanwhile."""


@dataclass(frozen=True)
class Access:
    """What one person may do in one prison today: the union of the roles in force."""

    user: User
    prison: Prison
    memberships: tuple[Membership, ...]
    rights: frozenset[Right]
    roles: frozenset[str]
    organisation_ids: frozenset[int]
    """Services for which the person is organiser or coordinator."""
    authorities: frozenset[str]
    """Authorities for which the person is coordinator."""
    is_masked: bool = False
    """Looks as support does: every page, no name."""

    def has(self, right: Right) -> bool:
        return right in self.rights

    def has_any(self, rights: Iterable[Right]) -> bool:
        return not self.rights.isdisjoint(rights)

    def may_change(self, organisation: Organisation) -> bool:
        """Own service for an organiser, own authority for a coordinator; others' rows are asked for."""
        return organisation.pk in self.organisation_ids or organisation.authority in self.authorities

    def require_change(self, organisation: Organisation) -> None:
        """Raises PermissionDenied when this row belongs to somebody else."""
        if not self.may_change(organisation):
            raise PermissionDenied(
                _("This belongs to %(organisation)s. You can ask them to change it.")
                % {"organisation": organisation}
            )

    @cached_property
    def can(self) -> dict[str, bool]:
        """For templates: `{% if access.can.place %}`."""
        return {right.value: right in self.rights for right in Right}


class PrisonRequest(HttpRequest):
    """The request that a view decorated with `prison_view` receives."""

    user: User
    htmx: HtmxDetails
    prison: Prison
    access: Access
    membership_rights: frozenset[Right]


def access_for(
    user: User | AnonymousUser, prison: Prison, *, now: dt.datetime | None = None
) -> Access | None:
    """The access of this person to this prison at this moment, in one query; None for a stranger."""
    if not isinstance(user, User) or not is_welcome(user):
        return None
    memberships = Membership.objects.in_prison(prison).live_on(today(now)).filter(user=user)
    return _access(user, prison, tuple(memberships.select_related("organisation").order_by("pk")))


def access_through(membership: Membership, *, now: dt.datetime | None = None) -> Access | None:
    """What this one role gives without the person's others, for tokens and feeds; None once it has ended."""
    if has_ended(membership, today(now)) or membership.starts_on > today(now):
        return None
    if not is_welcome(membership.user):
        return None
    return _access(membership.user, membership.prison, (membership,))


def has_ended(membership: Membership, day: dt.date) -> bool:
    """By hand, or because its last day is over; what `Membership.objects.live_on` asks of a loaded row."""
    return membership.ended_at is not None or (membership.ends_on is not None and membership.ends_on < day)


def is_welcome(user: User) -> bool:
    """False for closed accounts, and for people of the demo anywhere but in the demo."""
    return user.is_active and (settings.DEMO or not user.is_demo)


def _access(user: User, prison: Prison, memberships: tuple[Membership, ...]) -> Access | None:
    if not memberships and not user.is_superuser:
        return None
    memberships = _of_one_side(memberships)
    rights: set[Right] = set(RIGHTS_OF_SUPERUSER) if user.is_superuser else set()
    for membership in memberships:
        rights |= RIGHTS_OF_ROLE[membership.role]
    acting = [m for m in memberships if m.organisation and m.role in (Role.ORGANISER, Role.COORDINATOR)]
    return Access(
        user=user,
        prison=prison,
        memberships=memberships,
        rights=frozenset(rights),
        roles=frozenset(membership.role for membership in memberships),
        organisation_ids=frozenset(m.organisation.pk for m in acting if m.organisation),
        authorities=frozenset(
            m.organisation.authority for m in acting if m.organisation and m.role == Role.COORDINATOR
        ),
    )


def _as_support(access: Access) -> Access:
    """Whatever a coordinator of any authority sees, by masked names."""
    authorities = Organisation.objects.filter(prisons=access.prison).values_list("authority", flat=True)
    rights, services = RIGHTS_OF_SUPPORT, frozenset(authorities)
    return replace(access, rights=rights, authorities=services, is_masked=True)


def _of_one_side(memberships: tuple[Membership, ...]) -> tuple[Membership, ...]:
    """The roles of the side that came first: whatever put a row of another side there gives nothing."""
    if not memberships:
        return ()
    side = SIDE_OF_ROLE[memberships[0].role]
    return tuple(one for one in memberships if SIDE_OF_ROLE[one.role] is side)


def _access_by_slug(user: User, slug: str) -> Access | None:
    """The prison and the roles in it with one query, since every page of a prison asks this first."""
    if not is_welcome(user):
        return None
    memberships = tuple(
        Membership.objects.live_on(today())
        .filter(user=user, prison__slug=slug)
        .select_related("organisation", "prison")
        .order_by("pk")
    )
    prison = memberships[0].prison if memberships else None
    if prison is None and user.is_superuser:
        prison = Prison.objects.filter(slug=slug).first()
    return _access(user, prison, memberships) if prison else None


P = ParamSpec("P")
PrisonView = Callable[Concatenate[Any, Prison, P], HttpResponseBase]


def prison_view(*rights: Right) -> Callable[[PrisonView[P]], Callable[..., HttpResponseBase]]:
    """Makes `view(request, prison, ...)` a page of a prison: one of `rights` suffices, none means any member.

    Anonymous: to the sign-in page (by HX-Redirect inside HTMX). Stranger or unknown prison: 404. Right
    missing: 403. Sets `request.prison` and `request.access`.
    """

    def decorate(view: PrisonView[P]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: Any, prison: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return to_sign_in(request)
            access = _access_by_slug(request.user, prison)
            if access is None:
                raise Http404
            if access.user.is_superuser and (flag := support.of(request)):
                access = _as_support(access) if flag.prison_id == access.prison.pk else access
            if rights and not access.has_any(rights):
                raise PermissionDenied(_("Your role in this prison does not include this page."))
            if _lacks_second_factor(request, access):
                return _to_second_factor(request)
            request.prison, request.access, request.membership_rights = access.prison, access, access.rights
            _remember(request, access.prison)
            return view(request, access.prison, *args, **kwargs)

        guarded.asks_for = rights  # type: ignore[attr-defined]  # the walk over every URL reads it
        return guarded

    return decorate


def to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """Sign in, then back to the page in front of the person (not to the fragment that HTMX wanted).

    A form that was sent comes along, to be sent once more; whatever else was to be done is said not to be.
    """
    if carried.is_act(request):
        return carried.page(request)
    if not htmx.is_partial(request):
        return redirect_to_login(request.get_full_path())
    return htmx.redirect(redirect_to_login(HtmxDetails(request).current_url_abs_path or "/").url)


def needs_second_factor(access: Access) -> bool:
    """Whoever sees names, and whoever installs: that account opens every prison."""
    return settings.SECOND_FACTOR_REQUIRED and (access.has(Right.SEE_NAMES) or access.user.is_superuser)


def _lacks_second_factor(request: HttpRequest, access: Access) -> bool:
    return needs_second_factor(access) and not second_factor.was_given(request)


def _to_second_factor(request: HttpRequest) -> HttpResponseBase:
    return second_factor.ask(
        request,
        _("You may see names of people in detention. So the second step is asked here too."),
        _("You may see names of people in detention. First set up a second step for signing in, then go on."),
    )


def _remember(request: PrisonRequest, prison: Prison) -> None:
    """Where somebody was last: pages that they opened, not what a page asks for by itself. With two prisons open
    in two tabs, polls would write this in turn for ever.
    """
    is_page = (
        request.method == "GET"
        and not is_partial(request)
        and "json" not in request.headers.get("Accept", "")
    )
    if is_page and request.user.last_prison_id != prison.pk:
        User.objects.filter(pk=request.user.pk).update(last_prison=prison)
