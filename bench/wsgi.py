"""The portal as it runs, with the floor's addresses beside its own."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
settings.ROOT_URLCONF = "bench.urls"
application = get_wsgi_application()
