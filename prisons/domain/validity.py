"""The model's own rules as a refusal in words: never the name of a constraint."""

from __future__ import annotations

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from core.errors import PlannerError


def require_valid(row: Model, exclude: Collection[str] = ()) -> None:
    """Raises PlannerError `unusable` (422): values out of bounds, names that are taken, what does not go together."""
    try:
        row.full_clean(exclude=set(exclude), validate_constraints=True)
    except ValidationError as error:
        names = {constraint.name for constraint in row._meta.constraints}
        said = [text for text in error.messages if not any(name in text for name in names)]
        if not said:
            raise PlannerError(
                "unusable", _("These values do not go together. Look at them once more."), 422
            ) from error
        raise PlannerError("unusable", " ".join(said), 422) from error
