"""Telling a worker that a photo waits, so that its copies are there in a second, not in half a minute."""

import logging
import uuid

from celery import current_app
from kombu.exceptions import KombuError

TASK = "core.tasks.make_versions"
SECONDS = 0.2

log = logging.getLogger(__name__)


def nudge(photo_id: uuid.UUID) -> None:
    """Send the task by its name; where the broker does not answer at once, the sweep finds the photo."""
    limits = {"socket_timeout": SECONDS, "socket_connect_timeout": SECONDS, "max_retries": 0}
    try:
        with current_app.connection_for_write(transport_options=limits) as broker:
            current_app.send_task(
                TASK,
                kwargs={"photo_id": str(photo_id)},
                connection=broker,
                retry=False,
                ignore_result=True,
                expires=300,
            )
    except (KombuError, OSError) as error:
        log.info("no nudge for a photo: %s", type(error).__name__)
