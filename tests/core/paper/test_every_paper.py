"""Every paper there is, of one small prison: found by the folder of templates, drawn, opened, read and compared.

With PAPERS=folder the first page of each is also put there as a picture (`make papers`), to be looked at in grey.
"""

import datetime as dt
import hashlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pikepdf
import pypdfium2
import pytest
from django.urls import reverse

from core.paper import drawing, to_pdf
from core.words.languages import SPOKEN
from enrollment.domain.lists import day_lists
from enrollment.domain.lists.distribution import DistributionLine, PostPlan
from enrollment.domain.slips import slip_batches
from enrollment.exports import papers
from enrollment.exports.held import paper_of_person
from enrollment.models import Attendance, Enrollment, Handout, Slip
from planner.closures.call_paper import call_paper as closure_calls
from planner.closures.showing import ClosureCallRow as ClosureCall
from planner.emergency.content import pack_of
from planner.reports import year_report
from planner.reports.periods import calendar_year
from planner.workers.call_paper import call_paper
from planner.workers.unread import Call
from tests.core.paper.a_sheet import sheet
from tests.factories import (
    at,
    make_activity,
    make_closure,
    make_enrollment,
    make_participant,
    make_room,
    make_series,
    make_session,
    make_slot,
    make_term,
    make_unit,
    make_worker,
    signed_in,
)

NOW, MONDAY = at("2026-11-20 12:00"), dt.date(2026, 11, 23)
NAMES = (
    "Okafor, Zacharie", "Şahin, Gülşen", "Țurcanu, Ștefan", "Łukasiewicz, Żaneta", "Nguyễn, Thị Hồng",
    "Ђорђевић, Милан", "Παπαδόπουλος, Νίκος", "الأمين, محمد", "Vandenberghe-Castelein, Jean-Pierre",
    "d'Hoore, Æneas", "O'Brien, Seán", "Íñiguez, Ángel",
)  # fmt: skip
KEPT = {"hours", "year", "certificate", "version"}
PAGES = {
    "certificate": 1,
    "sheet": 1,
    "own-sheet": 1,
    "gate": 1,
    "cancelled": 1,
    "agreement": 1,
    "term": 1,
    "cover": 1,
}


