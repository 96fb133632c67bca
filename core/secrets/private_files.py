"""Files of the program are for its own user alone, whatever the umask it was started with."""

from __future__ import annotations

import os
from pathlib import Path

UMASK = 0o077
OTHERS = 0o077


def keep_private(folder: Path) -> None:
    """New files become 0600 and folders 0700 from now on; `folder` itself is made so."""
    os.umask(UMASK)
    folder.mkdir(parents=True, exist_ok=True)
    close(folder)


def close(path: Path) -> None:
    """Takes every right of others away, where the file is ours."""
    try:
        mode = path.stat().st_mode
        if mode & OTHERS:
            path.chmod(mode & 0o700)
    except OSError:  # gone, another's, or on a disk that can only be read
        return  # `check --deploy` says what stays open


def is_open(path: Path) -> bool:
    """Whether anybody but the owner may do anything with it."""
    try:
        return bool(path.stat().st_mode & OTHERS)
    except (FileNotFoundError, PermissionError):
        return False
