"""No English left in a catalogue, and no sentence built of pieces: other languages order their words otherwise."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from planner.operations import catalogues

ROOT = Path(__file__).resolve().parent.parent
ALIKE = {
    "nl": frozenset(
        (
            *(
                "browser",
                "code",
                "codes",
                "conflict",
                "e-mail",
                "regime",
                "week",
                "account",
                "intake",
                "label",
            ),
            *("later", "lockdown", "moment", "open", "partner", "post", "school", "sport"),
            *("enter", "shift", "esc"),
        )
    ),
    "fr": frozenset(
        (
            *("date", "dates", "participant", "participants", "places", "place", "point", "points", "minute"),
            *("minutes", "absences", "absence", "actions", "cause", "code", "codes", "e-mail", "invitation"),
            *("messages", "note", "organisation", "organisations", "pdf", "page", "pages", "population"),
            *("position", "prison", "prisons", "ramadan", "service", "total", "administration", "correction"),
            *("culture", "moment", "secret", "sport", "version", "versions"),
        )
    ),
}
"""Words that are the same in both languages, and names. Nobody adds one without looking it up."""
ENGLISH = frozenset(
    (
        "the",
        "and",
        "with",
        "which",
        "this",
        "that",
        "your",
        "you",
        "from",
        "were",
        "have",
        "been",
        "will",
        "every",
    )
)
"""Words that stand in no Dutch and no French sentence."""
_PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|<[^>]+>|&\w+;|%%")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(_PLACEHOLDER.sub(" ", text))]


def texts(message: catalogues.Message) -> Iterator[tuple[str, str]]:
    if isinstance(message.id, str):
        yield message.id, str(message.string)
        return
    for translated in message.string:
        yield from ((original, translated) for original in message.id)


def left_in_english(language: str, original: str, translated: str) -> bool:
    if original == translated and not set(words(original)) <= ALIKE[language]:
        return True
    return bool(ENGLISH & set(words(translated)))


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_no_english_is_left(language: str) -> None:
    found = [
        (original, translated)
        for message in catalogues.read(language)
        if message.id
        for original, translated in texts(message)
        if left_in_english(language, original, translated)
    ]
    assert found == []


def test_english_is_recognised_and_what_is_alike_is_not() -> None:
    assert left_in_english("nl", "Building", "Building") and left_in_english("fr", "%(n)s rows", "%(n)s rows")
    assert left_in_english("nl", "Do it", "Doe het with %(who)s")
    assert not left_in_english("nl", "Week %(number)s", "Week %(number)s")
    assert not left_in_english("fr", "%(time)s, %(who)s", "%(time)s, %(who)s")


GETTEXT = {
    *("_", "gettext", "ngettext", "pgettext", "npgettext"),
    *("gettext_lazy", "ngettext_lazy", "pgettext_lazy", "npgettext_lazy"),
}
APART = re.compile(r"[·\n(]|[.!?:;] ?$|^\s*[·)\n]")
"""What stands between two texts that are two: a dot in the middle, a bracket, an end of a sentence or of a label."""


def is_text(node: ast.AST) -> bool:
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        node = node.left
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in GETTEXT


def said(node: Any) -> str:
    """The English of a call of gettext, as far as it stands there."""
    while isinstance(node, ast.BinOp):
        node = node.left
    last = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
    return str(last[-1]) if last else ""


def glued(source: str) -> list[str]:
    """f-strings and sums in which a translated text is a piece of a longer sentence."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            found += [ast.unparse(node) for part in node.values if _is_piece(node, part)]
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            pieces = [side for side in (node.left, node.right) if is_text(side)]
            found += [ast.unparse(node) for side in pieces if not said(side).endswith((".", "!", "?"))]
    return found


def _is_piece(node: ast.JoinedStr, part: ast.AST) -> bool:
    if not (isinstance(part, ast.FormattedValue) and is_text(part.value)):
        return False
    place = node.values.index(part)
    near = [node.values[index] for index in (place - 1, place + 1) if 0 <= index < len(node.values)]
    signs = [str(one.value) if isinstance(one, ast.Constant) else "" for one in near]
    return any(not APART.search(sign) for sign in signs)


_TAG = r"\{%\s*(?:translate|blocktranslate)\b(?![^%]*\bas(?:var)?\s)[^%]*%\}"
_ENDS = (
    r"(?:\{%\s*translate\s+\"(?P<text>[^\"]*)\"(?P<context>[^%]*)%\}"
    r"|(?P<before>[^%}]*)\{%\s*endblocktranslate\s*%\})"
)
_GLUE = re.compile(_ENDS + r"[ ]*(?:" + _TAG + r"|\{\{)")


