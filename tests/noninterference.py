"""What a reader may not know changes no byte of what that reader gets.

Two worlds differ only in that: the reader asks every address, with every row's number, every parameter and field
that a page reads (found by listening, see walking.py) filled with foreign numbers and hidden words, in the one
and in the other. Answers are compared byte for byte, refusals too; a difference names the address.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs
from zipfile import ZipFile

from enrollment.domain.lists import cut_off
from enrollment.models import (
    Attendance,
    Consent,
    Enrollment,
    Intake,
    Note,
    Participant,
    Request,
    Separation,
    Slip,
    Stay,
)
from prisons.access import access_for
from prisons.domain.records import readings
from sessions.models import Activity, GroupSession, Series
from tests.town import NOW, Town, forget, taken_back
from tests.walking import IS_SMALL, Walker, asked_names, filled, names_of, parts_of, sampled

# --- what differs -----------------------------------------------------------------------------------------


def other_names(town: Town) -> None:
    """Title, life domain, languages, requirements and owner of every group; what people asked for, and why."""
    Activity.objects.update(
        title_nl="Zang en dans", title_fr="Chant et danse", title_en="Song and dance", domain="sport"
    )
    swapped = {town.service.pk: town.other, town.other.pk: town.service}
    for activity in Activity.objects.all():
        Activity.objects.filter(pk=activity.pk).update(organisation=swapped[activity.organisation_id])
    Series.objects.update(
        languages=["en"],
        label="anders",
        min_level="B1",
        level_language="fr",
        needs_intake=True,
        needs_followed=Activity.objects.first(),
        waiting_order="first_timers",
    )
    Request.objects.exclude(wish_title="").update(wish_title="Bidden", wish_domain="health")
    Intake.objects.all().delete()
    Consent.objects.all().delete()


def other_drafts(town: Town) -> None:
    """What the services plan and have not published: here they plan nothing."""
    GroupSession.objects.filter(state="draft").delete()


def other_requests(town: Town) -> None:
    """Who asks or waits for what, and how it ended: the prison learns of places only."""
    for row in Enrollment.objects.filter(state__in=("requested", "waiting", "ended")):
        wanted = town.series["theirs" if row.series_id != town.series["theirs"].pk else "secret"]
        if not Enrollment.objects.filter(participant=row.participant, series=wanted).exists():
            Enrollment.objects.filter(pk=row.pk).update(series=wanted)
            Request.objects.filter(enrollment=row).update(series=wanted, organisation=town.service)
    Enrollment.objects.filter(state="ended").update(reason="dropped_out")


def other_people(town: Town) -> None:
    """Who is who, where everybody lives, who takes part in what, who is kept apart from whom."""
    Participant.objects.update(last_name="Niemand", first_name="Anders")
    for stay in Stay.objects.all():
        Stay.objects.filter(pk=stay.pk).update(register_number=f"9{stay.pk}", cell=f"9{stay.pk}")
    _permute(town, list(range(len(town.people))), [*town.series.values()])
    Separation.objects.all().delete()


def other_groups(town: Town) -> None:
    """Of a facilitator of the first group: everything of the others, and of whoever does not take part in it."""
    others = ["secret", "theirs", "quiet"]
    other_service_of(town, others)
    for name in others:
        activity = town.series[name].activity
        Activity.objects.filter(pk=activity.pk).update(title_nl="Zang", title_fr="Chant", domain="sport")
    outside = [person.pk for number, person in enumerate(town.people) if number not in (0, 1)]
    Participant.objects.filter(pk__in=outside).update(last_name="Niemand", first_name="Anders")
    Stay.objects.update(cell="1")
    for stay in Stay.objects.all():
        Stay.objects.filter(pk=stay.pk).update(register_number=f"9{stay.pk}")
    Separation.objects.all().delete()


def other_service_of(town: Town, keys: list[str]) -> None:
    _permute(town, [2, 3, 4, 5, 6, 7, 8, 9, 10, 11], [town.series[key] for key in keys])


def places_of_the_others(town: Town) -> None:
    """Of another service: who asks there, has a place, waits, got which answer, was marked, was told."""
    _permute(town, list(range(12)), [town.series["dutch"], town.series["secret"]])
    shown = {town.people[number].pk for number in (5, 6)}
    for people in (shown, {town.people[5].pk}):
        readings.record(
            "see", "enrollment:series_detail", prison_id=town.prison.pk, by=town.users["organiser"],
            object_id=town.series["secret"].pk, people=people, now=NOW,
        )  # fmt: skip
    Intake.objects.update(participant=town.people[5])
    Consent.objects.update(participant=town.people[5])


def _permute(town: Town, numbers: list[int], series: list[Series]) -> None:
    """Everybody's requests and places in these groups become somebody else's."""
    pks = [town.people[number].pk for number in numbers]
    following = dict(zip(pks, pks[1:] + pks[:1], strict=True))
    kinds: list[tuple[Any, dict[str, Any]]] = [
        (Enrollment, {"series__in": series}),
        (Request, {"series__in": series}),
        (Note, {"requests__series__in": series}),
        (Slip, {"enrollment__series__in": series}),
        (Attendance, {"session__series__in": series}),
    ]
    for model, about in kinds:
        rows = list(model.objects.filter(**about).distinct().values_list("pk", "participant"))
        spare = Participant.objects.create(last_name="x", first_name="x") if model is Attendance else None
        for pk, _person in rows if spare else ():
            model.objects.filter(pk=pk).update(participant=spare)
        if model is Enrollment:
            states = dict(model.objects.values_list("pk", "state"))
            model.objects.filter(pk__in=states).filter(pk__in=[pk for pk, _p in rows]).update(
                state="declined"
            )
        for pk, person in rows:
            model.objects.filter(pk=pk).update(participant=following.get(person, person))
        if model is Enrollment:
            for pk, _person in rows:
                model.objects.filter(pk=pk).update(state=states[pk])
        if spare:
            spare.delete()


# --- the walk ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reader:
    user: str
    differs: tuple[Callable[[Town], None], ...]


READERS = {
    "liaison": Reader("liaison", (other_names, other_drafts, other_requests)),
    "auditor": Reader("auditor", (other_names, other_drafts, other_people)),
    "facilitator": Reader("worker", (other_groups,)),
    "another service": Reader("neighbour", (places_of_the_others,)),
    "another authority": Reader("emile", (places_of_the_others,)),
}
HIDDEN_WORDS = ("verslaving", "addiction", "ar")


@dataclass(frozen=True)
class Question:
    method: str
    address: str
    data: tuple[tuple[str, str], ...] = ()


def told(town: Town, walker: Walker, values: Values, turn: int = 0) -> Iterator[tuple[Question, bytes]]:
    """All that this reader can ask, with what is answered: each address plain, then each name that it reads
    with each value, then what the pages lead to that no number makes: files by kind, orders, pages of a list."""
    access = access_for(walker.user, town.prison)
    assert access is not None
    links = Links()
    for route, pattern in sampled(SMALL, turn):
        wanted = getattr(pattern.callback, "asks_for", ())
        if wanted and not access.has_any(wanted):
            continue
        for address in _addresses(town, walker, route):
            for method in ("GET", "POST"):
                plain = Question(method, address)
                with asked_names() as names:
                    answer = said(walker, plain)
                    if answer.startswith(b"405"):
                        continue
                    if names and not answer.startswith(b"404"):
                        walker.ask(method, address, dict.fromkeys(names, "1"))
                yield plain, links.noticed(plain, answer)
                names = (names - NO_NAMES) | names_of(route)
                for data in values(town, sorted(names), method):
                    one = Question(method, address, data)
                    yield one, links.noticed(one, said(walker, one))
    for address in links.unasked():
        one = Question("GET", address)
        yield one, said(walker, one)


class Links:
    """What the pages lead to, a few of each kind: `?sort=`, `?page=2`, `2026-11-24/gate.pdf`."""

    FOUND = re.compile(rb'(?:href|hx-get|src)="(/(?:p|api|me|ical)/[^"#]*)')
    MOST = 3

    def __init__(self) -> None:
        self._asked: set[str] = set()
        self._found: dict[str, list[str]] = defaultdict(list)

    def noticed(self, one: Question, answer: bytes) -> bytes:
        if not one.data:
            self._asked.add(one.address)
        for link in self.FOUND.findall(answer):
            address = unescape(link.decode())
            kind = self._found[re.sub(r"\d+", "N", address)]
            if len(kind) < self.MOST and address not in kind:
                kind.append(address)
        return answer

    def unasked(self) -> list[str]:
        every = [address for kind in self._found.values() for address in kind]
        return [address for address in every if address not in self._asked and not PLAIN.search(address)]


PLAIN = re.compile(r"^/p/\w+(/[a-z-]+|/\d+)*/$")
"""An address that is walked by its numbers already."""
SMALL = 12
"""One address of so many is walked as each reader in the small size."""
NO_NAMES = {"csrfmiddlewaretoken"}


def _addresses(town: Town, walker: Walker, route: str) -> list[str]:
    if "<str:secret>" in route or "<str:token>" in route:
        return [filled(route, {"secret": each, "token": each}) for each in town.secrets_of(walker.user)]
    names = [name for kind, name in parts_of(route) if kind == "int"]
    if not names:
        return [filled(route, {})]
    rows = [town.people[0], town.people[5], town.series["secret"]]
    rows += [town.sessions[key] for key in ("secret1", "theirs1")]
    if not IS_SMALL:
        rows += [town.people[8], town.series["dutch"], town.series["theirs"], town.sessions["dutch0"]]
    pks = {row.pk for row in rows}
    return [filled(route, dict.fromkeys(names, pk)) for pk in sorted(pks)]


Data = tuple[tuple[str, str], ...]
Values = Callable[[Town, list[str], str], list[Data]]


def foreign(town: Town) -> list[str]:
    """Words and numbers of what is hidden."""
    person, series = town.people[5], town.series["secret"]
    numbers_ = (person.pk, series.pk, town.sessions["secret1"].pk, town.service.pk)
    number = person.stays.get().register_number
    return [*HIDDEN_WORDS, *map(str, numbers_), f"s{series.pk}", person.last_name, number]


def a_few(town: Town, names: list[str], method: str) -> list[Data]:
    """A word in every filter, and all the fields of a form filled at once."""
    if not names:
        return []
    if method == "GET":
        word = {"domain": "addiction", "language": "ar", "service": str(town.service.pk)}
        word |= {"sort": "service", "when": "over", "person": "70005"}
        return [((name, word.get(name, "verslaving")),) for name in names]
    return [tuple((name, value) for name in names) for value in (str(town.people[5].pk), "verslaving")]


def every_one(town: Town, names: list[str], method: str) -> list[Data]:
    """Every word and number in every parameter; of a form each field with one of a kind, and all of them at once."""
    values = foreign(town)
    if method == "GET":
        return [((name, value),) for name in names for value in values] + a_few(town, names, "GET")
    one_of_a_kind = (values[0], str(town.people[5].pk), str(town.series["secret"].pk))
    alone = [((name, value),) for name in names for value in one_of_a_kind]
    return alone + [tuple((name, value) for name in names) for value in values if names]


BLOTS = (
    (re.compile(rb'(name="csrfmiddlewaretoken"\s+value=|"X-CSRFToken": ?|nonce=)"[^"]*"'), rb"\1"),
    (re.compile(rb'(name="once"\s+value=)"[^"]*"'), rb"\1"),
    (re.compile(rb"(nonce-|entry_key[^>]*value=\")[\w+/=-]*"), rb"\1"),
    (re.compile(rb"(X-Request-ID|Expires|Date)(: )[^\n]+"), rb"\1"),
    (re.compile(rb"(Content-Length)(: )[^\n]+(?=[^\0]*\[Content_Types\])"), rb"\1"),
    (re.compile(rb"(?<![\w-])(?:tempo_)?[\w-]{43}(?![\w-])"), b""),  # prisons.domain.people.tokens.new_secret
    (re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*"), rb"\1"),
    (re.compile(rb"/ID ?\[.*?\]", re.DOTALL), b""),
)
COUNTER = re.compile(rb'((?:data-rows="[^"]*"\s+data-version="|[?;&]version=))\d+')
"""By which an open board asks whether anything has changed: `version` of the exceptions in docs/trust.md."""
SECRETS = ("/accounts/2fa/", "/p/haren/settings/emergency-pack/passphrase/", "/p/haren/feeds/")
"""Pages that show a fresh secret each time: what differs from itself there tells nothing."""


def said(walker: Walker, one: Question) -> bytes:
    """All that comes back: status, headers, body, the messages of the next page, and the page it leads to."""
    with walker.on_the_way():
        answer = walker.plainly(one.method, one.address, dict(one.data))
        parts = [blotted(answer)]
        if answer.status_code == 302 and answer.headers["Location"].startswith("/p/"):
            parts.append(blotted(walker.plainly("GET", answer.headers["Location"])))
    return b"\n".join(parts)


def blotted(answer: Any) -> bytes:
    """Status, headers and the body, without what is another each time."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    headers = "\n".join(f"{name}: {value}" for name, value in sorted(answer.headers.items()))
    whole = f"{answer.status_code}\n{headers}\n\n".encode() + unpacked(body)
    for pattern, instead in (*BLOTS, (COUNTER, rb"\1")):
        whole = pattern.sub(instead, whole)
    return whole


