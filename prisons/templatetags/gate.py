"""The gate for templates: `{% load gate %}`, `{% if access|may_ask:"service" %}`, `{{ series|known_to:access }}`."""

from __future__ import annotations

from django import template

from prisons import gate
from prisons.access import Access

register = template.Library()


@register.filter
def may_ask(access: Access | None, fact: str) -> bool:
    return gate.may_ask(access, gate.Fact(fact))


@register.filter
def known_to(series: gate.HasNeutralName, access: Access | None) -> str:
    return gate.name_of(access, series)
