from core.formats.nl.formats import *  # noqa: F403
