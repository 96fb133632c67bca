"""Names and texts as people typed them, made fit to be stored, printed and sent."""

import re
import unicodedata

# Control characters other than tab and newline, lone surrogates and non-characters: no XML, no iCalendar and
# no PostgreSQL takes them. Spaces without width make two names look the same, and the marks that turn the
# direction of writing let a name disguise the rest of a line. The joiners of Arabic, Farsi and emoji stay.
UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2060\ufeff"
    "\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
NEWLINES = re.compile("\r\n|[\r\x85\u2028\u2029]")


def printable(text: str) -> str:
    """The text without what cannot be printed, in composed form (NFC), its lines ended by a newline."""
    if text.isascii() and text.isprintable():
        return text
    return unicodedata.normalize("NFC", UNPRINTABLE.sub("", NEWLINES.sub("\n", text)))


def one_line(text: str, max_length: int | None = None) -> str:
    """A name or title: printable, single spaces, none at the ends, cut with … after `max_length`."""
    line = " ".join(printable(text).split())
    if max_length is None or len(line) <= max_length:
        return line
    return line[: max_length - 1].rstrip() + "…"


def as_counted(text: str) -> str:
    """Sorts as people count: cell 9 before cell 10, 1.12 before 2.3, unit A2 before A10."""
    return _FIGURES.sub(lambda found: found[0].rjust(12, "0"), text.casefold())


_FIGURES = re.compile("[0-9]+")
