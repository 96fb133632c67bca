"""What the lists of a full day cost: 60 sessions of 25 people, against bare openpyxl with the same cells."""

from __future__ import annotations

import copy
import datetime as dt
import io
import os
import resource
from collections.abc import Callable
from typing import Any

ON = dt.date(2050, 1, 10)
SESSIONS, PEOPLE, UNITS = 60, 25, 34


def full_day() -> Any:
    """A day that nobody has seen in so full a house."""
    from core.dates.clock import BRUSSELS
    from enrollment.domain.lists.day import Day, DayMeeting, Person, Visitor

    hours = ((dt.time(8, 30), dt.time(11)), (dt.time(13, 30), dt.time(16)), (dt.time(18), dt.time(20)))

    def person(number: int) -> Person:
        unit = f"{'ABC'[number % 3]}{number % UNITS // 3 + 1}"
        return Person(
            number, f"Vandenberghe{number}", "Jean-Pierre", f"{100_000 + number}", unit, f"{number % 40}"
        )

    def meeting(number: int) -> DayMeeting:
        starts, ends = (dt.datetime.combine(ON, hour, BRUSSELS) for hour in hours[number % 3])
        people = tuple(person(number * PEOPLE + place) for place in range(PEOPLE))
        visitor = Visitor(f"Worker {number}", "De Brug", "leader", True, dt.date(2060, 1, 1))
        name = f"Activiteit / Activité B{number}"
        return DayMeeting(
            number, 1, f"C{number}", name, f"Klas {number}", "", starts, ends, False, False, 25, (), people,
            (visitor,), (("Yogamat", 12),),
        )  # fmt: skip

    made = dt.datetime(2050, 1, 9, 14, tzinfo=dt.UTC)
    return Day(
        "haren", "Haren", "Haren", "leefeenheid", "unité de vie", "nummer", "numéro",
        ON, made, made, hours, tuple(meeting(number) for number in range(SESSIONS)),
    )  # fmt: skip


def bare(body: bytes, *, copies_styles: bool = False) -> Callable[[], bytes]:
    """The same workbook by openpyxl alone: what is in it is known beforehand, only writing it is measured.

    `copies_styles` is openpyxl at its quickest: each look is worked out once, and its number copied.
    """
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(body))
    styles: dict[int, tuple[Any, ...]] = {}
    sheets = []
    for sheet in book.worksheets:
        rows = []
        for row in sheet.iter_rows():
            for cell in row:
                if cell.has_style and cell.style_id not in styles:
                    parts = (cell.font, cell.alignment, cell.border)
                    styles[cell.style_id] = tuple(part.copy() for part in parts)
            rows.append([(cell.value, cell.style_id if cell.has_style else None) for cell in row])
        widths = {key: one.width for key, one in sheet.column_dimensions.items()}
        heights = {key: one.height for key, one in sheet.row_dimensions.items()}
        sheets.append((sheet, rows, widths, heights, [str(one) for one in sheet.merged_cells.ranges]))

    def write() -> bytes:
        new, known = openpyxl.Workbook(), dict[int, Any]()
        new.remove(new.worksheets[0])
        for old, rows, widths, heights, merged in sheets:
            sheet = new.create_sheet(old.title)
            for number, row in enumerate(rows, start=1):
                for column, (value, style) in enumerate(row, start=1):
                    if value is None and style is None:
                        continue
                    cell = sheet.cell(number, column, value)
                    if style is None:
                        continue
                    if copies_styles and style in known:
                        cell._style = copy.copy(known[style])
                        continue
                    cell.font, cell.alignment, cell.border = styles[style]
                    known[style] = cell._style
            for key, width in widths.items():
                sheet.column_dimensions[key].width = width
            for key, height in heights.items():
                sheet.row_dimensions[key].height = height
            for one in merged:
                sheet.merge_cells(one)
            sheet.page_setup.paperSize, sheet.page_setup.orientation = 9, old.page_setup.orientation
            sheet.page_setup.blackAndWhite, sheet.page_setup.fitToHeight = True, 0
            sheet.sheet_properties.pageSetUpPr = openpyxl.worksheet.properties.PageSetupProperties(
                fitToPage=True
            )
            sheet.print_area, sheet.freeze_panes = old.print_area, old.freeze_panes
            sheet.print_title_rows = old.print_title_rows
            sheet.oddFooter.left.text = old.oddFooter.left.text
        saved = io.BytesIO()
        new.save(saved)
        return saved.getvalue()

    return write


