"""Participation certificates as pages: Dutch above, French below, of equal size."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.conf import settings

from core.dates.clock import BRUSSELS
from core.paper import printed
from enrollment.domain.attendance.certificates import Certificate
from enrollment.wording import both, moment


def certificate_pages(certificates: Sequence[Certificate], on: dt.date) -> bytes:
    """The PDF, a page for each, fit for an archive; made on that day, the same as often as it is asked for."""
    facts = {
        "title": "Attest van deelname / Attestation de participation",
        "product": settings.PRODUCT_NAME,
        "certificates": [[_dutch(one, on), _french(one, on)] for one in certificates],
    }
    made_at = dt.datetime.combine(on, dt.time(), BRUSSELS)
    words = both("letter_missing")
    return printed("certificate", facts, made_at=made_at, is_kept=True, missing_words=words)


def _dutch(one: Certificate, on: dt.date) -> dict[str, Any]:
    sessions = "sessie" if one.of == 1 else "sessies"
    first, last = moment(one.first_on), moment(one.last_on)
    days = f"op {first}" if one.first_on == one.last_on else f"van {first} tot {last}"
    return {
        "language": "nl",
        "heading": "Attest van deelname",
        "says": f"{one.service} verklaart dat",
        "name": one.name,
        "did": f"{days} heeft deelgenomen aan",
        "title": one.title("nl"),
        "times": f": {one.times} van {one.of} {sessions}, samen {_hours(one)} uur.",
        "date": f"Datum: {moment(on)}",
        "signature": "Handtekening:",
    }


def _french(one: Certificate, on: dt.date) -> dict[str, Any]:
    sessions = "séance" if one.times == 1 else "séances"
    hours = "heure" if one.hours < 2 else "heures"
    first, last = moment(one.first_on), moment(one.last_on)
    days = f"le {first}" if one.first_on == one.last_on else f"du {first} au {last}"
    return {
        "language": "fr",
        "heading": "Attestation de participation",
        "says": f"{one.service} atteste que",
        "name": one.name,
        "did": f"a participé {days} à",
        "title": one.title("fr"),
        "times": f" : {one.times} {sessions} sur {one.of}, soit {_hours(one)} {hours}.",
        "date": f"Date : {moment(on)}",
        "signature": "Signature :",
    }


def _hours(one: Certificate) -> str:
    """`2` or `1,5`: both languages write a comma."""
    return f"{one.hours:g}".replace(".", ",")
