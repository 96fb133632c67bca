"""Writing the pack: its passphrase, its folder, when it is due, and what went wrong."""

from __future__ import annotations

import datetime as dt
import logging
import secrets
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.dates.clock import BRUSSELS
from core.errors import PlannerError
from core.paper import to_pdf
from core.secrets.encryption import NotDecrypted, decrypt, encrypt
from core.whole_files import whole_file
from planner.emergency.content import pack_of
from planner.models import EmergencyPack
from prisons.domain.records import audit
from prisons.models import Prison, User

EVENING = dt.time(18)
KEPT = 3
"""Files of earlier evenings that stay in the folder."""
ABANDONED = 3600
"""Seconds after which nobody is still writing a file that was begun: whoever was, has been killed."""
PURPOSE = "emergency pack"
_LETTERS = "abcdefghjkmnpqrstuvwxyz"
"""Without those that look like a figure."""
_log = logging.getLogger(__name__)

FAILURES: dict[str, str | Promise] = {
    "no_folder": _("No folder has been named: whoever looks after the server sets EMERGENCY_FOLDER."),
    "folder_gone": _("The folder cannot be found: is it still connected to the server?"),
    "not_written": _("The file could not be written to the folder: no right to write, or the disk is full."),
    "no_passphrase": _("There is no passphrase yet."),
    "seal_broken": _(
        "The passphrase can no longer be read, because the server has another secret key. Make a new one."
    ),
    "unexpected": _("Something went wrong that we did not foresee; the log says more."),
}


def pack_row(prison: Prison) -> EmergencyPack:
    """How it stands; a row that is not saved yet before anybody has touched it."""
    return EmergencyPack.objects.in_prison(prison).first() or EmergencyPack(prison=prison)


def last_evening(now: dt.datetime) -> dt.datetime:
    """The moment at which the last pack was due."""
    local = now.astimezone(BRUSSELS)
    today = dt.datetime.combine(local.date(), EVENING, BRUSSELS)
    return today if today <= now else today - dt.timedelta(days=1)


def is_due(pack: EmergencyPack, now: dt.datetime) -> bool:
    """Not written since the last evening, however late it is by now."""
    return pack.is_on and (pack.written_at is None or pack.written_at < last_evening(now))


def is_missing(prison: Prison, *, now: dt.datetime | None = None) -> bool:
    """Due for more than an hour and still not written: somebody must look."""
    at = now or clock.now()
    pack = pack_row(prison)
    return is_due(pack, at - dt.timedelta(hours=1)) and is_due(pack, at)


def switch(prison: Prison, is_on: bool, *, by: User, now: dt.datetime | None = None) -> EmergencyPack:
    """Every evening from now on, or no more. Raises PlannerError `no_passphrase` (409)."""
    with transaction.atomic():
        pack, _created = EmergencyPack.objects.select_for_update().get_or_create(prison=prison)
        if is_on and not pack.sealed_passphrase:
            raise PlannerError("no_passphrase", _("First make a passphrase, and keep it on paper."))
        if pack.is_on != is_on:
            pack.is_on = is_on
            pack.save(update_fields=["is_on"])
            audit.record(prison, by, "change_emergencypack", pack, fields=["is_on"], now=now)
    return pack


def new_passphrase(prison: Prison, *, by: User | None, now: dt.datetime | None = None) -> str:
    """Made here, so that nobody uses one that opens other things too. It is told once; kept sealed."""
    at = now or clock.now()
    groups = ["".join(secrets.choice(_LETTERS) for _letter in range(4)) for _group in range(5)]
    passphrase = "-".join(groups)
    with transaction.atomic():
        pack, _created = EmergencyPack.objects.select_for_update().get_or_create(prison=prison)
        pack.sealed_passphrase, pack.passphrase_at = encrypt(passphrase, PURPOSE), at
        pack.save(update_fields=["sealed_passphrase", "passphrase_at"])
        audit.record(prison, by, "new_passphrase", pack, fields=["sealed_passphrase"], now=at)
    return passphrase


def write(
    pack: EmergencyPack,
    *,
    now: dt.datetime | None = None,
    on_leaf: Callable[[int, int], object] = lambda _number, _of: None,
) -> Path:
    """Makes the file and keeps how it went. Raises PlannerError with a code of FAILURES."""
    at = now or clock.now()
    try:
        target = _write(pack, at, on_leaf)
    except PlannerError as error:
        _keep(pack, tried_at=at, failure=error.code)
        raise
    _keep(pack, tried_at=at, failure="", written_at=at, file_name=target.name)
    return target


def write_due(*, now: dt.datetime | None = None) -> int:
    """Every pack that is due; one that fails keeps no other from being written. Returns how many were."""
    at, written = now or clock.now(), 0
    for pack in EmergencyPack.objects.filter(is_on=True).select_related("prison"):
        if not is_due(pack, at):
            continue
        try:
            write(pack, now=at)
            written += 1
        except PlannerError as error:
            _log.warning("emergency pack of %s: %s", pack.prison.slug, error.code)
        except Exception:
            _keep(pack, tried_at=at, failure="unexpected")
            _log.exception("emergency pack of %s", pack.prison.slug)
    return written


def _keep(pack: EmergencyPack, **facts: object) -> None:
    for name, value in facts.items():
        setattr(pack, name, value)
    pack.save(update_fields=list(facts) if pack.pk else None)


def _write(pack: EmergencyPack, at: dt.datetime, on_leaf: Callable[[int, int], object]) -> Path:
    folder, passphrase = _folder(), _passphrase(pack)
    paper = pack_of(pack.prison, now=at)
    steps = len(paper.leaves) + 1
    body = to_pdf(paper, passphrase=passphrase, on_leaf=lambda number: on_leaf(number, steps))
    name = f"{settings.PRODUCT_NAME.lower()}-{pack.prison.slug}"
    target = folder / f"{name}-{clock.today(at)}.pdf"
    try:
        _put(target, body)
        _tidy(folder, name)
    except OSError as error:
        raise _failed("not_written") from error
    return target


def _folder() -> Path:
    if not settings.EMERGENCY_FOLDER:
        raise _failed("no_folder")
    folder = Path(settings.EMERGENCY_FOLDER)
    if not folder.is_dir():
        raise _failed("folder_gone")
    return folder


def _passphrase(pack: EmergencyPack) -> str:
    if not pack.sealed_passphrase:
        raise _failed("no_passphrase")
    try:
        return decrypt(pack.sealed_passphrase, PURPOSE)
    except NotDecrypted as error:
        raise _failed("seal_broken") from error


def _put(target: Path, body: bytes) -> None:
    """Whole or not at all: whoever opens the folder never finds half a file."""
    # The one file that is not for the program alone: the group of the office's folder opens it, with the passphrase.
    with whole_file(target, mode=0o640) as file:
        file.write(body)


def _tidy(folder: Path, name: str) -> None:
    """Names do not lie about longer than they are of use."""
    own = sorted(folder.glob(f"{name}-????-??-??.pdf"), reverse=True)
    for old in own[KEPT:]:
        old.unlink()
    for begun in folder.glob(f".{name}-????-??-??.pdf.*.part"):
        if begun.stat().st_mtime < clock.now().timestamp() - ABANDONED:
            begun.unlink(missing_ok=True)


def _failed(code: str) -> PlannerError:
    return PlannerError(code, FAILURES[code])