def day_lists(least_ms: Callable[..., float], say: Callable[[str, str, str], None]) -> None:
    from core.paper import to_pdf, to_xlsx
    from enrollment.exports import papers
    from enrollment.exports.certificate_pages import certificate_pages
    from enrollment.exports.slip_pages import slip_pages

    day = full_day()
    body = to_xlsx(papers.day_lists(day, 1))
    ways = (lambda: to_xlsx(papers.day_lists(day, 1)), bare(body), bare(body, copies_styles=True))
    # In turns, so that other work on the machine falls on all of them.
    turns = [[least_ms(way, 1) for way in ways] for _turn in range(5)]
    ours, theirs, quickest = (min(turn[place] for turn in turns) for place in range(3))
    say(f"day lists of {SESSIONS} x {PEOPLE} as XLSX", f"{ours / 1000:.2f} s", "-")
    say("  bare openpyxl, same cells, styles, print settings", f"{theirs / 1000:.2f} s", "-")
    say("  times bare openpyxl", f"{ours / theirs:.2f}", "1.3")
    say("  times bare openpyxl that copies its styles", f"{ours / quickest:.2f}", "-")
    paper = papers.day_lists(day, 1)
    pages: list[bytes] = []
    apart = os.times()
    seconds = least_ms(lambda: pages.append(to_pdf(paper)), 1) / 1000
    now = os.times()
    seconds += now.children_user + now.children_system - apart.children_user - apart.children_system
    say(f"  as PDF ({paper.cells} cells, for the archive)", f"{seconds:.1f} s", "1.5 s")
    say("  size of that PDF", f"{len(pages[0]) / 1_000_000:.2f} MB", "1 MB")
    sheet = papers.attendance_sheets(day.only(lambda meeting: meeting.id == 1), 1)
    to_pdf(sheet)
    say("one sheet as PDF, warm", f"{least_ms(lambda: to_pdf(sheet), 5):.0f} ms", "30 ms")
    _month(say, day)
    certificates = [_certificate(number) for number in range(2)]
    certificate_pages(certificates[:1], day.on)
    spent = least_ms(lambda: certificate_pages(certificates[1:], day.on), 5)
    say("one certificate, for the archive, warm", f"{spent:.0f} ms", "30 ms")
    slips = [_slip(number) for number in range(120)]
    slip_pages(slips[:1], made_at=day.made_at)
    for number, told in ((1, "one slip, warm"), (120, "120 slips in nine languages")):
        spent = least_ms(lambda number=number: slip_pages(slips[:number], made_at=day.made_at), 3)
        say(told, f"{spent:.0f} ms", "30 ms" if number == 1 else "1,000 ms")


def _month(say: Callable[[str, str, str], None], day: Any) -> None:
    """Day by day, as a month is printed: each is a version of its own, kept for the archive."""
    from core.paper import to_pdf
    from enrollment.exports import papers

    begun, days = os.times(), 22
    for _day in range(days):
        to_pdf(papers.attendance_sheets(day, 1))
    now = os.times()
    spent = sum(now[:4]) - sum(begun[:4])
    most = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    say(
        f"a month of {days * SESSIONS} sheets, for the archive",
        f"{spent:.1f} s, {most // 1024} MB",
        "20 s, 300 MB",
    )


def _certificate(number: int) -> Any:
    from types import SimpleNamespace

    from enrollment.domain.attendance.certificates import Certificate

    service = SimpleNamespace(name="De Brug")
    activity = SimpleNamespace(
        title_nl="Houtbewerking", title_fr="Menuiserie", title_en="", organisation=service
    )
    person = SimpleNamespace(first_name="Jean-Pierre", last_name=f"Vandenberghe{number}")
    place: Any = SimpleNamespace(participant=person, series=SimpleNamespace(activity=activity))
    return Certificate(place, 7, 8, ON, ON + dt.timedelta(weeks=8), 10.5)


def _slip(number: int) -> Any:
    """A place, in Dutch and in one of nine languages."""
    from core.words.languages import SPOKEN
    from enrollment.domain.slips.slip_text import SlipText
    from enrollment.exports.slip_pages import SlipPage

    languages = [code for code, _word in SPOKEN][:9]
    days = tuple(f"{day} januari 2050, 09:00–10:30" for day in range(7, 29, 7))
    texts = [
        SlipText(language, f"Activiteit {number}", "U hebt een plaats in deze activiteit.", days)
        for language in ("nl", languages[number % 9])
    ]
    return SlipPage(f"Vandenberghe{number}, Jean-Pierre", None, *texts)  # type: ignore[arg-type]
