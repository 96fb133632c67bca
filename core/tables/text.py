"""Text with separators (.csv, .txt) in whatever encoding and with whatever sign programs write it."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from core.tables.values import MOST_COLUMNS, MOST_ROWS, ReadSheet, plain_value, refusal, too_long

_OF_A_RULE = frozenset(" \t:+-")
"""A line drawn below the headings has these signs only."""
_SIGNS = ";\t,|"
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_OLD = ("cp1252", "mac_roman", "cp850")
_LETTERS = frozenset("àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿœßÀÁÂÄÅÇÈÉÊËÍÎÏÑÓÔÖØÚÛÜŒ’–°º")
_RARE = frozenset("ÌÒÙÃÕÝÛÚÎÓÔÍÀÂÁÊËÏ")


def read(text: str, sign: str = "") -> ReadSheet:
    """Raises PlannerError 422 for more rows than any list has, and for what is none. `sign`: what separates."""
    try:
        if not sign:
            text, sign = _separator(text)
        torn: list[int] = []
        rows = list(_rows(text, sign, torn))
        if rows and max(map(len, rows)) == 1 and any(sign in str(row[0]) for row in rows for sign in _SIGNS):
            text, sign = _separator("\n".join(str(row[0]) for row in rows))  # each line is a text of its own
            torn = []
            rows = list(_rows(text, sign, torn))
    except csv.Error as error:
        if '"' not in text:
            raise _no_text() from error  # one cell without an end
        raise refusal(
            "unreadable",
            _("This is not a list in CSV: a quotation mark is never closed. Send an .xlsx file."),
        ) from error
    return ReadSheet("", tuple(rows), torn=tuple(torn))


def _rows(text: str, sign: str, torn: list[int]) -> Iterator[tuple[object, ...]]:
    for number, row in enumerate(_records(text, sign, torn)):
        if number >= MOST_ROWS:
            raise too_long()
        is_rule = bool(row) and "--" in row[0] and all(_OF_A_RULE.issuperset(value) for value in row)
        yield () if is_rule else tuple(plain_value(value) for value in row[:MOST_COLUMNS])


def _records(text: str, sign: str, torn: list[int]) -> Iterator[list[str]]:
    """What stands between the signs. A mark that is never closed swallows the lines below it: they are read singly.

    `torn` takes the row where each of these begins.
    """
    lines = io.StringIO(text, newline="").readlines()
    reader, start, number = csv.reader(lines, delimiter=sign), 0, 0
    width = _usual_width(lines, sign) if '"' in text else 0
    for record in reader:
        inside = lines[start : reader.line_num]
        if len(inside) > 1 and sum(line.count(sign) + 1 >= width for line in inside) > 1:
            torn.append(number)
            singly = [_single(line, sign) for line in inside]
        else:
            singly = [record]
        yield from singly
        start, number = reader.line_num, number + len(singly)


def _usual_width(lines: list[str], sign: str) -> int:
    """Of lines as they stand and of rows as quotes make them: a cell may hold two lines of a name."""
    some = lines[:2000]
    counts = Counter(line.count(sign) + 1 for line in some if sign in line)
    rows = Counter(len(row) for row in csv.reader(some, delimiter=sign) if len(row) > 1)
    modes = [found.most_common(1)[0][0] for found in (counts, rows) if found]
    return max(modes, default=MOST_COLUMNS * MOST_COLUMNS)


def _single(line: str, sign: str) -> list[str]:
    """One line by itself: its own quotes count when they are closed on it."""
    line = line.rstrip("\r\n")
    is_whole = line.count('"') % 2 == 0
    row = next(csv.reader([line], delimiter=sign), []) if is_whole else line.split(sign)
    return [value if is_whole else value.strip('"') for value in row]


def _separator(text: str) -> tuple[str, str]:
    """The sign that gives the most rows of one length; Excel may say it itself on a first line (sep=;)."""
    first, _newline, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        return rest, first.strip()[4]
    return text, max(_SIGNS, key=lambda sign: _evenness(text[:16384], sign))


def _evenness(sample: str, sign: str) -> int:
    try:
        lengths = Counter(len(row) for row in _records(sample, sign, []))
    except csv.Error:
        return 0
    lengths.pop(0, None)
    return max((times * (length - 1) for length, times in lengths.items()), default=0)


def decoded(content: bytes) -> str:
    """Raises PlannerError 422 for what is no text."""
    try:
        for mark, name in _MARKS:
            if content.startswith(mark):
                return content.decode(name).lstrip("\ufeff")
        if name := _wide(content):
            return content.decode(name)
    except UnicodeDecodeError as error:
        raise _no_text() from error
    if b"\x00" in content:
        raise _no_text()
    try:
        return content.decode()
    except UnicodeDecodeError:
        return _old(content)


def _no_text() -> Exception:
    return refusal("unreadable", _("This is not a list of people. Send an .xlsx, .ods or .csv file."))


def _wide(content: bytes) -> str:
    """Two bytes a letter without a mark: every other byte of Latin text is zero."""
    sample = content[:4000]
    half = len(sample) // 2 or 1
    low, high = sample[1::2].count(0), sample[0::2].count(0)
    if low > half * 0.6 and high < half * 0.1:
        return "utf-16-le"
    return "utf-16-be" if high > half * 0.6 and low < half * 0.1 else ""


def _old(content: bytes) -> str:
    """One byte a letter: the encoding that gives letters of names. Lines in UTF-8 between them stay so."""
    lines = content.split(b"\n")
    old = [line for line in lines if not _is_utf8(line)]
    sample = b"\n".join(old)[:20_000]
    name = max(_OLD, key=lambda each: _likeness(sample.decode(each, errors="replace")))
    found = [line.decode() if _is_utf8(line) else line.decode(name, errors="replace") for line in lines]
    return "\n".join(found)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _likeness(text: str) -> int:
    """Letters of names count for an encoding; signs inside words and capitals after small letters against it."""
    found, before = 0, " "
    for letter in text:
        if letter > "\x7f":
            found += 2 if letter in _LETTERS else -2
            found -= letter in _RARE
            if letter.isupper() and before.islower():
                found -= 3
        before = letter
    return found
