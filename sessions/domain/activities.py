"""What the services offer: activities, and the terms in which they are planned. The only writer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.errors import PlannerError
from prisons.access import Access
from prisons.domain.locking import lock_prison
from prisons.domain.people.organisations import require_kept
from prisons.models import Organisation, Prison, User
from rooms.domain import rulebook
from sessions.models import Activity, Term

LANGUAGES = ("nl", "fr", "en")


def save_activity(
    access: Access, values: Mapping[str, Any], *, activity: Activity | None = None, seen: str = ""
) -> Activity:
    """Adds an activity of the own service (or, for a coordinator, the own authority), or changes one.

    It is one row for all prisons, so it is changed by the service's own people only.

    Raises PlannerError `not_yours` (403), `title_missing` or `title_taken` (422), `changed_meanwhile` (409).
    """
    row = activity or Activity()
    require_own(access, values["organisation"])
    if activity:
        require_kept(access, activity.organisation)
    with transaction.atomic():
        lock_prison(access.prison)
        _check_titles(row, values)
        version = {"version": row.version + 1} if activity else {}
        return rulebook.write(
            access.prison,
            row,
            {**values, **version},
            by=access.user,
            seen=seen,
            is_rule=False,
            also_in=_used_in(activity) if activity else (),
        )


def _used_in(activity: Activity) -> Iterable[Prison]:
    """Every prison with a series of it: a title that changes, changes there too."""
    return Prison.objects.filter(pk__in=activity.series.values("prison"))


def remove_activity(access: Access, activity: Activity) -> None:
    """Raises PlannerError `not_yours` (403), or `in_use` (409) once a series or a request names it."""
    require_kept(access, activity.organisation)
    rulebook.remove(access.prison, activity, by=access.user)


def require_own(access: Access, organisation: Organisation) -> None:
    """Raises PlannerError `not_yours` (403) when this service belongs to somebody else."""
    if not access.may_change(organisation):
        message = _("This belongs to %(owner)s. You can ask them to change it.")
        raise PlannerError("not_yours", message, status=403, owner=organisation)


def missing_languages(activity: Activity) -> list[str]:
    """Languages without a title: to be filled in before a leaflet is made."""
    return [language for language in LANGUAGES if not getattr(activity, f"title_{language}")]


def _check_titles(row: Activity, values: Mapping[str, Any]) -> None:
    """The service's own language must be there, and a service offers the same title only once."""
    own = values["organisation"].language
    if not values.get(f"title_{own}"):
        message = _("The title in the service's own language is needed.")
        raise PlannerError("title_missing", message, status=422, field=f"title_{own}")
    title = values[f"title_{own}"]
    same = Activity.objects.filter(organisation=values["organisation"], **{f"title_{own}__iexact": title})
    if same.exclude(pk=row.pk).exists():
        message = _("%(owner)s already offers “%(title)s”.")
        raise PlannerError("title_taken", message, status=422, owner=values["organisation"], title=title)


def save_term(
    prison: Prison, values: Mapping[str, Any], *, by: User, term: Term | None = None, seen: str = ""
) -> Term:
    """Raises PlannerError `name_taken`, `ends_before_start` (422) or `changed_meanwhile` (409)."""
    row = term or Term(prison=prison)
    if values["ends_on"] < values["starts_on"]:
        message = _("The last day must not come before the first.")
        raise PlannerError("ends_before_start", message, status=422)
    with transaction.atomic():
        rulebook.require_free_name(lock_prison(prison), row, "name", values["name"])
        return rulebook.write(prison, row, values, by=by, seen=seen, is_rule=False)


def remove_term(term: Term, *, by: User) -> None:
    """Raises PlannerError `in_use` (409) while series belong to it."""
    rulebook.remove(term.prison, term, by=by)
