"""The short code that is printed on a sheet, to find its session when the paper comes back."""

from __future__ import annotations

ALPHABET = "2345679ACDEFHJKLMNPRTWX"
"""23 signs that cannot be taken for each other in handwriting; 23 is prime, which the check needs."""
_BASE = len(ALPHABET)


def code_of(session_id: int) -> str:
    """At least four signs; the last one tells a slip of the finger."""
    digits, rest = "", session_id
    while rest:
        rest, digit = divmod(rest, _BASE)
        digits = ALPHABET[digit] + digits
    digits = digits.rjust(3, ALPHABET[0])
    return digits + ALPHABET[_check(digits)]


def session_id_of(code: str) -> int | None:
    """The session of a code as somebody typed it: small letters, spaces and dashes do not matter.

    None if wrong.
    """
    signs = "".join(sign for sign in code.upper() if sign.isalnum())
    if len(signs) < 4 or any(sign not in ALPHABET for sign in signs):
        return None
    if ALPHABET[_check(signs[:-1])] != signs[-1]:
        return None
    found = 0
    for sign in signs[:-1]:
        found = found * _BASE + ALPHABET.index(sign)
    return found


def _check(signs: str) -> int:
    """Weighted by place, so that a wrong sign and two that changed places are both found."""
    return sum(number * ALPHABET.index(sign) for number, sign in enumerate(signs, start=1)) % _BASE