def glued_in_template(source: str) -> list[str]:
    """A translated text that runs on in another text or in a value, with no sign of a new sentence between."""
    found = []
    for match in _GLUE.finditer(source):
        text = match["text"] if match["text"] is not None else match["before"].strip()
        if " as " in (match["context"] or "") or "after a label" in match[0]:
            continue
        if text.rstrip().endswith((".", "!", "?")):
            continue
        found.append(match[0][-160:])
    return found


def test_the_reader_of_code_sees_what_is_glued() -> None:
    assert glued("f\"{_('sent')} {day}\"") and glued('_("to") + name') and glued("f\"{name} {_('is')}\"")
    assert not glued("f\"{prison} · {_('Destroy after use.')}\"") and not glued('_("Sent.") + " " + rest')
    assert glued_in_template(
        '{% translate "followed before," %} {% blocktranslate trimmed %}x{% endblocktranslate %}'
    )
    assert glued_in_template('{% translate "The answer:" %} {{ answer }}')
    assert not glued_in_template('{% translate "One." %} {% translate "Two." %}')
    assert not glued_in_template('{% translate "A" as one %}{% translate "B" as two %}')
    assert not glued_in_template('{% if x %}{% translate "A" %}{% else %}{% translate "B" %}{% endif %}')


def test_no_sentence_of_the_code_is_built_of_pieces() -> None:
    files = [path for app in catalogues.PYTHON_FOLDERS for path in sorted((ROOT / app).rglob("*.py"))]
    found = {str(path.relative_to(ROOT)): bad for path in files if (bad := glued(path.read_text()))}
    assert len(files) > 300 and found == {}


def test_no_sentence_of_a_page_is_built_of_pieces() -> None:
    files = sorted((ROOT / "templates").rglob("*.html"))
    found = {
        str(path.relative_to(ROOT)): bad for path in files if (bad := glued_in_template(path.read_text()))
    }
    assert len(files) > 100 and found == {}


MANY = (
    "adults|children|codes|conflicts|dates|days|facilitators|groups|hours|letters|lines|marks|minutes|months|moves|"
    "movements|notes|people|periods|persons|places|posts|requests|rooms|rows|series|services|sessions|sheets|slips|"
    "slots|times|titles|units|visitors|weeks"
)
COUNTED = re.compile(rf"%\((?!on\b)\w+\)s (?:\w+ )?({MANY})\b")
CANNOT_BE_ONE = {
    "A series has %(most)s sessions at the most.": "a limit of the program",
    "Accept with this link. It works once, for %(days)s days:": "a limit of the program",
    "Arrived in the last %(days)s days, no place and nothing asked: somebody should tell them what exists.": "14",
    "At most %(moves)s moves are needed, at least %(least)s.": "with none or one the answer is proven, and said so",
    "Entered for %(count)s of %(all)s units": "a ready prison has several",
    "%(room)s holds %(capacity)s, the group has %(places)s places.": "a room that is too small holds one at least",
    "Choose at most %(most)s sessions.": "a limit of the program",
    "Choose from 1 to %(most)s weeks, on or back.": "a limit of the program",
    "For one person at most %(most)s adults and %(most)s children can be announced.": "a limit of the program",
    "These are more than %(most)s lines. Paste them in parts.": "a limit of the program",
    "You signed in %(hours)s hours ago. Sign in again to go on.": "twelve",
    "You were signed out, because nothing was done for %(minutes)s minutes.": "a limit of the program",
}


def test_what_is_counted_has_a_form_for_one() -> None:
    """“1 sessions cannot be published” is said by whoever did not think of one."""
    single = [
        str(message.id) for message in catalogues.read("nl") if isinstance(message.id, str) and message.id
    ]
    assert {text for text in single if COUNTED.search(text)} - CANNOT_BE_ONE.keys() == set()
    assert [
        text for text in ("%(n)s sessions", "%(n)s free places", "%(n)s of them") if COUNTED.search(text)
    ] == [
        "%(n)s sessions",
        "%(n)s free places",
    ]


STRAIGHT = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])")


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_an_apostrophe_is_one(language: str) -> None:
    """“agenda's” beside “d’accueil” looks like two programs."""
    told = [translated for message in catalogues.read(language) for _original, translated in texts(message)]
    assert len(told) > 2000
    assert [text for text in told if STRAIGHT.search(text)] == []
