"""Carry out effects, send texts and take due steps without any broker."""

import logging
import signal
import threading
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.utils import timezone

from core import figures, outbox, timers
from core.media.actions import make_missing_versions
from notifications import actions

log = logging.getLogger(__name__)
BATCH = 20


class Command(BaseCommand):
    help = "Loop: drain the outbox, send what waits, take due steps, fold figures. Ends at once on SIGTERM."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--every", type=float, default=2.0, help="seconds between two rounds")
        parser.add_argument("--once", action="store_true", help="one round, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        self._stop = threading.Event()
        self._unreachable = False
        before = {name: signal.signal(name, lambda *_: self._stop.set()) for name in (signal.SIGTERM, signal.SIGINT)}
        try:
            while not self._stop.is_set():
                self._round()
                if options["once"]:
                    return
                self._stop.wait(options["every"])
        finally:
            for name, handler in before.items():
                signal.signal(name, handler)

    def _round(self) -> None:
        """Each part until nothing is left; a part that breaks does not keep the others from their work."""
        close_old_connections()
        for part in (self._drain, self._send, self._take_steps, self._fold, self._make_versions):
            if self._stop.is_set() or not self._safely(part):
                return

    def _safely(self, part: Callable[[], object]) -> bool:
        """Do one part; False where the database does not answer, which is logged once, not every round."""
        try:
            part()
        except (OperationalError, InterfaceError) as error:
            if not self._unreachable:
                log.warning("the database does not answer (%s); trying again until it does", type(error).__name__)
            self._unreachable = True
            connection.close()
            return False
        except Exception:
            log.exception("a part of the sweep broke; the next round tries again")
        if self._unreachable:
            log.info("the database answers again")
        self._unreachable = False
        return True

    def _drain(self) -> None:
        while outbox.drain(at=timezone.now(), limit=BATCH) == BATCH and not self._stop.is_set():
            continue

    def _send(self) -> None:
        actions.send_waiting(at=timezone.now(), stop=self._stop.is_set)

    def _take_steps(self) -> None:
        while timers.sweep(at=timezone.now(), limit=BATCH) == BATCH and not self._stop.is_set():
            continue

    def _fold(self) -> None:
        figures.fold_all(stop=self._stop.is_set)

    def _make_versions(self) -> None:
        make_missing_versions(limit=2)
