"""Days and hours of the week in the reader's words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.utils.dates import WEEKDAYS_ABBR


def days_in_words(weekdays: Iterable[int]) -> str:
    """“Mon–Fri”, “Tue, Thu”: three days and more in a row are a stretch."""
    days = sorted(set(weekdays))
    stretches: list[list[int]] = []
    for day in days:
        if stretches and stretches[-1][-1] == day - 1:
            stretches[-1].append(day)
        else:
            stretches.append([day])
    return ", ".join(_stretch(each) for each in stretches)


def _stretch(days: Sequence[int]) -> str:
    names = [str(WEEKDAYS_ABBR[day - 1]) for day in days]
    return f"{names[0]}–{names[-1]}" if len(names) > 2 else ", ".join(names)


def hours_in_words(hours: tuple[tuple[int, ...], dt.time, dt.time]) -> str:
    weekdays, starts, ends = hours
    return f"{days_in_words(weekdays)} {starts:%H:%M}–{ends:%H:%M}"
