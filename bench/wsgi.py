"""The portal as it runs, with the floor's addresses beside its own."""

import os

from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
settings.ROOT_URLCONF = "bench.urls"

from config.wsgi import application  # noqa: E402 - the addresses have to be set before

__all__ = ["application"]
