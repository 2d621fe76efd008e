"""Carry out effects, send texts and take due steps without any broker."""

import logging
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from core import outbox, timers
from core.media.actions import make_missing_versions
from notifications import actions

log = logging.getLogger(__name__)
BATCH = 100


class Command(BaseCommand):
    help = "Loop: drain the outbox, send what waits, take due steps. Ends at once on SIGTERM."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--every", type=float, default=2.0, help="seconds between two rounds")
        parser.add_argument("--once", action="store_true", help="one round, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        while not stop.is_set():
            self._round(stop)
            if options["once"]:
                return
            stop.wait(options["every"])

    def _round(self, stop: threading.Event) -> None:
        try:
            close_old_connections()
            now = timezone.now()
            while outbox.drain(at=now, limit=BATCH) == BATCH and not stop.is_set():
                continue
            actions.send_waiting(at=timezone.now())
            timers.sweep(at=timezone.now())
            make_missing_versions(limit=10)
        except DatabaseError as error:
            log.warning("the database does not answer (%s); trying again", type(error).__name__)
            connection.close()
