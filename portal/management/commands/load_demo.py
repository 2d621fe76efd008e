"""Load the demo city once, with the cases that are there when the page opens."""

import gc
import subprocess
import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils import timezone

from core.media.actions import make_missing_versions
from portal.demo import work
from portal.demo.plan import FIRST


class Command(BaseCommand):
    help = "Load the demo city: Linfen with invented people and its first cases; a worker makes the rest."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--lane", type=int, choices=work.LANES, help="make this lane's part only")
        parser.add_argument("--all", action="store_true", help="make every case now, without a worker")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("DEMO is off: set DEMO=1 on a machine that is only for trying the portal.")
        if options["lane"]:
            self._make(options["lane"], everything=options["all"])
            return
        if not work.stands():
            self._lay()
        self._both_lanes(everything=options["all"])
        self.stdout.write("演示城市好了 (the demo city stands)")

    def _lay(self) -> None:
        call_command("load_categories", verbosity=0)
        call_command("seed_calendar", verbosity=0)
        self.stdout.write("临汾 17 个县市区：地方、人员、单位 (places and people) …")
        work.lay(started=timezone.now())
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def _both_lanes(self, *, everything: bool) -> None:
        """One lane in a process of its own, the other here: two cores are used."""
        own, other = work.LANES
        more = ["--all"] if everything else []
        command = [sys.executable, "manage.py", "load_demo", f"--lane={other}", *more]
        helper = subprocess.Popen(command, cwd=settings.BASE_DIR, stdout=subprocess.DEVNULL)
        try:
            self._make(own, everything=everything)
        finally:
            answer = helper.wait()
        if answer != 0:
            raise CommandError(f"lane {other} ended with {answer}: run load_demo again, it goes on where it stopped.")

    def _make(self, lane: int, *, everything: bool) -> None:
        # Some hundred thousand small objects that refer to each other little: collecting them costs a sixth of it all.
        gc.freeze()
        gc.disable()

        def said(made: int) -> None:
            if made % 50 == 0:
                self.stdout.write(f"  诉求 (requests) +{made}")

        work.make(lane=lane, until=None if everything else FIRST, said=said)
        while everything and make_missing_versions(limit=50):
            self.stdout.write("  照片 (photos) …")
