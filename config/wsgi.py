"""WSGI entry for gunicorn."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.prod")

application = get_wsgi_application()

# What a process has when it starts stays until it ends: the collector need not walk over it in the middle of an
# answer, where that takes longer than the answer. What requests leave behind is few, and is looked at more seldom.
get_resolver().url_patterns  # noqa: B018 - imports every view
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 50)
