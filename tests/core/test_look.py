"""The look keeps its promises: contrast in both themes, icons that exist, no colour outside the tokens."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template import Context, Template

from core.words.badges import DOMAINS, STATES, TONES
from sessions.models import Domain

STATIC = Path(settings.BASE_DIR) / "static"
TEMPLATES = Path(settings.BASE_DIR) / "templates"
APPS = ("core", "prisons", "rooms", "sessions", "enrollment", "planner")
PYTHON = [file for app in APPS for file in (Path(settings.BASE_DIR) / app).rglob("*.py")]


def colours(*files: str) -> dict[str, str]:
    """The custom properties that are plain colours; later files win, as in the browser."""
    text = "".join((STATIC / "css" / name).read_text(encoding="utf-8") for name in files)
    return dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{3,6});", text))


LIGHT = colours("tokens.css")
DARK = colours("tokens.css", "dark.css")


def luminance(colour: str) -> float:
    """WCAG's relative luminance, 0 black to 1 white."""
    digits = colour[1:] if len(colour) == 7 else "".join(d * 2 for d in colour[1:])
    channels = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


WORDS = [("ink", g) for g in ("paper", "surface", "sunken", "accent-soft")]
WORDS += [("ink-soft", g) for g in ("paper", "surface", "sunken")]
WORDS += [("accent", g) for g in ("paper", "surface", "sunken", "accent-soft")]
WORDS += [("accent-hover", "accent-soft"), ("on-accent", "accent"), ("on-accent", "accent-hover")]
WORDS += [(f"tone-{t}", f"tone-{t}-soft") for t in (*TONES, "quiet")]
WORDS += [(f"tone-{t}", g) for t in (*TONES, "quiet") for g in ("paper", "surface")]
WORDS += [("ink", f"tone-{t}-soft") for t in TONES]
MARKS = [("line-control", g) for g in ("paper", "surface")] + [("focus", "paper"), ("focus", "surface")]
MARKS += [(f"domain-{d.replace('_', '-')}", g) for d in DOMAINS for g in ("paper", "surface")]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_words_can_be_read(theme):
    assert [pair for pair in WORDS if contrast(theme[pair[0]], theme[pair[1]]) < 4.5] == []


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_edges_of_controls_and_domains_can_be_seen(theme):
    assert [pair for pair in MARKS if contrast(theme[pair[0]], theme[pair[1]]) < 3] == []


def test_the_dark_theme_has_a_value_for_every_colour():
    assert set(colours("dark.css")) == set(LIGHT)


def is_grey(colour: str) -> bool:
    """Black, white and between: what paper and a QR code are made of."""
    digits = colour[1:] if len(colour) == 7 else "".join(d * 2 for d in colour[1:])
    return digits[0:2] == digits[2:4] == digits[4:6]


def test_only_the_tokens_name_colours():
    own = [f for f in (STATIC / "css").glob("*.css") if f.name not in ("tokens.css", "dark.css", "print.css")]
    named = [
        (f.name, c) for f in own for c in re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[;\s])", f.read_text("utf-8"))
    ]
    assert [(name, colour) for name, colour in named if not is_grey(colour)] == []


def test_every_icon_is_in_the_sprite():
    drawn = set(
        re.findall(
            r'<symbol id="([a-z0-9-]+)"', (STATIC / "icons" / "sprite.svg").read_text(encoding="utf-8")
        )
    )
    listed = set((STATIC / "icons" / "icons.txt").read_text(encoding="utf-8").split())
    html = "".join(f.read_text(encoding="utf-8") for f in TEMPLATES.rglob("*.html"))
    code = "".join(f.read_text(encoding="utf-8") for f in PYTHON)
    used = set(re.findall(r"""{%\s*icon\s+["']([^"']+)""", html)) | set(
        re.findall(r"""icon=["']([a-z0-9-]+)["']""", html)
    )
    used |= {look.icon for look in (*STATES.values(), *DOMAINS.values())} | set(TONES.values())
    used |= set(re.findall(r"""["']?icon["']?\s*[=:]\s*["']([a-z0-9-]+)["']""", code))
    assert used - drawn == set()
    assert listed == drawn


