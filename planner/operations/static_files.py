"""Which static files are collected, and under which names they are served."""

from typing import Any

from django.contrib.staticfiles.apps import StaticFilesConfig
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class PlannerStaticFilesConfig(StaticFilesConfig):
    """Leaves out what no page asks for: maps for debuggers and a second viewer of the API."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "*.map", "redoc*"]


def _without_source_maps(patterns: Any) -> tuple[Any, ...]:
    """Django's rules for rewriting addresses in files, except those of source maps, which are left out."""
    kept = []
    for extension, rules in patterns:
        chosen = tuple(rule for rule in rules if "sourceMappingURL" not in str(rule))
        if chosen:
            kept.append((extension, chosen))
    return tuple(kept)


class HashedStorage(ManifestStaticFilesStorage):
    """Names that change with the content, so that browsers may keep files for ever."""

    patterns = _without_source_maps(ManifestStaticFilesStorage.patterns)


class CompressedStorage(CompressedManifestStaticFilesStorage):
    """The same, each file also as gzip and brotli; takes half a minute, so not in the demo."""

    patterns = _without_source_maps(CompressedManifestStaticFilesStorage.patterns)