def unpacked(body: bytes) -> bytes:
    """A workbook as what stands in it: the hour of its making is in every part."""
    if not body.startswith(b"PK\x03\x04"):
        return body
    with ZipFile(BytesIO(body)) as parts:
        return b"\n".join(name.encode() + b": " + parts.read(name) for name in sorted(parts.namelist()))


def differences(town: Town, name: str, values: Values) -> dict[str, str]:
    """The addresses at which the two worlds answer differently, each with the first place where they do; but for
    the exceptions of docs/trust.md.

    Each world is built and walked once; in both the lists that are due are closed, as the first act would do.
    """
    reader, turn, allowed = READERS[name], [*READERS].index(name), exceptions()
    walker = Walker(town.users[reader.user])
    with a_world(town, ()):
        before = {one: digest(answer) for one, answer in told(town, walker, values, turn)}
    different = {}
    with a_world(town, reader.differs):
        for one, was in before.items():
            if any(each.allows(name, one, town) for each in allowed):
                continue
            now = said(walker, one)
            if digest(now) != was and not (one.address.startswith(SECRETS) and said(walker, one) != now):
                different[one] = now
    print(f"{name}: {len(before)} questions, {len(different)} different")
    differ: dict[str, str] = {}
    with a_world(town, ()):
        for one, now in different.items():
            key = f"{one.method} {re.sub(r'/[0-9]+', '/N', one.address)}"
            if key not in differ:
                differ[key] = f"{one.address} {one.data}: {between(said(walker, one), now)}"
                print(f"{name}: {key}: {differ[key]}")
    return differ


