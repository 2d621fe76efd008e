"""What gunicorn does differently in the bench: the portal as it runs, with the floor's addresses beside its own."""

from typing import Any

from django.conf import settings


def post_worker_init(_worker: Any) -> None:
    """Called by gunicorn in each process, once the portal is loaded."""
    settings.ROOT_URLCONF = "bench.urls"
