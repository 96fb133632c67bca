import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.words.text import one_line, printable

#  typed, kept
LINES = [
    ("  Nederlands   niveau\t1 ", "Nederlands niveau 1"),
    ("bel\x07\x00\x1b[31mlen", "bel[31mlen"),  # control characters
    ("a\r\nb\u2028c", "a b c"),
    ("Zoe\u0308", "Zoë"),  # composed
    ("naam\u202egnilrewt", "naamgnilrewt"),  # would print the rest of the line from right to left
    ("می\u200cخواهم", "می\u200cخواهم"),  # the joiner that Farsi needs
    ("👩\u200d🎨 atelier", "👩\u200d🎨 atelier"),
    ("\ud800half", "half"),  # half a character
    ("=1+1", "=1+1"),  # a matter of the spreadsheet, not of the text
    ("\x00", ""),
    ("\u200b", ""),  # looks like no name, so it is none
]


@pytest.mark.parametrize(("typed", "kept"), LINES)
def test_one_line(typed, kept):
    assert one_line(typed) == kept


def test_lines_of_a_longer_text_stay_apart():
    assert printable("a\r\nb\rc\n\nd") == "a\nb\nc\n\nd"


def test_a_long_line_is_cut_and_shows_it():
    assert one_line("Kookatelier", 5) == "Kook…"
    assert one_line("Kook at", 6) == "Kook…"
    assert one_line("Kook", 4) == "Kook"
    assert len(one_line("x" * 10_000, 120)) == 120


@given(st.text(alphabet=st.characters(codec=None)))
def test_whatever_is_typed_can_stand_in_xml_and_stays_as_it_is_the_second_time(typed):
    kept = printable(typed)
    ET.fromstring(f"<a>{kept.replace('&', '').replace('<', '')}</a>")
    assert printable(kept) == kept
    kept.encode()
