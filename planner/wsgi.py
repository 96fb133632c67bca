"""Entry point of gunicorn: `gunicorn planner.wsgi`."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planner.settings")

application = get_wsgi_application()

# The first person waits for no module, and what stays for good is walked no more: the collector took a tenth of the
# CPU of a busy process, in pauses of 60 ms. It costs some 15 MB (docs/scale.md, "Many people at once").
get_resolver().url_patterns  # noqa: B018 - asking for them imports every view
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 10, 10)
