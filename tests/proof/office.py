"""LibreOffice as a printer: a workbook goes in, the pages that come out of the printer are read back."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import pypdfium2.raw as raw
import pytest

SECONDS = 180


@dataclass(frozen=True)
class PrintedPage:
    """One page as it leaves the printer: sizes in points, the smallest of its letters too."""

    width: float
    height: float
    text: str
    smallest_letters: float
    is_black_and_white: bool


def convert(content: bytes, folder: Path, source: str, wanted: str) -> bytes:
    """The document as LibreOffice opens and saves it: `sheet.xlsx` to `fods`, and back. Skips without it."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        pytest.skip("LibreOffice is not on this machine (Debian: libreoffice-calc-nogui)")
    (folder / source).write_bytes(content)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    target = folder / "converted"
    command = [program, "--headless", profile, "--convert-to", wanted, "--outdir", str(target)]
    subprocess.run([*command, str(folder / source)], check=True, capture_output=True, timeout=SECONDS)
    return (target / f"{Path(source).stem}.{wanted}").read_bytes()


def print_pages(workbook: bytes, folder: Path) -> list[PrintedPage]:
    """The pages of the workbook as LibreOffice prints them. Skips where LibreOffice is not installed."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        pytest.skip("LibreOffice is not on this machine (Debian: libreoffice-calc-nogui)")
    matched = subprocess.run(["fc-match", "Liberation Sans"], check=False, capture_output=True).stdout
    if b"Liberation" not in matched:
        pytest.skip("Liberation Sans is not on this machine (Debian: fonts-liberation)")
    source = folder / "sheet.xlsx"
    source.write_bytes(workbook)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = [program, "--headless", profile, "--convert-to", "pdf", "--outdir", str(folder), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=SECONDS)
    with pypdfium2.PdfDocument(folder / "sheet.pdf") as document:
        return [_read(document, number) for number in range(len(document))]


def _read(document: pypdfium2.PdfDocument, number: int) -> PrintedPage:
    page = document[number]
    letters = page.get_textpage()
    sizes = [raw.FPDFText_GetFontSize(letters, place) for place in range(letters.count_chars())]
    width, height = page.get_size()
    return PrintedPage(
        width=width,
        height=height,
        text=letters.get_text_bounded(),
        smallest_letters=min((size for size in sizes if size > 1), default=0),  # 1 is a gap between words
        is_black_and_white=_is_black_and_white(page),
    )


def _is_black_and_white(page: pypdfium2.PdfPage) -> bool:
    """Whether every dot is a grey: as much blue as green as red."""
    dots = page.render(scale=1).to_numpy()
    return bool((dots.min(axis=2) == dots.max(axis=2)).all())
