"""docs/asvs.md names each requirement of levels 1 and 2 once, and what it names is there."""

import re
from pathlib import Path

from django.conf import settings

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (\d+\.\d+\.\d+) \| ([^|]+) \| ([^|]+) \|([^|]*)\|$", TEXT, re.MULTILINE)

# How many requirements of level 1 and 2 each section has; within a section they are numbered from 1.
COUNTS = {
    1: {1: 2, 2: 9, 3: 11, 4: 3, 5: 2},
    2: {1: 3, 2: 3, 3: 4, 4: 1},
    3: {2: 2, 3: 4, 4: 6, 5: 5, 7: 2},
    4: {1: 3, 2: 1, 3: 2, 4: 4},
    5: {1: 1, 2: 3, 3: 2, 4: 3},
    6: {1: 3, 2: 12, 3: 4, 4: 4, 5: 5, 6: 3, 8: 4},
    7: {1: 3, 2: 4, 3: 2, 4: 5, 5: 2, 6: 2},
    8: {1: 2, 2: 3, 3: 1, 4: 1},
    9: {1: 3, 2: 4},
    10: {1: 2, 2: 2, 3: 4, 4: 11, 5: 5, 6: 2, 7: 3},
    11: {1: 2, 2: 3, 3: 3, 4: 4, 5: 1, 6: 1},
    12: {1: 3, 2: 2, 3: 4},
    13: {1: 1, 2: 5, 3: 2, 4: 5},
    14: {1: 2, 2: 4, 3: 3},
    15: {1: 3, 2: 3, 3: 7},
    16: {1: 1, 2: 5, 3: 4, 4: 3, 5: 3},
    17: {1: 1, 2: 4, 3: 2},
}
WORDS = {"n/a", "no", "yes"}
NAMES_OF_OTHERS = {"textContent", "reverse", "urlencode", "json_script", "require_POST", "__Host-"}
"""Of browsers and libraries."""


def test_every_requirement_stands_there_once_in_its_order():
    wanted = [
        f"{chapter}.{section}.{number}"
        for chapter, sections in COUNTS.items()
        for section, count in sections.items()
        for number in range(1, count + 1)
    ]
    assert len(wanted) == 253 and [number for number, *_rest in ROWS] == wanted


def test_every_row_says_yes_no_or_does_not_apply_and_a_no_says_why():
    assert {met.strip() for _number, _what, met, _where in ROWS} == WORDS
    bare = [number for number, _what, met, where in ROWS if met.strip() == "no" and len(where.strip()) < 20]
    assert bare == []


def test_what_is_named_is_there():
    for place in sorted(set(re.findall(r"`([^`\n]+)`", TEXT))):
        is_there(place)


def is_there(place: str) -> None:
    """Fails, with the place, when a command, test, setting, target or file of that name is gone."""
    if place.startswith("manage.py "):
        command = place.split()[1]
        assert list(ROOT.glob(f"*/management/commands/{command}.py")), place
    elif "::" in place:
        file, name = place.split("::")
        assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8"), place
    elif place.isupper() or re.fullmatch(r"[A-Z][A-Z_]+", place):
        example = (ROOT / ".env.example").read_text(encoding="utf-8")
        assert hasattr(settings, place) or f"#{place}=" in example or f"\n{place}=" in example, place
    elif (
        place.startswith(("make ", "/var/", "var/"))
        or place
        in NAMES_OF_OTHERS
        | {
            "audit-seals.jsonl",
            ".env",
        }
        or place == "url_has_allowed_host_and_scheme"
    ):
        return
    else:
        assert (ROOT / place).exists(), place


def test_documents_that_are_named_are_there():
    named = set(re.findall(r"\b((?:docs/[\w/-]+|SECURITY)\.md)\b", TEXT))
    assert [each for each in sorted(named) if not (ROOT / each).is_file()] == []


def test_the_summary_in_trust_counts_what_the_table_says():
    said = (ROOT / "docs" / "trust.md").read_text(encoding="utf-8")
    counts = {word: sum(met.strip() == word for _n, _w, met, _p in ROWS) for word in WORDS}
    sentence = f"{counts['yes']} are met, {counts['no']} are not, {counts['n/a']} do not apply"
    assert sentence in said, sentence
