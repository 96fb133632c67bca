"""A locked PDF opens with its passphrase in other people's programs, and with nothing else."""

import datetime as dt
import io
import shutil
import subprocess

import pikepdf
import pypdfium2
import pytest

from core.paper import Column, Heading, Leaf, Paper, PaperNote, Table, to_pdf
from core.secrets.encryption import NotDecrypted, decrypt, encrypt

WORD = "quiet-river-seven-lamps"
MADE = dt.datetime(2026, 11, 23, 14, tzinfo=dt.UTC)


def paper() -> Paper:
    table = Table([Column("Naam")], [["Okafor, Zacharie"], ["Nguyễn, Thị"], ["الأمين"]] * 30)
    leaves = (
        Leaf("A1", [Heading("Geheime lijst"), table]),
        Leaf("A2", [PaperNote("Tweede blad (met haakjes)")], "landscape"),
    )
    return Paper("nl", "Noodpakket", MADE, leaves, product="Tempo", footer="Haren")


@pytest.fixture(scope="module")
def locked() -> bytes:
    return to_pdf(paper(), passphrase=WORD)


def words_of(body: bytes, password: str | None = None) -> str:
    with pypdfium2.PdfDocument(body, password=password) as document:
        return " ".join(page.get_textpage().get_text_bounded() for page in document)


def test_it_opens_with_the_passphrase_and_holds_everything(locked):
    assert words_of(locked, WORD) == words_of(to_pdf(paper()))
    assert "Okafor, Zacharie" in words_of(locked, WORD)


@pytest.mark.parametrize("wrong", [None, "", "quiet-river-seven-lamp", WORD.upper()])
def test_nothing_else_opens_it(locked, wrong):
    with pytest.raises(pypdfium2.PdfiumError):
        words_of(locked, wrong)


def test_no_text_stands_in_the_open(locked):
    assert b"Encrypt" in locked
    for word in (b"Okafor", b"Noodpakket", b"Geheime", b"Tempo", b"NotoSans", WORD.encode()):
        assert word not in locked


def test_two_files_share_nothing(locked):
    """Each file has a key of its own, also for the same facts and the same passphrase."""
    keys = []
    for body in (locked, to_pdf(paper(), passphrase=WORD)):
        with pikepdf.open(io.BytesIO(body), password=WORD) as pdf:
            assert (pdf.encryption.V, pdf.encryption.R, pdf.encryption.bits) == (5, 6, 256)
            assert str(pdf.encryption.stream_method).endswith("aesv3")
            assert str(pdf.encryption.string_method).endswith("aesv3")
            keys.append(pdf.encryption.encryption_key)
    assert keys[0] != keys[1]


def test_a_passphrase_that_is_too_short_is_a_mistake():
    with pytest.raises(ValueError, match="12 characters"):
        to_pdf(paper(), passphrase="short")


def test_poppler_finds_aes_of_256_bits(locked, tmp_path):
    program = shutil.which("pdfinfo")
    if program is None:
        pytest.skip("poppler is not on this machine (Debian: poppler-utils)")
    file = tmp_path / "pack.pdf"
    file.write_bytes(locked)
    told = subprocess.run(
        [program, "-upw", WORD, str(file)], capture_output=True, text=True, check=True
    ).stdout
    assert "algorithm:AES-256" in told
    assert "Noodpakket" in told
    assert subprocess.run([program, str(file)], capture_output=True, check=False).returncode != 0


def test_a_seal_opens_for_its_own_purpose_and_key_only(settings):
    sealed = encrypt(WORD, "pack")
    assert WORD not in sealed
    assert decrypt(sealed, "pack") == WORD
    for purpose, key in (("other", settings.SECRET_KEY), ("pack", "another secret key")):
        settings.SECRET_KEY = key
        with pytest.raises(NotDecrypted):
            decrypt(sealed, purpose)
