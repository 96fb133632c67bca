"""What the frame around every page knows: the prison, the reader's rights in it, and other prisons."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from core.dates.clock import today
from prisons import support
from prisons.access import Access, Right
from prisons.models import Prison, User


def place(request: HttpRequest) -> dict[str, Any]:
    """`prison` and `access` on pages of a prison, `prisons` to switch to, `me_links` for the menu."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {}
    access: Access | None = getattr(request, "access", None)
    return {
        "prison": getattr(request, "prison", None),
        "access": access,
        "prisons": SimpleLazyObject(lambda: prisons_of(user)),
        "me_links": list(_links(access)),
        "support": support.of(request) if user.is_superuser else None,
    }


def _links(access: Access | None) -> Iterator[dict[str, str]]:
    yield {"url": reverse("people:me"), "icon": "person-vcard", "label": _("My account")}
    if access is not None and access.has_any((Right.PLACE, Right.SEE_OWN_SESSIONS)):
        url = reverse("sessions:feed_list", args=[access.prison.slug])
        yield {"url": url, "icon": "calendar-event", "label": _("Calendar addresses")}
    if access is not None and access.has(Right.SEE_OWN_SESSIONS):
        yield {"url": reverse("own_sessions"), "icon": "calendar-week", "label": _("My sessions")}
    if access is not None and access.has(Right.MARK):
        url = reverse("enrollment:attendance_list", args=[access.prison.slug])
        yield {"url": url, "icon": "check2-square", "label": _("Attendance")}
    if access is not None and access.has_any((Right.PLACE, Right.REPORT, Right.DOWNLOAD_LISTS)):
        url = reverse("prisons:job_list", args=[access.prison.slug])
        yield {"url": url, "icon": "hourglass-split", "label": _("My long work")}
    if access is not None and access.has(Right.APPOINT):
        url = reverse("prisons:membership_list", args=[access.prison.slug])
        yield {"url": url, "icon": "people", "label": _("People and rights")}
    if access is not None and access.user.is_superuser and not access.is_masked:
        url = reverse("prisons:support_start", args=[access.prison.slug])
        yield {"url": url, "icon": "eye-slash", "label": _("Look with masked names")}
    if access is not None and access.has(Right.READ_AUDIT):
        url = reverse("enrollment:audit_list", args=[access.prison.slug])
        yield {"url": url, "icon": "clock-history", "label": _("Who did what")}


def prisons_of(user: User) -> list[Prison]:
    """Every prison in which this person has a role today; all of them for whoever installs."""
    if user.is_superuser:
        return list(Prison.objects.all())
    live = user.memberships.live_on(today())
    return list(Prison.objects.filter(pk__in=live.values("prison")))
