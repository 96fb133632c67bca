"""What leaves on paper, each list defined once: `papers` says what is in it, as a workbook or as pages.

Every paper for the prison is made from a `Day`, which holds neutral names only. The title of an activity can
come in through `worker_sheet` alone, which is not for the prison.
"""

from __future__ import annotations

from core.paper import to_xlsx
from enrollment.domain.lists.day import Day, DayMeeting
from enrollment.exports import papers
from enrollment.exports.worker_sheet import worker_sheet as worker_sheet_paper


def movement_list(day: Day, *, version: int | None = None) -> bytes:
    return to_xlsx(papers.movement_list(day, version))


def attendance_sheets(day: Day, *, version: int | None = None) -> bytes:
    return to_xlsx(papers.attendance_sheets(day, version))


def gate_list(day: Day, *, version: int | None = None) -> bytes:
    return to_xlsx(papers.gate_list(day, version))


def changes_page(frozen: Day, current: Day, *, version: int) -> bytes:
    return to_xlsx(papers.changes_page(frozen, current, version))


def worker_sheet(day: Day, meeting: DayMeeting, *, title: str, language: str) -> bytes:
    return to_xlsx(worker_sheet_paper(day, meeting, title=title, language=language))


__all__ = ["attendance_sheets", "changes_page", "gate_list", "movement_list", "papers", "worker_sheet"]
