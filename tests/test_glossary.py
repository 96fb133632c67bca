"""One word, one meaning: every text of the pages against docs/glossary.md, in English, Dutch and French.

A text whose English holds a word of the glossary must say it with the glossary's word in the translation, and
words that the glossary replaced stand nowhere. Placeholders are left out: what fills them is no text of ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from planner.operations import catalogues

GLOSSARY = Path(__file__).resolve().parent.parent / "docs" / "glossary.md"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


class Term(NamedTuple):
    """`row` is the first cell of its row; then how it is recognised: patterns, so that it may be inflected."""

    row: str
    en: str
    nl: str
    fr: str


TERMS = [
    Term("Prison", r"prisons?", r"gevangenis", r"prison"),
    Term("Unit", r"living units?", r"leefeenhe(id|den)", r"unités? de vie"),
    Term("Participant", r"participants?", r"deelnemer", r"participant"),
    Term("Organisation", r"organisations?", r"organisatie", r"organisation"),
    Term("Organisation", r"services?", r"dienst", r"service"),
    Term("Worker", r"facilitators?", r"lesgever|activiteitenbegeleider", r"intervenant"),
    Term("coordinator", r"community coordinators?", r"gemeenschapscoördinator", r"coordinateur"),
    Term("Activity", r"group activit(y|ies)", r"groepsactivitei", r"activités? collectives?"),
    Term("Series", r"series", r"reeks", r"cycle"),
    Term("GroupSession", r"sessions?", r"sessie", r"séance"),
    Term("TimeSlot", r"time slots?", r"tijdslot", r"plages? horaires?|plage"),
    Term("Room", r"rooms?", r"loka(al|len)", r"loc(al|aux)"),
    Term("Closure", r"out of use", r"buiten gebruik", r"indisponible"),
    Term("Closure", r"no activities(?! yet)", r"geen activiteiten", r"activités suspendues"),
    Term("reduced regime", r"reduced regime", r"aangepast regime", r"régime adapté"),
    Term("Enrollment", r"enrolments?", r"inschrijving", r"inscription"),
    Term("Note", r"request notes?", r"rapportbriefje", r"billets? de rapport"),
    Term("Request", r"requests?", r"aanvra(ag|gen)", r"demande"),
    Term("Slip", r"reply slips?", r"antwoordbriefje", r"billets? de réponse"),
    Term("movement slip", r"movement slips?", r"bewegingsbriefje", r"billets? de mouvement"),
    Term("Conflict, hard / soft", r"conflicts?", r"conflict", r"conflit"),
    Term("Conflict, hard / soft", r"points? to watch", r"aandachtspunt", r"points? d[’']attention"),
    Term("Waiver", r"allowed this once", r"eenmalig", r"autorisée?s? pour cette fois"),
    Term("waiting list", r"waiting list", r"wachtlijst", r"listes? d[’']attente"),
    Term("new arrivals", r"new arrivals?", r"nieuw binnen", r"entrant"),
    Term("Separation", r"ke(ep|pt) apart", r"gescheiden", r"sépar"),
    Term("attendance sheet", r"attendance sheets?", r"aanwezigheidslijst", r"listes? de présences"),
    Term("Attendance", r"attendance", r"aanwezigheid|aanwezigheden", r"présence"),
    Term("movement list", r"movement lists?", r"bewegingslijst", r"listes? de mouvements"),
    Term("gate list", r"gate lists?", r"toegangslijst", r"listes? d[’']accès"),
    Term("day lists, cut-off", r"day lists?", r"daglijst", r"listes? du jour"),
    Term("day lists, cut-off", r"cut-offs?", r"uiterste u(ur|ren)", r"heures? limites?"),
    Term("not brought", r"not brought", r"niet gebracht", r"non amené"),
    Term("did not want to come", r"did not want to come", r"wou(den)? niet komen", r"(a|ont) pas souhaité venir"),
    Term("drop out", r"drop(ped|s|ping)?[ -]out", r"afha(ak|k)|afgehaakt", r"abandon"),
    Term("yard, visit", r"yard", r"wandel", r"préau"),
    Term("yard, visit", r"visits?", r"bezoek", r"visite"),
    Term("register number", r"register numbers?", r"opsluitingsnummer", r"numéros? d[’']écrou"),
    Term("target groups", r"on remand", r"verdacht", r"inculpé"),
    Term("target groups", r"sentenced", r"veroordeeld", r"condamné"),
    Term("target groups", r"interned", r"geïnterneerd", r"interné"),
    Term("published", r"publish(ed|es|ing)?", r"public", r"publi"),
]  # fmt: skip

IN_OTHER_WORDS = {
    "Ask": "the pages use the verb (“ask”), and every language its own",
}
"""Rows of the glossary without a pattern, and why."""

FORBIDDEN = {
    "en": {
        r"prisoners?|inmates?|detainees?|convicts?": "participant",
        r"teachers?|instructors?|trainers?|tutors?": "facilitator",
        r"courses?|classes|lessons?": "series, session",
        r"enrollments?|enrolled people": "enrolment",
        r"guards?|wardens?": "prison officer",
        r"waitlists?|waiting queues?": "waiting list",
        r"time ?slots? bookings?|bookings?": "session",
        r"cancelation|organizations?": "British spelling",
    },
    "nl": {
        r"gevangenen?|delinquent\w*": "deelnemer",
        r"gedetineerden?": "deelnemer",
        r"cursus\w*|lessenreeks\w*|series?": "reeks",
        r"les(sen)?": "sessie",
        r"docent\w*|leerkracht\w*|leraar|leraren|instructeur\w*": "lesgever",
        r"begeleiders?": "lesgever, activiteitenbegeleider",
        r"zaal|zalen|kamers?": "lokaal",
        r"tijdvak\w*|tijdblok\w*|tijdsslot\w*": "tijdslot",
        r"botsing\w*": "conflict",
        r"wachtrij\w*": "wachtlijst",
        r"cipiers?|bewakers?": "detentiebegeleider, beambte",
        r"verzoek\w*": "aanvraag",
        r"presentielijst\w*": "aanwezigheidslijst",
        r"appellijst\w*": "aanwezigheidslijst",
    },
    "fr": {
        r"détenue?s?|prisonniers?|prisonnières?": "participant",
        r"séries?": "cycle",
        r"sessions?": "séance",
        r"(?<!en )(?<!au )cours": "cycle, séance",
        r"salles?": "local",
        r"créneaux?|tranches? horaires?": "plage horaire",
        r"animateurs?|animatrices?|formateurs?|formatrices?|professeurs?|enseignants?": "intervenant extérieur",
        r"gardiens?|surveillants?|matons?": "agent, accompagnateur de détention",
        r"requêtes?": "demande",
        r"files? d[’']attente": "liste d'attente",
        r"listes? de présence": "liste de présences",
    },
}
"""Words that the glossary replaced -> its word."""

ALLOWED = {
    ("nl", r"gedetineerden?"): r"people in detention",
    ("fr", r"détenue?s?|prisonniers?|prisonnières?"): r"people in detention",
}
"""Where the English says so, a forbidden word is the right one."""


class Text(NamedTuple):
    """A message in one language: its English, and all forms of its translation."""

    english: str
    translation: str


def texts(language: str) -> Iterator[Text]:
    """What is translated; that nothing is missing is asked in test_messages.py."""
    for message in catalogues.read(language):
        if message.id and message.string and not message.fuzzy:
            yield Text(_plain(message.id), _plain(message.string))


def _plain(value: str | Iterable[str]) -> str:
    forms = (value,) if isinstance(value, str) else tuple(value)
    return PLACEHOLDER.sub(" ", " | ".join(forms))


def wrong_words(found: Iterable[Text], language: str) -> list[str]:
    """Texts that say a term of the glossary in other words. Of two terms the longer one counts."""
    terms = sorted(TERMS, key=lambda term: -len(term.en))
    problems = []
    for text in found:
        rest = text.english
        for term in terms:
            rest, count = re.subn(rf"\b({term.en})\b", " ", rest, flags=re.IGNORECASE)
            if count and not re.search(getattr(term, language), text.translation, re.IGNORECASE):
                problems.append(f"{term.row}: {text.english!r} -> {text.translation!r}")
    return problems


def forbidden_words(found: Iterable[Text], language: str) -> list[str]:
    problems = []
    for text in found:
        for pattern, instead in FORBIDDEN[language].items():
            allowed = ALLOWED.get((language, pattern))
            if allowed and re.search(allowed, text.english, re.IGNORECASE):
                continue
            if re.search(rf"\b({pattern})\b", text.translation, re.IGNORECASE):
                problems.append(f"say {instead!r}: {text.english!r} -> {text.translation!r}")
    return problems


def rows_of_the_glossary() -> dict[str, tuple[str, str, str]]:
    """First cell -> English, Dutch, French."""
    rows = {}
    for line in GLOSSARY.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == 4 and not set(cells[0]) <= {"-", " "}:
            rows[cells[0]] = (cells[1], cells[2], cells[3])
    del rows["code"]
    return rows


@pytest.mark.parametrize("language", ["nl", "fr"])
def test_terms_are_translated_by_the_word_of_the_glossary(language: str) -> None:
    assert wrong_words(texts(language), language) == []


@pytest.mark.parametrize("language", ["nl", "fr"])
def test_words_that_the_glossary_replaced_stand_nowhere(language: str) -> None:
    assert forbidden_words(texts(language), language) == []


def test_the_english_keeps_to_the_glossary_too() -> None:
    english = [Text(text.english, text.english) for text in texts("nl")]
    assert forbidden_words(english, "en") == []


def test_every_row_of_the_glossary_is_asked_for() -> None:
    rows = rows_of_the_glossary()
    assert {term.row for term in TERMS} | IN_OTHER_WORDS.keys() == rows.keys()


def test_the_patterns_are_those_of_the_glossary() -> None:
    """A word changed in the glossary alone, or here alone, fails."""
    rows = rows_of_the_glossary()
    apart = [
        (term.en, pattern, cell)
        for term in TERMS
        for pattern, cell in zip(term[1:], rows[term.row], strict=True)
        if not re.search(pattern, cell, re.IGNORECASE)
    ]
    assert apart == []


@pytest.mark.parametrize(
    ("english", "translation", "number"),
    [
        ("The series is over.", "De reeks is voorbij.", 0),
        ("The series is over.", "De groep is voorbij.", 1),
        ("%(series)s is over.", "%(series)s is voorbij.", 0),
        ("Enter the request note", "Het rapportbriefje invoeren", 0),
        ("Enter the request", "Het rapportbriefje invoeren", 1),
        ("1 session | %(count)s sessions", "1 sessie | %(count)s keer", 0),
    ],
)
def test_another_word_is_found(english: str, translation: str, number: int) -> None:
    assert len(wrong_words([Text(_plain(english), _plain(translation))], "nl")) == number


@pytest.mark.parametrize(
    ("language", "english", "translation", "number"),
    [
        ("nl", "The group is full.", "De cursus is vol.", 1),
        ("nl", "The lists", "De lijsten", 0),
        ("nl", "Names of people in detention", "Namen van gedetineerden", 0),
        ("nl", "Names of people", "Namen van gedetineerden", 1),
        ("fr", "Now", "En cours", 0),
        ("fr", "The group", "Le cours", 1),
        ("en", "The prisoner", "The prisoner", 1),
    ],
)
def test_a_forbidden_word_is_found(language: str, english: str, translation: str, number: int) -> None:
    assert len(forbidden_words([Text(english, translation)], language)) == number
