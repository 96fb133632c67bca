"""Strict reading of environment variables: what cannot be understood stops the start."""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE_WORDS = {"1", "true", "yes", "on"}
FALSE_WORDS = {"0", "false", "no", "off"}

# Immediate transactions and WAL: writers wait for each other instead of failing. The waiting is not fair: of
# eight processes that write without a pause one waited longer than 20 seconds, so everybody may wait a minute.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 60,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=134217728; "
        "PRAGMA journal_size_limit=27103364; PRAGMA cache_size=-16000;"
    ),
}

# A row by its number costs little from memory or a disk without moving parts, and to look at thousands that are not
# wanted costs more than PostgreSQL assumes. Told otherwise, it reads large tables whole; and it compiled questions of
# many parts, for longer than it then took to answer them.
POSTGRES_OPTIONS = "-c jit=off -c random_page_cost=1.1 -c cpu_tuple_cost=0.03"


def load_file(path: Path) -> None:
    """Take `NAME=value` lines of a .env file; what the environment already says wins."""
    if not path.is_file():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        name, separator, value = line.strip().partition("=")
        if separator and not name.startswith("#"):
            os.environ.setdefault(name.strip(), value.strip().strip("'\""))


def text(name: str, *, default: str) -> str:
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in TRUE_WORDS | FALSE_WORDS:
        return value in TRUE_WORDS
    raise ImproperlyConfigured(f"{name}={value!r} is neither yes nor no.")


def number(name: str, *, default: int) -> int:
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    if value.isdigit():
        return int(value)
    raise ImproperlyConfigured(f"{name}={value!r} is not a whole number.")


def choice(name: str, *, default: str, known: tuple[str, ...]) -> str:
    value = text(name, default=default)
    if value in known:
        return value
    raise ImproperlyConfigured(f"{name}={value!r} is none of {', '.join(known)}.")


def words(name: str, *, default: list[str]) -> list[str]:
    """A list separated by commas."""
    value = os.environ.get(name, "")
    found = [word.strip() for word in value.split(",") if word.strip()]
    return found or [word for word in default if word]


def host_of(url: str) -> str:
    """The host name in a BASE_URL, which must be complete."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ImproperlyConfigured(f"BASE_URL={url!r} must look like https://planner.example.org")
    return parts.hostname


def openid_apps(names: list[str]) -> list[dict[str, Any]]:
    """What allauth wants to know of each provider of accounts, from variables that begin with OIDC_NAME_."""
    return [_openid_app(name, f"OIDC_{name.upper().replace('-', '_')}_") for name in names]


def _openid_app(name: str, prefix: str) -> dict[str, Any]:
    issuer, domains = text(prefix + "ISSUER", default=""), words(prefix + "DOMAINS", default=[])
    if not urlsplit(issuer).hostname or not domains:
        raise ImproperlyConfigured(
            f"{prefix}ISSUER and {prefix}DOMAINS must say who speaks for which addresses"
        )
    return {
        "provider_id": name,
        "name": text(prefix + "TITLE", default=name),
        "client_id": text(prefix + "CLIENT_ID", default=""),
        "secret": text(prefix + "SECRET", default=""),
        "settings": {
            "server_url": issuer,
            "domains": [word.lower() for word in domains],
            # Where its sign-in page stands, if not at the issuer: the browser must be allowed to go there.
            "origins": [origin_of(url) for url in (issuer, *words(prefix + "PAGES", default=[]))],
        },
    }


def origin_of(url: str) -> str:
    """Scheme, host and port, as a content security policy names them."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def kept_secret(path: Path) -> str:
    """The secret in `path`, made on first use and readable by its owner alone."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="utf-8").strip()
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        secret = secrets.token_urlsafe(50)
        file.write(secret)
    return secret


def database(name: str, *, default_file: Path) -> dict[str, Any]:
    """Django's description of the database in a variable such as postgres://user:pw@host:5432/name.

    Also understood: postgres:///name?host=/run/postgresql and sqlite:///relative.db, sqlite:////absolute.db. `options=`
    takes the place of POSTGRES_OPTIONS, also with nothing behind it: some poolers refuse any.
    """
    url = text(name, default="")
    if not url:
        return _sqlite(default_file)
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(Path(unquote(parts.path[1:])))
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(f"{name} must start with postgres:// or sqlite://")
    options = {"options": POSTGRES_OPTIONS} | dict(parse_qsl(parts.query, keep_blank_values=True))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {name: value for name, value in options.items() if value},
    }


def _sqlite(file: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": file,
        "OPTIONS": dict(SQLITE_OPTIONS),
        "CONN_MAX_AGE": 60,
    }