@pytest.fixture
def world(haren, service, monkeypatch):
    """A Monday with a full group, a cancelled one and one without names; people of every script that is printed."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    haren.asks_agreement = True
    haren.save()
    for day in (1, 2):
        make_slot(haren, day, "08:30", "11:00")
    units = [make_unit(haren, code) for code in ("A1", "B2")]
    term = make_term(haren, name="2026-3", starts_on=dt.date(2026, 11, 2), ends_on=dt.date(2026, 12, 20))
    fields = {"term": term, "starts_on": MONDAY, "weeks": 4, "counts_as_work": True, "places": 12}
    activity = make_activity(
        service, title_nl="Houtbewerking", title_fr="Menuiserie", title_en="Wood workshop"
    )
    series = make_series(haren, activity=activity, list_code="A17", **fields)
    worker = make_worker(haren, organisation=service, name="Zoë Maes", phone="+32 470 00 11 22")
    rooms = [make_room(haren, name=name) for name in ("Klas 1", "Atelier")]
    held = make_session(series, "2026-11-16 09:00", room=rooms[0], workers=[worker], state="published")
    session = make_session(series, "2026-11-23 09:00", room=rooms[0], workers=[worker], state="published")
    for number, name in enumerate(NAMES):
        person = make_participant(haren, name, unit=units[number % 2], cell=str(number + 1))
        row = make_enrollment(series, person)
        Attendance.objects.create(session=held, participant=person, mark="present", at=NOW)
    yoga = make_series(haren, activity=make_activity(service, "Yoga"), list_code="B3", **fields)
    make_session(yoga, "2026-11-23 09:00", room=rooms[1], state="cancelled")
    make_enrollment(yoga, make_participant(haren, "Aerts, Jan", unit=units[0]), "awaiting")
    languages = [code for code, _word in SPOKEN][:9]
    for number, (language, kind) in enumerate(zip(languages, Slip.Kind.values * 2, strict=False)):
        Slip.objects.create(
            prison=haren, participant=Enrollment.objects.filter(series=series)[number].participant,
            enrollment=Enrollment.objects.filter(series=series)[number], kind="placed" if kind == "card" else kind,
            language="nl", third_language="" if language == "nl" else language, created_at=NOW, printed_at=NOW,
        )  # fmt: skip
    return SimpleNamespace(prison=haren, units=units, session=session, row=row, worker=worker, series=series)


def made(world, anna, bert):
    """Each paper by a name of its own."""
    prison, day = world.prison, day_lists.day_lists(world.prison, MONDAY, now=NOW)
    slug, on = prison.slug, MONDAY

    def got(user, name, *args, query=""):
        answer = signed_in(user).get(reverse(name, args=[slug, *args]) + query)
        assert answer.status_code == 200, (name, answer.status_code)
        assert answer["Content-Type"] == "application/pdf", name
        return answer.content

    gone = day_lists.day_lists(prison, MONDAY, now=NOW).only(lambda meeting: False)
    post = PostPlan(1, "Centrum", [DistributionLine(sheet, 1) for sheet in Handout.Sheet.values])
    closure = make_closure(prison, at("2026-11-23 00:00"), at("2026-11-24 00:00"))
    span = {"starts_at": closure.starts_at, "ends_at": closure.ends_at}
    picture = SimpleNamespace(root=closure, places=("Haren",), state="announced", **span)
    rows = (SimpleNamespace(when="23/11 09:00", name="Houtbewerking"),)
    scope = year_report.scope_of("flemish", calendar_year(2026), NOW)
    facts = {"name": "Okafor", "first_name": "Zacharie", "stays": [{"unit_code": "A1", "cell": "7"}]}
    key = slip_batches.key_of(NOW)
    return {
        "movements": got(bert, "enrollment:list_file_pdf", on, "movements"),
        "sheets": got(bert, "enrollment:list_file_pdf", on, "sheets"),
        "gate": got(bert, "enrollment:list_file_pdf", on, "gate"),
        "cancelled": got(bert, "enrollment:list_file_pdf", on, "cancelled"),
        "cut-slips": got(bert, "enrollment:list_file_pdf", on, "slips"),
        "day": got(bert, "enrollment:list_file_pdf", on, "day"),
        "sheet": got(anna, "enrollment:session_sheet_pdf", world.session.pk),
        "own-sheet": got(anna, "enrollment:worker_sheet_pdf", world.session.pk),
        "version": to_pdf(papers.day_lists(day, 1, with_slips=True)),
        "changes": to_pdf(papers.changes_page(day, gone, 1)),
        "post": to_pdf(papers.for_post(post, papers.Source(day, 1, day))),
        "slips": got(anna, "enrollment:slip_file", key),
        "week-slip": got(anna, "enrollment:week_slip", world.row.participant_id, query="?as=pdf"),
        "certificate": got(anna, "enrollment:certificate_pdf", world.row.pk),
        "agreement": got(anna, "enrollment:agreement_file"),
        "calls": to_pdf(call_paper(prison, [Call(world.worker, ("MOVED: Yoga.",))], [], now=NOW)),
        "closure-calls": to_pdf(closure_calls(prison, picture, [ClosureCall(world.worker, rows)], now=NOW)),
        "cover": got(bert, "planner:closure_cover", closure.pk),
        "week": got(anna, "planner:board_file", query="?week=2026-W48"),
        "term": got(anna, "planner:term_file"),
        "leaflet": got(anna, "planner:leaflet_file", query="?week=2026-W48&third=en"),
        "hours": got(anna, "planner:work_hours_file", "2026-11"),
        "year": to_pdf(year_report.paper_of_year("flemish", scope, language="nl")),
        "emergency": to_pdf(pack_of(prison, now=NOW)),
        "held": to_pdf(paper_of_person(facts, NOW)),
    }  # fmt: skip


@pytest.fixture
def drawn(monkeypatch):
    """What the compiler is asked for, with what comes of it."""
    orders: list[tuple[drawing.Order, bytes]] = []

    def noticing(draw):
        def draw_and_notice(order):
            orders.append((order, draw(order)))
            return orders[-1][1]

        return draw_and_notice

    for name in ("_drawn", "_drawn_apart"):
        monkeypatch.setattr(drawing, name, noticing(getattr(drawing, name)))
    return orders


def test_every_paper(world, drawn, organiser_anna, liaison_bert, tmp_path):
    found = made(world, organiser_anna, liaison_bert)
    if folder := os.environ.get("PAPERS"):
        show(found, Path(folder))
    templates = {path.stem for path in drawing.TEMPLATES.glob("*.typ")} - {"common"}
    assert {order.template for order, _body in drawn} == templates, "a template that no paper here uses"
    faults = [f"{name}: {fault}" for name, body in found.items() for fault in faults_of(name, body)]
    assert not faults, "\n".join(faults)
    assert drawn_elsewhere(drawn, tmp_path) == [hashlib.sha256(body).hexdigest() for _order, body in drawn]


def faults_of(name, body):
    """What a reader, a printer or an archive would stumble over."""
    with pypdfium2.PdfDocument(body) as document:
        texts = [page.get_textpage().get_text_range() for page in document]
    if len(texts) != PAGES.get(name, len(texts)):
        yield f"{len(texts)} pages"
    if any(not text.strip() for text in texts):
        yield "an empty page"
    if any(letter in text for text in texts for letter in "\u200b\ufffd"):
        yield "a letter that is copied as nothing"
    with pikepdf.open(io.BytesIO(body)) as pdf:
        if any(map(has_missing_glyph, pdf.pages)):
            yield "a letter without a drawing"
        yield from faults_of_what_it_says(pdf, must_be_kept=name in KEPT)


def faults_of_what_it_says(pdf, *, must_be_kept):
    with pdf.open_metadata() as facts:
        is_kept = (facts.get("pdfaid:part"), facts.get("pdfaid:conformance"), facts.get("pdfuaid:part"))
        if not facts.get("dc:title"):
            yield "no title"
    if not pdf.Root.get("/Lang"):
        yield "no language"
    if must_be_kept:
        if is_kept != ("2", "A", "1"):
            yield f"not for the archive: {is_kept}"
        yield from faults_for_an_archive(pdf)


def faults_for_an_archive(pdf):
    """What of PDF/A-2a and PDF/UA-1 the structure of a file shows: no package on PyPI brings veraPDF along."""
    root = pdf.Root
    if not any(
        one.S == "/GTS_PDFA1" and "/DestOutputProfile" in one for one in root.get("/OutputIntents", [])
    ):
        yield "no profile of its colours"
    if not root.get("/MarkInfo", {}).get("/Marked") or "/ParentTree" not in root.get("/StructTreeRoot", {}):
        yield "no structure"
    if not root.get("/ViewerPreferences", {}).get("/DisplayDocTitle"):
        yield "a window without the title"
    if "/Encrypt" in pdf.trailer or "/ID" not in pdf.trailer:
        yield "locked, or without a number of its own"
    for one in pdf.objects:
        if isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
            yield from faults_of_an_object(one)
    for page in pdf.pages:
        if page.get("/StructParents") is None or page.get("/Tabs") not in (None, "/S"):
            yield "a page outside of the structure"
        if page.get("/Group", {}).get("/S") == "/Transparency" and page.Group.get("/CS") is None:
            yield "transparency without colours to mix in"


def faults_of_an_object(one):
    kind = one.get("/Type")
    if kind == "/FontDescriptor" and not {"/FontFile", "/FontFile2", "/FontFile3"} & set(one.keys()):
        yield f"a font that is not in the file: {one.FontName}"
    if kind == "/Font" and "/ToUnicode" not in one and one.get("/Subtype") == "/Type0":
        yield f"a font that cannot be copied: {one.BaseFont}"
    if one.get("/S") in ("/JavaScript", "/Launch", "/Sound", "/Movie") or one.get("/Type") == "/EmbeddedFile":
        yield f"what an archive refuses: {one.get('/S')}"
    if kind == "/ExtGState" and (one.get("/SMask", "/None") != "/None" or one.get("/ca", 1) != 1):
        yield "something half transparent"
    if kind == "/StructElem" and one.get("/S") == "/Figure" and not one.get("/Alt"):
        yield "a picture without words"
    if kind == "/StructElem" and one.get("/S") == "/TH":
        told = one.get("/A", [])
        if not any("/Scope" in each for each in (told if isinstance(told, pikepdf.Array) else [told])):
            yield "a head that does not say of what"


def has_missing_glyph(page):
    """Typst writes glyphs as two bytes each; the first of every font is the box for what it lacks."""
    for one in pikepdf.parse_content_stream(page):
        if str(one.operator) in ("Tj", "TJ"):
            parts = one.operands[0] if str(one.operator) == "TJ" else one.operands
            for part in parts:
                if isinstance(part, pikepdf.String):
                    codes = bytes(part)
                    if any(codes[place : place + 2] == b"\0\0" for place in range(0, len(codes), 2)):
                        return True
    return False


@pytest.mark.parametrize(
    ("taken", "fault"),
    [
        ("/OutputIntents", "no profile of its colours"),
        ("/StructTreeRoot", "no structure"),
        ("/MarkInfo", "no structure"),
        ("/ViewerPreferences", "a window without the title"),
    ],
)
def test_the_check_for_an_archive_finds_what_is_missing(taken, fault):
    with pikepdf.open(io.BytesIO(to_pdf(sheet(3, is_kept=True)))) as pdf:
        assert not list(faults_for_an_archive(pdf))
        del pdf.Root[taken]
        assert list(faults_for_an_archive(pdf)) == [fault]


ELSEWHERE = """
import ctypes.util, hashlib, json, runpy, sys
ctypes.util.find_library = lambda name: None
for name in ("weasyprint", "cairocffi", "pangocffi", "fontTools", "django"): sys.modules[name] = None
draw = runpy.run_path(sys.argv[1])
orders = [draw["Order"](*one) for one in json.load(sys.stdin)]
print(json.dumps([hashlib.sha256(draw["_drawn"](one)).hexdigest() for one in orders]))
"""


def drawn_elsewhere(drawn, folder):
    """The same orders in a process that finds no library and no font of the machine, nor Django."""
    (folder / "fonts.conf").write_text("<fontconfig></fontconfig>")
    done = subprocess.run(
        [sys.executable, "-I", "-c", ELSEWHERE, drawing.__file__],
        input=json.dumps([order for order, _body in drawn]),
        capture_output=True,
        text=True,
        env={"FONTCONFIG_FILE": str(folder / "fonts.conf"), "HOME": str(folder), "PATH": ""},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def show(found, folder):
    """The first page of each, in grey, as a printer without colours gives it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, body in found.items():
        (folder / f"{name}.pdf").write_bytes(body)
        with pypdfium2.PdfDocument(body) as document:
            document[0].render(scale=1.4, grayscale=True).to_pil().save(folder / f"{name}.png")
