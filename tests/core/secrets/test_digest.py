"""One word for what a page showed: the same for the same, another for anything else."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

import pytest
from django.utils.translation import gettext_lazy, override
from hypothesis import given
from hypothesis import strategies as st

from core.dates.clock import BRUSSELS
from core.secrets.digest import NotAsShown, digest, require_seen

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.dates() | st.times(),
    lambda inner: st.lists(inner) | st.frozensets(st.integers()),
)


@dataclass(frozen=True)
class Line:
    day: dt.date
    count: int


@dataclass(frozen=True)
class Other:
    day: dt.date
    count: int


class Discreet:
    secret = "a name"

    def as_seen(self) -> str:
        return "cannot"


@given(plain, plain)
def test_the_same_word_only_for_the_same_values(one, other):
    assert digest(one) == digest(one)
    assert (digest(one) == digest(other)) == (repr(_listed(one)) == repr(_listed(other)))


def _listed(value):
    """JSON knows lists only, and a set has no order."""
    if isinstance(value, frozenset):
        return sorted(value, key=str)
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return [_listed(one) for one in value] if isinstance(value, list) else value


def test_every_field_counts_and_the_kind_too():
    line = Line(dt.date(2026, 3, 2), 3)
    others = [Line(dt.date(2026, 3, 3), 3), Line(dt.date(2026, 3, 2), 4), Other(dt.date(2026, 3, 2), 3)]
    assert len({digest(one) for one in [line, *others]}) == 4


def test_one_moment_is_one_value_in_every_zone():
    at = dt.datetime(2026, 7, 1, 12, tzinfo=BRUSSELS)
    assert digest(at) == digest(at.astimezone(dt.UTC))
    assert digest(at) != digest(at + dt.timedelta(microseconds=1))


def test_sets_have_no_order_and_mappings_neither():
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1}) != digest({"a": 2, "b": 1})
    assert digest(frozenset(range(50))) == digest(set(range(49, -1, -1)))


def test_what_shows_less_of_itself_counts_with_that_only():
    one, other = Discreet(), Discreet()
    other.secret = "another name"
    assert digest(one) == digest(other)


def test_a_translated_text_is_no_value():
    with override("fr"), pytest.raises(TypeError):
        digest(gettext_lazy("Room"))


def test_kinds_of_choices_are_told_apart():
    kind = StrEnum("Kind", ["a"])
    assert digest(kind.a) == digest(kind.a)


def test_another_installation_gives_another_word(settings):
    before = digest("value")
    settings.SECRET_KEY = "another"
    assert digest("value") != before


def test_a_page_that_showed_nothing_does_nothing():
    require_seen(None, "x")
    require_seen("x", "x")
    for seen in ("", "y", "xx"):
        with pytest.raises(NotAsShown) as refusal:
            require_seen(seen, "x")
        assert (refusal.value.code, refusal.value.status) == ("other_effects", 409)
