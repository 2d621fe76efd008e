"""Count the figures of the boards anew."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.recounting import recount


class Command(BaseCommand):
    help = "Count all figures anew from what they count, and put right what differs (--check: only say so)."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; end with 1 where something differs")
        parser.add_argument("--from", dest="start", type=date.fromisoformat, help="first day, e.g. 2026-11-01")
        parser.add_argument("--to", dest="end", type=date.fromisoformat, help="last day")

    def handle(self, *args: Any, **options: Any) -> None:
        found = recount(mend=not options["check"], start=options["start"], end=options["end"])
        for difference in found.shown:
            self.stdout.write(str(difference))
        if found.count > len(found.shown):
            self.stdout.write(f"… and {found.count - len(found.shown)} more")
        counted = f"{found.subjects} counted"
        if found.count and options["check"]:
            raise CommandError(f"{counted}, {found.count} sums differ; mend them with: manage.py recount")
        self.stdout.write(f"{counted}, {found.count} sums put right" if found.count else f"{counted}, no difference")
