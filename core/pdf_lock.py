"""A PDF that opens with a passphrase only: AES-256 as ISO 32000-2 lays down (security handler, revision 6).

Every program that shows PDF files asks for the passphrase and opens it. The ciphers are those of `cryptography`;
here stands only where the format wants them. All but streams goes into one locked stream, so that no text is
left in the open; names of objects and their number are all that the file tells.
"""

from __future__ import annotations

import hashlib
import io
import os
import struct
import unicodedata
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

LEAST_LENGTH = 12
_PRINT_AND_READ = -1852
"""The bits of the format for: print, nothing else. Whoever has the passphrase can do all the same."""
_BLOCK = 16


def write_locked(document: Any, passphrase: str) -> bytes:
    """The bytes of a WeasyPrint document, locked. Raises ValueError for a passphrase that is too short."""
    if len(passphrase) < LEAST_LENGTH:
        raise ValueError(f"a passphrase has {LEAST_LENGTH} characters or more")
    written: list[bytes] = []
    lock = _Lock(passphrase)
    document.write_pdf(io.BytesIO(), finisher=lambda _document, pdf: written.append(_write(pdf, lock)))
    return written[0]


class _Lock:
    """The key of one file, and the entries by which the passphrase gives it back."""

    def __init__(self, passphrase: str) -> None:
        word = unicodedata.normalize("NFKC", passphrase).encode()[:127]
        self.key = os.urandom(32)
        self.user, self.user_key = _entries(word, self.key, b"")
        # Nobody owns the file more than whoever opens it: the owner's word is thrown away.
        self.owner, self.owner_key = _entries(os.urandom(32), self.key, self.user)
        rights = struct.pack("<i", _PRINT_AND_READ) + b"\xff\xff\xff\xffTadb" + os.urandom(4)
        self.perms = _aes(self.key, rights, modes.ECB())  # noqa: S305 - one block, as the format wants

    def lock(self, data: bytes) -> bytes:
        start = os.urandom(_BLOCK)
        padder = padding.PKCS7(_BLOCK * 8).padder()
        return start + _aes(self.key, padder.update(data) + padder.finalize(), modes.CBC(start))

    def dictionary(self) -> bytes:
        texts = {
            "U": self.user,
            "UE": self.user_key,
            "O": self.owner,
            "OE": self.owner_key,
            "Perms": self.perms,
        }
        told = b"".join(f"/{name} <{value.hex()}>".encode() for name, value in texts.items())
        crypt = b"/CF <</StdCF <</AuthEvent /DocOpen /CFM /AESV3 /Length 32>>>> /StmF /StdCF /StrF /StdCF"
        return b"<</Filter /Standard /V 5 /R 6 /Length 256 /P %d %s %s>>" % (_PRINT_AND_READ, crypt, told)


def _entries(word: bytes, key: bytes, user: bytes) -> tuple[bytes, bytes]:
    """What checks the word (48 bytes), and the key of the file under it (32 bytes)."""
    check_salt, key_salt = os.urandom(8), os.urandom(8)
    check = _hash(word, check_salt, user) + check_salt + key_salt
    return check, _aes(_hash(word, key_salt, user), key, modes.CBC(bytes(_BLOCK)))


def _hash(word: bytes, salt: bytes, user: bytes) -> bytes:
    """Algorithm 2.B of the standard: slow on purpose."""
    found = hashlib.sha256(word + salt + user).digest()
    number = 0
    while True:
        mixed = _aes(found[:16], (word + found + user) * 64, modes.CBC(found[16:32]))
        name = ("sha256", "sha384", "sha512")[sum(mixed[:16]) % 3]
        found = hashlib.new(name, mixed).digest()
        number += 1
        if number >= 64 and mixed[-1] <= number - 32:
            return found[:32]


def _aes(key: bytes, data: bytes, mode: modes.CBC | modes.ECB) -> bytes:
    encryptor = Cipher(algorithms.AES(key), mode).encryptor()
    return encryptor.update(data) + encryptor.finalize()


@dataclass
class _File:
    """The bytes so far, and where each object stands."""

    body: bytearray
    places: dict[int, tuple[int, int, int]]

    def add(self, number: int, content: bytes) -> None:
        self.places[number] = (1, len(self.body), 0)
        self.body += b"%d 0 obj\n%s\nendobj\n" % (number, content)


def _write(pdf: Any, lock: _Lock) -> bytes:
    items = pdf.objects[1:]
    if pdf.info:
        pdf.info.number = len(pdf.objects)
        items = [*items, pdf.info]
    file = _File(bytearray(b"%PDF-2.0\n%\xf0\x9f\x96\xa4\n"), {0: (0, 0, 65535)})
    packed = []
    for item in items:
        if item.compressible:
            packed.append(item)
        else:
            file.add(item.number, _stream(*_parts(item), lock=lock))
    pack, lock_number, cross = (len(items) + 1 + more for more in range(3))
    file.add(pack, _packed(packed, lock))
    for place, item in enumerate(packed):
        file.places[item.number] = (2, pack, place)
    file.add(lock_number, lock.dictionary())
    file.places[cross] = (1, start := len(file.body), 0)
    file.body += _cross_reference(file, cross, pdf, lock_number)
    file.body += b"startxref\n%d\n%%%%EOF\n" % start
    return bytes(file.body)


def _parts(stream: Any) -> tuple[bytes, bytes]:
    """The dictionary of a stream without its length, and its bytes as they would be written."""
    head, _word, rest = bytes(stream.data).partition(b"\nstream\n")
    body = rest[: -len(b"\nendstream")]
    mark = b"/Length %d" % len(body)
    at = head.rindex(mark)
    return head[2:at] + head[at + len(mark) : -2], body


def _stream(entries: bytes, body: bytes, *, lock: _Lock | None) -> bytes:
    told = lock.lock(body) if lock else body
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(told), told)


def _packed(items: list[Any], lock: _Lock) -> bytes:
    """All objects that are no streams, in one locked stream: their texts need no lock of their own."""
    index, body = [], b""
    for item in items:
        index.append(b"%d %d" % (item.number, len(body)))
        body += bytes(item.data) + b"\n"
    head = b" ".join(index) + b"\n"
    entries = b"/Type /ObjStm /N %d /First %d " % (len(items), len(head))
    return _stream(entries, head + body, lock=lock)


def _cross_reference(file: _File, number: int, pdf: Any, lock_number: int) -> bytes:
    rows = b"".join(struct.pack(">BIH", *file.places.get(one, (0, 0, 65535))) for one in range(number + 1))
    mark = os.urandom(16).hex().encode()
    entries = b"/Type /XRef /W [1 4 2] /Size %d /Root %s /Encrypt %d 0 R /ID [<%s><%s>] " % (
        number + 1,
        pdf.catalog.reference,
        lock_number,
        mark,
        mark,
    )
    if pdf.info:
        entries += b"/Info %s " % pdf.info.reference
    return b"%d 0 obj\n%s\nendobj\n" % (number, _stream(entries, rows, lock=None))