def test_every_life_domain_has_a_look_and_a_colour():
    assert set(DOMAINS) == set(Domain.values)
    css = (STATIC / "css" / "components.css").read_text(encoding="utf-8")
    assert [d for d in DOMAINS if f".domain-{d} {{" not in css] == []


def test_no_template_holds_script_or_style():
    for template in TEMPLATES.rglob("*.html"):
        html = template.read_text(encoding="utf-8")
        assert not re.search(r"\sstyle=|\son[a-z]+=[\"']|<style|javascript:", html), template
        for tag in re.findall(r"<script[^>]*>", html):
            assert "src=" in tag or 'type="application/json"' in tag, template


def test_nothing_is_fetched_from_elsewhere():
    for file in [*TEMPLATES.rglob("*.html"), *(STATIC / "css").glob("*.css"), *(STATIC / "js").glob("*.js")]:
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"""(?:src|href|url\()\s*=?\s*["']?(?:https?:)?//""", text), file


def test_query_keeps_filters_and_takes_away(rf):
    def shown(source: str) -> str:
        context = Context({"request": rf.get("/", {"unit": ["3", "4"], "page": "2", "q": "a&b"})})
        return Template("{% load ui %}" + source).render(context)

    assert shown("{% query page=3 %}") == "?unit=3&amp;unit=4&amp;q=a%26b&amp;page=3"
    assert shown("{% query page=None unit='' %}") == "?q=a%26b"


@pytest.mark.parametrize(
    ("cookie", "media"),
    [("dark", "screen"), ("light", "not all"), ("<b>", "screen and (prefers-color-scheme: dark)")],
)
def test_theme_comes_from_the_cookie(client, db, cookie, media):
    client.cookies["theme"] = cookie
    html = client.get("/accounts/login/").content.decode()
    assert f'css/dark.css" media="{media}"' in html
    assert "<b>" not in html


def test_theme_is_kept_without_javascript(client, db):
    answer = client.post("/theme/", {"theme": "dark", "next": "/accounts/login/"})
    assert (answer.status_code, answer["Location"], answer.cookies["theme"].value) == (
        302,
        "/accounts/login/",
        "dark",
    )
    elsewhere = client.post("/theme/", {"theme": "purple", "next": "https://elsewhere.example/"})
    assert elsewhere["Location"] == "/"
    assert "theme" not in elsewhere.cookies


@pytest.mark.parametrize("language", ["nl", "fr", "en"])
def test_components_page_stands_in_every_language(client, db, language):
    client.cookies["language"] = language
    answer = client.get("/components/")
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.content.decode()


def test_the_first_page_is_light(client, db):
    """Everything that the sign-in page loads, compressed as it travels, within 200 kB."""
    html = client.get("/accounts/login/").content
    total = len(gzip.compress(html))
    for path in set(re.findall(r'/static/([^"#]+)', html.decode())) | {"img/chevron.svg"}:
        found = finders.find(path)
        assert found, path
        body = Path(found).read_bytes()
        total += len(body) if path.endswith(".woff2") else len(gzip.compress(body))
    assert total < 200_000


def test_a_field_hears_nothing_of_its_page():
    """A page that knows a `label` or a `text` of its own would put it on every field of its forms."""
    includes = [
        (file.relative_to(TEMPLATES).as_posix(), tag)
        for file in TEMPLATES.rglob("*.html")
        for tag in re.findall(r'{% include "components/field.html"[^%]*%}', file.read_text(encoding="utf-8"))
    ]
    assert len(includes) > 20
    assert [one for one in includes if not one[1].endswith(" only %}")] == []
