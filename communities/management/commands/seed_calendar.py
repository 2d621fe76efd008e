from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from communities.actions import seed_calendar

BACK, AHEAD = 2, 1


class Command(BaseCommand):
    help = "List the holidays and make-up workdays of years that are published; days edited by hand stay."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("years", nargs="*", type=int, help="without them, two years back to the next one")

    def handle(self, *args: Any, years: list[int], **options: Any) -> None:
        now = timezone.localdate().year
        for year, days in seed_calendar(years=years or range(now - BACK, now + AHEAD + 1)).items():
            if days:
                self.stdout.write(f"{year}: {days} days")
            else:
                self.stderr.write(f"{year}: not published yet; only its weekends count until it is listed")
