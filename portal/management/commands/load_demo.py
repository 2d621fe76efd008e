"""Load the demo city once."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.queries import demo_people
from core import outbox
from core.media.actions import make_missing_versions
from notifications.actions import write_as_delivered
from portal.demo.cases import REQUESTS
from portal.demo.city import City


class Command(BaseCommand):
    help = "Load the demo city: Yaodu with invented people and sixty requests. Does nothing when it is there."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("DEMO is off: set DEMO=1 on a machine that is only for trying the portal.")
        if demo_people():
            self.stdout.write("演示城市已经在了 (the demo city is loaded)")
            return
        call_command("load_categories", verbosity=0)
        call_command("seed_calendar", verbosity=0)
        with transaction.atomic():
            self._load()
        while make_missing_versions(limit=50):
            self.stdout.write("  照片 (photos) …")
        self.stdout.write("演示城市好了 (the demo city stands)")

    def _load(self) -> None:
        self.stdout.write("尧都区：街道、社区、小区、人员 (places and people) …")
        teller = City(timezone.now()).build()
        for number, request in enumerate(REQUESTS, 1):
            teller.tell(request)
            if number % 20 == 0:
                self.stdout.write(f"  诉求 (requests) {number}/{len(REQUESTS)}")
        for row in outbox.waiting_rows():
            write_as_delivered(row=row, at=row.at)
