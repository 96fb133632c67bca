"""What of the people of a prison this user may see.

The own service's requests and groups, of others only times.
"""

from __future__ import annotations

from django.db.models import QuerySet

from enrollment.models import Enrollment, Request
from enrollment.models.requests import EnrollmentQuerySet, RequestQuerySet
from prisons.access import Access, Right
from prisons.gate import acts_for, own
from prisons.models import Organisation
from sessions.models import Series


def own_requests(access: Access) -> RequestQuerySet:
    """Requests to the user's services. Wishes belong to the service that wrote them down.

    The services are a question of their own: named by number, SQLite would begin at all that was ever asked of them.
    """
    rows = Request.objects.in_prison(access.prison)
    if not access.has(Right.ENTER_REQUESTS):
        return rows.none()
    return rows.filter(organisation__in=acts_for(access).order_by().values("pk"))


def own_enrollments(access: Access) -> EnrollmentQuerySet:
    rows = Enrollment.objects.in_prison(access.prison)
    if not access.has(Right.ENTER_REQUESTS):
        return rows.none()
    return rows.filter(own(access, "series__activity__organisation"))


def own_series(access: Access) -> QuerySet[Series]:
    """Series whose people this user may see, with what their names need."""
    rows = Series.objects.in_prison(access.prison).select_related("activity__organisation", "prison")
    return rows.filter(own(access, "activity__organisation"))


def service_of(access: Access) -> Organisation | None:
    """The service for which the user writes down wishes: the first of the memberships that has one."""
    return next((each.organisation for each in access.memberships if each.organisation), None)
