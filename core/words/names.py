"""Names of people in detention on their way out of the database: noticed, and masked for whoever may not read them.

Every column that holds such a name is one of the fields below. During a request a `Look` is open: each name that
is read leaves its trace there, also through `values()`, so that a page with names cannot be forgotten.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models.lookups import PatternLookup
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    _AnyField = models.CharField
else:
    _AnyField = object


@dataclass
class NamesRead:
    """What one request has read of names so far."""

    is_masked: bool = False
    has_names: bool = False
    was_asked: bool = False
    """Rows were looked for by a name, whether there are any or not."""
    people: set[int] = field(default_factory=set)


_look: ContextVar[NamesRead | None] = ContextVar("look", default=None)


@contextmanager
def looking(*, is_masked: bool = False) -> Iterator[NamesRead]:
    """Notices every name that is read inside, and masks it where the reader may not have it."""
    look = NamesRead(is_masked=is_masked)
    token = _look.set(look)
    try:
        yield look
    finally:
        _look.reset(token)


@contextmanager
def beside() -> Iterator[NamesRead]:
    """What is read inside by itself; it counts for the whole look as well."""
    whole = _look.get()
    part = NamesRead(is_masked=whole is not None and whole.is_masked)
    token = _look.set(part)
    try:
        yield part
    finally:
        _look.reset(token)
        if whole is not None:
            whole.has_names |= part.has_names
            whole.was_asked |= part.was_asked
            whole.people |= part.people


@contextmanager
def keeping() -> Iterator[None]:
    """What is written down is written with its names, in whosever request that happens; nobody reads it here."""
    token = _look.set(None)
    try:
        yield
    finally:
        _look.reset(token)


def current() -> NamesRead | None:
    return _look.get()


def saw(pk: int | None) -> None:
    """The row of one person was read."""
    look = _look.get()
    if look is not None and pk is not None:
        look.people.add(pk)


def masked(name: str) -> str:
    """The same word for the same name, from which nobody finds the name again."""
    digest = hmac.new(settings.SECRET_KEY.encode(), name.encode(), hashlib.sha256).hexdigest()
    return f"#{digest[:6]}"


def not_found(word: str) -> str:
    """The word itself, which was asked for; where names are masked one that no row has."""
    look = _look.get()
    if look is None:
        return word
    look.was_asked = True
    return masked(word) if look.is_masked else word


def noticed(value: Any) -> Any:
    """A word made of a name was read: it is the name in other letters."""
    look = _look.get()
    if look is None or not value:
        return value
    look.has_names = True
    return masked(value) if look.is_masked else value


class Noticed(_AnyField):
    """A column with names: reading it is noticed, and nobody who sees masked names finds one by asking for it."""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return noticed(value)

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return not_found(value) if value and isinstance(value, str) else value

    def get_lookup(self, lookup_name: str) -> Any:
        found: Any = super().get_lookup(lookup_name)
        return _masking(found) if found is not None and issubclass(found, PatternLookup) else found


@lru_cache(maxsize=64)
def _masking(lookup: type[PatternLookup]) -> Any:
    """ "Begins with", "contains" and the like hand on their word as it is; here it is masked as any other."""

    def get_prep_lookup(self: Any) -> Any:
        word = lookup.get_prep_lookup(self)
        return not_found(word) if word and isinstance(word, str) else word

    return type(lookup.__name__, (lookup,), {"get_prep_lookup": get_prep_lookup})


class NameField(Noticed, models.CharField):
    """A name or a number that tells who somebody is."""

    def deconstruct(self) -> Any:
        """To the database it is a CharField."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


def _noticed(value: Any) -> Any:
    """What was kept as a whole cannot be masked word by word: who sees masked names does not open it."""
    look = _look.get()
    if look is not None and value:
        look.has_names = True
        if look.is_masked:
            raise PermissionDenied(_("This was kept with names in it. It cannot be shown with masked names."))
    return value


class NamesJSONField(models.JSONField):
    """Facts that were kept together with names: a draft, a list as it was handed over."""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return _noticed(super().from_db_value(value, expression, connection))

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs


class NamesBinaryField(models.BinaryField):
    """A file that may hold names."""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return _noticed(value)

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.BinaryField", args, kwargs
