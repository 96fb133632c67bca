"""`manage.py check --deploy`: what others could read on this machine, and backups that are not encrypted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register

from core import environment as env
from core.secrets.private_files import is_open


@register(Tags.security, deploy=True)
def nobody_else_reads(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    return [
        Warning(
            f"Others on this machine can read {path} (mode {path.stat().st_mode & 0o777:o}).",
            hint=f"chmod {'700' if path.is_dir() else '600'} {path}",
            id="planner.W001",
        )
        for path in _private_paths()
        if is_open(path)
    ]


@register(Tags.security, deploy=True)
def backups_are_encrypted(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    if settings.BACKUP_RECIPIENTS:
        return []
    words = "Backups are written in the clear: whoever gets one reads every name."
    hint = "Set BACKUP_RECIPIENTS to one or more public keys of age; docs/operations.md says how."
    return [Warning(words, hint=hint, id="planner.W002")]


@register(Tags.security, deploy=True)
def one_secret_key(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """On SQLite there is one machine; on PostgreSQL there may be more, and each would make a key of its own."""
    if settings.IS_SQLITE or env.text("SECRET_KEY", default=""):
        return []
    words = (
        "SECRET_KEY is not set: each machine signs sessions and jobs with a key of its own, kept in DATA_DIR."
    )
    hint = (
        "Copy the contents of var/secret_key of the first machine into SECRET_KEY in .env of every machine."
    )
    return [Warning(words, hint=hint, id="planner.W003")]


def _private_paths() -> Iterator[Path]:
    data, backups = Path(settings.DATA_DIR), Path(settings.BACKUP_FOLDER)
    yield Path(settings.BASE_DIR) / ".env"
    yield data
    yield from (each for each in sorted(data.glob("*")) if each != Path(settings.STATIC_ROOT))
    if settings.IS_SQLITE:
        yield Path(settings.DATABASES["default"]["NAME"])
    yield backups
    if backups.is_dir():
        yield from sorted(backups.glob("*"))