TRUST = Path(__file__).parent.parent / "docs" / "trust.md"
EXCEPTION = re.compile(r"^\| ([\w ]+) \| `?([\w /-]+)`? \| `?(\w+)`? \|", re.MULTILINE)


@dataclass(frozen=True)
class OnPurpose:
    """What may tell one reader something on purpose: a parameter of an address, or whichever is asked (`any`).

    `OWN` in the address stands for the number of a session of the reader's own services, and of those alone.
    """

    reader: str
    address: str
    parameter: str

    def allows(self, reader: str, one: Question, town: Town) -> bool:
        path, _mark, query = one.address.partition("?")
        asked = {*parse_qs(query), *(name for name, _value in one.data)}
        is_asked = self.parameter == "any" or asked == {self.parameter}
        return is_asked and (reader, one.method) == (self.reader, "GET") and path in self.addresses(town)

    def addresses(self, town: Town) -> set[str]:
        address = f"/p/haren/{self.address}"
        if "OWN" not in self.address:
            return {address}
        acting = town.users[READERS[self.reader].user]
        services = acting.memberships.values_list("organisation", flat=True)
        own = GroupSession.objects.filter(series__activity__organisation__in=services)
        return {address.replace("OWN", str(pk)) for pk in own.values_list("pk", flat=True)}


def exceptions() -> list[OnPurpose]:
    """The rows of the table in docs/trust.md."""
    text = TRUST.read_text(encoding="utf-8")
    table = text.partition("<!-- exceptions: read by the walk -->")[2].partition(
        "<!-- end of exceptions -->"
    )[0]
    return [OnPurpose(*row) for row in EXCEPTION.findall(table) if row[2] != "parameter"]


def digest(answer: bytes) -> bytes:
    return blake2b(answer, digest_size=16).digest()


@contextmanager
def a_world(town: Town, changes: Iterable[Callable[[Town], None]]) -> Iterator[None]:
    with taken_back():
        for change in changes:
            change(town)
        forget()
        cut_off.freeze_everywhere()
        forget()
        yield
    forget()


def between(was: bytes, now: bytes) -> str:
    """The first place where two answers differ; of the bodies, where those do."""
    bodies = [each.partition(b"\n\n")[2] for each in (was, now)]
    was, now = bodies if bodies[0] != bodies[1] else (was, now)
    one, other = (each.decode(errors="replace") for each in (was, now))
    at = next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    return f"{one[max(at - 60, 0) : at + 60]!r} / {other[max(at - 20, 0) : at + 60]!r}"
