"""Seal the histories up to yesterday."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from core import sealing


class Command(BaseCommand):
    help = "Write the seal of yesterday for every history that has none yet (beat does this each night)."

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        for seal in sealing.seal_day(day=sealing.last_due_day(now), at=now):
            self.stdout.write(f"{seal.table}: {seal.rows} rows sealed for {seal.day}")
