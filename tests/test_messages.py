"""Every text of the interface exists in Dutch and French."""

import gettext
import io

import pytest

from planner import catalogues


@pytest.fixture(scope="module")
def collected() -> catalogues.Catalog:
    """Every text of the code, collected once: it takes a second or two."""
    return catalogues.collect()


def test_catalogues_are_complete(collected) -> None:
    problems = catalogues.problems(collected)
    assert not problems, f"{len(problems)} texts to translate, see `make messages`:\n" + "\n".join(
        problems[:40]
    )


def test_catalogues_hold_no_text_that_the_code_has_not(collected) -> None:
    in_code = {first(message) for message in collected}
    for language in catalogues.LANGUAGES:
        assert not {first(message) for message in catalogues.read(language)} - in_code


def first(message: catalogues.Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def test_templates_give_up_trimmed_plural_and_context() -> None:
    template = b"""
      {% load i18n %}
        <p title="{% translate "It's here" context 'place' %}">{# a comment (with ' quotes #}
      {% blocktranslate trimmed count n=rows|length %}
          {{ n }} row
        {% plural %}
          {{ n }} rows
      {% endblocktranslate %} } ) "
      {% blocktranslate with who=user.name trimmed %}  Hello
           {{ who }}! {% endblocktranslate %}
    """
    found = list(catalogues.extract_template(io.BytesIO(template), catalogues.KEYWORDS, (), {}))
    texts = [messages for _line, _name, messages, _comments in found]
    assert ("place", "It's here") in [tuple(t) for t in texts if isinstance(t, (tuple, list))]
    assert "Hello %(who)s!" in texts
    assert any("%(n)s row" in t and "%(n)s rows" in t for t in texts if isinstance(t, (tuple, list)))


def test_a_lost_placeholder_is_a_problem() -> None:
    message = catalogues.Message("Hello %(who)s", "Hallo", flags=("python-format",))
    assert catalogues._reason(message) == "other placeholders"
    assert catalogues._reason(catalogues.Message("Hello", "")) == "not translated"
    assert catalogues._reason(catalogues.Message("Hello", "Hallo", flags=("fuzzy",))) == "fuzzy"
    assert catalogues._reason(catalogues.Message("Hello %(who)s", "Hallo %(who)s")) == ""


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_what_is_compiled_says_what_is_translated(language) -> None:
    catalogues.compile_all()
    with catalogues.po_file(language).with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    plain = [
        m for m in catalogues.read(language) if m.id and not m.pluralizable and not m.context and m.string
    ]
    assert plain
    assert [m.id for m in plain if compiled.gettext(m.id) != m.string and not m.fuzzy] == []


@pytest.mark.django_db
def test_a_wrong_password_is_told_in_our_own_words(client) -> None:
    """Not in those of the library, which says "jij" in Dutch."""
    client.cookies["language"] = "en"
    page = client.post("/accounts/login/", {"login": "nobody@example.org", "password": "wrong-password"})
    assert "do not belong together" in page.content.decode()
