"""Template tags of the look: icons, states, domains, titles in the reader's language, links with filters."""

import functools
from collections.abc import Iterable
from typing import Any

from django import template
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.web import address, form_tokens
from core.web.theme import chosen_theme
from core.words.badges import DOMAINS, MESSAGE_TONES, STATES, TONES, Badge
from core.words.languages import language_names as names_of_languages
from core.words.languages import localized as localized_text

register = template.Library()


@register.simple_tag
@functools.lru_cache(maxsize=512)
def icon(name: str, css: str = "") -> SafeString:
    """A drawing from the sprite (names: static/icons/icons.txt), silent for screen readers. A page has hundreds."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        css,
        static("icons/sprite.svg"),
        name,
    )


@register.simple_tag
def once() -> SafeString:
    """Inside a form that creates something: sent twice, it is done once (prisons/middleware/once.py)."""
    return format_html('<input type="hidden" name="once" value="{}">', form_tokens.new())


@register.filter
def localized(obj: Any, field: str = "title") -> str:
    """`{{ activity|localized:"title" }}`: the text in the reader's language, else in one that has it."""
    return localized_text(obj, field)


@register.filter
def language_names(codes: Iterable[str] | str) -> str:
    """Of one code or of several."""
    return names_of_languages([codes] if isinstance(codes, str) else codes)


@register.filter
def item(mapping: Any, key: Any) -> Any:
    """What a mapping holds under a key; None where it holds nothing."""
    return mapping.get(key)


@register.filter
def state_look(state: Any) -> Badge:
    """Icon, tone and word of a state's code; an unknown code is shown quietly as itself."""
    code = str(getattr(state, "value", state))
    return STATES.get(code, Badge("circle", "quiet", code))


@register.filter
def domain_look(domain: Any) -> Badge:
    """Icon and word of a life domain's code."""
    code = str(getattr(domain, "value", domain) or "")
    return DOMAINS.get(code, Badge("tag", "quiet", code))


@register.simple_tag
def domain(code: Any) -> SafeString:
    """A life domain: coloured icon and word."""
    look = domain_look(code)
    return format_html(
        '<span class="domain domain-{}">{}<span>{}</span></span>', code, icon(look.icon), look.word
    )


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """The present filters with some changed: `<a href="{% query page=2 %}">`; None or "" takes one away."""
    params = context["request"].GET.copy()
    for name, value in changes.items():
        params.pop(name, None)
        if value not in (None, ""):
            params[name] = str(value)
    return f"?{params.urlencode()}"


@register.simple_tag(takes_context=True)
def sort_order(context: template.Context, column: str) -> str:
    """`?sort=` puts this column in ascending or descending order, or it does not (empty)."""
    wanted = context["request"].GET.get("sort", "")
    return {column: "ascending", f"-{column}": "descending"}.get(wanted, "")


@register.simple_tag
def next_sort(column: str) -> str:
    """The `?sort=` that turns an ascending column round."""
    return f"-{column}"


@register.filter
def tone_of(name: Any) -> str:
    """A tone's name as it is; of a Django message level, its tone."""
    return MESSAGE_TONES.get(str(name), str(name or "info"))


@register.filter
def tone_icon(tone: str) -> str:
    return TONES.get(tone, "info-circle")


@register.simple_tag(takes_context=True)
def theme(context: template.Context) -> str:
    """The reader's choice from the cookie: auto (the system's), light or dark."""
    return chosen_theme(context.get("request"))


@register.filter
def dark_media(chosen: str) -> str:
    """When the dark colours hold; never on paper."""
    return {"light": "not all", "dark": "screen"}.get(chosen, "screen and (prefers-color-scheme: dark)")


@register.filter
def own_page(wanted: str | None, request: HttpRequest) -> str:
    """The address when it leads to a page of this site, else the first page."""
    return address.of_this_site(wanted, request) or "/"
